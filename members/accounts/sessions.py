"""The sessions of an account, ended for good: opened again, the account is signed in nowhere."""

from allauth.usersessions.models import UserSession

from members.models import User


def end_sessions(user: User, *, but: str | None = None) -> int:
    """`but` is the key of one that goes on. Returns how many ended."""
    sessions = list(UserSession.objects.filter(user=user).exclude(session_key=but or ""))
    for session in sessions:
        session.end()
    return len(sessions)
