"""The demonstration data: invented, believable, made once, through the real actions or just as they would have."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import override_settings
from django.utils import timezone

from accounts import campaign_reach
from accounts.models import AccessRequest, Assignment, Campaign, Training, User
from accounts.roles import Role
from audit.log import Subject, record
from audit.models import Event
from ileads.models import Dissemination, GangClaim, ILead, LegacySSN, WarrantClaim
from privacy.mask import BULLETS
from reports import urgency
from reports.answers import Answers
from reports.content import read, to_content
from reports.finding.asking import understand
from reports.finding.queries import matching
from reports.models import (
    SPEAR,
    TAV,
    Attachment,
    Draft,
    HistoricalReport,
    Match,
    OutsideReading,
    Person,
    Relation,
    Report,
    ReportNotice,
    Revision,
    SavedSearch,
    SearchDocument,
    StatusChange,
)
from reports.overdue import overdue
from reports.states import Status
from sen import demo, tasks
from sen.demo import (
    access,
    attached,
    bulk,
    goods,
    lives,
    making,
    mix,
    old_leads,
    old_reports,
    people,
    places,
    plan_life,
    plans,
    requests,
    stories,
    unfinished,
)
from sen.demo.mix import Entry
from sen.demo.stories import Story
from tests.database import committed
from watch.models import Summary, SummaryNotice

# Nine digits as a Social Security number is written, in any of its shapes.
SSN_SHAPED = re.compile(r"(?<!\d)\d{3}[- ]?\d{2}[- ]?\d{4}(?!\d)")


@pytest.fixture(scope="module")
def invented(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The offices and people of the demonstration beside the cast of the tests, committed once for all of them."""
    with committed(django_db_blocker):
        with override_settings(MODE="demonstration"):
            _make_people()
        yield


@pytest.fixture
def demonstration(invented: None, settings: Any, monkeypatch: Any, db: None) -> None:
    """Demonstration mode with its people, whom a test that commits takes away with all it made."""
    settings.MODE = "demonstration"
    monkeypatch.setenv("SEN_MODE", "demonstration")
    if not User.objects.filter(username=people.LEADS[0].username, name=people.LEADS[0].name).exists():
        _make_people()


def _make_people() -> None:
    _make_room()
    goods.make_thresholds()
    people.make_offices()
    people.make_people()


def _make_room() -> None:
    """The cast of the tests steps aside: some of its usernames are those of the demonstration."""
    with transaction.atomic():
        record("user.changed", by=None, on=Subject("user"), batch=[str(user.pk) for user in User.objects.all()])
        User.objects.update(username=Concat(Value("cast-"), F("username")))


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


# -- Who can sign in --------------------------------------------------------------------------------------------------
def test_the_sign_ins_name_each_role_first(settings: Any, monkeypatch: Any, demonstration: None) -> None:
    found = json.loads(run("--sign-ins"))
    assert len(found) == len(people.CAST)
    assert {one["role"] for one in found[: len(Role)]} == {role.label for role in Role}
    assert all(set(one) >= {"username", "password", "role", "office"} for one in found)
    assert found[: len(Role)] == demo.sign_ins()
    agent = User.objects.get(username=found[0]["username"])
    assert agent.check_password(found[0]["password"])


def test_it_refuses_outside_the_demonstration(db: None) -> None:
    for wanted in (["--sign-ins"], ["--ensure"], ["--fill"], ["--reports", "5"]):
        with pytest.raises(CommandError, match="SEN_MODE=demonstration"):
            run(*wanted)
    assert not Report.objects.exists()


def test_it_refuses_a_database_with_somebody_real(demonstration: None) -> None:
    stranger = User.objects.get(username="cast-stranger")
    record("user.changed", by=None, on=stranger)
    User.objects.filter(pk=stranger.pk).update(is_demonstration=False)
    with pytest.raises(CommandError, match="not a demonstration user"):
        run("--ensure")


