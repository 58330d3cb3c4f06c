"""Every letter of the site leaves: brought about as people and clocks do it, it is sent, not dropped, whatever the hour."""

import datetime as dt
import re
from email.message import Message
from email.utils import getaddresses, parseaddr
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core import mail

from members.models import User
from outbox import keys, services
from outbox.enums import LetterState
from outbox.models import Letter
from projects.enums import ReminderRule
from projects.models import Reminder
from tests.letters import accounts, projects, telecentres, villages
from tests.letters.world import Case, World

pytestmark = pytest.mark.django_db

CASES = [*accounts.CASES, *projects.CASES, *telecentres.CASES, *villages.CASES]
BASES = {"members/email/notice", "outbox/email/base"}  # what the others are written on
MOMENTS = {  # where the days of UTC and of the wall differ, by one hour and by two, and late in an evening
    "a winter night": dt.datetime(2027, 1, 11, 23, 30, tzinfo=dt.UTC),
    "a summer night": dt.datetime(2027, 7, 6, 22, 30, tzinfo=dt.UTC),
    "a summer evening": dt.datetime(2027, 7, 6, 21, 40, tzinfo=dt.UTC),
}


def templates_of_letters() -> set[str]:
    roots = [Path(root) for engine in settings.TEMPLATES for root in engine["DIRS"]]
    found = {str(path.relative_to(root)).removesuffix(".subject.txt") for root in roots for path in root.rglob("*.subject.txt")}
    return found - BASES


@pytest.fixture
def written(monkeypatch) -> dict[str, tuple[str, dict]]:
    """By key, the template of each letter that was composed, and what it was told."""
    told, compose = {}, services.compose_rendered

    def noted(*, key, template, context, **facts):
        told.setdefault(key, (template, context))
        return compose(key=key, template=template, context=context, **facts)

    monkeypatch.setattr(services, "compose_rendered", noted)
    monkeypatch.setattr("projects.notifications.compose_rendered", noted)
    return told


def test_every_letter_has_a_case_and_every_rule_of_a_key_and_of_the_planner():
    assert {case.template for case in CASES} | set(accounts.NEVER) == templates_of_letters()
    assert not {case.template for case in CASES} & set(accounts.NEVER)
    assert set(keys.RULES) - {case.rule for case in CASES} == set()
    assert {case.reminder for case in CASES if case.reminder} == set(ReminderRule)


@pytest.mark.parametrize(
    "moment", [pytest.param(name, marks=[] if name == "a summer night" else pytest.mark.thorough) for name in MOMENTS]
)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_letter_brought_about_by_its_page_or_its_tick_leaves(
    case: Case, moment: str, settings, written, django_capture_on_commit_callbacks
):
    settings.STAFF_MFA_REQUIRED = settings.HOST_MFA_REQUIRED = False
    with time_machine.travel(MOMENTS[moment], tick=False) as clock:
        world = World(clock)
        with django_capture_on_commit_callbacks(execute=True):
            case.provoke(world)
        world.send()
    letters = Letter.objects.all()
    mine = [letter for letter in letters if letter.key in written and written[letter.key][0] == case.template]
    assert mine
    assert {letter.key.partition(":")[0] for letter in mine} == {case.rule}
    assert {(letter.key, letter.state) for letter in letters if letter.state != LetterState.SENT} == set()
    if case.reminder:
        told = Reminder.objects.filter(rule=case.reminder).values_list("letter_key", flat=True)
        assert set(told) & {letter.key for letter in mine}
    for letter in mine:
        assert says_nothing_of_what_is_not_there(*written[letter.key])
    gone = {message.extra_headers["Message-ID"]: message.message() for message in mail.outbox}
    for letter in mine:
        answers_reach_whoever_signs(gone[letter.message_id], letter.key)
        no_machine_answers(gone[letter.message_id])


def answers_reach_whoever_signs(message: Message, key: str) -> None:
    """« A question? Answer this letter. » The adviser who signs it, else the network: a host's own address is told to nobody."""
    assert message.get_all("Reply-To"), key
    text = next(part for part in message.walk() if part.get_content_type() == "text/plain").get_payload(decode=True).decode()
    name = re.search(r"\n(.*)\nle réseau SOHO SOLO du Gers\n", text)[1]
    signs = [user for user in User.objects.all() if name and user.get_full_name() == name]
    advisers = [user.email for user in signs if user.is_of_the_team]
    assert bool(name) == bool(signs), (key, name)
    network = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    assert [address for _name, address in getaddresses(message.get_all("Reply-To"))] == (advisers or [network]), key


def no_machine_answers(message: Message) -> None:
    """Neither a holiday notice nor an answering machine: Exchange asks for its own header, the others read the standard one."""
    assert message.get_all("X-Auto-Response-Suppress") == ["OOF, AutoReply"]
    assert message.get_all("Auto-Submitted") == ["auto-generated"]


def says_nothing_of_what_is_not_there(template: str, context: dict) -> bool:
    """In both languages: what the rows do not know is left out, not printed."""
    for language in ("fr", "en"):
        letter = services.compose_rendered(key="again:1", to="a@example.org", template=template, context=context, language=language)
        assert "None" not in f"{letter.subject}{letter.text}{letter.html}{letter.headers}"
    return True
