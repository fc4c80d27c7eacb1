"""Why somebody may see a report and do each thing with it, for the pages that explain access: never what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from accounts.access import may
from accounts.explain import REPORTS, Answer, Held, Step, Way, carries, day, roles_with
from accounts.models import Office, User
from accounts.roles import GRANTS, Reach, Role
from reports import historical, protection, routing
from reports.actions import closed_to_amending, may_relate
from reports.content import is_closed
from reports.historical import NEWEST_FIRST
from reports.kinds import KINDS, Section
from reports.models import OutsideRule, Report, ReportReader
from reports.models.historical import HistoricalReport
from reports.models.report import NAMED, OUTSIDE, SHARED
from reports.moves import Move
from reports.states import Status
from reports.workflow import may_move, moves_of
from reports.writers import wrote_what_waits

Rows = Mapping[str, datetime]


def register() -> None:
    REPORTS.find, REPORTS.facts, REPORTS.sees = find, facts, sees
    REPORTS.opened, REPORTS.single = opened, single
    REPORTS.acts.append(acts)


def find(number: str) -> Report | HistoricalReport | None:
    """The report of this number; whoever asks may not be able to read it, and is told only what `facts` says."""
    number = number.strip().replace("\x00", "")
    reports = Report.objects.select_related("office", "author", "held_by").prefetch_related("notices__office")
    found = reports.light().defer("title").filter(number=number).first()
    return found or HistoricalReport.objects.filter(number=number).only(*TOLD).order_by(*NEWEST_FIRST).first()


# No more of a historical report is fetched than is told.
TOLD = ("type", "number", "office_code")


def facts(report: Report | HistoricalReport) -> Sequence[tuple[str, str]]:
    if isinstance(report, HistoricalReport):
        kind = f"{report.get_type_display()}, of a former system"
        return (("Number", report.number), ("Kind", kind), ("Office", report.office_code))
    return (
        ("Number", report.number),
        ("Kind", report.declaration.label),
        ("Office", report.office.name),
        ("State", str(Status(report.status).label)),
        ("Restricted", "Yes: read by the people named on it alone" if report.restricted else "No"),
    )


# -- Seeing it --------------------------------------------------------------------------------------------------------
def rows_of(user: User, report: Report) -> Rows:
    """Until when single rows let `user` read this report, by what they give."""
    found = ReportReader.objects.filter(user=user, content_object=report, until__gt=timezone.now())
    return dict(found.values_list("permission__codename", "until"))


def sees(held: Held, report: Any, rows: Rows | None = None, actual: bool | None = None) -> Answer:
    """The five ways to a report. `rows` and `actual` where they are at hand already."""
    if isinstance(report, HistoricalReport):
        return _sees_historical(held, report)
    rows = rows_of(held.user, report) if rows is None else rows
    if actual is None:
        actual = Report.objects.visible_to(held.user).filter(pk=report.pk).exists()
    return Answer("See it", (_reads_any(held),), actual, tuple(_ways(held, report, rows)))


def _sees_historical(held: Held, report: HistoricalReport) -> Answer:
    """One role reads all of them, and nobody changes any."""
    reads = held.somewhere(historical.PERMISSION)
    says = "A role of theirs reads historical reports." if reads else "No role of theirs reads historical reports."
    step = Step(reads, says, f"It needs one of: {roles_with(historical.PERMISSION)}.")
    actual = historical.visible_to(held.user).filter(pk=report.pk).exists()
    return Answer("See it", (step,), actual)


def _reads_any(held: Held) -> Step:
    if any(held.somewhere(kind.permission("read")) for kind in KINDS):
        return Step(True, "Their account is active, and a role of theirs reads reports.")
    says = "No role of theirs reads reports of any kind." if held.user.is_active else "The account is not active."
    return Step(False, says, "They ask for a role that reads reports, or a System Control Officer mends the account.")


def _ways(held: Held, report: Report, rows: Rows) -> Iterator[Way]:
    read = report.declaration.permission("read")
    noun = report.declaration.noun
    reads_kind = held.somewhere(read)
    kind = Step(reads_kind, f"A role of theirs reads {noun}s." if reads_kind else f"No role of theirs reads {noun}s.")
    is_open = _not_restricted(report)
    yield Way("By a role at its office", (is_open, held.step(read, report.office)))
    is_own = report.author_id == held.user.pk
    wrote = Step(is_own, "They wrote it." if is_own else "Another account wrote it.")
    yield Way("As its author", (wrote, kind, is_open))
    named = _row(rows, NAMED, "They are named on it", "They are not named on it.")
    restricted = Step(report.restricted, "It is restricted." if report.restricted else "It is not restricted.")
    yield Way("As a person named on a restricted report", (restricted, named, kind))
    passed = _row(rows, SHARED, "It was passed on to them", "It was not passed on to them, or no longer.")
    yield Way("Because it was passed on to them", (passed, is_open))
    outside = _row(rows, OUTSIDE, "They opened it outside their offices, for a stated reason", NOT_OPENED)
    yield Way("By reading outside their offices", (outside, _rule(held, report), is_open))


NOT_OPENED = "They have not opened it outside their offices, or that time is over."


def _rule(held: Held, report: Report) -> Step:
    """What was opened outside one's offices stays open no longer than the rule of a role that one holds."""
    if "outside" not in held.known:
        open_rules = OutsideRule.objects.exclude(policy=OutsideRule.Policy.REFUSED)
        held.known["outside"] = set(open_rules.values_list("role", "kind"))
    read, noun = report.declaration.permission("read"), report.declaration.noun
    roles = {one.role for one in held.assignments if carries(one, read)} if held.user.is_active else set()
    by_rule = next((role for role in sorted(roles) if (role, report.kind) in held.known["outside"]), None)
    if by_rule:
        return Step(True, f"A rule lets a {Role(by_rule).label} open {noun}s of other offices for a reason.")
    return Step(False, f"No rule lets a role of theirs open {noun}s of other offices.", "Administrators set the rules.")