def test_the_people_are_plainly_invented(demonstration: None) -> None:
    invented = User.objects.filter(username__in=[member.username for member in people.CAST])
    assert invented.count() == len(people.CAST) <= 100  # as many telephone numbers as there are
    assert all(re.fullmatch(r"\d{3}-555-01\d\d", user.phone) for user in invented)
    assert all(user.email.endswith("@example.gov") and user.is_demonstration for user in invented)
    assert {user.password for user in invented} == {invented[0].password}
    assert {"Pacific/Honolulu", "America/Anchorage", "Pacific/Guam"} <= {site.zone for site in places.SITES}


# -- The stories ------------------------------------------------------------------------------------------------------
EVERY = tuple(mix.entries(demo.MOST))


def sample(step: int) -> list[Story]:
    """Stories of all kinds, but for what hangs on another report."""
    cast, moment = people.Cast(), timezone.now()
    told = [entry.story(cast, moment) for name in mix.SERIES for entry in of_series(name)[::step]]
    for story in told:
        story.follows = None
    return told


def of_series(name: str, *numbers: int) -> list[Entry]:
    return [entry for entry in EVERY if entry.series == name and (not numbers or entry.number in numbers)]


def test_every_story_could_have_been_filed_by_its_author_at_its_time(demonstration: None) -> None:
    for told in sample(37):
        problems = Answers(lives.draft_of(told), told.author, told.filed_at).problems()
        assert problems == [], (told.filled.kind.code, told.filled.report.title)


def test_no_story_holds_a_number_shaped_like_a_social_security_number(demonstration: None) -> None:
    for told in sample(7):
        fields = to_content(told.filled)["fields"]
        written = json.dumps({name: value for name, value in fields.items() if not name.endswith("_id")})
        assert not SSN_SHAPED.search(written)


def test_the_kinds_stand_in_lifelike_proportion() -> None:
    kinds = Counter(KIND_OF[entry.series] for entry in EVERY)
    assert {kind: round(count, -2) for kind, count in kinds.items()} == {
        "sir": 2000,
        "spear": 1500,
        "ilead": 800,
        "tav": 300,
    }
    assert 190 <= len(list(mix.entries(demo.FIRST))) <= 210


KIND_OF = {"sir": "sir", "plan's sir": "sir", "plan": "spear", "lead": "ilead", "visit's lead": "ilead", "visit": "tav"}


def test_raids_are_early_and_visits_are_in_office_hours(demonstration: None) -> None:
    cast, moment = people.Cast(), timezone.now()
    raids, visits = Counter[int](), Counter[int]()
    for entry in of_series("plan")[::9] + of_series("visit")[::9]:
        report = entry.story(cast, moment).filled.report
        local = report.event_at.astimezone(ZoneInfo(report.event_zone)).hour
        (raids if entry.series == "plan" else visits)[local] += 1
    assert sum(raids[hour] for hour in (4, 5, 6, 7, 8)) > 0.7 * raids.total()
    assert set(visits) <= set(range(8, 18))


def test_a_few_percent_are_urgent_and_the_same_number_tells_the_same_story(demonstration: None) -> None:
    cast, moment = people.Cast(), timezone.now()
    told = [stories.story(number, cast, moment) for number in range(0, 2000, 4)]
    share = sum(bool(urgency.reasons(one.filled)) for one in told) / len(told)
    assert 0.02 < share < 0.1
    again = stories.story(4, people.Cast(), moment)
    assert to_content(again.filled) == to_content(told[1].filled)


# -- Made once --------------------------------------------------------------------------------------------------------
@pytest.fixture
def small(monkeypatch: Any) -> None:
    """A demonstration small enough for a test: some reports of each kind at first, then some more."""
    monkeypatch.setattr(making, "FIRST", {"sir": 8, "plan": 3, "lead": 3, "visit": 2})
    monkeypatch.setattr(making, "MOST", {"sir": 10, "plan": 5, "lead": 4, "visit": 3})


def made() -> dict[str, int]:
    return dict(Counter(Report.objects.filter(legacy=False).values_list("kind", flat=True)))


