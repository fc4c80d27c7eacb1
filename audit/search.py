"""Finding events: what an auditor asked for, as a query, and its pages by the key of time and number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from django.apps import apps
from django.db.models import F, Func, IntegerField, Q, QuerySet

from audit.events import EVENTS, Kind
from audit.models import Event

PAGE = 50
STEP = 2000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Acts that name many objects at once. There is no index on `batch`, so only these few events are looked into.
BATCHED = ("report.batch_filed", "historical.imported", "legacy.imported", "reference.changed")


def codes_of(what: str) -> tuple[str, ...]:
    """The codes that one choice of the filter stands for: a code itself, or every code of a kind."""
    if what in set(Kind):
        return tuple(code for code, declared in EVENTS.items() if declared.kind == what)
    return (what,) if what else ()


@cache
def record_types() -> tuple[str, ...]:
    """Every type of record that events are about."""
    return tuple(sorted({model.audit_type for model in apps.get_models() if hasattr(model, "audit_type")}))


@dataclass(frozen=True)
class Filter:
    """Which events are wanted; an empty part lets everything through."""

    actor_id: int | None = None
    by_system: bool = False
    types: tuple[str, ...] = ()
    object_ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    since: datetime | None = None
    before: datetime | None = None

    def events(self) -> QuerySet[Event]:
        wanted = self._about() & self._between()
        if self.codes:
            wanted &= Q(code__in=self.codes)
        if self.actor_id is not None:
            wanted &= Q(actor_id=self.actor_id)
        if self.by_system:
            wanted &= Q(actor_id=None)
        return Event.objects.filter(wanted)

    def _about(self) -> Q:
        if not self.object_ids:
            return Q()
        named = Q(object_type__in=self.types, object_id__in=self.object_ids)
        return named | Q(code__in=BATCHED, object_type__in=self.types, batch__overlap=list(self.object_ids))

    def _between(self) -> Q:
        wanted = Q()
        if self.since:
            wanted &= Q(at__gte=self.since)
        if self.before:
            wanted &= Q(at__lt=self.before)
        return wanted


@dataclass(frozen=True)
class Key:
    """Where a page begins: the time and number of the event beside it. Written as microseconds, a dot, the number."""

    at: datetime
    number: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}.{self.number}"

    @classmethod
    def of(cls, event: Event) -> Key:
        return cls(event.at, event.pk)

    @classmethod
    def read(cls, text: str) -> Key:
        """Raises ValueError for what this class did not write."""
        micros, _, number = text.partition(".")
        if not (text.isascii() and micros.isdigit() and number.isdigit() and len(micros) < 18 and len(number) < 19):
            raise ValueError("not the key of an event")
        return cls(EPOCH + timedelta(microseconds=int(micros)), int(number))


@dataclass(frozen=True)
class Page:
    """Some events, newest first, and the keys of the pages beside it."""

    events: list[Event]
    older: Key | None = None
    newer: Key | None = None


def shown(events: QuerySet[Event]) -> QuerySet[Event]:
    """Without the hash and the batch, which may name thousands; how many it names is kept as `others`."""
    counted = Func(F("batch"), function="cardinality", output_field=IntegerField())
    return events.defer("row_hash", "batch").annotate(others=counted)


def older_than(events: QuerySet[Event], key: Key | None) -> QuerySet[Event]:
    """The events after `key` on the way into the past. The plain bound on `at` is what the indexes can use."""
    if key:
        events = events.filter(Q(at__lt=key.at) | Q(id__lt=key.number), at__lte=key.at)
    return events.order_by("-at", "-id")


def newer_than(events: QuerySet[Event], key: Key) -> QuerySet[Event]:
    return events.filter(Q(at__gt=key.at) | Q(id__gt=key.number), at__gte=key.at).order_by("at", "id")


def page_of(events: QuerySet[Event], *, older: Key | None = None, newer: Key | None = None) -> Page:
    """The newest events, or the page on one side of a key. Nothing is counted: a log has no last page worth knowing."""
    if newer:
        found = list(newer_than(shown(events), newer)[: PAGE + 1])
        rows = found[:PAGE][::-1]
        return Page(rows, older=Key.of(rows[-1]) if rows else None, newer=Key.of(rows[0]) if found[PAGE:] else None)
    found = list(older_than(shown(events), older)[: PAGE + 1])
    rows = found[:PAGE]
    return Page(
        rows, older=Key.of(rows[-1]) if found[PAGE:] else None, newer=Key.of(rows[0]) if older and rows else None
    )


def steps(events: QuerySet[Event], cap: int) -> Iterator[list[Event]]:
    """The events newest first, some thousand at a time, so that neither memory nor a transaction grows with them."""
    key, left = None, cap
    while left > 0:
        rows = list(older_than(shown(events), key)[: min(STEP, left)])
        if not rows:
            return
        yield rows
        key, left = Key.of(rows[-1]), left - len(rows)
