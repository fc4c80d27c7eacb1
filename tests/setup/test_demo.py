"""The demonstration data: invented, believable, made once, through the real actions or just as they would have."""

import json
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.log import Subject, record
from audit.models import Event
from reports import urgency
from reports.answers import Answers
from reports.content import read, to_content
from reports.models import Draft, Report, ReportNotice, Revision, SearchDocument, StatusChange
from reports.search import matching
from reports.states import Status
from sen import demo, tasks
from sen.demo import bulk, goods, lives, making, people, places, stories
from watch.models import Summary, SummaryNotice

# Nine digits as a Social Security number is written, in any of its shapes.
SSN_SHAPED = re.compile(r"(?<!\d)\d{3}[- ]?\d{2}[- ]?\d{4}(?!\d)")


@pytest.fixture
def demonstration(settings: Any, monkeypatch: Any, db: None) -> None:
    """Demonstration mode, with its offices and people beside the cast of the tests."""
    settings.MODE = "demonstration"
    monkeypatch.setenv("SEN_MODE", "demonstration")
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
    assert len(found) == 60
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
    User.objects.filter(username="cast-stranger").update(is_demonstration=False)
    with pytest.raises(CommandError, match="not a demonstration user"):
        run("--ensure")


def test_the_people_are_plainly_invented(demonstration: None) -> None:
    invented = User.objects.filter(username__in=[member.username for member in people.CAST])
    assert invented.count() == 60
    assert all(re.fullmatch(r"\d{3}-555-01\d\d", user.phone) for user in invented)
    assert all(user.email.endswith("@example.gov") and user.is_demonstration for user in invented)
    assert {user.password for user in invented} == {invented[0].password}
    assert {"Pacific/Honolulu", "America/Anchorage", "Pacific/Guam"} <= {site.zone for site in places.SITES}


# -- The stories ------------------------------------------------------------------------------------------------------
def test_every_story_could_have_been_filed_by_its_author(demonstration: None) -> None:
    cast, moment = people.Cast(), timezone.now()
    for number in range(0, demo.MOST, 29):
        told = stories.story(number, cast, moment)
        assert Answers(lives.draft_of(told), told.author).problems() == [], number


def test_no_story_holds_a_number_shaped_like_a_social_security_number(demonstration: None) -> None:
    cast, moment = people.Cast(), timezone.now()
    for number in range(0, demo.MOST, 7):
        written = json.dumps(to_content(stories.story(number, cast, moment).filled)["fields"]["narrative"])
        assert not SSN_SHAPED.search(written)


def test_a_few_percent_are_urgent_and_the_same_number_tells_the_same_story(demonstration: None) -> None:
    cast, moment = people.Cast(), timezone.now()
    told = [stories.story(number, cast, moment) for number in range(0, demo.MOST, 4)]
    share = sum(bool(urgency.reasons(one.filled)) for one in told) / len(told)
    assert 0.02 < share < 0.1
    again = stories.story(4, people.Cast(), moment)
    assert to_content(again.filled) == to_content(told[1].filled)


# -- Made once --------------------------------------------------------------------------------------------------------
@pytest.fixture
def small(monkeypatch: Any) -> None:
    """A demonstration small enough for a test: twenty reports at first, then some more."""
    monkeypatch.setattr(making, "FIRST", 20)
    monkeypatch.setattr(making, "MOST", 26)


def test_made_twice_is_made_once_and_the_worker_makes_the_rest(small: None, demonstration: None) -> None:
    making.ensure()
    first = (Report.objects.count(), Draft.objects.count(), User.objects.count(), Event.objects.count())
    assert first[:2] == (20, 3)
    making.ensure()
    assert (Report.objects.count(), Draft.objects.count(), User.objects.count(), Event.objects.count()) == first
    while making.fill():
        pass
    assert Report.objects.count() == 26
    assert making.fill() is False


def test_the_worker_stops_between_slices_and_asks_for_the_next(
    small: None, demonstration: None, monkeypatch: Any
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(making, "SLICE_SECONDS", 0.001)
    monkeypatch.setattr(making, "ask_for_more", lambda: asked.append(True))
    tasks.fill_demonstration()
    assert 0 < Report.objects.count() < 26
    assert asked == [True]


def test_the_queue_is_alive_and_old_news_is_not_mailed(demonstration: None) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    making.make([*range(stories.HOURS), *range(60, 75)])
    waiting = Report.objects.filter(status=Status.SUBMITTED, submitted_at__gt=timezone.now() - timedelta(hours=12))
    assert waiting.filter(urgency=1).exists()
    assert waiting.count() >= 5
    mailed = ProcrastinateJob.objects.filter(task_name="reports.tasks.mail_notice").values_list("args", flat=True)
    recent = ReportNotice.objects.filter(made_at__gt=timezone.now() - timedelta(days=1))
    assert {args["notice_id"] for args in mailed} == {str(notice.pk) for notice in recent}


def test_business_times_lie_in_the_past_and_events_do_not(demonstration: None) -> None:
    began = timezone.now()
    making.make(list(range(60, 80)))
    old = began - timedelta(days=2)
    assert not Report.objects.filter(submitted_at__gt=old).exists()
    assert not Report.objects.filter(created_at__gt=old).exists()
    assert not Event.objects.filter(code="report.submitted", at__lt=began).exists()
    assert {Status.CLOSED} <= set(Report.objects.values_list("status", flat=True))
    assert Summary.objects.filter(released_at__isnull=False).exists()
    assert SummaryNotice.objects.filter(acknowledged_at__isnull=False).exists()


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
        "found": Report.objects.filter(matching(f'"{report.title}"'), pk=report.pk).exists(),
    }


def _filed_and_taken_back(told: stories.Story) -> dict[str, Any]:
    with transaction.atomic():
        facts = _facts(lives.file(told))
        transaction.set_rollback(True)
    return facts
