from django.apps import AppConfig
from django.contrib.admin import apps
from django.db.models.signals import post_migrate

from sohosolo import database


class PortalConfig(AppConfig):
    name = "sohosolo"
    default = True

    def ready(self) -> None:
        # Once a `migrate`: Django tells it of each app that has models, and the search is the villages'.
        post_migrate.connect(database.keep_role_settings, sender=self.apps.get_app_config("villages"))


class PortalAdminConfig(apps.AdminConfig):
    default = False  # named in INSTALLED_APPS; the entry "sohosolo" means the portal itself
    default_site = "sohosolo.admin.AdminSite"
