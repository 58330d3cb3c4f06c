from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from members.enums import Role

TO_LOOK_AT = ["view_booking", "view_pass", "view_passentry", "view_passoffer", "view_waitingentry", "view_bookingseries"]
TO_RUN_A_PLACE = ["telecentre", "openinghours", "desk", "rate", "closure"]


class TelecentresConfig(AppConfig):
    name = "telecentres"
    verbose_name = _("Télécentres")
    role_permissions = {
        Role.ADVISER: ["view_telecentre", *TO_LOOK_AT],
        Role.LEAD: [
            *TO_LOOK_AT,
            *(f"{act}_passoffer" for act in ("add", "change")),
            *(f"{act}_bookinglimits" for act in ("view", "add", "change")),
            "change_booking",  # to call one off; nothing of a booking is written by hand
            *(f"{act}_{model}" for act in ("view", "add", "change") for model in TO_RUN_A_PLACE),
            *(f"delete_{model}" for model in ("openinghours", "rate", "closure")),
        ],
    }

    def ready(self) -> None:
        from telecentres.booking.waiting_list import place_freed  # models are loaded by now
        from telecentres.waiting.services import offer_what_was_freed

        place_freed.connect(offer_what_was_freed, dispatch_uid="telecentres.offer_what_was_freed")
