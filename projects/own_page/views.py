"""The holder's own page: where the project stands, who holds the ball, what was asked for, what was shared with whom."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from projects import links
from projects.activity import events, refusals
from projects.activity.kept_words import in_first_language
from projects.activity.turn import Turn
from projects.documents import papers
from projects.documents.services import receive_document
from projects.enums import ClosingReason, ConsentPurpose, Direction, EventKind, IntroductionState, Stage
from projects.files import lifecycle
from projects.holders import consents
from projects.introductions.services import withdraw_all
from projects.introductions.transmitted import shared_with_villages
from projects.links import message_page, opened_by_link
from projects.models import Document, ProjectFile
from projects.own_page.forms import PaperForm


@opened_by_link
def own_file(request: HttpRequest, token: str) -> HttpResponse:
    return own_page(request, links.file_of(token), token)


def own_page(request: HttpRequest, file: ProjectFile, token: str, form: PaperForm | None = None) -> HttpResponse:
    shared = shared_with_villages(file)
    context = {
        "file": file,
        "turn": Turn.of(file),
        "token": token,
        "form": form or PaperForm(),
        "is_open": Stage(file.stage).is_open,
        "awaited": file.documents.for_holders().awaited().order_by("asked_at", "pk"),
        "received": file.documents.for_holders().filter(received_at__isnull=False).order_by("-received_at", "-pk"),
        "waits_for_agreement": any(told.introduction.state == IntroductionState.AWAITING_CONSENT for told in shared),
        "shared": shared,
        "can_withdraw": any(IntroductionState.WITHDRAWN in told.introduction.stands_at.next_states for told in shared),
        "consents": file.holder.consents.standing().order_by("given_at"),
    }
    return render(request, "projects/own_file.html", context, status=422 if form and form.errors else 200)


@login_not_required
@never_cache
@require_POST
def act_on_own_file(request: HttpRequest, token: str) -> HttpResponse:
    """A press on one's own page: a paper sent, the introductions taken back, the news or the whole project ended."""
    try:
        file = links.file_of(token)
    except links.DeadLink:
        return message_page(request, _("This link no longer leads anywhere"), _("Sign in, or ask us for another one."), status=410)
    now, what = timezone.now(), request.POST.get("act", "")
    match what:
        case "paper":
            return send_paper(request, file, token)
        case "withdraw":
            reason = in_first_language(gettext_noop("taken back by the holder"))
            withdraw_all(file=file, by=None, by_holder=True, reason=reason, now=now)
            messages.success(
                request,
                _("Done: the portal shows the villages nothing of you any more. A letter that they have received stays with them."),
            )
        case "still-on" if Stage(file.stage).is_open:
            text = in_first_language(gettext_noop("The holder says that the project is still on."))
            events.log_event(file=file, kind=EventKind.NOTE, direction=Direction.IN, text=text, author=None, now=now)
            messages.success(request, _("Thank you: your adviser knows that it is still on."))
        case "no-news":
            consents.withdraw_consent(holder=file.holder, purpose=ConsentPurpose.NEWS, now=now)
            messages.success(request, _("Done: you get no news of the meetings any more."))
        case "end" if Stage(file.stage).is_open:
            lifecycle.end_by_holder(file=file, reason=ClosingReason.GAVE_UP, now=now)
            messages.success(request, _("Your project is closed here. You may take it up again whenever you wish: call us."))
        case _unknown:
            raise Http404
    return redirect("projects:own-file", token)


def send_paper(request: HttpRequest, file: ProjectFile, token: str) -> HttpResponse:
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        asked = form.cleaned_data["document"]
        document = get_object_or_404(file.documents.for_holders().awaited(), pk=asked) if asked else None
        upload = form.cleaned_data["upload"]
        try:
            receive_document(
                file=file, document=document, upload=upload, name=upload.name, label=form.cleaned_data["label"], now=timezone.now()
            )
        except refusals.DocumentRefused as refusal:
            form.add_error("upload", str(refusal))
        else:
            messages.success(request, _("Your adviser has it."))
            return redirect("projects:own-file", token)
    return own_page(request, file, token, form)


@login_not_required
@require_safe
def paper(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """A paper of one's own file, by its holder's link."""
    try:
        file = links.file_of(token)
    except links.DeadLink:
        raise Http404 from None
    return papers.served(get_object_or_404(Document.objects.for_holders().exclude(content=""), file=file, pk=pk))


@require_safe
def my_file(request: HttpRequest, reference: str) -> HttpResponse:
    """For whoever is signed in: their own file, under a link made now."""
    file = get_object_or_404(ProjectFile.objects.filter(holder__user=request.user), reference=reference)
    return redirect(links.file_link(file))
