"""The small network grown: many rows in every list that a page or a form offers, written past the services."""

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from members.enums import Role
from members.models import Member, Payment, User
from outbox.models import Letter
from projects.models import (
    Document,
    Event,
    Export,
    FollowUp,
    FundingLine,
    Hold,
    Holder,
    Introduction,
    Need,
    ProjectFile,
    Reminder,
    Scheme,
    SchemeStep,
    Task,
    TaskTemplate,
)
from telecentres.enums import EntryReason
from telecentres.models import (
    Booking,
    BookingSeries,
    Closure,
    Desk,
    Pass,
    PassEntry,
    PassOffer,
    PlanArea,
    Telecentre,
    WaitingEntry,
)
from tests.factories.members import PaymentFactory
from tests.factories.outbox import LetterFactory
from tests.factories.projects import EventFactory, ProjectFileFactory
from tests.factories.telecentres import SeriesFactory, next_working_day
from tests.factories.villages import (
    CommuneFactory,
    FactCheckFactory,
    HousingFactory,
    PlaceFactory,
    SpeedTestFactory,
    TerritoryProjectFactory,
    VillageFactory,
)
from tests.walk.network import Network
from villages.models import (
    CommitteeMember,
    Commune,
    Dataset,
    Housing,
    Place,
    SavedSearch,
    SpeedTest,
    TerritoryProject,
    Village,
)