def _not_restricted(report: Report) -> Step:
    if not report.restricted:
        return Step(True, "It is not restricted.")
    then = "Its author, or a supervisor who is named on it, names whoever needs to know."
    return Step(False, "It is restricted: only the people named on it read it, at any rank.", then)


def _row(rows: Rows, given: str, says: str, otherwise: str) -> Step:
    until = rows.get(given)
    return Step(True, f"{says}, until {day(until)}.") if until else Step(False, otherwise)


# -- Doing something with it ------------------------------------------------------------------------------------------
def acts(held: Held, report: Any, seen: Answer, typed: Any = None) -> Iterator[Answer]:
    """Every move of its kind, and what else its page offers. `typed` is the report with the answers of its kind."""
    if isinstance(report, HistoricalReport):
        return
    first = seen_step(seen)
    yield _amend(held, report, seen, first)
    for move in moves_of(report.declaration).values():
        yield _move(held, report, seen, first, move, typed)
    yield _acknowledge(held, report, seen, first)
    yield _name_readers(held, report, seen, first)
    yield _relate(held, report, seen, first)
    yield from _protected(held, report, seen, first, typed)


def seen_step(seen: Answer) -> Step:
    if seen.explained:
        return Step(True, "They may see it.")
    return Step(False, "They may not see it, and to them it does not exist.", "See above what seeing it needs.")


def _amend(held: Held, report: Report, seen: Answer, first: Step) -> Answer:
    permission = report.declaration.permission("amend")
    closed = closed_to_amending(report)
    stands = Step(not (report.status == Status.VOIDED or report.legacy), closed or "In this state it can be amended.")
    steps = (first, held.step(permission, report.office, report.author_id), stands)
    actual = not closed and bool(may(held.user, permission, report.office, report.author_id))
    return Answer("Amend it", steps, seen.actual and actual)


def _move(held: Held, report: Report, seen: Answer, first: Step, move: Move, typed: Any) -> Answer:
    permission = move.permission_for(report)
    steps = [first, held.step(permission, report.office, report.author_id), _state(report, move)]
    if all(step.holds for step in steps):
        for step in _others(held, report, move):
            steps.append(step)
            if not step.holds:  # the next may ask the database, and changes nothing
                break
    if all(step.holds for step in steps) and move.has_hindrance:
        hindrance = move.hindered(typed or report.typed, timezone.now())
        steps.append(Step(not hindrance, hindrance or "Nothing that comes before it is missing."))
    actual = seen.actual and bool(may_move(report, move, held.user, typed=typed))
    return Answer(move.label, tuple(steps), actual)


def _state(report: Report, move: Move) -> Step:
    now = Status(report.status).label.lower()
    if report.status in move.from_states:
        return Step(True, f"It is {now}, and from there it can be {move.done}.")
    wanted = " or ".join(state.label.lower() for state in move.from_states)
    return Step(False, f"It is {now}; only a report that is {wanted} can be {move.done}.")


def _others(held: Held, report: Report, move: Move) -> Iterator[Step]:
    """What only somebody else may do, and what stands as it came from an older system."""
    if move.by_another:
        own = report.author.person_key == held.user.person_key
        says = "They filed it themselves, under this or another account." if own else "Somebody else filed it."
        yield Step(not own, says, "Somebody else who may does it.")
    if move.by_no_writer:
        asked = f"wrote {report.pk}"  # of approving and returning alike
        if asked not in held.known:
            held.known[asked] = wrote_what_waits(report, held.user)
        wrote = held.known[asked]
        says = "They wrote a part of what waits." if wrote else "They wrote no part of what waits."
        yield Step(not wrote, says, "Somebody else who may does it.")
    if move.name != "void":
        says = "It came from an older system and stands as it was." if report.legacy else "It was filed here."
        yield Step(not report.legacy, says)


