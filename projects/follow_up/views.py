"""The form behind the link of a letter that asks for news. No account is needed."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import links
from projects.activity import refusals
from projects.enums import Via
from projects.follow_up.forms import NewsForm
from projects.follow_up.services import answer_follow_up
from projects.links import message_page, opened_by_link


@opened_by_link
def news(request: HttpRequest, token: str) -> HttpResponse:
    """The short form of 3, 12, 24 and 36 months. GET shows, POST keeps; once."""
    asked = links.news_of(token)
    thanks = _("Thank you. Whatever you told us helps those who come after you.")
    if asked.answered_at:
        return message_page(request, _("You have answered"), thanks)
    form = NewsForm(request.POST or None)
    if form.is_valid():
        with suppress(refusals.FollowUpRefused):  # somebody of the family was quicker: their answer stands
            answer_follow_up(follow_up=asked, facts=form.cleaned_data, via=Via.LINK, now=timezone.now())
        return message_page(request, _("It is written down"), thanks)
    return render(request, "projects/news.html", {"asked": asked, "form": form}, status=422 if form.is_bound else 200)
