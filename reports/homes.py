"""What a person sees first: drafts and reports of the field, decisions and news of one's offices, the newest for HQ."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Assignment, User
from audit.log import Subject, record
from reports import decisions, match_words, matches, overdue
from reports.answers import Answers
from reports.board import Drawer, between, rows
from reports.filters import offers
from reports.finding import saved
from reports.kinds import KINDS
from reports.lines import Line, columns, lines
from reports.lookup import FILES, READS
from reports.models import Draft, Reading, Report, StatusChange
from reports.states import Status
from sen.home import Action, Block, Home, register

FEW, MORE = 5, 10
LATELY = timedelta(days=14)
SOON = timedelta(days=30)
AHEAD = timedelta(hours=72)


def register_homes() -> None:
    """Addresses stand written out, since none can be looked up before all apps are ready."""
    files = tuple(kind.permission("file") for kind in KINDS)
    reads = tuple(kind.permission("read") for kind in KINDS)
    register(
        Home(
            decisions.PERMISSIONS,
            15,
            deciding,
            Action("Review what waits longest", "/reports/review/", "check"),
            waits=lambda user: decisions.waiting(user).exists(),
        )
    )
    register(Home(files, 30, field, Action("File a report", "/reports/new/", "add")))
    register(Home("acknowledge", 25, offices))
    register(Home(reads, 28, searches))
    register(Home(reads, 60, newest, Action("Search the reports", "/reports/", "search")))
    register(Home("grant_roles", 20, grants, Action("Open access", "/access/", "lock_open")))
    register(Home("change_profiles", 20, people, Action("Find a person", "/people/", "search")))
    register(
        Home("read_historical", 70, historical, Action("Search historical reports", "/reports/historical/", "search"))
    )
    register(Home("edit_reference", 50, reference, Action("Open reference data", "/reference/", "list")))


def _listed(user: User, reports: QuerySet[Report], size: int, label: str) -> list[Line]:
    """The newest of these reports as lines; that they were listed is recorded."""
    rows = list(columns(reports.order_by("-submitted_at", "-id"))[:size])
    if rows:
        record("reports.listed", by=user, on=Subject("list", "", label), count=len(rows))
    return lines(rows, offers(user).events)


# -- Those who file ----------------------------------------------------------------------------------------------------
def field(user: User) -> list[Block]:
    """My drafts with what is missing, what was returned to me, my operations, and my reports lately."""
    # An amendment holds what its report says: it is not shown to who may no longer see the report.
    seen = Q(amends=None) | Q(amends__in=Report.objects.visible_to(user))
    drafts = [_draft_line(draft, user) for draft in Draft.objects.filter(seen, author=user, version__gt=0)[:FEW]]
    mine = Report.objects.visible_to(user).filter(author=user).exclude(status=Status.VOIDED)
    context = {
        "caption": "The reports that you filed last",
        "lines": _listed(user, mine, FEW, "my reports"),
        "empty": "You have filed no report yet. What you file stands here with its state.",
        "more": "/reports/?mine=on",
        "more_words": "All my reports",
    }
    blocks = [
        Block("My drafts", "reports/home_drafts.html", {"drafts": drafts}),
        *_returned(user),
        *_operations(user),
        Block("My reports", "reports/home_reports.html", context),
    ]
    # Who leads an office files now and then; what is empty would only stand in the way.
    leads = user.may_somewhere("acknowledge")
    return [block for block in blocks if not leads or block.context.get("drafts") or block.context.get("lines")]


def _draft_line(draft: Draft, user: User) -> dict[str, Any]:
    """A draft with what it is about and how much is missing."""
    answers = Answers(draft, user)
    problems = answers.problems()
    kind = KINDS[draft.kind]
    return {
        "url": f"/reports/drafts/{draft.pk}/",
        "title": answers.title or f"{kind.label} without a title yet",
        "amends": bool(draft.amends_id),
        "saved_at": draft.saved_at,
        "parts": list(dict.fromkeys(problem.part.title for problem in problems)),
        "missing": len(problems),
        "word": "1 answer missing" if len(problems) == 1 else f"{len(problems)} answers missing",
    }


def _returned(user: User) -> list[Block]:
    """My reports that a supervisor has sent back, with the reason."""
    sent = StatusChange.objects.filter(report=OuterRef("pk"), move="return").order_by("-at")
    mine = Report.objects.visible_to(user).filter(author=user, status=Status.RETURNED)
    columns = ("number", "title", "reason", "returned_by", "returned_at")
    found = mine.annotate(
        reason=Subquery(sent.values("reason")[:1]),
        returned_by=Subquery(sent.values("by__name")[:1]),
        returned_at=Subquery(sent.values("at")[:1]),
    )
    reports = list(found.order_by("returned_at").values_list(*columns, named=True)[:MORE])
    return _block("Returned to me", "reports/home_returned.html", user, reports)


def _block(title: str, template: str, user: User, reports: list[Any], **context: Any) -> list[Block]:
    """A block of reports, recorded as listed; nothing where there are none: what is empty would stand in the way."""
    if not reports:
        return []
    record("reports.listed", by=user, on=Subject("list", "", title.lower()), count=len(reports))
    return [Block(title, template, {"reports": reports} | context)]


# -- Operations --------------------------------------------------------------------------------------------------------
def _operations(user: User) -> list[Block]:
    """What I answer for: whose outcome is overdue, and what begins in the next three days."""
    now = timezone.now()
    coming = between(Report.objects.visible_to(user), now, now + AHEAD).filter(overdue.of_person(user))
    soon = coming.exclude(spear__outcome__in=("postponed", "cancelled")).order_by("event_at", "id")
    return (
        _matches(user)
        + _overdue(user, overdue.of_person(user))
        + _drawn("My operations of the next 72 hours", user, soon)
    )


def _matches(user: User) -> list[Block]:
    """What my operations may collide with, as far as I may know; that I read it is recorded there."""
    lines = [(sight, match_words.in_short(sight)) for sight in matches.of_person(user)[:FEW]]
    return [Block("My operations that may collide", "reports/home_matches.html", {"lines": lines})] if lines else []


def _overdue(user: User, whose: Q) -> list[Block]:
    return _drawn("Outcomes overdue", user, overdue.oldest_first(user).filter(whose), is_late=True)


def _drawn(title: str, user: User, found: QuerySet[Report], **context: Any) -> list[Block]:
    drawer = Drawer(ZoneInfo(user.office.time_zone if user.office else "UTC"), offers(user).events)
    return _block(title, "reports/home_operations.html", user, drawer.lines(rows(found)[:MORE]), **context)


# -- Those who decide --------------------------------------------------------------------------------------------------
def deciding(user: User) -> list[Block]:
    """What waits for my decision, oldest first; and whose outcome is overdue in the offices that I lead."""
    columns = ("number", "title", "kind", "office__name", "author__name", "event_at", "since", "version")
    found = list(decisions.waiting(user).values_list(*columns, named=True)[:MORE])
    if found:
        record("reports.listed", by=user, on=Subject("list", "", "waiting for my decision"), count=len(found))
    block = Block("Waiting for my decision", "reports/home_decisions.html", {"reports": found})
    return [block, *_overdue(user, overdue.of_lead(user) & ~overdue.of_person(user))]


# -- Those who lead an office ------------------------------------------------------------------------------------------
def offices(user: User) -> list[Block]:
    """What happened in one's offices that one has not read: new reports, and new versions of old ones."""
    if not any(user.may_somewhere(name) for name in READS):
        return []
    since = timezone.now() - LATELY
    read = Reading.objects.filter(report=OuterRef("pk"), reader=user, version=OuterRef("version"))
    unread = (
        Report.objects.visible_to(user)
        .filter(Q(submitted_at__gte=since) | Q(amended_at__gte=since))
        .exclude(status=Status.VOIDED)
        .exclude(author=user)
        .filter(~Exists(read))
    )
    context = {
        "caption": "Reports that are new to you",
        "lead": "Filed or amended in the last 14 days and not read by you yet.",
        "lines": _listed(user, unread, MORE, "unread reports"),
        "empty": "You have read everything that was filed or amended in the last 14 days.",
        "more": "/reports/",
        "more_words": "All reports",
    }
    return [Block("New in your offices", "reports/home_reports.html", context)]


