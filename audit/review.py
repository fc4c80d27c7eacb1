"""The weekly review: what a week shows, which weeks are due, and the signature after which nothing of it changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.access import Refused, action
from accounts.models import User
from audit import counting, unusual
from audit.events import Kind
from audit.log import record
from audit.models import CountedDay, Event, Review, Unusual

WEEK = timedelta(days=7)
# A week waits this long after its end before it counts as overdue.
PATIENCE = WEEK
NO_OFFICE = "No office of record"

# What stands out in a week: its words, the codes it counts, and the outcomes (none named: every outcome).
WATCHED: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Failed sign-ins", ("session.refused",), ()),
    ("Pages and acts refused", ("access.refused",), ()),
    ("Exports of the log", ("audit.exported",), ()),
    ("Legacy SSNs revealed", ("ssn.revealed",), ()),
    ("Reveals of a legacy SSN refused", ("ssn.reveal_refused",), ()),
    ("Sources of iLeads revealed", ("ilead.provider_revealed",), ("done",)),
    ("Reveals of a source refused", ("ilead.provider_revealed",), ("refused",)),
    ("SSNs stopped by the guard", ("guard.blocked",), ()),
    ("Overrides of the SSN guard", ("guard.overridden",), ()),
    ("Roles granted and revoked", ("assignment.granted", "assignment.revoked"), ()),
)


@dataclass
class Figures:
    """What a week shows. Kept as JSON with the signature, so that it can be read as the reviewer saw it."""

    kinds: dict[str, int] = field(default_factory=dict)
    watched: list[tuple[str, int, str]] = field(default_factory=list)
    offices: list[tuple[str, int]] = field(default_factory=list)
    unusual: list[tuple[str, int]] = field(default_factory=list)
    gaps: list[tuple[str, int]] = field(default_factory=list)
    uncounted: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Week:
    """An ISO week (Monday to Sunday, UTC) and its review, if somebody has opened it."""

    first_day: date
    review: Review | None = None

    @property
    def name(self) -> str:
        year, number, _ = self.first_day.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def last_day(self) -> date:
        return self.first_day + WEEK - counting.DAY

    @property
    def ends_at(self) -> datetime:
        return counting.start_of(self.first_day + WEEK)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def is_signed(self) -> bool:
        return bool(self.review and self.review.signed_at)

    @property
    def is_due(self) -> bool:
        return self.is_over and not self.is_signed

    @property
    def is_overdue(self) -> bool:
        return self.is_due and timezone.now() - self.ends_at > PATIENCE


# -- Which weeks there are ---------------------------------------------------------------------------------------------
def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_week() -> date:
    """The Monday of the first week that the log knows."""
    first = Event.objects.order_by("at", "id").values_list("at", flat=True).first()
    return monday_of((first or timezone.now()).astimezone(UTC).date())


def weeks(newest: date | None = None, most: int = 26) -> list[Week]:
    """The weeks of the log, the newest first: at most `most`, from the week of `newest` back."""
    first, monday = first_week(), monday_of(min(newest or counting.today(), counting.today()))
    days = [monday - WEEK * step for step in range(most) if monday - WEEK * step >= first]
    reviews = {one.first_day: one for one in Review.objects.filter(first_day__in=days)}
    return [Week(day, reviews.get(day)) for day in days]


def week_of(name: str) -> Week | None:
    """The week of this name, such as 2026-W31, unless it is none or lies outside the log."""
    try:
        year, _, number = name.partition("-W")
        day = date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        return None
    week = Week(day, Review.objects.filter(first_day=day).first())
    known = week.name == name and first_week() <= day <= counting.today()
    return week if known else None


def due() -> list[Week]:
    """Every week that is over and not signed, the oldest first."""
    first, signed = first_week(), set(Review.objects.exclude(signed_at=None).values_list("first_day", flat=True))
    ended = (monday_of(counting.today()) - first).days // 7
    return [Week(day) for day in (first + WEEK * step for step in range(ended)) if day not in signed]


def open_week(week: Week, *, by: User) -> Review:
    """The review of the week, made when first opened. That it was opened is on record before it is shown."""
    with transaction.atomic():
        made = {"first_day": week.first_day, "ends_at": week.ends_at, "opened_at": timezone.now(), "opened_by": by.pk}
        review, _ = Review.objects.get_or_create(week=week.name, defaults=made)
        record("audit.review_viewed", by=by, on=review)
    return review


# -- What a week shows -------------------------------------------------------------------------------------------------
def figures_of(review: Review) -> Figures:
    """As they were signed, or as they stand now."""
    return Figures(**review.figures) if review.signed_at else figures_between(review.first_day)


def figures_between(first: date) -> Figures:
    last = first + WEEK - counting.DAY
    by_day = counting.totals_of(first, last)
    codes: Counter[tuple[str, str]] = Counter()
    kinds: Counter[str] = Counter({kind.value: 0 for kind in Kind})
    for totals in by_day.values():
        codes.update(totals.codes)
        kinds.update(totals.by_kind)
    return Figures(
        kinds=dict(kinds),
        watched=[(words, _counted(codes, wanted, outcomes), wanted[0]) for words, wanted, outcomes in WATCHED],
        offices=by_office(first, last),
        unusual=_unusual(first, last),
        gaps=[tuple(gap) for day in CountedDay.objects.filter(day__range=(first, last)) for gap in day.gaps],
        uncounted=_uncounted(first, last),
    )


def _counted(codes: Counter[tuple[str, str]], wanted: tuple[str, ...], outcomes: tuple[str, ...]) -> int:
    return sum(n for (code, outcome), n in codes.items() if code in wanted and (not outcomes or outcome in outcomes))


def by_office(first: date, last: date) -> list[tuple[str, int]]:
    """How much the people of each office did, by the office that each has now; the busiest first."""
    acts = counting.acts_by_person(first, last)
    offices = dict(User.objects.filter(pk__in=acts.keys()).values_list("pk", "office__name"))
    found: Counter[str] = Counter()
    for actor_id, count in acts.items():
        found[offices.get(actor_id) or NO_OFFICE] += count
    return found.most_common()


def _unusual(first: date, last: date) -> list[tuple[str, int]]:
    found = Counter(Unusual.objects.filter(day__range=(first, last)).values_list("rule", flat=True))
    return [(rule.sentence, found[rule.name]) for rule in unusual.RULES]


def _uncounted(first: date, last: date) -> list[str]:
    """Days of it that the job has not counted: the figures lack them, and must not look complete."""
    live = counting.today() - counting.LIVE
    days = [day for day in counting.uncounted() if first <= day <= last and day < live]
    return [day.isoformat() for day in days]


# -- Signing -----------------------------------------------------------------------------------------------------------
def own_acts(review: Review, user: User) -> int:
    """How many of the week's events are the reviewer's own: nobody is their own auditor, so it is said and kept."""
    return counting.acts_by_person(review.first_day, review.first_day + WEEK - counting.DAY)[user.pk]


@action
def sign(review: Review, *, by: User, findings: str) -> Review:
    """Sign the review of a week that is over. Raises Refused with what to do instead."""
    review = Review.objects.select_for_update().get(pk=review.pk)
    if review.signed_at:
        raise Refused(f"{review.signer} signed this week meanwhile. What you wrote is below; it was not kept.")
    now = timezone.now()
    if now < review.ends_at:
        raise Refused(f"This week is still running. Sign it after {review.ends_at:%A, %b %-d, %Y, %H:%M} UTC.")
    review.figures = asdict(figures_between(review.first_day))
    review.own_acts, review.findings = own_acts(review, by), findings
    review.signed_at, review.signed_by, review.signer = now, by.pk, by.username
    review.save()
    record("audit.review_signed", by=by, on=review, own_acts=review.own_acts)
    return review


def lines(review: Review) -> list[tuple[str, Any]]:
    """The review as rows of a table for a spreadsheet."""
    figures = figures_of(review)
    return [
        ("Week", review.week),
        ("From", review.first_day.isoformat()),
        *((f"Events: {kind}", count) for kind, count in figures.kinds.items()),
        *((words, count) for words, count, _ in figures.watched),
        *((f"Unusual use: {rule}", count) for rule, count in figures.unusual),
        *((f"Sealing stood still from {at}, seconds", seconds) for at, seconds in figures.gaps),
        *((f"Office: {name}", count) for name, count in figures.offices),
        *((f"Day not counted: {day}", "") for day in figures.uncounted),
        ("Signed by", review.signer or "not signed"),
        ("Signed at", review.signed_at.isoformat() if review.signed_at else ""),
        ("Acts of the reviewer in the week", review.own_acts if review.signed_at else ""),
        ("Findings", review.findings),
    ]
