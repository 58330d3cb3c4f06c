from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("Letters")

    def ready(self) -> None:
        import_module("outbox.pulses")  # which hears of every task that ends
        autodiscover_modules("stops")
