"""Search, counts, facets, snippets, suggestions and alerts show what the table of grants lets each person see: no more,
no less, for every role, kind, office and state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.models import Office, User
from accounts.roles import GRANTS, Reach, Role
from audit.log import Subject, record
from reports.actions.saved_searches import save_search
from reports.finding import alerts
from reports.kinds import KINDS
from reports.models import OutsideRule, Report, ReportReader, SavedSearchFind
from reports.models.report import NAMED, OUTSIDE, SHARED
from reports.states import Status
from tests.cast import CAST
from tests.reports.filing import file_report

pytestmark = pytest.mark.django_db
OFFICES = ("MIA", "KEY", "ATL", "MIF", "GUM")
# Restricted, and a state; a restricted report is read by those named alone.
STATES: tuple[tuple[bool, str], ...] = (
    (False, Status.SUBMITTED),
    (False, Status.CLOSED),
    (False, Status.VOIDED),
    (True, Status.SUBMITTED),
)
FILERS = {"sir": "agent", "spear": "agent", "ilead": "officer", "tav": "officer"}
# Both stand in every report, so that a search for one is a search for all.
WORD, PHONE = "quartermaster", "305-555-0142"
READERS = [
    name
    for name, (role, _) in CAST.items()
    if role and any(one.permission("read") in GRANTS[Role(role)] for one in KINDS)
]
MATCHED = 8
# A number otherwise written and a name misspelt, by some: each is one more page for whoever asks.
ALSO: tuple[tuple[str, ...], ...] = ((f"({PHONE[:3]}) {PHONE[4:]}",), (), ("vandermer",), ())


@dataclass
class World:
    """Every report there is, and who was let read which of them by name."""

    reports: dict[UUID, Report] = field(default_factory=dict)
    let: dict[str, set[tuple[UUID, str]]] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)

    def sees(self, username: str, report: Report) -> bool:
        """What the grants say, worked out in the plainest way."""
        role, at = CAST[username]
        grant = GRANTS[Role(role)].get(KINDS[report.kind].permission("read"))
        office = self.offices[at]
        if grant and grant.programme and grant.programme != office.programme:
            grant = None
        given = {what for key, what in self.let.get(username, ()) if key == report.pk}
        if report.restricted:
            return bool(grant) and NAMED in given
        reached = grant and (
            grant.reach is Reach.ALL
            or (grant.reach is Reach.OFFICE and report.office.path.startswith(office.path))
            or report.author.username == username
        )
        return bool(reached) or SHARED in given or (OUTSIDE in given and bool(grant))

    def listed(self, username: str) -> set[str]:
        """The numbers that a list shows: of what is seen, all but what is voided."""
        live = (one for one in self.reports.values() if one.status != Status.VOIDED)
        return {one.number for one in live if self.sees(username, one)}


@pytest.fixture
def world(person: Any) -> World:
    """A report of every kind in five offices and four states, each with the same word and number."""
    found = World(offices={one.code: one for one in Office.objects.all()})
    for code, filer in FILERS.items():
        source = filed(code, person(filer))
        copies = [
            copy_of(source, office, *state) for office in Office.objects.filter(code__in=OFFICES) for state in STATES
        ]
        Report.objects.bulk_create(copies)
        record("report.batch_filed", by=None, on=Subject("report"), batch=[one.audit_id for one in copies])
        _index(source, copies)
        whole = Report.objects.select_related("office", "author").get(pk=source.pk)
        found.reports |= {one.pk: one for one in (whole, *copies)}
    _let(found, person)
    return found


def filed(code: str, by: User) -> Report:
    from tests.reports.filing import ANSWERS, row

    answers = ANSWERS[code](by)
    answers["narrative"] = {"narrative": [f"The {WORD} gave the number {PHONE}."]}
    answers["people"].append(row(role="witness", population="public", last_name="Vandermeer", phones=PHONE))
    return file_report(code, by, answers)


def copy_of(source: Report, office: Office, restricted: bool, status: str) -> Report:
    copy = Report.objects.select_related("author").get(pk=source.pk)
    copy.id, copy._state.adding, copy.office = uuid4(), True, office
    copy.number = f"{source.kind.upper()}-2025-{office.code}-{int(copy.id) % 10**6:06}"
    copy.restricted, copy.restricted_reason = restricted, "An employee" if restricted else ""
    copy.status, copy.closed_at = status, timezone.now() if status == Status.CLOSED else None
    copy.submitted_at -= timedelta(days=1)
    copy.event_at -= timedelta(days=1)
    return copy


def _index(source: Report, copies: list[Report]) -> None:
    keys = [one.pk for one in copies]
    with connection.cursor() as cursor:
        for table, columns in (
            ("searchdocument", "words, text"),
            ("searchidentifier", "type, value, at"),
            ("searchname", '"row", bearer, name, keys, born'),
        ):
            cursor.execute(
                f"INSERT INTO reports_{table} (report_id, {columns}) "  # noqa: S608 - constants
                f"SELECT made, {columns} FROM unnest(%s::uuid[]) made, reports_{table} WHERE report_id = %s",
                [keys, source.pk],
            )


def _let(world: World, person: Any) -> None:
    """Name some on restricted reports, share some, and let one be read from outside."""
    permission = {one.codename: one for one in Permission.objects.filter(codename__in=(NAMED, SHARED, OUTSIDE))}
    reports = sorted(world.reports.values(), key=lambda one: one.number)
    closed = [one for one in reports if one.restricted]
    iLeads = [one for one in reports if one.kind == "ilead" and not one.restricted]  # noqa: N806
    far = [one for one in reports if one.kind == "sir" and one.office.code == "GUM" and not one.restricted]
    OutsideRule.objects.update_or_create(role="field_hsi", kind="sir", defaults={"policy": OutsideRule.Policy.STUB})
    made = OutsideRule.objects.get(role="field_hsi", kind="sir")
    record("reference.created", by=None, on=Subject(OutsideRule.audit_type, str(made.pk)))
    given = [("analyst", NAMED, closed[::3]), ("agent", NAMED, closed[::4]), ("fig", NAMED, closed[1::4])]
    given += [("colleague", SHARED, iLeads[:3]), ("sac", SHARED, iLeads[2:4]), ("agent", OUTSIDE, far[:2])]
    until = timezone.now() + timedelta(days=1)
    for username, what, rows in given:
        for one in rows:
            row = {"user": person(username), "permission": permission[what], "content_object_id": one.pk}
            ReportReader.objects.create(until=until, **row)
            record("report.reader_named", by=None, on=one)
            world.let.setdefault(username, set()).add((one.pk, what))


# -- What is compared --------------------------------------------------------------------------------------------------
def disagreements(world: World, username: str, client: Any) -> Iterator[str]:
    """Where the page of a search differs from what the table of grants lets this person see."""
    wanted = world.listed(username)
    for typed in (WORD, *ALSO[READERS.index(username) % 4]):
        first = client.get(client.post("/reports/search/", {"q": typed}).headers["Location"])
        pages = [first, *_further(client, first)]
        shown = [line for page in pages for line in page.context["lines"]]
        if Counter(line.number for line in shown) != Counter(wanted):
            yield f"{username} finds by {typed}: {sorted({line.number for line in shown} ^ wanted)}"
        if first.context["answer"].count != len(wanted):
            yield f"{username} is told of {first.context['answer'].count} for {len(wanted)} by {typed}"
        if not all(line.why for line in shown):
            yield f"{username} is not told why, by {typed}"
        yield from _facets(world, username, first)
        hidden = {one.number for one in world.reports.values()} - wanted
        yield from (f"{username} reads {number}" for number in hidden if any(number in _text(page) for page in pages))


def _further(client: Any, page: Any) -> Iterator[Any]:
    while page.context["older"]:
        page = client.get(f"/reports/{page.context['older']}")
        yield page


def _text(page: Any) -> str:
    return str(page.content.decode())


def _facets(world: World, username: str, page: Any) -> Iterator[str]:
    listed = world.listed(username)
    seen = [one for one in world.reports.values() if one.number in listed]
    wanted = {
        "kind": Counter(KINDS[one.kind].noun for one in seen),
        "state": Counter(str(Status(one.status).label) for one in seen),
    }
    drawn = page.context["answer"].facets
    said = (
        {facet.name: {choice.label: choice.count for choice in facet.choices} for facet in drawn.facets}
        if drawn
        else {}
    )
    for name, counts in wanted.items():
        if name in said and said[name] != counts:
            yield f"{username}: {name} {said[name]}, should be {dict(counts)}"


@pytest.mark.usefixtures("world")
def test_every_reader_finds_what_the_grants_say(world: World, person: Any, as_: Any) -> None:
    wrong = [said for name in READERS for said in disagreements(world, name, as_(person(name)))]
    assert wrong == []
    assert len(world.reports) == len(FILERS) * (1 + len(OFFICES) * len(STATES))
    assert len({frozenset(world.listed(name)) for name in READERS}) > 6  # they do not all see the same


def told_wrongly(world: World, person: Any) -> list[str]:
    """Whom an alert tells of a report and should not, or the other way round."""
    for name in READERS:
        save_search(by=person(name), name="All", terms=WORD, filters={}, alerts=True)
    wrong = []
    for report in sorted(world.reports.values(), key=lambda one: one.number)[:: len(world.reports) // MATCHED]:
        alerts.match(str(report.pk), report.version)
        told = set(SavedSearchFind.objects.filter(report=report).values_list("search__owner__username", flat=True))
        live = report.status != Status.VOIDED
        should = {name for name in READERS if live and world.sees(name, report) and report.author.username != name}
        if told != should:
            wrong.append(f"{report.number}: {sorted(told ^ should)}")
    return wrong


def test_alerts_tell_whoever_the_grants_let_read(world: World, person: Any) -> None:
    assert told_wrongly(world, person) == []


def test_a_predicate_that_lets_everything_be_seen_is_seen(
    world: World, person: Any, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the one predicate the page, its count, its facets and the alerts are all wrong."""
    world.listed("agent")
    monkeypatch.setattr("reports.models.report.visible", lambda user: Q())
    wrong = list(disagreements(world, "agent", as_(person("agent"))))
    for part in ("finds by", "is told of", "kind", "reads"):
        assert any(part in one for one in wrong), wrong
    assert told_wrongly(world, person)
