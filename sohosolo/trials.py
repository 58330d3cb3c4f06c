"""Try before settling: a project file lives in one app, a pass in another, and this joins them."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members import journal, membership
from members.access import Act, require
from members.accounts import services
from members.enums import JournalEvent, MemberStatus
from members.models import Member, User
from projects.models import Holder, ProjectFile
from telecentres.models import Pass
from telecentres.passes import ledger
from villages.models import Commune

VALID_DAYS = 90
ACTIVITY_AT_MOST = Member._meta.get_field("activity").max_length


class TrialRefused(Exception):
    """The message is written for the adviser and may be shown as it stands."""


@transaction.atomic
def grant_trial_to_holder(*, file: ProjectFile, half_days: int, by: User) -> Pass:
    """So many half-days in any télécentre for the holder of this file, who gets an account for it where they have none.

    Once a file: asked again, it is the trial that was granted. Raises TrialRefused for a holder without an e-mail address,
    and where the communes are not imported yet; PermissionDenied where `by` may not work on files.
    """
    require(by, Act.WORK_ON_FILES)
    holder = Holder.objects.select_for_update(no_key=True).get(pk=file.holder_id)
    user = account_of(holder, by=by)
    member = Member.objects.filter(user=user).first() or membership.make_member(
        user=user,
        commune=chief_town(),
        activity=file.title[:ACTIVITY_AT_MOST],
        joined_on=timezone.localdate(),
        status=MemberStatus.TRIAL,
    )
    return ledger.grant_trial(member=member, half_days=half_days, valid_days=VALID_DAYS, key=f"file-{file.pk}", by=by)


def chief_town() -> Commune:
    """Where somebody is said to live whose commune is not of this territory yet."""
    commune = Commune.objects.filter(insee_code=settings.TERRITORY.chief_town).first()
    if commune is None:
        raise TrialRefused(_("The communes of the territory are not imported yet: no trial can be granted before."))
    return commune


def account_of(holder: Holder, *, by: User) -> User:
    """The holder's own, else that of their address, else a new one: one person, one account."""
    if holder.user:
        return holder.user
    if not holder.email:
        raise TrialRefused(_("Write the holder's e-mail address on the file first: the trial is told and booked by it."))
    if not holder.address_is_confirmed:
        raise TrialRefused(_("The holder has not confirmed their address yet: ask them to press the link of our letter first."))
    user = User.objects.filter(email__iexact=holder.email).first()
    if user is None:
        user = services.make_account(email=holder.email, first_name=holder.first_name, last_name=holder.last_name)
        journal.note(JournalEvent.ACCOUNT_MADE, account=user, by=by)
    if Holder.objects.filter(user=user).exists():
        raise TrialRefused(_("Another file's holder has the account of this address already."))
    holder.user = user
    holder.save(update_fields=["user"])
    return user