def _acknowledge(held: Held, report: Report, seen: Answer, first: Step) -> Answer:
    """For an office that was told, in the very role that was told."""
    notices = list(report.notices.all())
    places = {(one.office_id, one.role) for one in held.assignments}
    mine = [one for one in notices if (one.office_id, one.role) in places]
    if mine:
        told = Step(True, f"{mine[0].office.name} was told, in a role that they hold there.")
        steps = [first, told, held.step("acknowledge", mine[0].office)]
    else:
        told = Step(False, "No office was told in a role that they hold there.", "The offices told are on its page.")
        steps = [first, told]
    actual = any(routing.may_acknowledge(one, held.user) for one in notices)
    return Answer("Acknowledge it", tuple(steps), seen.actual and actual)


def _name_readers(held: Held, report: Report, seen: Answer, first: Step) -> Answer:
    step = held.step("name_readers", report.office, report.author_id)
    says = "It is restricted." if report.restricted else "It is not restricted, so nobody has to be named."
    actual = report.restricted and bool(may(held.user, "name_readers", report.office, report.author_id))
    return Answer("Name its readers", (first, step, Step(report.restricted, says)), seen.actual and actual)


def _relate(held: Held, report: Report, seen: Answer, first: Step) -> Answer:
    reviews = held.somewhere("review_reports")
    permission = "review_reports" if reviews else report.declaration.permission("amend")
    steps = (first, held.step(permission, report.office, None if reviews else report.author_id))
    return Answer("Link it with another report", steps, seen.actual and bool(may_relate(report, held.user)))


def _protected(held: Held, report: Report, seen: Answer, first: Step, typed: Any) -> Iterator[Answer]:
    """Parts that are closed to most who read it."""
    for part in (part for part in report.declaration.sections if part.protected):
        yield _part(held, report, seen, first, part, is_closed(typed or report.typed, part))


def _part(held: Held, report: Report, seen: Answer, first: Step, part: Section, closed: bool) -> Answer:
    says = "This part is protected." if closed else "Its author has not protected this part."
    ways = [
        Way("By a role", (held.step(part.protected, report.office, report.author_id),)),
        Way("Because it is not protected", (Step(not closed, says),)),
    ]
    if part.reveal:
        look = held.step(part.reveal.permission, report.office, report.author_id)
        ways.append(Way("By a look for a stated reason, each recorded", (look,)))
    opened, reveals = protection.opened(report, held.user), protection.reveals(report, held.user)
    actual = not closed or part.name in opened or part.name in reveals
    return Answer(f"See the part “{part.title}”", (first,), seen.actual and actual, tuple(ways))


# -- Grants and offices -----------------------------------------------------------------------------------------------
def scope_of(role: Role, office: Office) -> Q:
    """The reports that a role at an office lets its holder read, besides their own; restricted ones are in no role."""
    scope = Q(pk__in=[])
    below = Office.objects.filter(path__startswith=office.path).values_list("pk", flat=True)
    for kind in KINDS:
        grant = GRANTS[role].get(kind.permission("read"))
        if grant is None or grant.reach is Reach.OWN or grant.programme not in ("", office.programme):
            continue
        where = Q() if grant.reach is Reach.ALL else Q(office__any_of=sorted(below))
        scope |= Q(kind=kind.code, restricted=False) & where
    return scope


def opened(role: Role, office: Office, user: User | None) -> list[tuple[str, int, int]]:
    """Each kind with how many reports the grant lets read, and how many of them `user` does not see already."""
    scope = scope_of(role, office)
    every = _by_kind(Report.objects.filter(scope))
    seen = _by_kind(Report.objects.visible_to(user).filter(scope)) if user else Counter()
    return [(kind.label, every[kind.code], every[kind.code] - seen[kind.code]) for kind in KINDS]


def _by_kind(reports: Any) -> Counter[str]:
    return Counter(dict(reports.order_by().values_list("kind").annotate(n=Count("pk"))))


SINGLE = {
    NAMED: "named on a restricted report",
    SHARED: "to whom a report was passed on",
    OUTSIDE: "who opened a report outside their offices",
}


def single(office: Office) -> Sequence[tuple[str, int]]:
    """Besides roles: how many people read single reports of this office now, by what lets them."""
    rows = ReportReader.objects.filter(content_object__office=office, until__gt=timezone.now(), user__status="active")
    found = dict(rows.order_by().values_list("permission__codename").annotate(n=Count("user", distinct=True)))
    return [(says, found.get(given, 0)) for given, says in SINGLE.items()]
