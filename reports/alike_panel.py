"""What other reports name too, in words: for a panel of the report's page, a page of its own, and hints to writers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import capwords
from typing import Any

import phonenumbers
from django.utils.text import get_text_list

from accounts.models import User
from audit.log import Subject, record
from reports import panels
from reports.content import Filled
from reports.document import as_kept
from reports.finding import alike, duplicates
from reports.finding.alike import CLOSE, MOST, SAME, Other, Reason
from reports.finding.duplicates import Duplicate
from reports.kinds import KINDS
from reports.marks import state_mark
from reports.models import Draft, SearchIdentifier
from reports.panels import Panel

REASONS, A_REASON = 5, 3
LONGEST = 80


def register() -> None:
    panels.register(panels=of_report)


def of_report(report: Any, user: User) -> Iterable[Panel]:
    """The newest reports that share most with this one: numbers alone, so that looking here reads no other report."""
    reasons = reasons_of(report, user)
    if reasons:
        told = [Told(one, A_REASON) for one in reasons[:REASONS]]
        context = {"told": told, "more": len(reasons) - len(told), "number": report.number}
        yield Panel("Also in other reports", "reports/alike_panel.html", context)


def reasons_of(report: Any, user: User) -> list[Reason]:
    """Of a report as `reports.page.opened` gives it: its newest version is at hand."""
    return alike.find(alike.of_filled(as_kept(report, report.content)), user, but=[report.pk])


def readable(type_: str, value: str) -> str:
    """An identifier as people read it, from the form in which it is compared."""
    if type_ == SearchIdentifier.Type.ADDRESS:
        return capwords(value.replace("|", ", "))
    if type_ == SearchIdentifier.Type.PHONE and value.startswith("+"):
        return phonenumbers.format_number(phonenumbers.parse(value), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return value


@dataclass(frozen=True)
class Told:
    """One reason in words, with the newest `shown` of the reports that share it."""

    reason: Reason
    shown: int = MOST

    @property
    def says(self) -> str:
        if self.reason.type == SAME:
            return "Same name and birth date"
        if self.reason.type == CLOSE:
            return "A close name, and nothing else"
        return f"Same {SearchIdentifier.Type(self.reason.type).label}"

    @property
    def value(self) -> str:
        if self.reason.type in (SAME, CLOSE):
            return self.reason.value
        return readable(self.reason.type, self.reason.value)

    @property
    def is_code(self) -> bool:
        """Whether the value is one that people read out sign by sign."""
        return self.reason.type not in (SAME, CLOSE, SearchIdentifier.Type.ADDRESS)

    @property
    def others(self) -> Sequence[Other]:
        return self.reason.others[: self.shown]

    @property
    def lines(self) -> list[Line]:
        return [Line(other, self.reason) for other in self.others]

    @property
    def common(self) -> str:
        """That it says little, where very many reports hold it."""
        if not self.reason.is_common:
            return ""
        what = "Names like this stand" if self.reason.type in (SAME, CLOSE) else "It stands"
        return f"{what} in more than {MOST} reports that you may read, so it says little."

    @property
    def more(self) -> str:
        """How many reports are not shown; of a common identifier nobody has counted them."""
        if self.reason.is_common:
            return "and more" if self.reason.count > self.shown else ""
        rest = self.reason.count - self.shown
        return f"and {rest} more" if rest > 0 else ""

    @property
    def because(self) -> str:
        """Why one of these reports belongs with this one, as the link between the two will say."""
        return f"{self.says}: {self.value}"[:LONGEST]


@dataclass(frozen=True)
class Line:
    """One other report beside a reason."""

    other: Other
    reason: Reason

    @property
    def note(self) -> str:
        """The name that stands there, where it is not written the same."""
        if not self.other.name or self.other.name == self.reason.value:
            return ""
        return (
            f"There: {self.other.name}" if self.reason.type in (SAME, CLOSE) else f"And a close name: {self.other.name}"
        )

    @property
    def noun(self) -> str:
        return KINDS[self.other.kind].noun

    @property
    def state(self) -> Any:
        return state_mark(self.other.status)


# -- While one writes --------------------------------------------------------------------------------------------------
WHAT = {SAME: "a person of this name and birth date"}


@dataclass(frozen=True)
class Hint:
    """What one answer has in common with earlier reports: "2 earlier reports name this A-Number", and the newest."""

    reason: Reason

    @property
    def says(self) -> str:
        count = f"More than {MOST}" if self.reason.is_common else f"{self.reason.count:,}"
        one = self.reason.count == 1
        what = WHAT.get(self.reason.type) or f"this {SearchIdentifier.Type(self.reason.type).label}"
        return f"{count} earlier {'report names' if one else 'reports name'} {what}"

    @property
    def newest(self) -> Sequence[Other]:
        return self.reason.others[:A_REASON]

    @property
    def more(self) -> str:
        return Told(self.reason, A_REASON).more


def worth_saying(reasons: Iterable[Reason]) -> list[Reason]:
    """What is said while one writes: a close name alone would be said of half the country."""
    return [one for one in reasons if one.type != CLOSE]


@dataclass(frozen=True)
class Twin:
    """A report that may tell of the same event, with what it has in common in words."""

    duplicate: Duplicate

    @property
    def shared(self) -> str:
        held = [_named(type_, value) for type_, value in self.duplicate.shares[:3]]
        return f"Both name {get_text_list(held, 'and')}."


def _named(type_: str, value: str) -> str:
    return value if type_ == CLOSE else f"{SearchIdentifier.Type(type_).label} {readable(type_, value)}"


@dataclass(frozen=True)
class Earlier:
    """What the page that files a report says of earlier ones. It stops nobody."""

    twins: list[Twin]
    hints: list[Hint]

    @property
    def heading(self) -> str:
        return f"{'An earlier report' if len(self.twins) == 1 else 'Earlier reports'} may tell of the same event"


def earlier(draft: Draft, filled: Filled, user: User) -> Earlier:
    """Reports that may tell of the same event, unless this is an amendment, and what further ones name the same."""
    but = [pk for pk in (draft.pk, draft.amends_id) if pk]
    twins = [] if draft.amends_id else duplicates.find(filled, user, but=but)
    reasons = worth_saying(alike.find(alike.of_filled(filled), user, but=but))
    told = {other.pk for reason in reasons for other in reason.others} | {one.pk for one in twins}
    if told:
        record("reports.hinted", by=user, on=Subject("draft", str(draft.pk), "draft"), count=len(told))
    further = [one for one in reasons if not {other.pk for other in one.others} <= {twin.pk for twin in twins}]
    return Earlier([Twin(one) for one in twins], [Hint(one) for one in further[:REASONS]])
