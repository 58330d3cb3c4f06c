from django.apps import AppConfig
from django.contrib.admin import apps
from django.db import models
from django.db.models.signals import post_migrate, pre_migrate

from sohosolo import database


class PortalConfig(AppConfig):
    name = "sohosolo"
    default = True

    def ready(self) -> None:
        from sohosolo.migrating import gather_additions  # needs the applications to be there

        # Once a `migrate`: Django tells it of each app that has models, and the search is the villages'.
        pre_migrate.connect(gather_additions, sender=self.apps.get_app_config("villages"))
        post_migrate.connect(database.keep_role_settings, sender=self.apps.get_app_config("villages"))


class PortalAdminConfig(apps.AdminConfig):
    default = False  # named in INSTALLED_APPS; the entry "sohosolo" means the portal itself
    default_site = "sohosolo.admin.AdminSite"

    def ready(self) -> None:
        """Every day and moment that is typed in the admin is one that can be reckoned with; our own forms name these fields."""
        from django.contrib.admin import options, widgets  # needs the applications to be loaded

        from common.days import DayField, MomentField

        options.FORMFIELD_FOR_DBFIELD_DEFAULTS[models.DateField] = {"form_class": DayField, "widget": widgets.AdminDateWidget}
        options.FORMFIELD_FOR_DBFIELD_DEFAULTS[models.DateTimeField] = {
            "form_class": MomentField,
            "widget": widgets.AdminSplitDateTime,
        }
        super().ready()  # makes the pages of the admin, which keep what stands there now
