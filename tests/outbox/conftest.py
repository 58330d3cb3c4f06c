import pytest

from outbox import keys, stops, tasks
from tests.outbox.smtp_server import SmtpServer


@pytest.fixture
def smtp(settings):
    """`smtp(rcpt="450 later")` starts a mail server that answers so, and makes it the portal's."""
    servers = []

    def start(**answers) -> SmtpServer:
        server = SmtpServer(**answers).__enter__()
        servers.append(server)
        settings.EMAIL_BACKEND = "outbox.backends.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        return server

    yield start
    for server in servers:
        server.__exit__()


@pytest.fixture
def condition(monkeypatch):
    """`condition("tests.letter", function)` registers a rule and its stop condition for this test alone."""
    monkeypatch.setattr(keys, "RULES", dict(keys.RULES))
    monkeypatch.setattr(stops, "_conditions", dict(stops._conditions))
    return lambda name, function: stops.stop_when(keys.LetterRule(name, fact=str))(function)


@pytest.fixture
def woken(monkeypatch):
    """The letters that a worker was asked to send, without sending them."""
    asked = []
    monkeypatch.setattr(tasks, "wake", lambda *, letter_id: asked.append(letter_id))
    return asked
