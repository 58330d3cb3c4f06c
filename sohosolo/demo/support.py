"""How advisers help: villages that were asked and what they answered, money, papers, and news of those who have settled.

Lived through the same services as the site, with the clock of then, and without letters.
"""

import datetime as dt
import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from outbox.services import silence
from projects.documents.services import ask_document, receive_document
from projects.enums import BusinessTrack, FundingState, IntroductionState, SettlingTrack, Stage, Via
from projects.follow_up.services import answer_follow_up
from projects.funding.services import save_line
from projects.introductions import choosing
from projects.introductions.leaving import full_villages
from projects.introductions.services import (
    answer_consent,
    answer_introduction,
    ask_consent,
    confirm_contact,
    plan_visit,
    send_ready,
)
from projects.models import FollowUp, FundingLine, Introduction, Need, ProjectFile, Scheme, SchemeStep, TaskTemplate
from projects.reminders.nudges import write_nudges
from projects.reminders.rules import Delays
from sohosolo.demo.chance import Dice
from sohosolo.demo.days import DAY, office_hour
from sohosolo.demo.world import World
from villages.models import Village

INTRODUCED = 45  # files, of those that are far enough
ANSWERS = {"yes": 55, "no": 14, "later": 11, "": 20}  # weights; the empty one is silence
WITH_MONEY = {BusinessTrack.PLAN, BusinessTrack.FUNDING, BusinessTrack.REGISTERED}
REGISTERED = {BusinessTrack.REGISTERED, BusinessTrack.TRADING}
NEWS_ANSWERED = 0.78


def open_directory(world: World) -> None:
    """The schemes the team knows, and the tasks that come by themselves. Before any file is lived."""
    for facts in world.material.projects["schemes"]:
        steps = facts.get("steps", [])
        scheme = Scheme.objects.create(
            **{name: value for name, value in facts.items() if name != "steps"}, checked_on=world.today - 40 * DAY
        )
        SchemeStep.objects.bulk_create(SchemeStep(scheme=scheme, **step) for step in steps)


def plan_stage_tasks(world: World) -> None:
    """After the files were lived: their past has its own tasks."""
    TaskTemplate.objects.bulk_create(TaskTemplate(**facts) for facts in world.material.projects["stage_tasks"])


def help_along(world: World) -> None:
    dice = world.dice("support")
    with silence():
        introduce(world, dice)
        fund(world, dice)
        ask_for_papers(world, dice)
        hear_news(world, dice)
        register(world.dice("registrations"))
        write_nudges(world.now, Delays())  # what was due until now was told, or led to a task


# ---- Villages ------------------------------------------------------------------------------------------------------------


def introduce(world: World, dice: Dice) -> None:
    far_enough = [SettlingTrack.INTRODUCED, SettlingTrack.VISITING, SettlingTrack.HOUSING_FOUND]
    files = ProjectFile.objects.filter(stage=Stage.SUPPORTED, settling_track__in=far_enough, adviser__isnull=False)
    known = world.material.team["holder"]
    files = sorted(files.select_related("holder", "adviser").order_by("pk"), key=lambda file: file.holder.email != known["email"])
    villages = [village for village in Village.objects.public().with_commune().order_by("pk") if village.welcomes(world.today)]
    for number, file in enumerate(files[:INTRODUCED]):
        asked_at = office_hour(world, dice, world.now - dice.randint(4, 45) * DAY, 0)
        full = full_villages(villages, now=asked_at)
        with_room = [village for village in villages if village not in full]
        if not with_room:
            break
        chosen = dice.sample(with_room, min(dice.randint(1, 3), len(with_room)))
        choosing.choose_villages(file=file, reasons={village: [] for village in chosen}, by=file.adviser, now=asked_at)
        request = ask_consent(file=file, by=file.adviser, now=asked_at)
        if number % 9 == 8:  # some have not answered yet
            continue
        agreed_at = office_hour(world, dice, asked_at, dice.randint(0, 2))
        answer_consent(request=request, agreed_to=[introduction.pk for introduction in chosen], via=Via.LINK, now=agreed_at)
        send_ready(now=agreed_at)
        for introduction in file.introductions.filter(state=IntroductionState.SENT).with_people().order_by("pk"):
            answer_for_village(world, dice, introduction, agreed_at)


def answer_for_village(world: World, dice: Dice, introduction: Introduction, sent_at: dt.datetime) -> None:
    said, at = dice.by_share(ANSWERS), office_hour(world, dice, sent_at, dice.randint(1, 6))
    if not said or at >= world.now:
        return
    facts: dict[str, Any] = {"words": dice.choice(world.material.projects["village_answers"][said])}
    if said == "later":
        facts["later_on"] = world.today + dice.randint(30, 120) * DAY
    answer_introduction(introduction=introduction, answer=said, by_name=introduction.reader_name, via=Via.LINK, now=at, **facts)
    if said == "yes" and dice.likely(0.6):
        met = office_hour(world, dice, at, dice.randint(1, 5))
        confirm_contact(introduction=introduction, via=Via.LINK, now=met)
        if dice.likely(0.5):
            visit = world.at(world.today + dice.randint(0, 12) * DAY, dt.time(dice.choice([10, 14, 16]), 30))
            if visit > world.now:
                plan_visit(introduction=introduction, at=visit, by=introduction.file.adviser, now=met)


