"""The signed links of letters to people without an account, and the guard of the pages behind them: to look shows, a press acts."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from projects.enums import Stage
from projects.models import ConsentRequest, FollowUp, Introduction, ProjectFile
from villages.models import CommitteeMember

CONSENT, ANSWER, CONTACT, NEWS = "projects.consent", "projects.introduction", "projects.contact", "projects.news"
FILE, ADDRESS = "projects.file", "projects.address"
LASTS = 90 * 24 * 3600  # seconds: a late answer is still taken


class DeadLink(Exception):
    """Forged, cut short or too old; its reader has left the committee, or their account is closed; or what it speaks of is gone."""


def consent_link(request: ConsentRequest) -> str:
    return reverse("projects:consent", args=[signing.dumps([request.pk, request.nonce], salt=CONSENT)])


def consent_of(token: str) -> ConsentRequest:
    """Raises DeadLink."""
    pk, nonce = signed_content(token, CONSENT)
    asked = ConsentRequest.objects.exclude(file__holder__user__is_active=False).filter(pk=pk, nonce=nonce)
    found = asked.select_related("file__holder", "file__adviser").first()
    if found is None:
        raise DeadLink
    return found


@dataclass(frozen=True)
class IntroductionLink:
    introduction: Introduction
    reader: CommitteeMember


def answer_link(introduction: Introduction, reader: CommitteeMember) -> str:
    return reverse("projects:introduction", args=[signing.dumps([introduction.pk, reader.pk], salt=ANSWER)])


def introduction_of(token: str) -> IntroductionLink:
    """Raises DeadLink. What was withdrawn or answered since is the page's to say."""
    pk, reader_pk = signed_content(token, ANSWER)
    introduction = Introduction.objects.with_people().filter(pk=pk, sent_at__isnull=False).first()
    seats = CommitteeMember.objects.exclude(user__is_active=False)
    reader = introduction and seats.filter(pk=reader_pk, village=introduction.village_id).first()
    if not reader:
        raise DeadLink
    return IntroductionLink(introduction, reader)


def contact_link(introduction: Introduction) -> str:
    return reverse("projects:contact", args=[signing.dumps(introduction.pk, salt=CONTACT)])


def contact_of(token: str) -> Introduction:
    """Raises DeadLink."""
    asked = Introduction.objects.exclude(file__holder__user__is_active=False).filter(pk=signed_content(token, CONTACT))
    introduction = asked.with_people().first()
    if introduction is None:
        raise DeadLink
    return introduction


def file_link(file: ProjectFile) -> str:
    return reverse("projects:own-file", args=[signing.dumps([file.pk, file.holder_id], salt=FILE)])


def file_of(token: str) -> ProjectFile:
    """Raises DeadLink: also where the file has become somebody else's, or nobody's."""
    pk, holder = signed_content(token, FILE)
    files = ProjectFile.objects.exclude(stage=Stage.ANONYMISED).exclude(holder__user__is_active=False)
    files = files.select_related("holder", "adviser")
    found = files.filter(pk=pk, holder=holder).first()
    if found is None:
        raise DeadLink
    return found


def address_link(file: ProjectFile) -> str:
    """To say that the holder's address is one's own: it names the address, so that a later one is not confirmed by it."""
    token = signing.dumps([file.pk, file.holder_id, address_digest(file.holder.email)], salt=ADDRESS)
    return reverse("projects:confirm-address", args=[token])


def file_to_confirm_of(token: str) -> ProjectFile:
    """Raises DeadLink: also where the holder has another address by now."""
    pk, holder, trace = signed_content(token, ADDRESS)
    files = ProjectFile.objects.exclude(stage=Stage.ANONYMISED).exclude(holder__user__is_active=False)
    found = files.select_related("holder", "adviser").filter(pk=pk, holder=holder).first()
    if found is None or address_digest(found.holder.email) != trace:
        raise DeadLink
    return found


def address_digest(address: str) -> str:
    """A digest that tells whether an address is still the same without showing it: a link may be read over a shoulder."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:20]


def news_link(follow_up: FollowUp) -> str:
    return reverse("projects:news", args=[signing.dumps(follow_up.pk, salt=NEWS)])


def news_of(token: str) -> FollowUp:
    """Raises DeadLink."""
    asked = FollowUp.objects.exclude(file__holder__user__is_active=False).filter(pk=signed_content(token, NEWS))
    found = asked.select_related("file__holder", "file__adviser").first()
    if found is None:
        raise DeadLink
    return found


def signed_content(token: str, salt: str):
    try:
        return signing.loads(token, salt=salt, max_age=LASTS)
    except signing.BadSignature as fault:
        raise DeadLink from fault


# ---- The pages behind them ----------------------------------------------------------------------------------------------

GONE = 410


def opened_by_link(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open to whoever holds the letter; a link that leads nowhere any more says what to do. Nothing of it is kept on the way."""

    @login_not_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return page(request, token)
        except DeadLink:
            return message_page(
                request,
                _("This link no longer leads anywhere"),
                _("It is too old, it was cut short on its way, or what it spoke of was taken back. Nothing was changed."),
                status=GONE,
            )

    return guarded


def message_page(request: HttpRequest, title: str, text: str, *, status: int = 200) -> HttpResponse:
    return render(request, "projects/said.html", {"title": title, "text": text}, status=status)
