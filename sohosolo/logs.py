"""The logs say what happened and where, never to whom.

What a log line is told of comes from two hands: words that stand in the program, and values that came in from outside (an
address with a token in it, a form's fields, a database's answer, the argument of a task). Nothing can tell a harmless value from a
secret, so the rule is the other way round: the program's own words are written, numbers, classes and members of enumerations too,
and every other value is `…`. Of an exception its class is written, its traceback (files, lines, functions), and what is known of it
without its message: an SQL state and a constraint's name, an error number, the code of a mail server.

A page is named by the pattern of its address (`mon-projet/<str:token>/`), as its path may hold what opens it. So whoever writes a
log line gives the template as a literal, and passes numbers, classes, names of exceptions and enumeration members to it.
"""

import datetime as dt
import enum
import errno
import http.client
import logging
import os
import re
import smtplib
import ssl
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from types import CodeType, FrameType

from django.core.exceptions import ImproperlyConfigured

HIDDEN = "…"
LINE = "{asctime} {levelname} {name} {message}"
CALLERS_SEARCHED = 6  # whoever logs, and who called it: a library often logs through a function of its own
ENDS_OF_TASKS = {"rejected", "ignored", "INTERNAL ERROR", "raised expected", "raised unexpected"}  # Celery's words
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
ABOUT_THE_SERVER = {"Starting gunicorn %s", "Listening at: %s (%s)", "Listening at: %s", "Using worker: %s", "Connected to %s"}
A_TASKS_NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ANSWERS = frozenset(http.client.responses.values())  # "Internal Server Error"
KNOWN_REASONS = {"CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE"}  # of TLS
WHERE_A_WARNING_STANDS = re.compile(r"\S+:\d+: \w+(?=:)")


class Discreet(logging.Formatter):
    """Writes a record by the rule above; whatever goes wrong in here, nothing more is written."""

    def __init__(self) -> None:
        super().__init__(LINE, style="{")

    def format(self, record: logging.LogRecord) -> str:
        record.message = one_line(words_of(record))
        record.asctime = self.formatTime(record)
        lines = [self.formatMessage(record)]
        if record.exc_info and record.exc_info[1] is not None:
            lines += traceback_of(record.exc_info[1])
        return "\n".join(lines)


def words_of(record: logging.LogRecord) -> str:
    try:
        if isinstance(record.msg, BaseException):
            return words_of_error(record.msg)
        if record.name == "py.warnings":
            return place_of_warning(record)
        callers = list(those_who_called())
        page = page_of(getattr(record, "request", None))
        if not stands_in_the_program(str(record.msg), callers):
            return f"{HIDDEN} {page}".rstrip()
        return filled(record, page, callers)
    except Exception:  # noqa: BLE001 -- logging prints the message and its arguments when a formatter fails
        return HIDDEN


def filled(record: logging.LogRecord, page: str, callers: list[FrameType]) -> str:
    """The template with what may be shown in it; the bare template where a hidden value does not fit (`%d`)."""
    template = str(record.msg)
    path = getattr(getattr(record, "request", None), "path", None)
    if not record.args:
        return f"{template} {page}".rstrip()
    try:
        if isinstance(record.args, Mapping):
            return template % {name: value_if_public(value, record, callers) for name, value in record.args.items()}
        return template % tuple(
            page if page and value == path else value_if_public(value, record, callers) for value in record.args
        )
    except (TypeError, ValueError, KeyError):
        return template


def place_of_warning(record: logging.LogRecord) -> str:
    found = WHERE_A_WARNING_STANDS.match(str(record.args[0] if record.args else record.msg))
    return found[0] if found else HIDDEN


def value_if_public(value: object, record: logging.LogRecord, callers: list[FrameType]) -> object:
    """The value where it is nobody's, else HIDDEN."""
    match value:
        case enum.Enum():
            return value.value
        case None | bool() | int() | float() | dt.timedelta():
            return value
        case type():
            return value.__qualname__
        case BaseException():
            return words_of_error(value)
        case str() if value in METHODS or value in ANSWERS or record.msg in ABOUT_THE_SERVER:
            return value
        case str() if is_a_word_of_the_tasks(value, record.name) or is_the_name_of_an_exception(value):
            return value
        case str() if stands_in_the_program(value, callers):
            return value
    return _Hidden()


class _Hidden:
    """Fills `%s` and `%r` alike."""

    def __repr__(self) -> str:
        return HIDDEN


def is_a_word_of_the_tasks(value: str, logger: str) -> bool:
    """A task's name or number, how it ended, or the name of its place in the schedule."""
    if not logger.startswith("celery"):
        return False
    from sohosolo.celery import app  # it imports this module

    known = (ENDS_OF_TASKS, app.tasks, app.conf.beat_schedule)
    return bool(A_TASKS_NUMBER.fullmatch(value)) or any(value in words for words in known)


