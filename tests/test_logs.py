"""What a log line may hold: the program's words, numbers, classes; never what came in."""

import io
import logging
import smtplib
import ssl
import warnings
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import DisallowedHost, ImproperlyConfigured
from django.db import DataError, IntegrityError, connection
from django.test import Client
from django.urls import path
from django.utils.module_loading import import_string

from members.models import User
from outbox.faults import Verdict
from sohosolo.logs import Discreet
from sohosolo.urls import urlpatterns as pages

SECRET = "jeanne.secret@example.org"


@pytest.fixture
def log(monkeypatch):
    """Our own handler on the root, as the settings build it, and what it has written."""
    for (
        logger
    ) in logging.Logger.manager.loggerDict.values():  # import-linter, in another test, has switched off all it did not know
        if isinstance(logger, logging.Logger):
            monkeypatch.setattr(logger, "disabled", False)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(import_string(settings.LOGGING["formatters"]["discreet"]["()"])())
    logging.getLogger().addHandler(handler)
    yield written.getvalue
    logging.getLogger().removeHandler(handler)


def fail(request, **values):
    raise ValueError(f"{request.path} {values}")


def fail_in_the_database(request, **values):
    User.objects.create(email=SECRET)
    User.objects.create(email=SECRET)


urlpatterns = [path("essai/<str:token>/", fail), path("compte/<str:token>/", fail_in_the_database), *pages]
failing = pytest.mark.urls(__name__)


@failing
def test_an_error_of_a_page_names_its_pattern_and_the_line_that_failed(log, client_of):
    client = Client(raise_request_exception=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fail, "login_required", False, raising=False)
        assert client.get(f"/essai/{SECRET}/?q={SECRET}").status_code == 500
    assert "ERROR django.request Internal Server Error: GET essai/<str:token>/" in log()
    assert 'raise ValueError(f"{request.path} {values}")' in log()
    assert log().rstrip().endswith("ValueError")
    assert SECRET not in log()


@failing
@pytest.mark.django_db
def test_an_error_of_the_database_names_the_constraint_not_the_row(log):
    client = Client(raise_request_exception=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fail_in_the_database, "login_required", False, raising=False)
        assert client.get(f"/compte/{SECRET}/").status_code == 500
    assert "psycopg.errors.UniqueViolation (23505, members_user, " in log()
    assert "which was the cause of:" in log()
    assert log().rstrip().endswith("django.db.utils.IntegrityError")
    assert SECRET not in log()


@pytest.mark.django_db
def test_a_form_without_its_token_is_told_with_the_reason_and_the_pattern(log):
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"/accord/{SECRET}/", {"name": SECRET}).status_code == 403
    assert "WARNING django.security.csrf Forbidden (CSRF cookie not set.): POST accord/<str:token>/" in log()
    client.post(f"/accord/{SECRET}/", headers={"origin": f"https://{SECRET}"})
    assert "Forbidden (…): POST accord/<str:token>/" in log()
    assert SECRET not in log()


PORTAL = logging.getLogger("portal")


@pytest.mark.parametrize(
    ("write", "line"),
    [
        (
            lambda: PORTAL.error("letter %s: %s fault, %s", 7, Verdict.PASSING, ValueError),
            f"letter 7: {Verdict.PASSING.value} fault, ValueError",
        ),
        (lambda: PORTAL.error("%s and %s", type(Warning()).__name__, SECRET + "!"), "Warning and …"),
        (lambda: PORTAL.error("%s could not be reached", SECRET + "!"), "… could not be reached"),
        (lambda: PORTAL.error(f"nobody knows {SECRET}"), "…"),
        (lambda: PORTAL.error("Task %(name)s failed: %(exc)s", {"name": SECRET + "!", "exc": [SECRET]}), "Task … failed: …"),
        (lambda: PORTAL.error(ValueError(SECRET)), "ValueError"),
        (lambda: PORTAL.error("%s", smtplib.SMTPRecipientsRefused({SECRET: (550, b"")})), "smtplib.SMTPRecipientsRefused"),
        (lambda: PORTAL.error("%s", smtplib.SMTPDataError(554, SECRET.encode())), "smtplib.SMTPDataError (554)"),
        (lambda: PORTAL.error("%s", FileNotFoundError(2, SECRET)), "FileNotFoundError (No such file or directory)"),
        (lambda: PORTAL.error("%s", DisallowedHost(SECRET)), "django.core.exceptions.DisallowedHost"),
        (lambda: PORTAL.error("%s", AttributeError(SECRET, name="title", obj=None)), "AttributeError (NoneType has no title)"),
        (lambda: PORTAL.error("%s", ssl.SSLError(1, SECRET)), "ssl.SSLError"),
        (lambda: PORTAL.error("%s in %s s", True, 2.5), "True in 2.5 s"),
        (
            lambda: PORTAL.error("%s", ImproperlyConfigured(f"run {settings.LANGUAGE_CODE}")),
            "django.core.exceptions.ImproperlyConfigured (run fr)",
        ),
    ],
)
def test_of_values_only_numbers_classes_and_members_of_enumerations_are_written(log, write, line):
    write()
    assert log().rstrip("\n").partition("ERROR portal ")[2] == line