def test_made_twice_is_made_once_and_the_worker_makes_the_rest(small: None, demonstration: None) -> None:
    making.ensure()
    first = (Report.objects.count(), Draft.objects.count(), User.objects.count(), Event.objects.count())
    assert made() == {"sir": 8, "spear": 3, "ilead": 3, "tav": 2}
    assert first[1] == len(unfinished.UNFINISHED)
    assert LegacySSN.objects.filter(report__legacy=True).count() == old_leads.LEADS + old_leads.LEADS // 3
    assert {str(one.value) for one in LegacySSN.objects.all()} == {BULLETS}
    assert OutsideReading.objects.filter(finding="justified").count() == 1
    assert OutsideReading.objects.count() > 3
    making.ensure()
    assert (Report.objects.count(), Draft.objects.count(), User.objects.count(), Event.objects.count()) == first
    while making.fill():
        pass
    assert made() == {"sir": 10, "spear": 5, "ilead": 4, "tav": 3}
    assert making.fill() is False


def test_the_worker_stops_between_slices_and_asks_for_the_next(
    small: None, demonstration: None, monkeypatch: Any
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(making, "SLICE_SECONDS", 0.001)
    monkeypatch.setattr(making, "ask_for_more", lambda: asked.append(True))
    tasks.fill_demonstration()
    assert 0 < Report.objects.count() < 22
    assert asked == [True]


@pytest.mark.django_db(transaction=True)
def test_a_report_whose_life_is_cut_off_is_not_there_at_all(demonstration: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(plan_life.PlanLife, "review", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        making.make(of_series("plan", 41))
    assert not Report.objects.exists()
    assert not Draft.objects.exists()


def test_the_queue_is_alive_and_old_news_is_not_mailed(demonstration: None) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    numbers = [*range(stories.HOURS), *range(60, 75)]
    making.make([*of_series("sir", *numbers), *of_series("plan", *range(40, 50)), *of_series("lead", *range(30, 35))])
    waiting = Report.objects.filter(status=Status.SUBMITTED, submitted_at__gt=timezone.now() - timedelta(hours=12))
    assert waiting.filter(urgency=1).exists()
    assert waiting.count() >= 5
    jobs = ProcrastinateJob.objects.all()
    recent = ReportNotice.objects.filter(made_at__gt=timezone.now() - timedelta(days=1))
    mailed = jobs.filter(task_name="reports.tasks.mail_notice").values_list("args", flat=True)
    assert {args["notice_id"] for args in mailed} == {str(notice.pk) for notice in recent}
    assert not jobs.filter(task_name__in=["reports.tasks.mail_waiting", "reports.tasks.mail_match"]).exists()


def test_business_times_lie_in_the_past_and_events_do_not(demonstration: None) -> None:
    began = timezone.now()
    making.make([*of_series("sir", *range(60, 80)), *of_series("plan", 45), *of_series("visit", 20)])
    old = began - timedelta(days=2)
    assert not Report.objects.filter(submitted_at__gt=old).exists()
    assert not Report.objects.filter(created_at__gt=old).exists()
    assert not Event.objects.filter(code="report.submitted", at__lt=began).exists()
    assert {Status.CLOSED} <= set(Report.objects.values_list("status", flat=True))
    assert Summary.objects.filter(released_at__isnull=False).exists()
    assert SummaryNotice.objects.filter(acknowledged_at__isnull=False).exists()


# -- What the other kinds show ----------------------------------------------------------------------------------------
def test_plans_wait_for_approval_are_returned_overdue_and_near(demonstration: None) -> None:
    making.make(of_series("plan", 0, 2, *range(5, 11), 20))
    now = timezone.now()
    spears = SPEAR.objects.order_by("pk")
    assert spears.filter(status=Status.AWAITING_APPROVAL, author__username="agent").count() == 1
    returned = spears.get(status=Status.RETURNED)
    assert returned.moves.get(move="return").reason
    assert set(Report.objects.filter(overdue()).values_list("pk", flat=True)) == {
        plans.key_of(number) for number in (6, 7, 8)
    }
    assert spears.filter(event_zone="Pacific/Guam", event_at__gt=now, event_at__lt=now + timedelta(days=4)).exists()


def test_plans_that_meet_raise_matches_which_the_watch_settles(demonstration: None) -> None:
    making.make(of_series("plan", *range(10, 20)))
    pairs = {frozenset((match.a_id, match.b_id)) for match in Match.objects.all()}
    assert pairs == {frozenset(map(plans.key_of, (first, first + 1))) for first in range(10, 20, 2)}
    found = {reason["how"] for match in Match.objects.all() for reason in match.reasons}
    assert found & {"place", "address"}
    assert found & {"name", "a_number"}
    assert Match.objects.filter(settled_at=None).exists()
    assert Report.objects.filter(pk=plans.key_of(plans.RESTRICTED), restricted=True).exists()
    making.make(of_series("plan", 56, 57))
    assert Match.objects.get(b_id__in=[plans.key_of(56), plans.key_of(57)]).settled_by


def test_a_sir_tells_what_happened_in_a_plan_and_a_lead_came_of_a_visit(demonstration: None) -> None:
    for series, sequel in (("plan", "plan's sir"), ("visit", "visit's lead")):
        number = of_series(sequel)[0].number
        making.make([*of_series(series, number), *of_series(sequel, number)])
    led = Relation.objects.filter(type=Relation.Type.LED_TO).values_list("of__kind", "to__kind")
    assert sorted(led) == [("spear", "sir"), ("tav", "ilead")]
    sir = Report.objects.get(kind="sir")
    targets = set(Person.objects.filter(report__kind="spear").values_list("last_name", flat=True))
    assert not targets or targets & set(Person.objects.filter(report=sir).values_list("last_name", flat=True))


def test_visits_are_undecided_decided_and_held(demonstration: None) -> None:
    making.make(of_series("visit", 0, 1, 5, 11, *range(20, 60)))
    states = set(TAV.objects.values_list("decision", "status"))
    assert ("pending", Status.SUBMITTED) in states
    assert {("approved", Status.CLOSED), ("denied", Status.CLOSED)} <= states
    assert TAV.objects.filter(decision="pending", office__code="MIF").count() == 2
    assert not TAV.objects.filter(status=Status.CLOSED, outcome="").exists()


def test_leads_carry_their_evidence_and_are_passed_on_and_validated(demonstration: None) -> None:
    making.make(of_series("lead", 0, *range(22, 42)))
    assert ILead.objects.filter(status=Status.AWAITING_APPROVAL).count() == 1
    assert ILead.objects.filter(validation_due__lt=timezone.now().date()).exists()
    assert ILead.objects.filter(validated_at__isnull=False).exists()
    assert GangClaim.objects.exclude(evidence="").exists()
    assert WarrantClaim.objects.exists()
    assert Dissemination.objects.filter(until__gt=timezone.now()).exists()
    assert ILead.objects.filter(provider_protected=True, provider_name__gt="").exists()


def test_reports_of_former_types_are_brought_in_once_and_spot_is_not_seen(demonstration: None) -> None:
    old_reports.make()
    found = Counter(HistoricalReport.objects.values_list("type", flat=True))
    assert found == {"amo": 420, "oppred": 300, "leara": 270}
    old_reports.make()
    assert HistoricalReport.objects.count() == 990


# -- In bulk ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_five_hundred_in_bulk_satisfy_every_constraint_and_the_audit(demonstration: None) -> None:
    bulk.make(500)  # commits, so the deferred triggers have looked at every row
    assert Report.objects.count() == Revision.objects.count() == SearchDocument.objects.count() == 500
    assert StatusChange.objects.filter(move="file").count() == 500
    assert len(set(Report.objects.values_list("number", flat=True))) == 500
    batched = [
        report
        for ids in Event.objects.filter(code="report.batch_filed").values_list("batch", flat=True)
        for report in ids
    ]
    assert sorted(batched) == sorted(str(key) for key in Report.objects.values_list("pk", flat=True))
    reader = User.objects.get(username="hq")  # reads all but the restricted, on which nobody has named them
    assert Report.objects.visible_to(reader).count() == Report.objects.filter(restricted=False).count()


def test_a_report_made_in_bulk_is_what_filing_it_would_have_made(demonstration: None) -> None:
    moment = timezone.now()
    maker, cast = bulk.Maker("equal ", moment), people.Cast()
    told_of = (stories.story(number, cast, moment, "equal ").filled.report for number in range(1000))
    restricted = next(number for number, report in enumerate(told_of) if report.restricted)
    for number in [*range(10), restricted]:
        told = stories.story(number, people.Cast(), moment, "equal ")
        with_forms = _filed_and_taken_back(told)
        maker.write([stories.story(number, people.Cast(), moment, "equal ")])
        assert _facts(Report.objects.get(pk=told.id)) == with_forms


def _facts(report: Report) -> dict[str, Any]:
    """Everything that filing wrote, but the number, the later states and the keys of notices."""
    report = Report.objects.get(pk=report.pk)
    later = ("number", "status", "held_by_id", "closed_at", "_state")
    revision = Revision.objects.get(report=report, version=1)
    return {
        "row": {name: value for name, value in vars(report).items() if name not in later},
        "content": to_content(read(report)),
        "revision": (revision.content, revision.by_id, revision.at, revision.reason),
        "filed": list(StatusChange.objects.filter(report=report, move="file").values("from_status", "to_status", "at")),
        "told": set(ReportNotice.objects.filter(report=report).values_list("office", "role", "urgent", "made_at")),
        "readers": not report.restricted
        or {report.author_id, report.supervisor_id} <= {*report.readers.values_list("user", flat=True), None},
        "keys": set(report.submissions.values_list("key", "author", "body_hash", "version")),
        "found": Report.objects.filter(matching(understand(f'"{report.title}"')), pk=report.pk).exists(),
    }


def _filed_and_taken_back(told: stories.Story) -> dict[str, Any]:
    with transaction.atomic():
        facts = _facts(lives.file(told))
        transaction.set_rollback(True)
    return facts


# -- The way in --------------------------------------------------------------------------------------------------------
def test_requests_wait_and_were_decided_and_are_made_once(demonstration: None) -> None:
    requests.make()
    requests.make()
    found = Counter(AccessRequest.objects.values_list("status", flat=True))
    assert found == {"requested": 2, "endorsed": 2, "refused": 1, "granted": 1}
    soon = timezone.now() + timedelta(days=30)
    assert Assignment.objects.live().filter(until__lt=soon, request__isnull=False).count() == 1


def test_nobody_of_an_older_demonstration_is_locked_out(demonstration: None) -> None:
    with transaction.atomic():
        record("user.changed", by=None, on=Subject("user"), batch=[str(user.pk) for user in people.invented()])
        people.invented().update(trained_until=timezone.localdate() - timedelta(days=1))
        Training.objects.filter(user__in=people.invented()).update(completed_on=timezone.localdate() - timedelta(400))
    requests.renew_trainings()
    assert not people.invented().filter(trained_until__lt=timezone.localdate()).exists()


def test_one_recertification_has_ended_and_one_waits_for_answers(demonstration: None) -> None:
    access.make_campaigns()
    access.make_campaigns()
    ended, running = Campaign.objects.order_by("ended_at")
    answers = ended.items.values_list("decision", flat=True)
    assert (set(answers), ended.ended_at is not None) == ({"confirmed", "dropped", "lapsed"}, True)
    assert (set(running.items.values_list("decision", flat=True)), running.ended_at) == ({"", "confirmed"}, None)
    supervisor = User.objects.get(username="supervisor")
    assert campaign_reach.waiting(campaign_reach.asked(supervisor)).count() >= 2


# -- What is attached and kept -----------------------------------------------------------------------------------------
def test_photos_wait_for_the_scanner_and_a_search_has_found_something_made_once(demonstration: None) -> None:
    cast = people.Cast()
    stories_ = (stories.story(number, cast, timezone.now(), "attached ") for number in range(1_000))
    own = next(one for one in stories_ if one.author.username == "agent" and not one.filled.report.restricted)
    moment = timezone.now() - timedelta(hours=2)
    own.filled.report.event_at, own.filed_at, own.begun_at = moment, moment, moment
    report = lives.file(own)
    for _ in range(2):
        attached.make()
    files = Attachment.objects.filter(report=report)
    assert sorted(files.values_list("name", "state")) == [
        (name, "waiting") for name in ("IMG_2031.jpg", "IMG_2034.jpg", "IMG_2040.jpg", "Receipt.pdf")
    ]
    assert all(file.caption and file.by == own.author for file in files)
    saved = SavedSearch.objects.get()
    assert (saved.owner.username, saved.alerts) == ("analyst", True)
