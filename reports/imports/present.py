"""The import of present-day reports: every row goes in through the rules of the form, in a transaction of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.utils import timezone

from accounts.access import Refused, may
from accounts.models import User
from accounts.rules import accepted
from reports import actions, drafts
from reports.answers import Answers, Problem
from reports.imports.building import Building, Built
from reports.imports.fitting import Plan
from reports.imports.lines import Bad, FileRefused, Line
from reports.imports.sheet import Sheet, cells_of
from reports.imports.texts import plain
from reports.kinds import Kind, Part, Rows
from reports.models import Draft, Report

# Keys of imported reports follow from what their row says, so that a row is never brought in twice.
NAMESPACE = UUID("6f3a1c52-2c53-5d0e-9a51-7c1f54a4d2b8")


@dataclass
class Tally:
    """What became of the rows so far; `reasons` count each kind of problem, with the line where it was first seen."""

    kept: int = 0
    there: int = 0
    left_out: int = 0
    rejected: int = 0
    masked: int = 0
    cut: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    choices: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return self.kept + self.there + self.left_out + self.rejected

    @property
    def counts(self) -> dict[str, int]:
        names = ("kept", "there", "left_out", "rejected", "masked", "cut")
        return {name: getattr(self, name) for name in names}

    def note(self, reason: str, line: int) -> None:
        self.reasons[reason] += 1
        self.first.setdefault(reason, line)


class Rejected(Exception):
    """A row that cannot become a report, with every reason; `kinds` are the same without what the row says."""

    def __init__(self, reasons: list[str], kinds: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.kinds = kinds


def refuse_user(user: User, kind: Kind) -> None:
    """Refuse the whole import where this person could not file by hand either."""
    if user.status != User.Status.ACTIVE:
        raise Refused(f"{user.username} is not active, so nothing can be filed for them.")
    if not accepted(user):
        raise Refused(f"{user.username} has not accepted the Rules of Behavior. They sign in once and accept them.")
    if not (verdict := may(user, kind.permission("file"))):
        raise Refused(
            verdict.reason.replace("Your roles do not let you", f"The roles of {user.username} do not let them")
        )


class Import:
    """One run over one sheet. `checking` writes nothing."""

    def __init__(self, sheet: Sheet, plan: Plan, kind: Kind, user: User, *, checking: bool = False) -> None:
        self.sheet, self.plan, self.kind, self.user, self.checking = sheet, plan, kind, user, checking
        self.tally = Tally()
        zone = plan.mapping.zone or Answers(Draft(kind=kind.code, author=user), user).zone
        self.building = Building(plan, zone)
        self.titles = {plain(name): name for name in sheet.columns}

    def run(self, limit: int | None = None) -> Iterator[Bad | None]:
        """Take row after row; each yields what was wrong with it, or nothing."""
        for line in self.sheet:
            if limit is not None and self.tally.rows >= limit:
                return
            yield self._bad(line) if isinstance(line, Bad) else self._row(line)

    def _bad(self, bad: Bad) -> Bad:
        self.tally.rejected += 1
        self.tally.note(bad.reason, bad.number)
        return bad

    def _row(self, line: Line) -> Bad | None:
        try:
            self._take(line)
        except Rejected as rejected:
            self.tally.rejected += 1
            for reason in dict.fromkeys(rejected.kinds):
                self.tally.note(reason, line.number)
            return line.bad(str(rejected))
        return None

    def _take(self, line: Line) -> None:
        mapping = self.plan.mapping
        cells, masked = cells_of(line, mapping.empty, self.titles)
        if mapping.when and not mapping.when(cells):
            self.tally.left_out += 1
            return
        named = mapping.identity.filled(cells) if mapping.identity else ""
        key = uuid5(NAMESPACE, f"{self.kind.code}/{named or line.checksum}")
        if Draft.objects.filter(pk=key).exists() or Report.objects.filter(pk=key).exists():
            self.tally.there += 1
            return
        built = self.building.build(key, cells)
        self._file(key, built)
        self.tally.masked += masked
        self.tally.cut += len(built.cut)

    def _file(self, key: UUID, built: Built) -> None:
        self._note_choices(built)
        draft = Draft(pk=key, kind=self.kind.code, author=self.user, answers=built.answers)
        problems = Answers(draft, self.user).problems() if built.unread and self.plan.mapping.submitted else []
        if built.unread:
            raise _rejected(built, problems)
        if self.checking:
            self._check(draft, built)
        else:
            self._write(draft, built)
        self.tally.kept += 1

    def _check(self, draft: Draft, built: Built) -> None:
        """What filing would say, without filing."""
        try:
            drafts.refuse_oversized(draft)
        except Refused as refused:
            raise Rejected([refused.reason], [refused.reason]) from refused
        problems = Answers(draft, self.user).problems() if self.plan.mapping.submitted else []
        if problems:
            raise _rejected(built, problems)

    def _write(self, draft: Draft, built: Built) -> None:
        """One row, one transaction: the report is there whole, or nothing of it is."""
        try:
            with transaction.atomic():
                drafts.bring(draft, by=self.user)
                if self.plan.mapping.submitted:
                    self._submit(draft)
        except actions.NotComplete as error:
            self._stop_if_revoked()
            raise _rejected(built, error.problems) from error
        except Refused as refused:
            self._stop_if_revoked()
            raise Rejected([refused.reason], [refused.reason]) from refused
        except (IntegrityError, DataError) as error:
            raise _unkept(error) from error

    def _submit(self, draft: Draft) -> None:
        """File it by the rules of the form; an event that is no news any more rings nobody's bell."""
        key = uuid5(draft.pk, "submit")
        old = not _is_news(draft)
        actions.submit(draft.pk, by=self.user, key=key, body_hash=str(key), attested=True, brought_in=old)

    def _stop_if_revoked(self) -> None:
        """A right that ends while the import runs ends the import, rather than rejecting every row that is left."""
        person = User.objects.get(pk=self.user.pk)
        if not may(person, self.kind.permission("file")):
            raise FileRefused(f"{person.username} may no longer file, so the import stops. Rows before this one stay.")

    def _note_choices(self, built: Built) -> None:
        """Values that no map names, for whoever writes the map."""
        for unread in built.unread:
            if unread.chosen:
                self.tally.choices.setdefault(unread.label, Counter())[unread.trouble.value[:40]] += 1