# ---- Money and papers -----------------------------------------------------------------------------------------------------


def fund(world: World, dice: Dice) -> None:
    schemes = list(Scheme.objects.prefetch_related("steps").order_by("pk"))
    files = ProjectFile.objects.filter(stage=Stage.SUPPORTED, business_track__in=WITH_MONEY, adviser__isnull=False)
    for file in files.select_related("adviser").order_by("pk"):
        needs = dice.some(world.material.projects["needs"], 2, 3)
        Need.objects.bulk_create(
            Need(file=file, label=need["label"], amount=Decimal(dice.randrange(need["from"], need["to"], 100))) for need in needs
        )
        requested = Decimal(dice.randrange(2000, 9000, 500))
        own = FundingLine(file=file, funder=world.material.projects["own_funds"], requested=requested, granted=requested)
        own.begin(FundingState.GRANTED)
        own.decided_on = file.opened_on
        save_line(line=own, by=file.adviser, now=world.now - 20 * DAY)
        for scheme in dice.some(schemes, 1, 2):
            ask_scheme(world, dice, file, scheme)


def ask_scheme(world: World, dice: Dice, file: ProjectFile, scheme: Scheme) -> None:
    most = int(scheme.most or 8000)
    committee = world.today + dice.randint(-10, 45) * DAY
    line = FundingLine(
        file=file,
        scheme=scheme,
        funder=scheme.funder,
        label=scheme.name,
        requested=Decimal(dice.randrange(1000, most + 1, 500)),
        committee_on=committee,
        deadline=committee - 14 * DAY,
        state=FundingState.TO_COMPLETE,
    )
    if line.deadline < world.today:
        line.begin(FundingState.LODGED)
        line.lodged_on = line.deadline - DAY
        if committee < world.today - 4 * DAY and dice.likely(0.7):
            line.begin(FundingState.GRANTED)
            line.decided_on = committee
            line.granted = line.requested if dice.likely(0.6) else line.requested / 2
    at = max(world.now - 25 * DAY, file.opened_at)
    save_line(line=line, by=file.adviser, now=at)
    line.tasks.to_do().filter(due_on__lt=world.today).update(done_at=at, done_by=file.adviser)


def ask_for_papers(world: World, dice: Dice) -> None:
    files = ProjectFile.objects.filter(stage=Stage.SUPPORTED, funding_lines__isnull=False).distinct().select_related("adviser")
    for file in files.order_by("pk"):
        for label in dice.some(world.material.projects["papers"], 0, 2):
            at = max(world.now - dice.randint(3, 25) * DAY, file.opened_at)
            document = ask_document(file=file, label=label, by=file.adviser, now=at)
            if dice.likely(0.6):
                upload = SimpleUploadedFile(f"{label}.pdf", a_page())
                then = min(at + dice.randint(1, 6) * DAY, world.now)
                receive_document(file=file, document=document, upload=upload, name=upload.name, now=then)


def a_page() -> bytes:
    """An empty sheet as a PDF."""
    sheet = io.BytesIO()
    Image.new("1", (210, 297), 1).save(sheet, "PDF", resolution=25.4)
    return sheet.getvalue()


def register(dice: Dice) -> None:
    """Whose business is said to be registered has the day of it, in the weeks before the file came where it stands."""
    files = list(ProjectFile.objects.filter(business_track__in=REGISTERED).order_by("pk"))
    for file in files:
        file.registered_on = timezone.localdate(file.stage_since) - dice.randint(3, 60) * DAY
    ProjectFile.objects.bulk_update(files, ["registered_on"])


# ---- Afterwards ----------------------------------------------------------------------------------------------------------


def hear_news(world: World, dice: Dice) -> None:
    """Those whose months have come were asked, and most have answered."""
    due = FollowUp.objects.filter(due_on__lte=world.today, file__stage__in=Stage.asked_for_news()).order_by("pk")
    asked = list(due.select_related("file"))
    for follow_up in asked:
        follow_up.asked_at = world.at(follow_up.due_on, dt.time(9))
    FollowUp.objects.bulk_update(asked, ["asked_at"])
    for follow_up in asked:
        if dice.likely(NEWS_ANSWERED):
            at = min(follow_up.asked_at + dice.randint(1, 12) * DAY, world.now)
            answer_follow_up(follow_up=follow_up, facts=news_of(dice, follow_up), via=Via.LINK, now=at)


def news_of(dice: Dice, follow_up: FollowUp) -> Mapping[str, Any]:
    if dice.likely(0.02 * follow_up.months / 3):
        return {"still_here": "left", "still_active": "yes", "leaving": dice.choice(["work", "housing", "isolation", "family"])}
    return {
        "still_here": "yes",
        "still_active": dice.by_share({"yes": 88, "changed": 8, "stopped": 4}),
        "dwelling": dice.by_share({"rent": 60, "owner": 30, "temporary": 10}),
        "partner": dice.by_share({"works": 50, "none": 35, "seeks": 15}),
        "knows_people": dice.by_share({1: 8, 2: 27, 3: 45, 4: 20}),
        "jobs": dice.by_share({1: 80, 2: 15, 3: 5}),
    }
