"""Who may do what: one table, role → acts, read by every admin, page, feed and service through `User.may`.

A role is a fact of the account. It opens its acts while the account is active and, where the settings ask for it, protected by a
second step: of the team by STAFF_MFA_REQUIRED, of hosts by HOST_MFA_REQUIRED. Members, holders and committees need no role: what
they may see and do is what is their own.

Apps below this one say an act by its value, `user.may("read_letters")`; a value that stands in no line here raises ValueError.
"""

from enum import StrEnum

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404

from members.enums import Role


class AccessRole(StrEnum):
    """What an account is to the network beyond its groups, and beyond a member, a holder or one of a committee."""

    STAFF = "staff"  # may enter the admin
    ADMINISTRATOR = "administrator"
    HOST = "host"  # keeps a place: of that place alone


class Act(StrEnum):
    ENTER_ADMIN = "enter_admin"  # and look up communes and dwellings there
    KEEP_ANY_PLACE = "keep_any_place"  # the day, the passes, the closures, the feed and the figures of every télécentre
    KEEP_OWN_PLACE = "keep_own_place"  # the same, of those one hosts
    READ_NETWORK_FIGURES = "read_network_figures"  # who hosted whom, how full the places were
    SEE_RESERVED_HOMES = "see_reserved_homes"  # dwellings kept for those whom an adviser knows
    SEE_AS_MEMBER = "see_as_member"  # what members show to members
    WORK_ON_FILES = "work_on_files"  # project files and all that hangs on them, trials among it
    LEAD_FILES = "lead_files"  # entrust files to others, hand them over, set the rules of reminders
    LOOK_AFTER_VILLAGES = "look_after_villages"
    CORRECT_PASSES = "correct_passes"
    LOOK_AFTER_PAYMENTS = "look_after_payments"  # what anybody owes or paid; what is owed is waived
    READ_LETTERS = "read_letters"
    READ_JOURNAL = "read_journal"
    READ_REGISTER = "read_register"  # what each table keeps of people: nobody's data


OF_ADVISERS = frozenset({Act.WORK_ON_FILES, Act.SEE_RESERVED_HOMES, Act.SEE_AS_MEMBER, Act.READ_REGISTER})
OF_LEADS = OF_ADVISERS | {
    *(Act.LEAD_FILES, Act.LOOK_AFTER_VILLAGES, Act.CORRECT_PASSES),
    *(Act.LOOK_AFTER_PAYMENTS, Act.READ_LETTERS),
}

ACTS: dict[AccessRole | Role, frozenset[Act]] = {
    AccessRole.STAFF: frozenset({Act.ENTER_ADMIN, Act.KEEP_ANY_PLACE, Act.READ_NETWORK_FIGURES, Act.SEE_RESERVED_HOMES}),
    Role.ADVISER: OF_ADVISERS,
    Role.LEAD: OF_LEADS,
    AccessRole.ADMINISTRATOR: OF_LEADS | {Act.READ_JOURNAL},
    AccessRole.HOST: frozenset({Act.KEEP_OWN_PLACE}),
}


class SecondStepNeeded(PermissionDenied):
    """The account has the role and lacks the second step that it asks for. `sohosolo.second_step` leads there with a sentence."""


def roles_with(act: Act) -> list[Role]:
    """The groups that open `act`."""
    return [role for role in Role if act in ACTS[role]]


def asks_second_step(act: Act) -> bool:
    return settings.HOST_MFA_REQUIRED if act in ACTS[AccessRole.HOST] else settings.STAFF_MFA_REQUIRED


def require_or_404(user, act: Act) -> None:
    """What a page asks first. Raises Http404 without such a role, SecondStepNeeded where only the second step is missing."""
    if not user.is_authenticated or not user.owns(act):
        raise Http404
    if not user.may(act):
        raise SecondStepNeeded


def require(user, act: Act) -> None:
    """What a service asks of whoever acts. Raises PermissionDenied without such a role, SecondStepNeeded as above."""
    if not user.owns(act):
        raise PermissionDenied
    if not user.may(act):
        raise SecondStepNeeded
