from django.db import models
from django.utils.translation import gettext_lazy as _


class LetterState(models.TextChoices):
    TO_SEND = "to_send", _("to send")
    SENDING = "sending", _("being sent")  # claimed by a worker; found again by the sweep if that worker dies
    SENT = "sent", _("sent")
    DROPPED = "dropped", _("dropped")  # its reason had gone, or it came too late to be of use
    FAILED = "failed", _("failed")
    UNCERTAIN = "uncertain", _("uncertain")  # the server may or may not have taken it: a person decides
