import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from outbox.enums import LetterState
from outbox.models import Letter


class LetterFactory(DjangoModelFactory):
    """A letter that is due. Traits name what may have become of it."""

    class Meta:
        model = Letter

    class Params:
        sent = factory.Trait(state=LetterState.SENT, sent_at=factory.LazyFunction(timezone.now))
        claimed = factory.Trait(
            state=LetterState.SENDING,
            claimed_at=factory.LazyFunction(timezone.now),
            claimed_by=1,
            attempts=1,
            first_attempt_at=factory.LazyFunction(timezone.now),
        )
        failed = factory.Trait(state=LetterState.FAILED, last_fault="550 no such mailbox")
        secret = factory.Trait(confidential=True, text="Votre code : 482 913")

    key = factory.Sequence(lambda n: f"tests.letter:{n}")
    again = 0
    message_id = factory.LazyAttribute(lambda letter: f"<{letter.key.replace(':', '.')}.{letter.again}@sohosolo.example>")
    to = factory.Sequence(lambda n: f"reader{n}@example.org")
    subject = "Votre poste est réservé"
    text = "Bonjour, votre poste vous attend jeudi matin."
    send_after = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(seconds=1))
