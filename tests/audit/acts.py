"""What only a recorded answer may show: a reveal, an export, a report; and builds that show it unrecorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.db import Error
from django.test import Client
from django.utils.module_loading import import_string

from accounts.models import User
from audit.models import Event
from ileads import reveal as revealing
from ileads.models.reveal import Outcome
from tests.audit import ways
from tests.cast import signed_in
from tests.ileads.leads import filed
from tests.ileads.ssns import ASKED, add_ssn, address, digits, let_reveal
from tests.reports.filing import file_sir

SENTENCES = ("cannot reach its records right now", "is not being sealed right now", "cannot be opened right now")


@dataclass
class Act:
    """Something that only a recorded answer may show: who asks, how, what must not get out, and its event."""

    name: str
    browser: Client
    ask: Callable[[Client], Any]
    secret: str
    code: str
    said: str = field(default="", init=False)

    def answer(self) -> int:
        """Ask once, and keep all that came back; whatever breaks off an answer is part of it."""
        self.browser.raise_request_exception = False
        answer = self.ask(self.browser)
        self.said = str(answer.headers)
        try:
            for part in answer if answer.streaming else [answer.content]:
                self.said += part.decode()
        except Error:
            self.said += "(broken off)"
        return int(answer.status_code)

    @property
    def released(self) -> bool:
        return self.secret in self.said

    @property
    def recorded(self) -> int:
        return Event.objects.filter(code=self.code).count()


Make = Callable[[], Act]


def report_view() -> Act:
    agent = User.objects.get(username="agent")
    report = file_sir(agent)
    address = f"/reports/{report.number}/"
    return Act("report view", signed_in(agent), lambda browser: browser.get(address), report.title, "report.viewed")


def audit_export() -> Act:
    report = file_sir(User.objects.get(username="agent"))
    auditor, about = signed_in(User.objects.get(username="auditor")), {"on": f"report {report.pk}"}
    return Act(
        "export", auditor, lambda browser: browser.post("/audit/export/", about), report.number, "audit.exported"
    )


def ssn_reveal() -> Act:
    officer, fod = (User.objects.get(username=name) for name in ("officer", "fod"))
    number = digits("twelve ways")
    ssn = add_ssn(filed(officer, fod), number)
    reader = signed_in(let_reveal(User.objects.get(username="intel")))
    place = address(ssn)
    clear = f"{number[:3]}-{number[3:5]}-{number[5:]}"
    return Act("reveal", reader, lambda browser: browser.post(place, ASKED), clear, "ssn.revealed")


ACTS = {ssn_reveal: ways.WAYS, audit_export: ways.WITHOUT_SSNS, report_view: ways.WITHOUT_SSNS}
# Reading is recorded without the key of the seals, and goes on under an alarm (security.md, 1.6).
READING_GOES_ON = {("report view", "seal_key_missing"), ("report view", "seal_key_wrong")}


def wrong_with(act: Act, broken: ways.Broken) -> str:
    """What an act did that it must not, broken so and mended again; "" when it did all that it must."""
    before = act.recorded
    with broken():
        status = act.answer()
    if (act.name, broken.__name__) in READING_GOES_ON:
        return "" if (status, act.recorded) == (200, before + 1) else f"answered {status}, or not recorded"
    wrong = ["released"] if act.released else []
    if status != 503:
        wrong.append(f"answered {status}")
    elif not any(sentence in act.said for sentence in SENTENCES):
        wrong.append("without its sentence")
    return ", and ".join(wrong) or _afterwards(act)


def _afterwards(act: Act) -> str:
    before = act.recorded
    status = act.answer()
    well = (status, act.released, act.recorded) == (200, True, before + 1)
    return "" if well else f"answered {status} when all was mended"


# -- The positive control: builds that go on when recording fails -----------------------------------------------------
@contextmanager
def careless(make: Make) -> Iterator[None]:
    """A build that takes a failed record for no reason to stop."""
    with ExitStack() as patches:
        for step, instead in CARELESS[make].items():
            patches.enter_context(mock.patch(step, _swallowing(import_string(step), instead)))
        yield


def _swallowing(act: Callable[..., Any], instead: Callable[..., Any]) -> Callable[..., Any]:
    def go_on(*args: Any, **kwargs: Any) -> Any:
        try:
            return act(*args, **kwargs)
        except Error:
            return instead(*args, **kwargs)

    return go_on


CARELESS: dict[Make, dict[str, Any]] = {
    ssn_reveal: {
        "ileads.reveal._attempt": lambda asked, by: (revealing._target(asked), 0),
        "ileads.reveal._decide": lambda *_, **__: (Outcome.GRANTED, 0),
    },
    audit_export: {"audit.views.events.record": lambda *_, **__: 0},
    report_view: {"reports.views.filed.note_reading": lambda *_, **__: None},
}
