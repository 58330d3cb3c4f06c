from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.states import States, StateSet


class MemberStatus(States):
    ACTIVE = "active", _("active")
    TRIAL = "trial", _("on trial")  # thinks of settling, and has half-days for nothing; not of the directory
    FORMER = "former", _("former")

    may_book = StateSet("ACTIVE TRIAL", out="FORMER")

    @property
    def next_states(self) -> frozenset["MemberStatus"]:
        """A member does not come to think of settling. Whoever left may come back, to try as well."""
        return frozenset(
            {
                MemberStatus.ACTIVE: {MemberStatus.FORMER},
                MemberStatus.TRIAL: {MemberStatus.ACTIVE, MemberStatus.FORMER},
                MemberStatus.FORMER: {MemberStatus.ACTIVE, MemberStatus.TRIAL},
            }[self]
        )


class Visibility(models.TextChoices):
    PUBLIC = "public", _("everybody")
    MEMBERS = "members", _("members")
    NOBODY = "nobody", _("nobody")


class Role(models.TextChoices):
    """The groups of the portal's staff. Hosts and committees need none: their relations say it."""

    ADVISER = "advisers", _("advisers")
    LEAD = "lead advisers", _("lead advisers")


class MeansOfPayment(models.TextChoices):
    CASH = "cash", _("in cash")
    CHEQUE = "cheque", _("by cheque")
    CARD = "card", _("by card")  # at a terminal: nothing is paid on line
    TRANSFER = "transfer", _("by transfer")


class PaymentStatus(States):
    OWED = "owed", pgettext_lazy("payment", "to be paid")
    SETTLED = "settled", pgettext_lazy("payment", "paid")
    WAIVED = "waived", pgettext_lazy("payment", "waived")
    CANCELLED = "cancelled", pgettext_lazy("payment", "cancelled")

    # Ended without money, for a reason.
    given_up = StateSet("WAIVED CANCELLED", out="OWED SETTLED")

    @property
    def next_states(self) -> frozenset["PaymentStatus"]:
        """What has ended stays: what was wrong is put right by another line."""
        return frozenset(
            {
                PaymentStatus.OWED: {PaymentStatus.SETTLED, PaymentStatus.WAIVED, PaymentStatus.CANCELLED},
                PaymentStatus.SETTLED: (),
                PaymentStatus.WAIVED: (),
                PaymentStatus.CANCELLED: (),
            }[self]
        )


class JournalEvent(models.TextChoices):
    """What the journal keeps of accounts, their roles, and what was taken out of the portal."""

    SIGNED_IN = "signed_in", _("signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("could not sign in")
    PASSWORD_CHANGED = "password_changed", _("password changed")
    ADDRESS_CHANGED = "address_changed", _("e-mail address changed")
    STEP_ADDED = "step_added", _("second step added")
    STEP_USED = "step_used", _("second step used")
    STEP_FAILED = "step_failed", _("second step failed")
    STEP_REMOVED = "step_removed", _("second step removed")
    ACCOUNT_MADE = "account_made", _("account made")
    ACCOUNT_CLOSED = "account_closed", _("account closed")
    ACCOUNT_OPENED = "account_opened", _("account opened again")
    ROLE_CHANGED = "role_changed", _("role changed")
    INVITED = "invited", _("invited")
    LINK_PRINTED = "link_printed", _("sign-in link printed on the server")
    LINK_USED = "link_used", _("link used")
    EXPORTED = "exported", _("taken out of the portal")
    PAPER_DELETED = "paper_deleted", _("paper deleted")
