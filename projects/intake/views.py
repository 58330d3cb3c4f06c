"""« Déposer mon projet »: short, kept as one goes, acknowledged at once."""

import secrets

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.rate_limits import too_often, visitor_network
from members.models import User
from projects import first_contact
from projects.intake import drafts, services
from projects.intake.forms import LONGEST_ANSWERS, IntakeForm
from projects.models import DRAFT_KEPT_FOR, ProjectFile
from projects.notifications import receipt_of
from villages.matching.addresses import answers_of

AN_HOUR = 3600
LAID_DOWN_AN_HOUR = 10  # from one place
DRAFTS_AN_HOUR = 40  # begun from one place
TOO_MANY = _("Many projects came from here within the hour. Try again a little later, or call us.")
WAITING_FILE = "projects.laid_down"  # the reference, for the page that says thank you


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lay_down(request: HttpRequest) -> HttpResponse:
    """The form, as far as it was filled in. One press keeps it, one erases what is kept, the other lays the project down."""
    if request.method != "POST":
        form = IntakeForm(initial=initial_facts(request))
        return intake_page(request, form)
    if "erase" in request.POST:
        drafts.erase_draft(request.session)
        messages.success(request, _("The draft is erased."))
        return redirect("projects:lay-down")
    form = IntakeForm(request.POST)
    if "later" in request.POST:
        if keep_draft(request):
            return redirect("projects:lay-down")
        form.errors.clear()
        form.add_error(None, TOO_MANY)
        return intake_page(request, form, status=429)
    if not form.is_valid():
        keep_draft(request)
        return intake_page(request, form, status=422)
    if form.cleaned_data["website"]:
        return redirect("projects:laid-down")  # a machine: it learns nothing
    if too_often("lay-down", visitor_network(request), most=LAID_DOWN_AN_HOUR, seconds=AN_HOUR):
        form.add_error(None, TOO_MANY)
        return intake_page(request, form, status=429)
    user = request.user if request.user.is_authenticated else None
    file = services.lay_down(**form.facts(), user=user, now=timezone.now())
    drafts.erase_draft(request.session)
    request.session[WAITING_FILE] = file.reference
    return redirect("projects:laid-down")


def intake_page(request: HttpRequest, form: IntakeForm, *, status: int = 200) -> HttpResponse:
    today, draft = timezone.localdate(), drafts.draft_of(request.session, now=timezone.now())
    context = {
        "form": form,
        "answers": answers_in_words(form),
        "kept_at": draft and draft.kept_at,
        "kept_for": DRAFT_KEPT_FOR.days,
        "answered_by": first_contact.last_day(today),
        "team": User.objects.advisers().order_by("sort_name", "pk")[:4],
    }
    return render(request, "projects/lay_down.html", context, status=status)


def answers_in_words(form: IntakeForm) -> list[str]:
    """The answers to the questionnaire that go with the project, each in a few words; none where they are not complete."""
    answers = answers_of(form["answers"].value() or "")
    return answers.answers_in_words() if answers.is_valid() else []


def initial_facts(request: HttpRequest) -> dict:
    """The draft; else what is known of whoever is signed in; and the answers that the address carries."""
    facts = {"key": secrets.token_urlsafe(16)}
    if request.user.is_authenticated:
        facts |= {"first_name": request.user.first_name, "last_name": request.user.last_name, "email": request.user.email}
    if draft := drafts.draft_of(request.session, now=timezone.now()):
        facts |= draft.facts
    if answers := request.GET.get("reponses", "")[:LONGEST_ANSWERS]:
        facts["answers"] = answers
    return facts | ({"village": request.GET["village"]} if request.GET.get("village") else {})


def keep_draft(request: HttpRequest) -> bool:
    """False where nothing is kept: too many drafts were begun from this place within the hour."""
    if drafts.KEY not in request.session and too_often("draft", visitor_network(request), most=DRAFTS_AN_HOUR, seconds=AN_HOUR):
        return False
    drafts.save_draft(request.session, IntakeForm.draft_of(request.POST), now=timezone.now())
    return True


@login_not_required
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """What is typed, kept without a press: answered with the line that says so."""
    if not keep_draft(request):
        return HttpResponse(status=429)
    return render(request, "projects/_draft_kept.html", {"kept_at": timezone.now(), "kept_for": DRAFT_KEPT_FOR.days})


@login_not_required
@never_cache
@require_safe
def laid_down(request: HttpRequest) -> HttpResponse:
    """Thanks, and says what really comes: a letter only where one was owed, a call only where there is a number."""
    reference = request.session.get(WAITING_FILE, "")
    file = ProjectFile.objects.select_related("holder").filter(reference=reference).first()
    letter = receipt_of(file) if file else ""
    answered_by = first_contact.still_to_come(file, timezone.now()) if file else None
    return render(request, "projects/laid_down.html", {"file": file, "letter": letter, "answered_by": answered_by})
