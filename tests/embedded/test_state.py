"""Who may use a state folder, and what the others hear."""

import os

import pytest

from sohosolo.embedded import state as state_module
from sohosolo.embedded.child import Child
from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.state import State


class Waiting(Exception):
    """Raised where somebody would wait."""


def wait(seconds):
    raise Waiting


@pytest.fixture
def folder(tmp_path):
    State(tmp_path).make()
    return tmp_path


def test_who_comes_second_hears_what_the_first_tells(folder):
    first = State(folder)
    assert first.claim("./run", "site", wait) == {}
    with pytest.raises(Waiting):  # it has not said where it is
        State(folder).claim("./run", "site", wait)
    first.tell(site="http://127.0.0.1:8000")
    assert State(folder).claim("./run", "site", wait)["site"] == "http://127.0.0.1:8000"
    with pytest.raises(Waiting):
        State(folder).claim("./run manage check", "services", wait)
    assert (folder / "lock").stat().st_mode & 0o777 == 0o600


def test_a_command_that_works_on_the_data_is_named_and_waited_for(folder, capsys):
    """Two at once would start two servers on the same data."""
    first = State(folder)
    first.claim("./run manage migrate", "services", wait)
    pauses = []

    def until_the_third(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            os.close(first.held)
            os.close(first._lock)

    assert State(folder).claim("./run", "site", until_the_third) == {}
    assert len(pauses) == 3
    told = f"run: waiting for « ./run manage migrate » (process {os.getpid()}) to be done with the database\n"
    assert capsys.readouterr() == ("", told)


def test_a_start_waits_until_no_process_of_a_killed_one_lives(folder, monkeypatch):
    killed, waiting, after = State(folder), State(folder), State(folder)
    killed.claim("./run", "site", wait)
    left = Child("left", ["sleep", "60"], pass_fds=[killed.held])
    left.start()
    try:
        os.close(killed._lock)  # as the kernel does for a supervisor that is killed
        os.close(killed.held)
        with pytest.raises(Waiting):
            waiting.claim("./run", "site", wait)
        monkeypatch.setattr(state_module, "LAST_SECONDS", -1)
        with pytest.raises(CannotRun, match=f"still run: end those that « lsof {folder} » names, then start again"):
            waiting.wait_until_alone(wait)
        os.close(waiting._lock)
    finally:
        left.end()
    assert after.claim("./run", "site", wait) == {}


def test_the_key_is_made_once_and_for_its_owner_alone(folder):
    key = State(folder).secret_key()
    assert len(key) >= 50
    assert State(folder).secret_key() == key
    assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_folder_of_sockets_that_is_somebody_elses_is_refused(folder, tmp_path):
    (tmp_path / "sockets").symlink_to(tmp_path)
    with pytest.raises(CannotRun, match="belongs to somebody else: remove it, then start again"):
        State(folder, sockets=tmp_path / "sockets").sockets()