def test_every_cause_of_an_exception_is_told_without_its_message(log):
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise RuntimeError("the words of the program") from error
    except RuntimeError:
        logging.getLogger("portal").exception("it failed")
    told = [line for line in log().splitlines() if not line.startswith(" ")]
    assert told[0].endswith("ERROR portal it failed")
    assert told[1:] == [
        "Traceback (most recent call last):",
        "KeyError",
        "which was the cause of:",
        "Traceback (most recent call last):",
        "RuntimeError (the words of the program)",
    ]


def test_a_warning_is_told_by_its_place(log):
    with warnings.catch_warnings():
        logging.captureWarnings(False)  # on since a test imported sohosolo.wsgi, and so deaf in this block
        logging.captureWarnings(True)
        try:
            warnings.simplefilter("always")
            warnings.warn(SECRET, RuntimeWarning, stacklevel=1)
        finally:
            logging.captureWarnings(False)
    assert "WARNING py.warnings " in log()
    assert f"{__file__}:" in log()
    assert log().endswith(": RuntimeWarning\n")


def test_a_record_that_cannot_be_read_is_written_as_hidden():
    class Broken:
        def __str__(self):
            raise IntegrityError(SECRET)

    record = logging.LogRecord("portal", logging.ERROR, __file__, 1, Broken(), (), None)
    assert Discreet().format(record).endswith("ERROR portal …")


def test_the_formatter_does_not_reuse_what_another_has_written():
    record = logging.LogRecord("portal", logging.ERROR, __file__, 1, "it failed", (), None)
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    assert SECRET in logging.Formatter().format(record)  # it leaves the text on the record, for others
    assert SECRET not in Discreet().format(record)


def test_the_method_of_a_stranger_is_not_written(log):
    request = SimpleNamespace(method=SECRET, path="/x/", resolver_match=None)
    logging.getLogger("django.security.csrf").error("Forbidden (%s)", "/x/", extra={"request": request})
    assert log().endswith("Forbidden (… …)\n")


def test_no_logger_of_the_portal_writes_by_another_formatter():
    """Django's own configuration would mail tracebacks, and print addresses with `runserver`."""
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"discreet"}
    for name in ("django", "django.server", "django.request", "django.security.csrf"):
        logger = logging.getLogger(name)
        assert (name, logger.handlers, logger.propagate) == (name, [], True)


def test_a_hidden_value_that_does_not_fit_its_template_leaves_the_template():
    record = logging.LogRecord("portal", logging.ERROR, __file__, 1, "%d rows of %r", (SECRET + "!", SECRET + "!"), None)
    assert Discreet().format(record).endswith("ERROR portal %d rows of %r")


@pytest.mark.django_db
def test_the_control_a_plain_formatter_would_write_the_secret():
    """So that the tests above would notice."""
    value = SECRET + "!"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [value])
    except DataError as error:
        record = logging.LogRecord("portal", logging.ERROR, __file__, 1, "of %s", (value,), (type(error), error, None))
    assert logging.Formatter().format(record).count(SECRET) >= 2
    assert SECRET not in Discreet().format(record)