def is_the_name_of_an_exception(value: str) -> bool:
    """As in `type(error).__name__`."""
    kinds = [BaseException]
    while kinds:
        kind = kinds.pop()
        if kind.__name__ == value:
            return True
        kinds += type.__subclasses__(kind)
    return False


def page_of(request: object) -> str:
    """`POST mon-projet/<str:token>/`: the method and the pattern of the address, which holds none of its values."""
    if request is None:
        return ""
    method = request.method if getattr(request, "method", None) in METHODS else HIDDEN
    match = getattr(request, "resolver_match", None)
    return f"{method} {match.route if match else HIDDEN}"


# ---- Words of the program ------------------------------------------------------------------------------------------------


def those_who_called() -> Iterator[FrameType]:
    """The functions on the way to this log line, from the one that wrote it on."""
    frame = sys._getframe(1)
    for on_the_way in (__file__, logging.__file__):
        while frame is not None and frame.f_code.co_filename == on_the_way:
            frame = frame.f_back
    for _step in range(CALLERS_SEARCHED):
        if frame is None:
            return
        yield frame
        frame = frame.f_back


def stands_in_the_program(text: str, callers: list[FrameType]) -> bool:
    """Whether one of these functions, or its module, holds this very text as a constant.

    What came in from outside does not, or is no secret then.
    """
    return any(is_a_constant_of(frame.f_code, text) or is_a_constant_of_module(frame.f_globals, text) for frame in callers)


def is_a_constant_of(code: CodeType, text: str) -> bool:
    return any(isinstance(constant, str) and text in (constant, constant.strip()) for constant in code.co_consts)


def is_a_constant_of_module(names: Mapping[str, object], text: str) -> bool:
    """Only what its module wrote in capitals: other names may hold what came in."""
    return any(name.isupper() and isinstance(value, str) and text in (value, value.strip()) for name, value in names.copy().items())


# ---- Exceptions ------------------------------------------------------------------------------------------------------------


def traceback_of(error: BaseException, told: frozenset[int] = frozenset()) -> Iterator[str]:
    """The lines of a traceback, causes first. The source lines in it are the program's."""
    told |= {id(error)}
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in told:
        yield from traceback_of(before, told)
        yield "which was the cause of:" if error.__cause__ else "and while that was handled:"
    yield "Traceback (most recent call last):"
    for frame in traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__)).format():
        yield frame.rstrip("\n")
    yield words_of_error(error)
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from traceback_of(part, told)


def words_of_error(error: BaseException) -> str:
    """The class, and in brackets what is known of the case without repeating anything that came in."""
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    facts = [str(fact) for fact in known_of_error(error) if fact]
    return f"{name} ({', '.join(facts)})" if facts else name


def known_of_error(error: BaseException) -> Iterator[object]:
    if sqlstate := getattr(error, "sqlstate", None):  # psycopg's
        yield sqlstate
        diagnostics = getattr(error, "diag", None)
        yield from (getattr(diagnostics, fact, None) for fact in ("table_name", "column_name", "constraint_name"))
    match error:
        case ImproperlyConfigured():  # a sentence for whoever installs the portal; what it repeats is no person's and no password
            yield one_line(str(error))
            return
        case smtplib.SMTPResponseException():
            yield error.smtp_code
        case ssl.SSLError():
            yield getattr(error, "reason", None) if getattr(error, "reason", None) in KNOWN_REASONS else None
        case OSError():
            yield os.strerror(error.errno) if error.errno in errno.errorcode else None
        case AttributeError():
            yield f"{type(error.obj).__qualname__} has no {error.name}" if is_a_name(error.name) else None
        case NameError() | ImportError():
            yield error.name if is_a_name(error.name) else None
    yield words_written_where_it_was_raised(error)


def words_written_where_it_was_raised(error: BaseException) -> str | None:
    """The message, where the function that raised holds it as a constant."""
    raised_in = error.__traceback__
    while raised_in is not None and raised_in.tb_next is not None:
        raised_in = raised_in.tb_next
    message = error.args[0] if len(error.args) == 1 else None
    if raised_in is None or not isinstance(message, str) or not message:
        return None
    return one_line(message) if is_a_constant_of(raised_in.tb_frame.f_code, message) else None


def is_a_name(name: object) -> bool:
    return isinstance(name, str) and all(part.isidentifier() for part in name.split("."))


def one_line(text: str) -> str:
    return " ".join(text.split())


# ---- Where else words come from ---------------------------------------------------------------------------------------------


def take_over() -> None:
    """For a process that serves: also what Python itself would print is logged, and so by the rule above."""
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # it prints a line's arguments when the line cannot be written
    logger = logging.getLogger("sohosolo.uncaught")

    def uncaught(kind, error, trace) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logger.critical("nobody caught this", exc_info=(kind, error, trace))

    sys.excepthook = uncaught
    threading.excepthook = lambda told: uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: uncaught(told.exc_type, told.exc_value, told.exc_traceback)
