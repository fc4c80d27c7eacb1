"""How long a session lives: marks in it, read by the server's clock alone."""

import time

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts import open_sessions

STARTED, SEEN, CHECKED = "started_at", "seen_at", "checked_at"
# When this session was proved with a second factor; while PENDING is set, the password alone has been given.
PROVED, PENDING = "proved_at", "second_factor_pending"
# A row written at every click would be the busiest of the database.
WRITE_EVERY_SECONDS = 30
# Clocks of two servers differ a little; a mark further ahead was made before this clock was put back.
AHEAD_SECONDS = 60

# Why the session of this very request has just ended, for a public page that goes on without it.
ENDED = "sen.session_ended"

# After why it ended: something was sent whose answer the person did not see.
UNDERWAY = "-underway"
SEE_FIRST = "It happened while something was being sent: see whether that was done before you send it again."

IDLE, ABSOLUTE, SIGNED_OUT, PASSWORD_SET = "idle", "absolute", "signed-out", "password-set"


def begin(session: SessionBase) -> None:
    """Start the clocks of a session; at sign-in."""
    session[STARTED] = session[SEEN] = int(time.time())
    session.pop(CHECKED, None)


def confirmed(session: SessionBase) -> None:
    """The password was given once more: the session goes on under a new key (OWASP ASVS 5.0, 7.2.4)."""
    session.cycle_key()
    session[CHECKED] = int(time.time())


def checked(session: SessionBase, at: float) -> None:
    """Who this is was last checked `at`, elsewhere than here: in seconds since 1970, 0 if that is not known."""
    session[CHECKED] = int(at)


def ask_second_factor(session: SessionBase) -> None:
    """The password was right and the person has a second factor: until it is given the session opens nothing else."""
    session[PENDING] = True


def second_factor_given(session: SessionBase) -> None:
    """The session is proved and goes on under a new key (OWASP ASVS 5.0, 7.2.4)."""
    session.pop(PENDING, None)
    session.cycle_key()
    session[PROVED] = int(time.time())
    open_sessions.proved(session.session_key)


def is_pending(session: SessionBase) -> bool:
    return bool(session.get(PENDING))


def is_proved(session: SessionBase) -> bool:
    return PROVED in session


def checked_at(session: SessionBase) -> float:
    """When the password was last checked, in seconds since 1970: at sign-in or since; 0 if that is not known."""
    return float(session.get(CHECKED, session.get(STARTED, 0)))


def over(session: SessionBase) -> str:
    """Why this session no longer counts (`IDLE`, `ABSOLUTE`), or "" while it does.

    A clock that was put back would lengthen it, so a session from the future is over too.
    """
    now = time.time()
    started, seen = session.get(STARTED, now), session.get(SEEN, now)
    if now - started >= settings.ABSOLUTE_SECONDS or max(started, seen) > now + AHEAD_SECONDS:
        return ABSOLUTE
    return IDLE if now - seen >= settings.IDLE_SECONDS else ""


def touch(session: SessionBase, *, now: bool = False) -> None:
    """Somebody did something: the idle clock starts anew. Written at most every 30 s unless it must be `now`."""
    if STARTED not in session:
        begin(session)
    elif now or time.time() - session[SEEN] >= WRITE_EVERY_SECONDS:
        session[SEEN] = int(time.time())
        open_sessions.seen(session.session_key)


def reason(why: str) -> str:
    """The sentence on the sign-in page for why the person is there, or "" for a word that is not one of ours."""
    ended = why.removesuffix(UNDERWAY)
    said = _reasons().get(ended, "")
    return f"{said} {SEE_FIRST}" if said and ended != why else said


def _reasons() -> dict[str, str]:
    return {
        IDLE: f"You were signed out after {settings.IDLE_SECONDS // 60} minutes without activity. Sign in to go on.",
        ABSOLUTE: f"You were signed out: a sign-in lasts {settings.ABSOLUTE_SECONDS // 3600} hours. Sign in to go on.",
        SIGNED_OUT: "You are signed out.",
        PASSWORD_SET: "Your password is set. Sign in with it.",
        open_sessions.CROWDED: f"You were signed out: you signed in on a {_nth(settings.SESSIONS_A_PERSON + 1)} "
        "device. If it was not you, change your password.",
        open_sessions.ENDED: "You were signed out: this session was ended from the list of your sessions.",
        open_sessions.PASSWORD: "You were signed out: the password of your account was changed.",
        open_sessions.ACCESS: "You were signed out: your sessions were ended. Sign in to go on.",
    }


def _nth(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(number, "further")
