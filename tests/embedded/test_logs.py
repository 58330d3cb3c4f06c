"""What of the logs is repeated on the terminal."""

import pytest

from sohosolo.embedded.logs import FollowedLog


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "worker.log"
    path.write_text("2026-11-23 07:29:59,000 ERROR of yesterday, which is not told again\n")
    return path


def told(capsys, followed):
    followed.follow()
    return capsys.readouterr().out.splitlines()


def test_warnings_and_errors_are_told_with_the_lines_that_belong_to_them(log, capsys):
    followed = FollowedLog("worker", log)
    with log.open("a") as file:
        file.write("2026-11-23 07:30:00,000 INFO celery Task outbox.deliver_due succeeded\n  a detail of it\n")
        file.write("2026-11-23 07:30:00,100 ERROR outbox The server refuses\nTraceback (most recent call last):\n  half a li")
    assert told(capsys, followed) == [
        "worker | 2026-11-23 07:30:00,100 ERROR outbox The server refuses",
        "worker | Traceback (most recent call last):",
    ]
    with log.open("a") as file:
        file.write("ne\n[2026-11-23 07:30:01 +0000] [12] [INFO] Booting\n[2026-11-23 07:30:02,1: WARNING/MainProcess] slow\n")
    assert told(capsys, followed) == ["worker |   half a line", "worker | [2026-11-23 07:30:02,1: WARNING/MainProcess] slow"]


def test_a_log_that_was_put_aside_is_followed_from_its_new_start(log, capsys):
    followed = FollowedLog("worker", log)
    log.write_text("short and new\n")
    assert told(capsys, followed) == ["worker | short and new"]


def test_a_full_disk_is_said_once_whoever_met_it(log, capsys):
    followed = FollowedLog("postgres", log, repeat=False)
    with log.open("a") as file:
        file.write("2026-11-23 07:30:00.1 UTC [7] ERROR:  could not extend file: No space left on device\n" * 3)
    followed.follow()
    assert capsys.readouterr() == ("", "run: the disk is full: free some space, then start again (the data are kept).\n")