# -- Those who search --------------------------------------------------------------------------------------------------
def searches(user: User) -> list[Block]:
    """What one's saved searches found that is new; nothing where there is none."""
    reports = saved.found_reports(user)
    lines = _listed(user, reports, MORE, "found by saved searches")
    context = {
        "caption": "Reports that your saved searches found",
        "lead": "Found since you last ran the search, and not read by you yet.",
        "lines": lines,
        "more": "/reports/saved/",
        "more_words": "All saved searches",
    }
    return [Block("New for your saved searches", "reports/home_reports.html", context)] if lines else []


# -- Those who only read -----------------------------------------------------------------------------------------------
def newest(user: User) -> list[Block]:
    """The newest reports, for those who neither file nor lead."""
    if any(user.may_somewhere(name) for name in (*FILES, "acknowledge")):
        return []
    reports = Report.objects.visible_to(user).exclude(status=Status.VOIDED)
    context = {
        "caption": "The newest reports",
        "lines": _listed(user, reports, MORE, "newest reports"),
        "empty": "No report has been filed yet by the offices whose reports you may read.",
        "more": "/reports/",
        "more_words": "All reports",
    }
    return [Block("Newest reports", "reports/home_reports.html", context)]


# -- Those who keep the system -----------------------------------------------------------------------------------------
def grants(user: User) -> list[Block]:
    """How many roles end soon: a figure, not names; whose they are is a page of its own, which records its reading."""
    ending = Assignment.objects.live().filter(until__lt=timezone.now() + SOON)
    return [Block("Roles that end soon", "reports/home_grants.html", {"ending": ending.count()})]


def people(user: User) -> list[Block]:
    return [
        Block(
            "People",
            "reports/home_sentence.html",
            {"sentence": "Find a person to see or change the profile. A search is recorded with what was searched."},
        )
    ]


def historical(user: User) -> list[Block]:
    """Said to those who read nothing else; others find them in the navigation."""
    if any(user.may_somewhere(kind.permission("read")) for kind in KINDS):
        return []
    says = "What was kept of AMO, OPPRED and LEARA: you can search and read it, and nobody can change it."
    return [Block("Historical reports", "reports/home_sentence.html", {"sentence": says})]


def reference(user: User) -> list[Block]:
    return [
        Block(
            "Reference data",
            "reports/home_sentence.html",
            {"sentence": "Offices, event types, thresholds of urgency, and who is told of which report."},
        )
    ]
