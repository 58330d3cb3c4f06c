"""What of the logs is repeated on the terminal."""

from sohosolo.embedded.console import FollowedLog


def test_warnings_and_errors_are_told_with_the_lines_that_belong_to_them(tmp_path, capsys):
    path = tmp_path / "worker.log"
    followed = FollowedLog("worker", path)

    def told_after(text):
        with path.open("a") as file:
            file.write(text)
        followed.follow()
        return capsys.readouterr().out.splitlines()

    quiet = "2026-11-23 07:30:00,000 INFO celery Task outbox.deliver_due succeeded\n  a detail of it\n"
    fault = "2026-11-23 07:30:00,100 ERROR outbox The server refuses\nTraceback (most recent call last):\n"
    assert told_after(quiet + fault + "  half a li") == [
        "worker | 2026-11-23 07:30:00,100 ERROR outbox The server refuses",
        "worker | Traceback (most recent call last):",
    ]
    others = "[2026-11-23 07:30:01 +0000] [12] [INFO] Booting\n[2026-11-23 07:30:02,1: WARNING/MainProcess] slow\n"
    assert told_after("ne\n" + others) == ["worker |   half a line", "worker | [2026-11-23 07:30:02,1: WARNING/MainProcess] slow"]
