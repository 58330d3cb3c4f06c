"""Whether an address is its holder's: said by its owner, from a letter sent there."""

import datetime as dt

from django.db import transaction

from members.models import User
from projects import notifications
from projects.enums import IntroductionState, Origin, Stage
from projects.household.words import household_known_of
from projects.models import ConsentRequest, Holder, ProjectFile


@transaction.atomic
def confirm_address(*, file: ProjectFile, now: dt.datetime) -> Holder:
    """The holder's address, as the file has it, is confirmed; what could not be written there before is written now, once."""
    holder = Holder.objects.select_for_update(no_key=True).get(pk=file.holder_id)
    if holder.address_is_confirmed or holder.email != file.holder.email:
        return holder
    holder.confirmed_email = holder.email
    holder.save(update_fields=["confirmed_email"])
    for other in holder.files.filter(origin=Origin.WEB, stage__in=Stage.open()).select_related("holder", "adviser").order_by("pk"):
        notifications.file_received(other, household_known_of(other), at=now)
    waiting = ConsentRequest.objects.filter(file__holder=holder, answered_at__isnull=True)
    for request in waiting.select_related("file__holder", "file__adviser").order_by("pk"):
        asked = request.introductions.filter(state=IntroductionState.AWAITING_CONSENT).select_related("village__commune")
        if introductions := list(asked.order_by("pk")):
            notifications.consent_asked(request, introductions, at=now)
    return holder


def confirmed_address_of(user: User | None, email: str) -> str:
    """The address, where whoever is signed in has shown that it is theirs; else nothing."""
    if user is not None and user.emailaddress_set.filter(email__iexact=email, verified=True).exists():
        return email
    return ""
