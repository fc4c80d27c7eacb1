"""The weekly review: what a week shows, when it can be signed, and that nothing changes it after."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.access import Refused
from audit import counting, review
from audit.models import CountedDay, Event, PersonDay, Review, Unusual
from tests.database import owner_connection

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]
MONDAY = review.monday_of(counting.today()) - review.WEEK
LAST_WEEK = review.Week(MONDAY).name
THIS_WEEK = review.Week(MONDAY + review.WEEK).name
ADDRESS = f"/audit/review/{LAST_WEEK}/"


@pytest.fixture(autouse=True)
def log_of_last_week(monkeypatch: Any, request: Any) -> None:
    """The log began a week ago, and its days are counted."""
    monkeypatch.setattr(review, "first_week", lambda: MONDAY)
    if request.node.get_closest_marker("django_db").kwargs:
        return  # a test that commits needs no more than the week itself
    request.getfixturevalue("db")
    for step in range(7):
        day = MONDAY + timedelta(days=step)
        codes = {"session.refused": {"refused": 2}, "ilead.provider_revealed": {"done": 1, "refused": 3}}
        hours = {"read": [1] * 24, "change": [0] * 24, "access": [0] * 24, "refusal": [0] * 24}
        CountedDay.objects.create(
            day=day, hours=hours, codes=codes, counted_to=counting.start_of(day + counting.DAY),
            gaps=[[f"{day}T03:00:00+00:00", 90]] if step == 2 else [],
        )  # fmt: skip


def counted(user: Any, reads: int) -> None:
    PersonDay.objects.create(day=MONDAY, actor_id=user.pk, reads=reads, changes=0, accesses=0, refusals=0)


def test_a_week_shows_what_was_counted_of_it(auditor: Any, agent: Any, outsider: Any, as_: As) -> None:
    counted(agent, 5)
    counted(outsider, 7)
    Unusual.objects.create(day=MONDAY, rule="outside", actor_id=agent.pk, at=counting.start_of(MONDAY), said="Opened")
    page = as_(auditor).get(ADDRESS)
    figures = page.context["figures"]
    watched = {words: count for words, count, _ in figures.watched}
    assert figures.kinds["read"] == 7 * 24
    assert watched["Failed sign-ins"] == 14
    assert (watched["Sources of iLeads revealed"], watched["Reveals of a source refused"]) == (7, 21)
    assert figures.offices == [("SAC Atlanta", 7), ("SAC Miami", 5)]
    assert ("Read outside shift and office together", 1) in figures.unusual
    assert [seconds for _, seconds in figures.gaps] == [90]
    assert figures.uncounted == []


def test_a_day_that_was_not_counted_is_said(auditor: Any, as_: As, monkeypatch: Any) -> None:
    monkeypatch.setattr(counting, "uncounted", lambda: [MONDAY])
    monkeypatch.setattr(counting, "today", lambda: MONDAY + timedelta(days=20))
    assert review.figures_between(MONDAY).uncounted == [MONDAY.isoformat()]


def test_opening_a_week_makes_its_review_once_and_is_recorded(auditor: Any, privacy: Any, as_: As) -> None:
    for person in (auditor, privacy, auditor):
        assert as_(person).get(ADDRESS).status_code == 200
    made = Review.objects.get()
    assert (made.week, made.opened_by) == (LAST_WEEK, auditor.pk)
    assert Event.objects.filter(code="audit.review_viewed", object_id=LAST_WEEK).count() == 3


def test_a_signed_week_keeps_findings_figures_and_who_signed(auditor: Any, as_: As) -> None:
    counted(auditor, 4)
    browser = as_(auditor)
    assert "4 of these acts are your own" in browser.get(ADDRESS).content.decode()
    answer = browser.post(ADDRESS, {"findings": "Two failed sign-ins a day, both explained."})
    assert answer["Location"] == ADDRESS
    signed = Review.objects.get()
    assert (signed.signer, signed.own_acts) == ("auditor", 4)
    assert Event.objects.filter(code="audit.review_signed", object_id=LAST_WEEK, actor_id=auditor.pk).count() == 1
    CountedDay.objects.all().delete()
    page = browser.get(ADDRESS)
    assert page.context["figures"].kinds["read"] == 7 * 24
    assert "Two failed sign-ins a day" in page.content.decode()
    assert "Sign the review" not in page.content.decode()


def test_a_week_without_findings_is_not_signed(auditor: Any, as_: As) -> None:
    page = as_(auditor).post(ADDRESS, {"findings": "  "})
    assert page.status_code == 422
    assert Review.objects.get().signed_at is None


def test_a_running_week_is_shown_and_not_signed(auditor: Any, as_: As) -> None:
    browser = as_(auditor)
    assert "still running" in browser.get(f"/audit/review/{THIS_WEEK}/").content.decode()
    page = browser.post(f"/audit/review/{THIS_WEEK}/", {"findings": "All is well"})
    assert page.status_code == 422
    assert "This week is still running" in page.content.decode()
    assert Review.objects.get().signed_at is None


def test_a_week_is_signed_once_and_the_second_keeps_what_was_typed(auditor: Any, privacy: Any, as_: As) -> None:
    as_(auditor).post(ADDRESS, {"findings": "First"})
    page = as_(privacy).post(ADDRESS, {"findings": "Second"})
    assert page.status_code == 422
    assert "auditor signed this week meanwhile" in page.content.decode()
    assert "Second" in page.content.decode()
    assert Review.objects.get().findings == "First"


@pytest.mark.parametrize("week", ["2020-W01", "2020-W99", "2126-W01", "x", "2026-W1", "2026-w31"])
def test_a_week_that_the_log_does_not_have_is_not_found(week: str, auditor: Any, as_: As) -> None:
    assert as_(auditor).get(f"/audit/review/{week}/").status_code == 404


def test_a_week_is_due_at_its_end_and_overdue_a_week_later(auditor: Any, as_: As, monkeypatch: Any) -> None:
    assert [week.name for week in review.due()] == [LAST_WEEK]
    assert not review.due()[0].is_overdue or timezone.now() - review.due()[0].ends_at > review.PATIENCE
    old = review.Week(MONDAY - review.WEEK)
    assert (old.is_due, old.is_overdue) == (True, True)
    as_(auditor).post(ADDRESS, {"findings": "Nothing to follow up"})
    assert review.due() == []


def test_the_home_of_an_auditor_names_alarms_the_week_that_is_due_and_the_last_seal(
    auditor: Any, agent: Any, as_: As
) -> None:
    day = counting.today()
    Unusual.objects.create(day=day, rule="outside", actor_id=agent.pk, at=timezone.now(), said="Opened")
    page = as_(auditor).get("/")
    assert [block.title for block in page.context["blocks"]] == [
        "Alarms", "Weekly review", "Last seal", "Newest events",
    ]  # fmt: skip
    assert page.context["action"].label == "Open the review"
    text = page.content.decode()
    assert ADDRESS in text
    assert "Read outside shift and office together" in text
    assert Event.objects.filter(code="audit.viewed", actor_id=auditor.pk).count() == 1


def test_the_export_holds_the_figures_and_runs_no_formula(auditor: Any, as_: As) -> None:
    browser = as_(auditor)
    browser.post(ADDRESS, {"findings": "=1+1"})
    answer = browser.post(f"{ADDRESS}export/")
    rows = dict(list(csv.reader(io.StringIO(answer.content.decode())))[1:])
    assert (rows["Failed sign-ins"], rows["Signed by"], rows["Findings"]) == ("14", "auditor", "'=1+1")
    assert Event.objects.filter(code="audit.exported", object_type="review", object_id=LAST_WEEK).count() == 1


def test_the_database_refuses_any_change_of_a_signed_review(auditor: Any) -> None:
    made = review.open_week(review.Week(MONDAY), by=auditor)
    review.sign(made, by=auditor, findings="As it was")
    for statement in ("UPDATE audit_review SET findings = 'Else'", "DELETE FROM audit_review"):
        with pytest.raises(IntegrityError, match="is signed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Review.objects.get().findings == "As it was"


def test_the_database_refuses_a_signature_before_the_end_of_the_week(auditor: Any) -> None:
    made = review.open_week(review.Week(MONDAY + review.WEEK), by=auditor)
    with pytest.raises(Refused, match="still running"):
        review.sign(made, by=auditor, findings="Too early")
    said = {"signed_at": timezone.now(), "signed_by": auditor.pk, "signer": "auditor", "findings": "Too early"}
    with pytest.raises(IntegrityError, match="review_of_a_past_week"), transaction.atomic():
        Review.objects.filter(pk=made.pk).update(**said)


@pytest.mark.django_db(transaction=True)
def test_even_the_owner_cannot_rewrite_a_signed_review(auditor: Any) -> None:
    made = review.open_week(review.Week(MONDAY), by=auditor)
    review.sign(made, by=auditor, findings="As it was")
    with owner_connection() as owner:
        with pytest.raises(psycopg.Error, match="is signed"):
            owner.execute("UPDATE audit_review SET findings = 'Else'")
        owner.rollback()
