from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from members.accounts.roles import keep_roles
from members.enums import Role


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("People")
    role_permissions = {
        Role.ADVISER: ["view_member"],
        Role.LEAD: ["view_member", "add_member", "change_member", "view_user"],
    }

    def ready(self) -> None:
        from members.accounts import listeners  # models are loaded by now

        post_migrate.connect(keep_roles, dispatch_uid="members.keep_roles")
        listeners.connect()