def _is_news(draft: Draft) -> bool:
    """Whether it happened today or yesterday, or is still to come."""
    raw = next((part for part in draft.answers.values() if "event_at_2" in part), None)
    try:
        month, day, year = (int(raw[f"event_at_{place}"][0]) for place in range(3)) if raw else (0, 0, 0)
        return date(year, month, day) >= timezone.now().date() - timedelta(days=1)
    except (ValueError, LookupError):
        return True


def _unkept(error: DatabaseError) -> Rejected:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or type(error).__name__
    return Rejected([said := f"The database does not keep this row ({name}). Mend the row, or tell support."], [said])


def _rejected(built: Built, problems: list[Problem]) -> Rejected:
    """Every reason why a row is refused; what could not be read is not said to be missing as well."""
    unread = {(one.part.name, one.key, one.name) for one in built.unread}
    rest = [one for one in problems if (one.part.name, one.key, one.field) not in unread]
    return Rejected(
        [
            f"{_where(built, one.part, one.key, one.label)}: {one.trouble.reason} (“{one.trouble.value}”)"
            for one in built.unread
        ]
        + [f"{_where(built, one.part, one.key, one.label)}: {one.message}" for one in rest],
        [f"{one.label}: {one.trouble.reason}" for one in built.unread]
        + [f"{one.label}: {re.sub(r'[0-9][0-9,.]*', '#', one.message)}" for one in rest],
    )


def _where(built: Built, part: Part, key: str, label: str) -> str:
    """Which answer of which row: Arrest 2, Charge."""
    if not (isinstance(part, Rows) and key):
        return label
    keys = [row["key"] for row in built.answers.get(part.name, [])]
    return f"{part.singular.capitalize()} {keys.index(key) + 1}, {label}"
