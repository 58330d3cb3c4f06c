"""The team's groups and what each may do in the admin: kept in step with the code at every `migrate`."""

from django.apps import AppConfig

from members.enums import Role


def keep_roles(sender: AppConfig, using: str, **kwargs) -> None:
    """After an app has migrated, its `role_permissions` (role → codenames of that app) are given. Nothing is ever taken away.

    An app says them on its AppConfig, so that no app lists another's.
    """
    from django.contrib.auth.models import Group, Permission  # models are not loaded yet when apps.py is

    for role in Role:
        group, _created = Group.objects.using(using).get_or_create(name=role)
        codenames = getattr(sender, "role_permissions", {}).get(role, ())
        if codenames:
            of_app = Permission.objects.using(using).filter(content_type__app_label=sender.label, codename__in=codenames)
            group.permissions.add(*of_app)
