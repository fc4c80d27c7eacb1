"""What somebody still needs before they may work, in words: each line with its state, what to do, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from accounts import readiness, sessions
from accounts.models import AccessRequest, User
from accounts.readiness import Need


@dataclass(frozen=True)
class Line:
    """One thing that is needed: `state` is one of the states of a task list."""

    label: str
    state: str
    hint: str
    url: str = ""


def lines(user: User, session: SessionBase) -> list[Line]:
    """Every need that concerns this person, in the order in which it is asked for, then a role."""
    said = [_line(need, user, need.lacks(user, session)) for need in readiness.NEEDS if _concerns(need, user, session)]
    return [*said, _role(user)]


def _concerns(need: Need, user: User, session: SessionBase) -> bool:
    """A factor is given at sign-in only by who has one; who need not have one is not told of it."""
    if need.code == "second factor given":
        return sessions.is_pending(session)
    return need.code != "second factor" or readiness.must_prove(user)


def _line(need: Need, user: User, lacks: bool) -> Line:
    hint = HINTS[need.code](user, lacks) if need.code in HINTS else ""
    url = reverse(need.page) if lacks and need.page != "accounts:before_you_start" else ""
    return Line(need.label, "missing" if lacks else "done", hint, url)


def _rules(user: User, lacks: bool) -> str:
    return "Read them and accept them." if lacks else ""


def _training(user: User, lacks: bool) -> str:
    until = user.trained_until
    if not lacks and until:
        return f"Counts until {until:%b} {until.day}, {until.year}."
    ended = f"Yours counted until {until:%b} {until.day}, {until.year}. " if until else "None is on record for you. "
    return (
        ended + "Complete the agency's privacy training, then send the certificate to your "
        "Access Control Manager, who records it. You can go on as soon as that is done."
    )


def _factor(user: User, lacks: bool) -> str:
    return "Your role can be used only with a second factor beside the password." if lacks else ""


HINTS: dict[str, Callable[[User, bool], str]] = {"rules": _rules, "training": _training, "second factor": _factor}


def _role(user: User) -> Line:
    label, url = "A role at an office", reverse("accounts:request")
    if held := user.role_line:
        return Line(label, "done", f"You hold: {held}.")
    waiting = AccessRequest.objects.filter(person=user, status__in=AccessRequest.OPEN).order_by("-asked_at").first()
    if waiting:
        return Line(label, "started", f"{waiting.get_status_display()}. You are told by mail when it is decided.", url)
    return Line(label, "missing", "Ask for the role that your duties need. Your supervisor endorses it.", url)
