"""What the tables of Django and allauth keep of people."""

from django.utils.translation import gettext_lazy as _

from common.personal_data import AS_THE_ACCOUNT, NOTHING_PERSONAL, ROW, Ground, PersonalData, declare

ACCOUNTS = _("everybody with an account")

for label in ("auth.Group", "auth.Permission", "contenttypes.ContentType"):
    declare(label, NOTHING_PERSONAL)

declare(
    "account.EmailAddress",
    PersonalData(
        of=ACCOUNTS,
        purpose=_("to write to them, once they confirmed that the address is theirs"),
        ground=Ground.CONTRACT,
        kept=AS_THE_ACCOUNT,
        told=["email", "verified", "primary"],
        erased=ROW,
        facts=["user"],
    ),
)
declare(
    "account.EmailConfirmation",
    PersonalData(
        of=ACCOUNTS,
        purpose=_("to have an address confirmed"),
        ground=Ground.CONTRACT,
        kept=AS_THE_ACCOUNT,
        told=["created", "sent"],
        erased=ROW,
        facts=["email_address", "key"],
    ),
)
declare(
    "mfa.Authenticator",
    PersonalData(
        of=ACCOUNTS,
        purpose=_("to ask for a second step at sign-in"),
        ground=Ground.CONTRACT,
        kept=_("until they take it off"),
        told=["type", "created_at", "last_used_at"],
        erased=ROW,
        table=_("second steps"),
        words={"type": _("which"), "created_at": _("set up at"), "last_used_at": _("last used at")},
        facts=["user", "data"],
    ),
)
declare(
    "usersessions.UserSession",
    PersonalData(
        of=ACCOUNTS,
        purpose=_("to show them where they are signed in"),
        ground=Ground.CONTRACT,
        kept=_("as long as they are signed in there"),
        told=["created_at", "ip", "last_seen_at", "user_agent"],
        erased=ROW,
        table=_("browsers signed in"),
        words={
            "created_at": _("signed in at"),
            "ip": _("network address"),
            "last_seen_at": _("last seen at"),
            "user_agent": _("browser"),
        },
        facts=["user", "session_key", "data"],
    ),
)
declare(
    "sessions.Session",
    PersonalData(
        of=_("visitors"),
        purpose=_("to know them again from one page to the next"),
        ground=Ground.CONTRACT,
        kept=_("two weeks after the last time it was written"),
        told=["expire_date"],
        erased=ROW,
        facts=["session_key", "session_data"],
    ),
)
declare(
    "admin.LogEntry",
    PersonalData(
        of=_("the team"),
        purpose=_("to know who changed what in the admin"),
        ground=Ground.INTEREST,
        kept=_("as long as the account of whoever changed it"),
        told=["action_time", "object_repr", "action_flag", "change_message"],
        erased=ROW,
        facts=["user", "content_type", "object_id"],
    ),
)
