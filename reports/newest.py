"""An amendment whose report was amended meanwhile: base, newest and one's own beside each other, and then as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from privacy.overrides import SUFFIX
from reports.actions import rebase, version
from reports.answers import Answers, AnswersForm, Raw, from_raw, raw_of
from reports.content import line_of, read
from reports.kinds import Rows, Section
from reports.models import Draft, Report
from reports.typed import said

MINE, NEWEST = "mine", "newest"


@dataclass(frozen=True)
class Difference:
    """One answer or row that the newest version changed. `clash`: the author changed it too, so the author decides."""

    slot: str
    where: str
    label: str
    base: str
    newest: str
    mine: str
    clash: bool


@dataclass(frozen=True)
class ThreeWay:
    """The answers that an amendment started from, those of the newest version, and the author's own."""

    base: Answers
    newest: Answers
    mine: Answers

    def differences(self) -> list[Difference]:
        """What the newest version changed and one's own draft does not already say."""
        found: list[Difference] = []
        for part in self.mine.enterable:
            found += self._of_section(part) if isinstance(part, Section) else self._of_rows(part)
        return found

    def merged(self, choices: Mapping[str, str]) -> dict[str, Any]:
        """One's own answers, with the newest where only the newest changed and where the author chose it."""
        taken = {one.slot for one in self.differences() if not one.clash or choices.get(one.slot) == NEWEST}
        answers = dict(self.mine.draft.answers)
        for part in self.mine.enterable:
            if isinstance(part, Section):
                names = [name for name in part.fields if f"{part.name}/{name}" in taken]
                answers[part.name] = _with(answers.get(part.name, {}), self._raw(self.newest, part), names)
            else:
                answers[part.name] = self._rows_with(part, taken)
        return answers

    # -- Sections
    def _of_section(self, part: Section) -> Iterator[Difference]:
        three = [self._raw(answers, part) for answers in (self.base, self.newest, self.mine)]
        names = [name for name in part.fields if _changed(*(_pieces(raw, name) for raw in three))]
        if not names:
            return
        words = [said(answers.form(part, from_raw(raw))) for answers, raw in zip(self._all, three, strict=True)]
        form = self.mine.form(part)
        for name in names:
            label = str(form.fields[name].label)
            base, newest, mine = (one.get(label, "") for one in words)
            clash = _pieces(three[2], name) != _pieces(three[0], name)
            yield Difference(f"{part.name}/{name}", part.title, label, base, newest, mine, clash)

    def _raw(self, answers: Answers, part: Section) -> Raw:
        return dict(answers.draft.answers.get(part.name, {}))

    @property
    def _all(self) -> tuple[Answers, Answers, Answers]:
        return self.base, self.newest, self.mine

    # -- Rows, each as a whole
    def _of_rows(self, part: Rows) -> Iterator[Difference]:
        three = [_by_key(answers, part) for answers in self._all]
        for key in dict.fromkeys(key for rows in three for key in rows):
            was, now, own = (_given(rows.get(key)) for rows in three)
            if _changed(was, now, own):
                base, newest, mine = (_row_words(answers, part, key) for answers in self._all)
                label = (mine or newest or base).splitlines()[0]
                yield Difference(f"{part.name}/{key}", part.title, label, base, newest, mine, own != was)

    def _rows_with(self, part: Rows, taken: set[str]) -> list[dict[str, Any]]:
        newest, rows = _by_key(self.newest, part), _by_key(self.mine, part)
        for key in [*rows, *newest]:
            if f"{part.name}/{key}" not in taken:
                continue
            if key in newest:
                rows[key] = newest[key]
            else:
                rows.pop(key, None)
        return [{"key": key, "data": data} for key, data in rows.items()]


def three_way(draft: Draft, report: Report, by: User) -> ThreeWay:
    """Raises Revision.DoesNotExist when the base is gone, which no act of ours makes."""
    _, base = version(report, draft.base_version or 1)
    return ThreeWay(
        _answers_of(draft, raw_of(base, by, draft), by),
        _answers_of(draft, raw_of(read(report), by, draft), by),
        Answers(draft, by),
    )


def settle(draft_id: UUID, seen: int, choices: Mapping[str, str], *, by: User) -> bool:
    """Set the draft on the version that its author chose from; False when there is a newer one, or no choice."""
    with transaction.atomic():
        draft = (
            Draft.objects.select_for_update(of=("self",)).select_related("amends__office").get(pk=draft_id, author=by)
        )
        report = draft.amends
        if report is None or report.version != seen:
            return False
        three = three_way(draft, report, by)
        if any(one.clash and choices.get(one.slot) not in (MINE, NEWEST) for one in three.differences()):
            return False
        merged = three.merged(choices)
        # A page that was opened before this must not overwrite it unasked.
        draft.saved = {slot: {"version": draft.version + 1, "mark": ""} for slot in _slots(merged)}
        rebase(draft, merged, by=by)
        return True


def _slots(answers: Mapping[str, Any]) -> Iterator[str]:
    for name, value in answers.items():
        yield from (f"{name}/{row['key']}" for row in value) if isinstance(value, list) else (name,)


def _answers_of(draft: Draft, raw: dict[str, Any], by: User) -> Answers:
    """The answers of a version, as if they were a draft; it is never saved."""
    return Answers(Draft(kind=draft.kind, author=by, amends=draft.amends, answers=raw), by)


def _changed(base: object, newest: object, mine: object) -> bool:
    return newest not in (base, mine)


def _pieces(raw: Raw, name: str) -> Raw:
    """What was typed for one answer, whichever controls it has; an empty control is the same as none."""
    return _given({key: values for key, values in raw.items() if key == name or _is_piece(key, name)}) or {}


def _is_piece(key: str, name: str) -> bool:
    stem, _, number = key.rpartition("_")
    return stem == name and number.isdigit()


def _given(raw: Raw | None) -> Raw | None:
    """Browsers send lines with carriage returns and leave out what is not ticked: neither is a change."""
    if raw is None:
        return None
    plain = {key: [v.replace("\r\n", "\n").strip() for v in values if v.strip()] for key, values in raw.items()}
    return {key: values for key, values in plain.items() if values}


def _with(mine: Raw, newest: Raw, names: list[str]) -> Raw:
    raw = dict(mine)
    for name in names:
        raw = {key: values for key, values in raw.items() if not _belongs(key, name)}
        raw |= {key: values for key, values in newest.items() if _belongs(key, name)}
    return raw


def _belongs(key: str, name: str) -> bool:
    """Whether this control holds the answer, a piece of it, or what was said of a number in it."""
    return key in (name, name + SUFFIX) or _is_piece(key, name)


def _by_key(answers: Answers, part: Rows) -> dict[str, Raw]:
    return {row["key"]: row["data"] for row in answers.stored_rows(part)}


def _row_words(answers: Answers, part: Rows, key: str) -> str:
    if key not in _by_key(answers, part):
        return ""
    form: AnswersForm = answers.row_form(part, key)
    told = said(form)
    return "\n".join([line_of(form.instance), *(f"{label}: {text}" for label, text in told.items() if text)])
