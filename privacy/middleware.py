"""What every request passes after the gate: that the SSN guard fired is on record before the view runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from audit.log import Subject, record
from privacy import guard, overrides
from privacy.fields import SsnFound
from privacy.guarded import Asked, asked
from sen import errors, kept

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]

FOUND = "sen.ssn_found"
AGAIN = "A number in this looks like a Social Security number, so nothing was saved."
DOUBT = "Nine digits in “{}” could be a Social Security number. If they are, take them out."


@dataclass
class Found:
    """What a request holds: answers with a number that were refused, and those that were let through, by name."""

    blocked: dict[str, Asked] = field(default_factory=dict)
    overridden: dict[str, Asked] = field(default_factory=dict)


class SsnGuard:
    """Looks at whatever a signed-in person sends: forms, addresses and the names of files.

    Each form says what it found beside its field; here it is recorded, and an override holds for this request alone.
    What cannot be recorded fails, so no override is ever used unseen.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with overrides.unit_of_work() as doubts:
            response = self.get_response(request)
            if 300 <= response.status_code < 400:
                warn(request, doubts)
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        # A probe sends nothing, and to ask who it is would ask the database that may be gone.
        if (request.GET or request.method == "POST") and getattr(request.user, "is_authenticated", False):
            request.META[FOUND] = found = look(request)
            note(request, found)
            for one in found.overridden.values():
                overrides.allow(one.numbers)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A number that reached a column without a form that asks: everything typed is shown, to be mended."""
        if not isinstance(error, SsnFound):
            return None
        found: Found = request.META.get(FOUND, Found())
        if not found.blocked:  # it came together on the way, so it is not on record yet
            _record(request, "guard.blocked", fields=[error.field], count=1)
        return mend(request, found)


def look(request: HttpRequest) -> Found:
    """Every answer of the request that surely holds a number, in the order in which they were sent."""
    found = Found()
    for name, values in _sent(request):
        reason = "" if name.endswith(overrides.SUFFIX) else _said(request, name)
        one = asked(name, [value.replace("\x00", "") for value in values], reason)
        if one and one.wrong:
            found.blocked[name] = one
        elif one and one.sure:
            found.overridden[name] = one
    return found


def _sent(request: HttpRequest) -> Iterable[tuple[str, list[str]]]:
    posted: dict[str, list[str]] = {}
    for name, value in kept.typed(request):
        posted.setdefault(name, []).append(value)
    yield from posted.items()
    yield from ((name, [str(value) for value in values]) for name, values in request.GET.lists())
    try:
        files = request.FILES.lists() if request.method == "POST" else []
        yield from ((name, [file.name or "" for file in files]) for name, files in files)
    except kept.UNREADABLE:
        return


def _said(request: HttpRequest, name: str) -> str:
    sources: list[QueryDict] = [request.POST, request.GET] if request.method == "POST" else [request.GET]
    said = (source.get(name + overrides.SUFFIX, "") for source in sources)
    return next((str(one).strip() for one in said if one), "")


def mend(request: HttpRequest, found: Found) -> HttpResponse:
    """422 with each answer that holds a number to be changed or explained, and all the others as they were sent."""
    sent = kept.typed(request)
    if not found.blocked or not sent or errors.wants_json(request):
        return errors.unprocessable(request, AGAIN)
    held = set(found.blocked) | {name + overrides.SUFFIX for name in found.blocked}
    again = [(name, _label(name), value, found.blocked[name]) for name, value in sent if name in found.blocked]
    others = [(name, value) for name, value in sent if name not in held]
    context = {"answers": again, "others": others, "event_number": errors.number_of(request)}
    return render(request, "errors/ssn.html", context, status=422)


def _label(name: str) -> str:
    return "Search" if name == "q" else name.replace("_", " ").strip().capitalize()


# -- On record ------------------------------------------------------------------------------------------------------
def note(request: HttpRequest, found: Found) -> None:
    """That the guard fired: at which page, in which answers, how often and why it was let through. Never the number."""
    if found.blocked:
        count = sum(len(one.numbers) for one in found.blocked.values())
        _record(request, "guard.blocked", fields=_names(found.blocked), count=count)
    if found.overridden:
        count = sum(len(one.numbers) for one in found.overridden.values())
        why = [one.reason for one in found.overridden.values()]
        _record(request, "guard.overridden", fields=_names(found.overridden), count=count, reasons=why)


def _names(found: dict[str, Asked]) -> list[str]:
    """The sender chooses the names, so one of them may be a number too."""
    return [guard.mask(name)[0][:100] for name in found]


def _record(request: HttpRequest, code: str, **payload: Any) -> None:
    user: Any = request.user
    page = request.resolver_match.view_name if request.resolver_match else ""
    record(code, by=user, on=Subject("page", page, page), outcome="done", **payload)


def warn(request: HttpRequest, doubts: dict[str, str]) -> None:
    """Say on the next page that nine digits could be an SSN, of what was sent just now."""
    if request.method == "POST" and "X-Autosave" not in request.headers:
        for name, label in doubts.items():
            if name in request.POST:
                messages.warning(request, DOUBT.format(label))
