"""What a fault in sending means for the letter."""

import smtplib
from enum import Enum
from typing import NamedTuple

from outbox.backends import Unanswered


class Verdict(Enum):
    PASSING = "passing"  # try again after a pause
    FINAL = "final"  # this letter will never be taken
    UNANSWERED = "unanswered"  # it may have been taken


class Fault(NamedTuple):
    verdict: Verdict
    sentence: str


# Refusals that speak of our account at the server, not of the letter: once the account is put right the same letter will pass.
ABOUT_OUR_ACCOUNT = {530, 534, 535, 538}


def fault_of(error: Exception) -> Fault:
    """Judge what a mail backend raised. What is unknown is passing: a letter is lost by giving up, not by trying again."""
    match error:
        case Unanswered():
            return Fault(Verdict.UNANSWERED, f"no answer after the text: {error}")
        case smtplib.SMTPRecipientsRefused():
            (code, answer), *_others = error.recipients.values()  # a letter has one recipient: see services.post
            return Fault(verdict_on(code), said(code, answer))
        case smtplib.SMTPSenderRefused() | smtplib.SMTPDataError():
            return Fault(verdict_on(error.smtp_code), said(error.smtp_code, error.smtp_error))
        case smtplib.SMTPResponseException():  # the greeting, HELO or the sign-in: nothing has been said of the letter yet
            return Fault(Verdict.PASSING, said(error.smtp_code, error.smtp_error))
        case ValueError():  # an address or a header that cannot be written on an envelope
            return Fault(Verdict.FINAL, str(error))
        case _:
            return Fault(Verdict.PASSING, f"{type(error).__name__}: {error}")


def verdict_on(code: int) -> Verdict:
    return Verdict.FINAL if 500 <= code <= 599 and code not in ABOUT_OUR_ACCOUNT else Verdict.PASSING


def said(code: int, answer: bytes | str) -> str:
    return f"{code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"
