"""What a holder agrees to, kept with its words; and taken back."""

import datetime as dt

from django.db import transaction

from projects.enums import ConsentPurpose
from projects.holders import agreement_to_keep
from projects.models import Consent, Holder


@transaction.atomic
def give_consent(*, holder: Holder, purpose: ConsentPurpose, now: dt.datetime) -> Consent:
    """Given twice it is given once, from the first day on."""
    standing, _created = Consent.objects.get_or_create(
        holder=holder,
        purpose=purpose,
        withdrawn_at=None,
        defaults={"version": agreement_to_keep.KEEPING_VERSION, "words": agreement_to_keep.words_to_keep(purpose), "given_at": now},
    )
    return standing


def withdraw_consent(*, holder: Holder, purpose: ConsentPurpose, now: dt.datetime) -> bool:
    """The trace of it stays. Returns whether there was one."""
    return Consent.objects.standing().filter(holder=holder, purpose=purpose).update(withdrawn_at=now) > 0
