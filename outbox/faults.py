"""What a fault in sending means for the letter.

Only what was said of this letter, or what is wrong with its own words, can be final. Whatever happens before the server has heard
of it (name, connection, certificate, sign-in) says nothing of it: the same letter passes once that is put right.
"""

import smtplib
from enum import StrEnum
from typing import NamedTuple

from outbox.backends import Unanswered


class Verdict(StrEnum):
    PASSING = "passing"  # try again after a pause
    FINAL = "final"  # this letter will never be taken
    UNANSWERED = "unanswered"  # it may have been taken


class Fault(NamedTuple):
    verdict: Verdict
    sentence: str


# Refusals that speak of our account at the server, not of the letter: once the account is put right the same letter will pass.
ABOUT_OUR_ACCOUNT = {530, 534, 535, 538}
TOO_BIG = 552  # the one refusal of a sender that speaks of the letter, whose size is told with it


def fault_before_the_letter(error: Exception) -> Fault:
    """Judge what was raised while the conversation was opened, be it a ValueError: a certificate, a host's name, a password."""
    if isinstance(error, smtplib.SMTPResponseException):
        return Fault(Verdict.PASSING, server_answer(error.smtp_code, error.smtp_error))
    return Fault(Verdict.PASSING, f"{type(error).__name__}: {error}")


def fault_of(error: Exception) -> Fault:
    """Judge what a mail backend raised. What is unknown is passing: a letter is lost by giving up, not by trying again."""
    match error:
        case Unanswered():
            return Fault(Verdict.UNANSWERED, f"no answer after the text: {error}")
        case smtplib.SMTPRecipientsRefused():
            (code, answer), *_others = error.recipients.values()  # a letter has one recipient: see services.post
            return Fault(verdict_on(code), server_answer(code, answer))
        case smtplib.SMTPSenderRefused():  # the sender is the portal's own, the same on every letter
            verdict = Verdict.FINAL if error.smtp_code == TOO_BIG else Verdict.PASSING
            return Fault(verdict, server_answer(error.smtp_code, error.smtp_error))
        case smtplib.SMTPDataError():
            return Fault(verdict_on(error.smtp_code), server_answer(error.smtp_code, error.smtp_error))
        case OSError():  # SMTPException and SSLError are; so is a certificate's fault, which is a ValueError as well
            return fault_before_the_letter(error)
        case ValueError():  # an address or a header that cannot be written on an envelope
            return Fault(Verdict.FINAL, str(error))
        case _:
            return Fault(Verdict.PASSING, f"{type(error).__name__}: {error}")


def verdict_on(code: int) -> Verdict:
    return Verdict.FINAL if 500 <= code <= 599 and code not in ABOUT_OUR_ACCOUNT else Verdict.PASSING


def server_answer(code: int, answer: bytes | str) -> str:
    return f"{code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"
