"""Unusual use: the rules, each with its sentence, what it means exactly, and how a day of the log is asked for it.

What a rule finds is a reason to look, never a verdict: it stops nobody, and each hit leads to what the person did.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from audit.counting import DAY, start_of
from audit.models import Unusual

TIMES, AT_LEAST, DAYS_BEFORE, DAYS_NEEDED = 3, 20, 30, 5
SHIFT = (6, 20)
REFUSED, IN_AN_HOUR = 5, 100
HOUR = timedelta(hours=1)
OPENED = ["report.viewed", "report.version_viewed", "report.compared"]
REVEALS = ["ssn.reveal_attempted", "ssn.revealed", "ssn.reveal_refused", "ssn.not_opened", "ilead.provider_revealed"]
# Roles that read every office's reports at any hour, because that is the duty.
ROUND_THE_CLOCK = ["jioc", "hq_duty_manager"]


@dataclass(frozen=True)
class Hit:
    """One time that a rule held: who, when, on which object if on one, and what was found, naming nobody."""

    actor_id: int
    at: datetime
    said: str
    object_type: str = ""
    object_id: str = ""
    object_label: str = ""


@dataclass(frozen=True)
class Rule:
    """One kind of unusual use; `exactly` is what the page tells auditors that it means.

    `of_day` says that it is about a whole day rather than a moment of it.
    """

    name: str
    sentence: str
    exactly: str
    find: Callable[[date], Iterable[Hit]]
    of_day: bool = False


def _rows(query: str, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _between(day: date) -> dict[str, datetime]:
    return {"start": start_of(day), "end": start_of(day + DAY)}


# -- More than usual ---------------------------------------------------------------------------------------------------
MANY = """
SELECT today.actor_id, today.reads, usual.median
FROM audit_personday today, LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY reads) AS median, count(*) AS days FROM audit_personday before
    WHERE before.actor_id = today.actor_id AND before.day >= today.day - %(before)s AND before.day < today.day
) usual
WHERE today.day = %(day)s AND today.reads > %(least)s
  AND usual.days >= %(needed)s AND today.reads > %(times)s * usual.median
"""


def many_reads(day: date) -> Iterable[Hit]:
    """Reads the counts of the day, so these are made first."""
    limits = {"before": DAYS_BEFORE, "least": AT_LEAST, "needed": DAYS_NEEDED, "times": TIMES}
    for actor_id, reads, median in _rows(MANY, day=day, **limits):
        yield Hit(actor_id, start_of(day), f"Read {reads:,} times; usually {median:g} a day")


# -- Searching for oneself or a colleague ------------------------------------------------------------------------------
NAMES = """
SELECT DISTINCT ON (event.actor_id, event.object_id) event.actor_id, event.at, event.object_id, other.id = me.id
FROM audit_event event
JOIN audit_searchterms sought ON sought.id = event.object_id::uuid
JOIN accounts_user me ON me.id = event.actor_id
JOIN accounts_user other ON other.id = me.id OR other.office_id = me.office_id
CROSS JOIN LATERAL (
    SELECT audit_words(substring(regexp_replace(other.name, '[ ,]+(jr|sr|ii|iii|iv)[.]?$', '', 'i') FROM '[^ ]+$'))
) surname (words)
WHERE event.code = 'reports.searched' AND event.object_type = 'search' AND event.at >= %(start)s AND event.at < %(end)s
  AND cardinality(surname.words) > 0 AND audit_words(sought.terms) @> surname.words
ORDER BY event.actor_id, event.object_id, other.id <> me.id, event.at
"""


def known_names(day: date) -> Iterable[Hit]:
    for actor_id, at, search, own in _rows(NAMES, **_between(day)):
        said = "Searched for their own surname" if own else "Searched for the surname of a colleague"
        yield Hit(actor_id, at, said, "search", search, "search")


# -- Outside shift and office together ---------------------------------------------------------------------------------
OUTSIDE = """
SELECT DISTINCT ON (event.actor_id, event.object_id)
       event.actor_id, event.at, event.object_type, event.object_id, event.object_label,
       to_char(event.at AT TIME ZONE home.time_zone, 'HH24:MI'), place.code
FROM audit_event event
JOIN accounts_user me ON me.id = event.actor_id
JOIN accounts_office home ON home.id = me.office_id
JOIN reports_report report ON report.id = event.object_id::uuid
JOIN accounts_office place ON place.id = report.office_id
WHERE event.code = ANY (%(opened)s) AND event.object_type = 'report' AND event.at >= %(start)s AND event.at < %(end)s
  AND NOT (extract(hour FROM event.at AT TIME ZONE home.time_zone) >= %(first)s
           AND extract(hour FROM event.at AT TIME ZONE home.time_zone) < %(last)s)
  AND report.author_id <> me.id
  AND NOT EXISTS (
    SELECT FROM accounts_assignment held JOIN accounts_office base ON base.id = held.office_id
    WHERE held.user_id = me.id AND held.granted_at <= event.at AND held.until > event.at
      AND (held.revoked_at IS NULL OR held.revoked_at > event.at)
      AND (held.role = ANY (%(always)s) OR starts_with(place.path, base.path)))
ORDER BY event.actor_id, event.object_id, event.at
"""


def outside(day: date) -> Iterable[Hit]:
    limits = {"opened": OPENED, "first": SHIFT[0], "last": SHIFT[1], "always": ROUND_THE_CLOCK}
    for actor_id, at, *about, clock, office in _rows(OUTSIDE, **_between(day), **limits):
        yield Hit(actor_id, at, f"Opened a report of {office} at {clock} by their office's clock", *about)


# -- Refused again and again -------------------------------------------------------------------------------------------
REFUSALS = """
SELECT actor_id, max(at), count(*) FROM audit_event
WHERE (code = 'ssn.reveal_refused' OR (code = 'ilead.provider_revealed' AND outcome <> 'done'))
  AND at >= %(start)s AND at < %(end)s AND actor_id IS NOT NULL
