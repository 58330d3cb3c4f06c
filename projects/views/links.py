"""The pages behind the links of letters: a holder's consent, a village's answer, « we have spoken ». No account is needed."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from projects import links, services
from projects.enums import IntroductionState, Via
from projects.forms.links import AnswerForm, ConsentForm, NewsForm
from projects.sharing import read

GONE = 410


def behind_a_link(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open to whoever holds the letter; a link that leads nowhere any more says what to do. Nothing of it is kept on the way."""

    @login_not_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return page(request, token)
        except links.DeadLink:
            return said(
                request,
                _("This link no longer leads anywhere"),
                _("It is too old, it was cut short on its way, or what it spoke of was taken back. Nothing was changed."),
                status=GONE,
            )

    return guarded


def said(request: HttpRequest, title: str, text: str, *, status: int = 200) -> HttpResponse:
    return render(request, "projects/said.html", {"title": title, "text": text}, status=status)


@behind_a_link
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """« This address is mine. » GET asks, and shows nothing of the file; POST writes it down and opens the holder's own page."""
    file = links.address_of(token)
    if request.method == "POST":
        services.confirm_address(file=file, now=timezone.now())
        messages.success(request, _("Thank you: from now on our letters may speak of your project."))
    elif not file.holder.address_is_confirmed:
        return render(request, "projects/confirm_address.html", {"file": file})
    return redirect(links.file_link(file))


@behind_a_link
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """What would be shared, word for word, with which villages. GET shows, POST answers."""
    asked = links.consent_of(token)
    introductions = list(
        asked.introductions.filter(state=IntroductionState.AWAITING_CONSENT).select_related("village__commune").order_by("pk")
    )
    if asked.answered_at:
        return said(request, _("You have answered"), consent_said(asked))
    if not introductions:
        raise links.DeadLink
    form = ConsentForm(request.POST or None, villages=[one.village_id for one in introductions])
    if form.is_valid():
        try:
            asked = services.answer_consent(request=asked, agreed_to=form.agreed_to, via=Via.LINK, now=timezone.now())
        except services.IntroductionRefused as refusal:
            return said(request, _("This was taken back"), str(refusal), status=GONE)
        return said(request, _("It is written down"), consent_said(asked))
    context = {
        "asked": asked,
        "lines": read(asked.snapshot),
        "introductions": introductions,
        "form": form,
        "ticked": form.ticked,
    }
    return render(request, "projects/consent.html", context, status=422 if form.is_bound else 200)


def consent_said(asked) -> str:
    if asked.agreed:
        return _("You agreed: the villages are asked, and you hear what they say.")
    return _("You do not wish to be introduced. Nothing was shared with anybody; the team knows it.")


@behind_a_link
def introduction(request: HttpRequest, token: str) -> HttpResponse:
    """A candidate as the village may read them, and its answer. GET shows, POST answers."""
    asked = links.asked_by(token)
    one = asked.introduction
    state = IntroductionState(one.state)
    if state == IntroductionState.WITHDRAWN:
        raise links.DeadLink
    if state not in IntroductionState.asked():
        return answered(request, one)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        try:
            one = services.answer_introduction(
                introduction=one, by_name=asked.reader.name, via=Via.LINK, now=timezone.now(), **form.cleaned_data
            )
        except services.IntroductionRefused as refusal:
            if refusal.field:
                form.add_error(refusal.field, str(refusal))
            else:
                return said(request, _("Your answer could not be written down"), str(refusal), status=409)
        else:
            return answered(request, one)
    context = {"introduction": one, "lines": read(one.request.snapshot), "reader": asked.reader, "form": form}
    return render(request, "projects/introduction.html", context, status=422 if form.is_bound else 200)


def answered(request: HttpRequest, one) -> HttpResponse:
    context = {
        "introduction": one,
        "lines": read(one.request.snapshot),
        "shows_contact": one.state in IntroductionState.reads_all(),
        "may_change": one.state in IntroductionState.asked(),
    }
    return render(request, "projects/introduction_answered.html", context)


@behind_a_link
def news(request: HttpRequest, token: str) -> HttpResponse:
    """The short form of 3, 12, 24 and 36 months. GET shows, POST keeps; once."""
    asked = links.news_of(token)
    thanks = _("Thank you. Whatever you told us helps those who come after you.")
    if asked.answered_at:
        return said(request, _("You have answered"), thanks)
    form = NewsForm(request.POST or None)
    if form.is_valid():
        with suppress(services.FollowUpRefused):  # somebody of the family was quicker: their answer stands
            services.answer_follow_up(follow_up=asked, facts=form.cleaned_data, via=Via.LINK, now=timezone.now())
        return said(request, _("It is written down"), thanks)
    return render(request, "projects/news.html", {"asked": asked, "form": form}, status=422 if form.is_bound else 200)


@behind_a_link
def contact(request: HttpRequest, token: str) -> HttpResponse:
    """The candidate says that they and the village have spoken. GET asks, POST writes it down."""
    one = links.contact_of(token)
    if one.state == IntroductionState.ACCEPTED and request.method != "POST":
        return render(request, "projects/contact.html", {"introduction": one})
    try:
        services.confirm_contact(introduction=one, via=Via.LINK, now=timezone.now())
    except services.IntroductionRefused:
        raise links.DeadLink from None
    return said(request, _("It is written down"), _("Your adviser will help you plan a visit."))
