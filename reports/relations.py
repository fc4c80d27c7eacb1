"""What is linked with a report, as one reader may know it: links made by hand or by filing, and numbers named in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from reports.kinds import KINDS
from reports.marks import state_mark
from reports.models import Relation, Report
from reports.models.rows import Related
from reports.panels import Entry
from reports.states import Status

CAME_OF, LED_TO, WITH, NAMED = "came_of", "led_to", "with", "named"
# In the order of reading: what came before, what came after, what stands beside.
WAYS = {CAME_OF: "Came of", LED_TO: "Led to", WITH: "Belongs with", NAMED: "Named in it"}


@dataclass(frozen=True)
class Link:
    """One other report. Who may not open it learns its number only where this report itself names it."""

    number: str
    way: str
    why: str = ""
    kind: str = ""
    title: str = ""
    status: str = ""
    relation: UUID | None = None

    @property
    def is_open(self) -> bool:
        return bool(self.kind)

    @property
    def says(self) -> str:
        return WAYS[self.way]

    @property
    def noun(self) -> str:
        return KINDS[self.kind].noun

    @property
    def state_word(self) -> str:
        return str(Status(self.status).label)

    @property
    def state(self) -> Any:
        return state_mark(self.status)


@dataclass(frozen=True)
class Links:
    """All that a reader may know: each link that is named to them, how many more there are, those taken back."""

    named: Sequence[Link] = ()
    hidden: int = 0
    past: Sequence[Link] = ()
    entries: Sequence[Entry] = field(default=(), repr=False)

    @property
    def open(self) -> list[Link]:
        return [link for link in self.named if link.is_open]


def links_of(report: Report, rows: Iterable[Related], user: User) -> Links:
    """The links of `report`, whose rows of related reports are `rows`, for `user`: two statements."""
    made = list(_relations(report))
    rows = list(rows)
    seen = _seen(report, made, rows, user)
    standing = [relation for relation in made if relation.unmade_at is None]
    found = _links(report, standing, seen)
    linked = {link.number for link in found}
    found += [_named(row, seen.get(row.number)) for row in rows if row.number not in linked]
    return Links(
        named=sorted(found, key=lambda link: list(WAYS).index(link.way)),
        hidden=sum(_other(report, relation) not in seen for relation in standing),
        past=_links(report, [relation for relation in made if relation.unmade_at], seen),
        entries=[entry for relation in made for entry in _entries(report, relation, seen)],
    )


def _links(report: Report, made: Iterable[Relation], seen: Mapping[UUID | str, Any]) -> list[Link]:
    return [_link(report, one, seen[_other(report, one)]) for one in made if _other(report, one) in seen]


def _relations(report: Report) -> Any:
    return Relation.objects.filter(Q(of=report) | Q(to=report)).select_related("made_by", "unmade_by")


def _other(report: Report, relation: Relation) -> UUID:
    return relation.to_id if relation.of_id == report.pk else relation.of_id


def _seen(report: Report, made: Iterable[Relation], rows: Iterable[Related], user: User) -> dict[UUID | str, Any]:
    """The other reports that `user` may open, each by its key and by its number."""
    keys, numbers = {_other(report, relation) for relation in made}, {row.number for row in rows}
    if not keys and not numbers:
        return {}
    others = Report.objects.visible_to(user).filter(Q(pk__in=keys) | Q(number__in=numbers))
    found: list[Any] = list(others.values_list("pk", "number", "kind", "title", "status", named=True))
    return {one.pk: one for one in found} | {one.number: one for one in found}


def _link(report: Report, relation: Relation, other: Any) -> Link:
    way = WITH
    if relation.type == Relation.Type.LED_TO:
        way = LED_TO if relation.of_id == report.pk else CAME_OF
    return Link(other.number, way, relation.reason, other.kind, other.title, other.status, relation.pk)


def _named(row: Related, other: Any) -> Link:
    if other is None:
        return Link(row.number, NAMED, row.why)
    return Link(row.number, NAMED, row.why, other.kind, other.title, other.status)


# -- In the timeline ---------------------------------------------------------------------------------------------------
SAID = {
    CAME_OF: "Came of {}",
    LED_TO: "Led to {}",
    WITH: "Linked with {}",
}


def _entries(report: Report, relation: Relation, seen: dict[UUID | str, Any]) -> Iterable[Entry]:
    """That a link was made, and that it was taken back; why is told to whoever may know of what."""
    other = seen.get(_other(report, relation))
    name = other.number if other else "a report that you may not open"
    way = _link(report, relation, other).way if other else WITH
    note = relation.reason if other else ""
    yield Entry(relation.made_at, SAID[way].format(name), relation.made_by.name, icon="link", note=note)
    if relation.unmade_at and relation.unmade_by:
        note = relation.unmade_reason if other else ""
        yield Entry(relation.unmade_at, f"Unlinked from {name}", relation.unmade_by.name, icon="link_off", note=note)