GROUP BY actor_id HAVING count(*) >= %(refused)s
"""


def refused_reveals(day: date) -> Iterable[Hit]:
    for actor_id, at, times in _rows(REFUSALS, **_between(day), refused=REFUSED):
        yield Hit(actor_id, at, f"{times} reveals refused")


# -- Over a hundred reports in an hour ---------------------------------------------------------------------------------
OPENINGS = """
WITH opened AS (
    SELECT actor_id, at, object_id FROM audit_event
    WHERE code = ANY (%(opened)s) AND at >= %(early)s AND at < %(end)s AND actor_id IS NOT NULL
), busy AS (SELECT actor_id FROM opened GROUP BY actor_id HAVING count(DISTINCT object_id) > %(most)s)
SELECT actor_id, at, object_id FROM opened JOIN busy USING (actor_id) ORDER BY actor_id, at
"""


def many_in_an_hour(day: date) -> Iterable[Hit]:
    """Different reports within any sixty minutes that end on this day; the fullest hour is told."""
    start = start_of(day)
    rows = _rows(OPENINGS, opened=OPENED, early=start - HOUR, end=start + DAY, most=IN_AN_HOUR)
    for actor_id, opened in groupby(rows, key=lambda row: row[0]):
        at, most = _fullest_hour([(at, key) for _, at, key in opened], start)
        if most > IN_AN_HOUR:
            yield Hit(actor_id, at, f"Opened {most:,} reports within an hour")


def _fullest_hour(opened: list[tuple[datetime, str]], start: datetime) -> tuple[datetime, int]:
    """The end of the hour with the most different reports, and how many; hours that end before `start` do not count."""
    within: deque[tuple[datetime, str]] = deque()
    times: defaultdict[str, int] = defaultdict(int)
    best = (start, 0)
    for at, key in opened:
        within.append((at, key))
        times[key] += 1
        while within[0][0] <= at - HOUR:
            _, gone = within.popleft()
            times[gone] -= 1
            if not times[gone]:
                del times[gone]
        if at >= start and len(times) > best[1]:
            best = (at, len(times))
    return best


# -- A reveal and nothing else -----------------------------------------------------------------------------------------
ALONE = """
SELECT DISTINCT ON (event.actor_id, event.object_id)
       event.actor_id, event.at, event.object_type, event.object_id, event.object_label
FROM audit_event event
WHERE event.code IN ('ssn.revealed', 'ilead.provider_revealed') AND event.outcome = 'done'
  AND event.at >= %(start)s AND event.at < %(end)s AND event.actor_id IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM audit_event other
    WHERE other.object_type = event.object_type AND other.object_id = event.object_id
      AND other.actor_id = event.actor_id AND other.at >= %(start)s AND other.at < %(end)s
      AND other.code <> ALL (%(reveals)s))
ORDER BY event.actor_id, event.object_id, event.at
"""


def reveals_alone(day: date) -> Iterable[Hit]:
    for actor_id, at, *about in _rows(ALONE, **_between(day), reveals=REVEALS):
        yield Hit(actor_id, at, "Looked at what is protected and did nothing else there that day", *about)


RULES = (
    Rule(
        "many_reads",
        f"Read more than {TIMES} times as often as usual",
        f"More than {TIMES} times the person's own median of reads a day, over those of the {DAYS_BEFORE} days before "
        f"on which they did anything. Only above {AT_LEAST} reads, and once there are {DAYS_NEEDED} such days.",
        many_reads,
        of_day=True,
    ),
    Rule(
        "known_names",
        "Searched for themselves or a colleague",
        "A search of reports whose words hold the person's own surname, or that of anybody with the same office of "
        "record. Case and accents do not matter.",
        known_names,
    ),
    Rule(
        "outside",
        "Read outside shift and office together",
        f"Opened a report between {SHIFT[1]}:00 and 0{SHIFT[0]}:00 by the clock of their office of record, and the "
        "report belongs to an office where they held no role then, nor at one above it. One's own reports do not "
        "count, nor does the round-the-clock duty of JIOC analysts and HQ Duty Managers.",
        outside,
    ),
    Rule(
        "refused_reveals",
        f"{REFUSED} or more refused reveals in a day",
        f"Asked {REFUSED} times or more on one day to see a legacy SSN, or who gave the information of an iLead, "
        "and was refused.",
        refused_reveals,
        of_day=True,
    ),
    Rule(
        "many_in_an_hour",
        f"Opened over {IN_AN_HOUR} reports in an hour",
        f"More than {IN_AN_HOUR} different reports within any sixty minutes.",
        many_in_an_hour,
    ),
    Rule(
        "reveals_alone",
        "A reveal without any other act on the same iLead",
        "Saw a legacy SSN, or who gave the information, and made no other entry in the log about that iLead on the "
        "day: not even opening it.",
        reveals_alone,
        of_day=True,
    ),
)
BY_NAME = {rule.name: rule for rule in RULES}


def look(day: date) -> int:
    """Ask every rule of one day and keep what they find in place of what was found before. Returns how many hits."""
    with transaction.atomic():
        Unusual.objects.filter(day=day).delete()
        found = [Unusual(day=day, rule=rule.name, **vars(hit)) for rule in RULES for hit in rule.find(day)]
        Unusual.objects.bulk_create(found)
    return len(found)
