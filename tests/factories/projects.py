import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from projects.enums import ClosingReason, Direction, EventKind, IntroductionState, Stage, Via
from projects.files import lifecycle
from projects.introductions import sharing
from projects.models import (
    ConsentRequest,
    Document,
    Event,
    FollowUp,
    FundingLine,
    Holder,
    Household,
    Introduction,
    ProjectFile,
    Task,
)
from tests.factories.members import UserFactory


class HolderFactory(DjangoModelFactory):
    """Somebody who has confirmed their address, where they have one; `confirmed_email=""` for one who has not."""

    class Meta:
        model = Holder

    first_name = "Nadia"
    last_name = factory.Sequence(lambda n: f"Ferrand {n}")
    email = factory.Sequence(lambda n: f"porteuse{n}@example.org")
    confirmed_email = factory.SelfAttribute("email")


class ProjectFileFactory(DjangoModelFactory):
    """A new file nobody follows yet. `opened_at` moves its opening; `supported`, `paused` and `closed` name its stage."""

    class Meta:
        model = ProjectFile

    class Params:
        supported = factory.Trait(stage=Stage.SUPPORTED)
        paused = factory.Trait(stage=Stage.PAUSED, paused_until=dt.date(2099, 1, 1), pause_reason="Vend son appartement")
        closed = factory.Trait(stage=Stage.CLOSED, closing_reason=ClosingReason.GAVE_UP)

    reference = factory.LazyAttribute(lambda file: lifecycle.next_reference(file.opened_on.year))
    holder = factory.SubFactory(HolderFactory)
    title = "Traduction technique"
    opened_at = factory.LazyFunction(timezone.now)
    opened_on = factory.LazyAttribute(lambda file: timezone.localdate(file.opened_at))


class HouseholdFactory(DjangoModelFactory):
    class Meta:
        model = Household

    file = factory.SubFactory(ProjectFileFactory)


class TaskFactory(DjangoModelFactory):
    """Due today, set by nobody in particular a week ago: `set_today` is for one that was set this very day."""

    class Meta:
        model = Task

    class Params:
        set_today = factory.Trait(due_set_at=factory.LazyFunction(timezone.now))
        done = factory.Trait(done_at=factory.LazyFunction(timezone.now), done_by=factory.SelfAttribute("assignee"))

    assignee = factory.SubFactory(UserFactory, adviser=True)
    file = factory.SubFactory(ProjectFileFactory, supported=True, adviser=factory.SelfAttribute("..assignee"))
    title = "Relire le prévisionnel"
    due_on = factory.LazyFunction(timezone.localdate)
    due_set_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=7))


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    file = factory.SubFactory(ProjectFileFactory)
    kind = EventKind.CALL
    direction = Direction.IN
    text = "Demande si l’aide se cumule."
    author = factory.SubFactory(UserFactory, adviser=True)


class ConsentRequestFactory(DjangoModelFactory):
    """Asked of the holder and not answered; `agreed` was answered with yes."""

    class Meta:
        model = ConsentRequest

    class Params:
        given = factory.Trait(agreed=True, answered_at=factory.LazyFunction(timezone.now), via=Via.LINK)

    file = factory.SubFactory(ProjectFileFactory, supported=True)
    snapshot = factory.LazyAttribute(lambda request: sharing.snapshot_of(request.file))
    words = "J’accepte."
    version = "2026-11"
    fingerprint = "0" * 64
    nonce = factory.Sequence(lambda n: f"{n:032x}")


class IntroductionFactory(DjangoModelFactory):
    """A draft; `awaiting` waits for its holder's consent, `sent` waits for the village, `accepted` has its yes."""

    class Meta:
        model = Introduction

    class Params:
        awaiting = factory.Trait(
            state=IntroductionState.AWAITING_CONSENT,
            request=factory.SubFactory(ConsentRequestFactory, file=factory.SelfAttribute("..file")),
        )
        sent = factory.Trait(
            state=IntroductionState.SENT,
            sent_at=factory.LazyFunction(timezone.now),
            request=factory.SubFactory(ConsentRequestFactory, given=True, file=factory.SelfAttribute("..file")),
        )
        accepted = factory.Trait(sent=True, state=IntroductionState.ACCEPTED, answered_at=factory.LazyFunction(timezone.now))

    file = factory.SubFactory(ProjectFileFactory, supported=True)
    village = factory.SubFactory("tests.factories.villages.VillageFactory")
    slot = factory.LazyAttribute(lambda introduction: Introduction.objects.live().filter(file=introduction.file).count() + 1)


class DocumentFactory(DjangoModelFactory):
    """Asked for and not there yet; `received` has come, as a small PDF."""

    class Meta:
        model = Document

    class Params:
        received = factory.Trait(
            received_at=factory.LazyFunction(timezone.now),
            content=factory.django.FileField(data=b"%PDF-1.7 a paper", filename="paper.pdf"),
            name="paper.pdf",
            type="application/pdf",
            size=16,
        )

    file = factory.SubFactory(ProjectFileFactory)
    label = "Deux devis"
    for_holder = True
    asked_at = factory.LazyFunction(timezone.now)


class FollowUpFactory(DjangoModelFactory):
    """Three months after somebody settled, not asked yet."""

    class Meta:
        model = FollowUp

    file = factory.SubFactory(ProjectFileFactory, stage=Stage.SETTLED)
    months = 3
    due_on = factory.LazyFunction(timezone.localdate)


class FundingLineFactory(DjangoModelFactory):
    class Meta:
        model = FundingLine

    file = factory.SubFactory(ProjectFileFactory, supported=True)
    funder = "Initiative Gers"
    requested = 6000