def grow(network: Network, count: int, begin: int = 0) -> None:
    """`count` more rows of each kind; those that stand below another row all stand below one."""
    numbers = range(begin, begin + count)
    now, today = timezone.now(), timezone.localdate()

    def days(number: int) -> dt.date:
        return today - dt.timedelta(days=number + 1)

    # people and places
    users = User.objects.bulk_create(
        User(email=f"many{n}@example.org", first_name="Dominique", last_name=f"Castaing {n}", is_staff=True) for n in numbers
    )
    advisers = Group.objects.get(name=Role.ADVISER)
    User.groups.through.objects.bulk_create(User.groups.through(user=user, group=advisers) for user in users)
    Group.objects.bulk_create(Group(name=f"Groupe {n}") for n in numbers)
    EmailAddress.objects.bulk_create(EmailAddress(user=user, email=user.email, verified=True) for user in users)
    Authenticator.objects.bulk_create(Authenticator(user=user, type=Authenticator.Type.TOTP, data={}) for user in users)
    sessions = Session.objects.bulk_create(
        Session(session_key=f"many{n}", session_data="", expire_date=now + dt.timedelta(1)) for n in numbers
    )
    UserSession.objects.bulk_create(
        UserSession(user=user, ip="127.0.0.1", session_key=session.session_key, user_agent="x")
        for user, session in zip(users, sessions, strict=True)
    )
    communes = Commune.objects.bulk_create(
        CommuneFactory.build(insee_code=f"{40000 + n}", name=f"Bourg {n}", intercommunality=f"CC {n}") for n in numbers
    )
    villages = Village.objects.bulk_create(VillageFactory.build(commune=commune) for commune in communes)
    kept = Village.objects.filter(committee__user=network.people["committee"]).earliest("pk")
    CommitteeMember.objects.bulk_create(CommitteeMember(village=kept, name=user.first_name, user=user) for user in users)
    CommitteeMember.objects.bulk_create(
        CommitteeMember(village=village, name="x", user=network.people["committee"]) for village in villages
    )
    for village in (kept, Village.objects.order_by("pk").last()):
        Housing.objects.bulk_create(HousingFactory.build(village=village) for _ in numbers)
        TerritoryProject.objects.bulk_create(TerritoryProjectFactory.build(village=village) for _ in numbers)
        SpeedTest.objects.bulk_create(SpeedTestFactory.build(village=village) for _ in numbers)
    FactCheckFactory._meta.model.objects.bulk_create(FactCheckFactory.build(village=village) for village in villages)
    Place.objects.bulk_create(PlaceFactory.build(commune=commune) for commune in communes)
    Dataset.objects.bulk_create(Dataset(key=f"d{n}", source="Insee", file_name="x.zip", imported_at=now) for n in numbers)
    SavedSearch.objects.bulk_create(
        SavedSearch(email=f"many{n}@example.org", of="villages", rhythm="daily", language="fr", token_hash=f"many{n}")
        for n in numbers
    )
    members = Member.objects.bulk_create(
        Member(user=user, slug=f"many-{user.pk}", commune=commune, activity="Graphiste", joined_on=today)
        for user, commune in zip(users, communes, strict=True)
    )
    # télécentres
    places = Telecentre.objects.bulk_create(
        Telecentre(commune=commune, name=f"Lieu {commune.name}", slug=f"lieu-{commune.pk}", address="x", postal_code="32000")
        for commune in communes
    )
    hosted = Telecentre.objects.filter(hosts=network.people["host"]).earliest("pk")
    Telecentre.hosts.through.objects.bulk_create(
        [Telecentre.hosts.through(telecentre=place, user=network.people["host"]) for place in places]
        + [Telecentre.hosts.through(telecentre=hosted, user=user) for user in users]
    )
    member = network.people["member"].member
    own_place = Booking.objects.filter(member=member).earliest("pk").desk.telecentre
    for place in (hosted, own_place):
        desks = Desk.objects.bulk_create(Desk(telecentre=place, name=f"Bureau {n}", position=n) for n in numbers)
        PlanArea.objects.bulk_create(PlanArea(telecentre=place, name=f"Salle {n}", x=1, y=1, wide=5, deep=5) for n in numbers)
        Closure.objects.bulk_create(
            Closure(telecentre=place, desk=desk, period=hours(today + dt.timedelta(days=n + 200)), reason="travaux")
            for n, desk in enumerate(desks, begin)
        )
        other = place == hosted
        for sign in (-1, 1):
            Booking.objects.bulk_create(
                Booking(
                    desk=desk,
                    member=members[n - begin] if other else member,
                    period=hours(today + sign * dt.timedelta(days=n + 5)),
                    takes_seat=True,
                    stretch="morning",
                    key=f"many-{place.pk}-{sign}-{n}",
                )
                for n, desk in enumerate(desks, begin)
            )
        together = hours(today if other else next_working_day())
        Booking.objects.bulk_create(
            Booking(desk=desk, member=someone, period=together, takes_seat=True, stretch="morning", key=f"same-{desk.pk}")
            for desk, someone in zip(desks[:-1], members, strict=False)
        )
    WaitingEntry.objects.bulk_create(
        WaitingEntry(member=someone, telecentre=hosted, kind="desk", stretch="morning", period=hours(today + dt.timedelta(days=9)))
        for someone in members
    )
    BookingSeries.objects.bulk_create(
        [SeriesFactory.build(member=someone, telecentre=hosted, key=f"many-{someone.pk}") for someone in members]
        + [SeriesFactory.build(member=member, telecentre=own_place, key=f"own-{n}") for n in numbers]
    )
    PassOffer.objects.bulk_create(PassOffer(half_days=n + 1, price=5) for n in numbers)
    payments = Payment.objects.bulk_create(PaymentFactory.build(payer=user, settled=True, ended_by=user) for user in users)
    Pass.objects.bulk_create(
        Pass(
            member=member,
            half_days=10,
            valid_from=today,
            valid_until=today + dt.timedelta(days=9),
            key=f"many-{n}",
            payment=payments[n - begin],
        )
        for n in numbers
    )
    pass_ = Pass.objects.order_by("pk").last()
    PassEntry.objects.bulk_create(PassEntry(pass_of=pass_, units=1, reason=EntryReason.CORRECTED, by=user) for user in users)
    # projects
    holders = Holder.objects.bulk_create(
        Holder(first_name="Lou", last_name=f"Bégué {n}", email=f"many-holder{n}@example.org") for n in numbers
    )
    files = ProjectFile.objects.bulk_create(
        ProjectFileFactory.build(reference=f"1999-{n:04d}", holder=holder, adviser=users[n - begin], stage="supported")
        for n, holder in enumerate(holders, begin)
    )
    schemes = Scheme.objects.bulk_create(Scheme(name=f"Aide {n}", funder="Région", kind="relief") for n in numbers)
    SchemeStep.objects.bulk_create(
        SchemeStep(scheme=Scheme.objects.first(), title=f"Étape {n}", working_days_before=n) for n in numbers
    )
    TaskTemplate.objects.bulk_create(TaskTemplate(stage="new", title=f"Appel {n}") for n in numbers)
    Export.objects.bulk_create(Export(what="funder_report", rows=1, by=user) for user in users)
    Hold.objects.bulk_create(Hold(rule="document_asked", target=f"document_asked:{n + 9}", by=users[n - begin]) for n in numbers)
    Reminder.objects.bulk_create(
        Reminder(recipient=user, file=files[n - begin], rule="task_due", target=f"task:{n}", occurrence=f"m{n}", letter_key=f"m{n}")
        for n, user in enumerate(users, begin)
    )
    Letter.objects.bulk_create(LetterFactory.build() for _ in numbers)
    for file in {ProjectFile.objects.get(pk=file) for file in shown_files(network)}:
        Task.objects.bulk_create(Task(file=file, title=f"Tâche {n}", assignee=users[n - begin], due_on=days(n)) for n in numbers)
        Event.objects.bulk_create(EventFactory.build(file=file, author=user) for user in users)
        Need.objects.bulk_create(Need(file=file, label=f"Besoin {n}", amount=9) for n in numbers)
        FundingLine.objects.bulk_create(FundingLine(file=file, scheme=scheme, funder="Région", requested=5) for scheme in schemes)
        Document.objects.bulk_create(Document(file=file, label=f"Papier {n}", asked_at=now) for n in numbers)
    Introduction.objects.bulk_create(
        Introduction(file=file, village=village, slot=1) for file, village in zip(files, villages, strict=True)
    )
    FollowUp.objects.bulk_create(FollowUp(file=file, months=3, due_on=today) for file in files)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def shown_files(network: Network) -> set[int]:
    """The files that pages of the walk show: by their key in the admin, and the holder's own."""
    keys = {address.arguments["object_id"] for address in network.addresses if address.name == "admin:projects_projectfile_change"}
    return keys | set(ProjectFile.objects.filter(holder__user=network.people["holder"]).values_list("pk", flat=True))


def hours(day: dt.date) -> DateTimeTZRange:
    start = timezone.make_aware(dt.datetime.combine(day, dt.time(8, 30)))
    return DateTimeTZRange(start, start + dt.timedelta(hours=4))
