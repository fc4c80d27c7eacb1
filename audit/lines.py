"""An event in words, as the auditor's page and the export show it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.events import EVENTS
from audit.models import Event, SearchTerms
from audit.search import record_types

# A search counts no further; one more stands for all beyond.
MOST_FOUND = 1000


@dataclass(frozen=True)
class Line:
    """One event as it reads. `terms` are the words of the search that the event names, kept apart from it, and `found`
    says how many reports it found."""

    event: Event
    sentence: str
    details: list[tuple[str, str]]
    terms: str = ""
    found: str = ""

    @property
    def linked(self) -> SafeString:
        """The sentence, its person and its record each leading to everything about them."""
        event = self.event
        by = _link("by", event.actor_id or "system", event.actor)
        return format_html(pattern(event), actor=by, object=_about(event))

    @property
    def leading(self) -> SafeString:
        """The same sentence away from the log: its person and its report lead to their own pages."""
        event = self.event
        by = format_html('<a href="{}">{}</a>', self.person_url, event.actor) if self.person_url else event.actor
        on: SafeString | str = label(event)
        if url := self.report_url:
            on = format_html('<a href="{}">{}</a>', url, on)
        elif event.object_id and event.object_type in record_types():
            query = urlencode({"on": f"{event.object_type} {event.object_id}"})
            on = format_html('<a href="{}?{}">{}</a>', reverse("audit:events"), query, on)
        return format_html(pattern(event), actor=by, object=on)

    @property
    def person_url(self) -> str:
        """The page of everything that its person did; the system itself has none."""
        event = self.event
        return reverse("audit:person", args=[event.actor]) if event.actor_id and event.actor else ""

    @property
    def report_number(self) -> str:
        """The number of the report that the event is about; labels of former systems' reports begin with their type."""
        said = self.event.object_label if self.event.object_id else ""
        return {"report": said, "historical report": said.partition(" ")[2]}.get(self.event.object_type, "")

    @property
    def report_url(self) -> str:
        return reverse("audit:report", args=[self.report_number]) if self.report_number else ""

    @property
    def refused(self) -> bool:
        return self.event.outcome != "done"


def _link(name: str, value: object, words: str) -> SafeString:
    return format_html('<a href="?{}">{}</a>', urlencode({name: value}), words)


def _about(event: Event) -> SafeString | str:
    """A list or a page has no history of its own to lead to."""
    if not event.object_id or event.object_type not in record_types():
        return label(event)
    return _link("on", f"{event.object_type} {event.object_id}", label(event))


def pattern(event: Event) -> str:
    """The sentence of the event's code; a code of an older release that is no longer declared stands for itself."""
    declared = EVENTS.get(event.code)
    return declared.sentence if declared else f"{{actor}}: {event.code}: {{object}}"


def label(event: Event) -> str:
    return event.object_label or f"{event.object_type} {event.object_id}".strip()


def lines(events: Iterable[Event]) -> list[Line]:
    """The events in words; the terms of every search among them come in one query."""
    events = list(events)
    terms = _terms(events)
    return [_line(event, *terms.get(event.object_id, ("", ""))) for event in events]


def _line(event: Event, terms: str, found: str) -> Line:
    sentence = pattern(event).format(actor=event.actor, object=label(event))
    return Line(event, sentence, details(event), terms, found)


def details(event: Event) -> list[tuple[str, str]]:
    """What the event carries besides who, what and when; empty answers are left out."""
    told: dict[str, Any] = json.loads(event.payload)
    return [(name.replace("_", " "), _plain(value)) for name, value in told.items() if value not in ("", None, [], {})]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _terms(events: Iterable[Event]) -> dict[str, tuple[str, str]]:
    ids = {UUID(event.object_id) for event in events if event.object_type == SearchTerms.audit_type}
    kept = SearchTerms.objects.filter(pk__in=ids) if ids else []
    return {str(row.pk): (row.terms, found_in_words(row.found)) for row in kept}


def found_in_words(found: int | None) -> str:
    """How many reports a search found; nothing where it has not been answered."""
    if found is None:
        return ""
    if found > MOST_FOUND:
        return f"found more than {MOST_FOUND:,} reports"
    return f"found {found:,} {'report' if found == 1 else 'reports'}"
