"""A thousand letters while workers die, the broker forgets and the mail server is in every bad mood. `./run chaos storm`.

STORM_LETTERS=1000 and STORM_KILLS=50 are what runs. None may be lost; none may leave twice but in the window that
docs/decisions/letters-leave-once.md names, and then with the same Message-ID; all are out within five minutes of the calm.
"""

import os
import random
import time
from collections import Counter

import pytest

from outbox.enums import LetterState
from outbox.models import Letter
from tests.factories.outbox import LetterFactory
from tests.outbox.machinery import Machinery, kill, wait_until
from tests.outbox.smtp_server import HANG_UP, OK, SmtpServer

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

LETTERS, KILLS = int(os.environ.get("STORM_LETTERS", 1000)), int(os.environ.get("STORM_KILLS", 50))
BETWEEN_KILLS, FLUSH_EVERY, CALM = 2.5, 10, 300  # seconds, kills, seconds
SLOW = (0.3, "250 after a while")
ON_THEIR_WAY = [LetterState.TO_SEND, LetterState.SENDING]


def moods(dice: random.Random) -> dict[str, list]:
    """What the server answers, step by step: mostly slow, sometimes 421, 450 or 550, and a line cut after the text."""
    rcpt = [SLOW] * (LETTERS * 85 // 100) + ["421 enough for now"] * (LETTERS // 25) + ["450 later"] * (LETTERS // 20)
    rcpt += ["550 no such mailbox"] * (LETTERS // 50)
    text = [OK] * (LETTERS * 9 // 10) + [HANG_UP] * (LETTERS // 33)
    dice.shuffle(rcpt)
    dice.shuffle(text)
    return {"rcpt": rcpt, "text": text}


def test_nothing_is_lost_in_a_storm_and_all_is_out_soon_after(tmp_path, transactional_db, capsys):
    dice = random.Random(20261129)
    with SmtpServer(**moods(dice)) as smtp, Machinery(smtp, tmp_path, quick=True) as machinery:
        LetterFactory.create_batch(LETTERS)
        for _ in range(2):
            machinery.start_worker()
        for _ in range(2):
            machinery.start_clock()
        for number in range(KILLS):
            time.sleep(BETWEEN_KILLS)
            kill(machinery.workers[-2])
            machinery.start_worker()
            if number % FLUSH_EVERY == FLUSH_EVERY - 1:
                machinery.flush_broker()
        unsent = Letter.objects.filter(state__in=ON_THEIR_WAY).count()
        for replies in smtp.answers.values():
            replies.clear()
        calm = wait_until(lambda: not Letter.objects.filter(state__in=ON_THEIR_WAY).exists(), CALM, machinery)

        states = Counter(Letter.objects.values_list("state", flat=True))
        taken = Counter(smtp.message_ids)
        twice = {message: times for message, times in taken.items() if times > 1}
        with capsys.disabled():
            print(  # noqa: T201
                f"\n{LETTERS} letters, {KILLS} kills: {unsent} were still on their way at the calm, the last left {calm:.0f} s "
                f"later; {dict(states)}; {len(twice)} arrived more than once, each with one Message-ID"
            )
        assert Letter.objects.count() == LETTERS
        assert set(states) <= {LetterState.SENT, LetterState.FAILED}
        sent = set(Letter.objects.filter(state=LetterState.SENT).values_list("message_id", flat=True))
        assert sent <= set(taken), "whatever is written down as sent was taken"
        refused = Letter.objects.filter(state=LetterState.FAILED)
        assert all("550" in fault for fault in refused.values_list("last_fault", flat=True))
        unanswered = set(Letter.objects.filter(unanswered__gt=0).values_list("message_id", flat=True))
        assert set(twice) <= unanswered, "only those that nobody knew the fate of"
