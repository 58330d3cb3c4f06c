from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberStatus(models.TextChoices):
    ACTIVE = "active", _("active")
    TRIAL = "trial", _("on trial")  # thinks of settling, and has half-days for nothing; not of the directory
    FORMER = "former", _("former")

    @classmethod
    def may_book(cls) -> list["MemberStatus"]:
        return [cls.ACTIVE, cls.TRIAL]


class Visibility(models.TextChoices):
    PUBLIC = "public", _("everybody")
    MEMBERS = "members", _("members")
    NOBODY = "nobody", _("nobody")


class Role(models.TextChoices):
    """The groups of the portal's staff. Hosts and committees need none: their relations say it."""

    ADVISER = "advisers", _("advisers")
    LEAD = "lead advisers", _("lead advisers")
