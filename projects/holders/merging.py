"""Two records of one person: seen, made one, and parted again."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from projects.activity.refusals import Refused
from projects.models import Consent, Holder, Merge

FILLED = ("email", "phone", "lives_in")


class MergeRefused(Refused):
    """Both stay as they were."""


def possible_duplicates(holder: Holder) -> QuerySet[Holder]:
    """Others with the same address, the same telephone number or the same name, accents and capitals aside."""
    same = Q(last_name__iexact=holder.last_name, first_name__iexact=holder.first_name)
    if holder.email:
        same |= Q(email__iexact=holder.email)
    if holder.phone:
        same |= Q(phone=holder.phone)
    return Holder.objects.current().filter(same).exclude(pk=holder.pk).order_by(Lower("last_name"), "pk")


@transaction.atomic
def merge_holders(*, kept: Holder, absorbed: Holder, by: User, now: dt.datetime | None = None) -> Merge:
    """Everything of `absorbed` becomes that of `kept`, which fills what it lacks. It can be undone. Raises MergeRefused."""
    now = now or timezone.now()
    if kept.pk == absorbed.pk:
        raise MergeRefused(_("Choose two different records."))
    rows = Holder.objects.filter(pk__in=[kept.pk, absorbed.pk]).order_by("pk").select_for_update(no_key=True)
    both = {holder.pk: holder for holder in rows}
    kept, absorbed = both[kept.pk], both[absorbed.pk]
    if Merge.objects.filter(absorbed__in=[kept, absorbed]).exists():
        raise MergeRefused(_("One of these was merged already: look at the record that was kept."))
    if kept.user_id and absorbed.user_id:
        raise MergeRefused(_("Both have an account: they sign in as two people."))
    files = list(absorbed.files.order_by("pk").values_list("pk", flat=True))
    there = kept.consents.standing().values("purpose")
    consents = list(absorbed.consents.exclude(withdrawn_at__isnull=True, purpose__in=there).values_list("pk", flat=True))
    moved = {"files": files, "consents": consents, "filled": [], "user": None}
    absorbed.files.update(holder=kept)
    Consent.objects.filter(pk__in=consents).update(holder=kept)
    for name in FILLED:
        if not getattr(kept, name) and getattr(absorbed, name):
            setattr(kept, name, getattr(absorbed, name))
            moved["filled"].append(name)
    if absorbed.user_id:
        moved["user"] = absorbed.user_id
        absorbed.user = None
        absorbed.save(update_fields=["user"])
        kept.user_id = moved["user"]
    kept.save(update_fields=[*FILLED, "user"])
    return Merge.objects.create(kept=kept, absorbed=absorbed, moved=moved, by=by, at=now)


@transaction.atomic
def undo_merge(*, merge: Merge) -> Holder:
    """Undo a merge: what was moved goes back, what has come since stays with the one that was kept. Returns the one parted."""
    rows = Holder.objects.filter(pk__in=[merge.kept_id, merge.absorbed_id]).order_by("pk").select_for_update(no_key=True)
    both = {holder.pk: holder for holder in rows}
    kept, absorbed = both[merge.kept_id], both[merge.absorbed_id]
    kept.files.filter(pk__in=merge.moved["files"]).update(holder=absorbed)
    Consent.objects.filter(pk__in=merge.moved["consents"], holder=kept).update(holder=absorbed)
    for name in merge.moved["filled"]:
        if getattr(kept, name) == getattr(absorbed, name):
            setattr(kept, name, "")
    if merge.moved["user"] and kept.user_id == merge.moved["user"]:
        kept.user = None
        kept.save(update_fields=["user"])
        absorbed.user_id = merge.moved["user"]
    kept.save(update_fields=[*FILLED])
    absorbed.save(update_fields=["user"])
    merge.delete()
    return absorbed
