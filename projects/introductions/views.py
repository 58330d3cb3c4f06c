"""What a holder and a village are asked of an introduction, behind the links of letters. No account is needed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import links
from projects.activity import refusals
from projects.enums import IntroductionState, Via
from projects.introductions.forms import AnswerForm, ConsentForm
from projects.introductions.services import answer_consent, answer_introduction, confirm_contact
from projects.links import GONE, message_page, opened_by_link


@opened_by_link
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """What would be shared, word for word, with which villages. GET shows, POST answers."""
    asked = links.consent_of(token)
    introductions = list(
        asked.introductions.filter(state=IntroductionState.AWAITING_CONSENT).select_related("village__commune").order_by("pk")
    )
    if asked.answered_at:
        return message_page(request, _("You have answered"), consent_in_words(asked))
    if not introductions:
        raise links.DeadLink
    form = ConsentForm(request.POST or None, villages=[introduction.village_id for introduction in introductions])
    if form.is_valid():
        try:
            asked = answer_consent(request=asked, agreed_to=form.agreed_to, via=Via.LINK, now=timezone.now())
        except refusals.IntroductionRefused as refusal:
            return message_page(request, _("This was taken back"), str(refusal), status=GONE)
        return message_page(request, _("It is written down"), consent_in_words(asked))
    context = {
        "asked": asked,
        "lines": asked.lines,
        "introductions": introductions,
        "form": form,
        "ticked": form.ticked,
    }
    return render(request, "projects/consent.html", context, status=422 if form.is_bound else 200)


def consent_in_words(asked) -> str:
    if asked.agreed:
        return _("You agreed: the villages are asked, and you hear what they say.")
    return _("You do not wish to be introduced. Nothing was shared with anybody; the team knows it.")


@opened_by_link
def introduction(request: HttpRequest, token: str) -> HttpResponse:
    """A candidate as the village may read them, and its answer. GET shows, POST answers."""
    asked = links.introduction_of(token)
    introduction = asked.introduction
    state = IntroductionState(introduction.state)
    if state == IntroductionState.WITHDRAWN:
        raise links.DeadLink
    if state not in IntroductionState.asked():
        return answered(request, introduction)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        try:
            introduction = answer_introduction(
                introduction=introduction, by_name=asked.reader.name, via=Via.LINK, now=timezone.now(), **form.cleaned_data
            )
        except refusals.IntroductionRefused as refusal:
            if refusal.field:
                form.add_error(refusal.field, str(refusal))
            else:
                return message_page(request, _("Your answer could not be written down"), str(refusal), status=409)
        else:
            return answered(request, introduction)
    context = {"introduction": introduction, "lines": introduction.request.lines, "reader": asked.reader, "form": form}
    return render(request, "projects/introduction.html", context, status=422 if form.is_bound else 200)


def answered(request: HttpRequest, introduction) -> HttpResponse:
    context = {
        "introduction": introduction,
        "lines": introduction.request.lines,
        "shows_contact": introduction.state in IntroductionState.reads_all(),
        "may_change": introduction.state in IntroductionState.asked(),
    }
    return render(request, "projects/introduction_answered.html", context)


@opened_by_link
def contact(request: HttpRequest, token: str) -> HttpResponse:
    """The candidate says that they and the village have spoken. GET asks, POST writes it down."""
    introduction = links.contact_of(token)
    if introduction.state == IntroductionState.ACCEPTED and request.method != "POST":
        return render(request, "projects/contact.html", {"introduction": introduction})
    try:
        confirm_contact(introduction=introduction, via=Via.LINK, now=timezone.now())
    except refusals.IntroductionRefused:
        raise links.DeadLink from None
    return message_page(request, _("It is written down"), _("Your adviser will help you plan a visit."))
