"""The privacy officer's list of a day, its figures on the first page and by mail, and what it marks as unusual."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from ileads import reveal as revealing
from ileads import reveals, tasks
from ileads.mail import send_reveals
from ileads.models import LegacySSN, Reveal
from privacy.mask import BULLETS
from reports.models import Report
from tests.ileads.leads import filed
from tests.ileads.ssns import ASKED, add_ssn, address, digits, let_reveal, writings

pytestmark = pytest.mark.django_db
NUMBER = digits("listed")
LIST = "/ileads/ssn/reveals/"


@pytest.fixture
def ssn(officer: Any, fod: Any) -> LegacySSN:
    return add_ssn(filed(officer, fod), NUMBER)


@pytest.fixture
def reader(intel: Any) -> User:
    return let_reveal(intel)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("who", ["privacy", "auditor", "intel", "ssn_reader", "acm"])
def test_privacy_officers_and_auditors_alone_read_the_list(who: str, person: Any, as_: Any) -> None:
    assert as_(person(who)).get(LIST).status_code == (200 if who in ("privacy", "auditor") else 403)


def test_it_says_who_what_for_why_and_what_became_of_it(
    ssn: LegacySSN, reader: User, hq: Any, privacy: Any, as_: Any
) -> None:
    as_(reader).get(f"/reports/{address(ssn).split('/')[2]}/")
    as_(reader).post(address(ssn), ASKED)
    as_(hq).post(address(ssn), {**ASKED, "reason": f"I was told {NUMBER} is theirs"})
    said = text(as_(privacy).get(LIST))
    lead = Report.objects.get(pk=ssn.report_id)
    for words in (
        "1 shown, 1 refused",
        "Intel",
        ASKED["reason"],
        "To tell whether two records",
        lead.number,
        "Subject",
    ):
        assert words in said, words
    assert "holds no role that reveals" in said
    assert f"I was told {BULLETS} is theirs" in said
    assert "ferro" not in said.lower()
    assert all(f"{row.decision:,}" in said for row in Reveal.objects.all())
    assert not any(writing in said for writing in writings(NUMBER))
    assert "Look into this" not in said


def test_reading_it_is_recorded(privacy: Any, as_: Any) -> None:
    as_(privacy).get(LIST)
    event = Event.objects.get(code="ssn.reveals_listed")
    assert (event.actor, json.loads(event.payload)["count"]) == ("privacy", 0)


def test_a_reveal_without_any_other_act_on_the_ilead_that_day_is_marked(
    ssn: LegacySSN, reader: User, privacy: Any, as_: Any
) -> None:
    as_(reader).post(address(ssn), ASKED)
    assert "Nothing else done there" in text(as_(privacy).get(LIST))
    as_(reader).get(f"/reports/{address(ssn).split('/')[2]}/")
    assert "Nothing else done there" not in text(as_(privacy).get(LIST))


def test_an_attempt_that_was_cut_off_is_told_apart(ssn: LegacySSN, reader: User, privacy: Any, as_: Any) -> None:
    client = as_(reader)
    client.raise_request_exception = False
    with mock.patch.object(revealing, "_decide", side_effect=OSError):
        assert client.post(address(ssn), ASKED).status_code == 500
    said = text(as_(privacy).get(LIST))
    assert "0 shown, 0 refused, 1 cut off" in said
    assert "so nothing was shown" in said


def test_what_was_granted_and_did_not_open_says_so(
    ssn: LegacySSN, reader: User, privacy: Any, as_: Any, settings: Any, tmp_path: Any
) -> None:
    with mock.patch.object(settings, "KEY_DIR", str(tmp_path)):
        assert as_(reader).post(address(ssn), ASKED).status_code == 503
    assert "Granted, did not open" in text(as_(privacy).get(LIST))


@pytest.mark.parametrize("day", ["2026-13-45", "x", "1999-01-01", "9999-12-31", "%00", "", "2026-W10-1x"])
def test_a_day_that_is_none_shows_today(day: str, privacy: Any, as_: Any) -> None:
    assert "Nobody asked to see a legacy SSN today." in text(as_(privacy).get(f"{LIST}?day={day}"))


def test_another_day_has_its_own_list(ssn: LegacySSN, reader: User, privacy: Any, as_: Any) -> None:
    as_(reader).post(address(ssn), ASKED)
    day = (timezone.now().astimezone(UTC) - timedelta(days=1)).date()
    said = text(as_(privacy).get(f"{LIST}?day={day}"))
    assert "Nobody asked to see a legacy SSN on this day." in said
    assert "0 shown, 0 refused" in said


def test_the_list_asks_as_many_queries_for_eight_attempts_as_for_two(
    ssn: LegacySSN, reader: User, privacy: Any, as_: Any, settings: Any
) -> None:
    settings.REVEALS_A_DAY = 100
    client, officer = as_(reader), as_(privacy)
    officer.get(LIST)  # who they are is asked once, and remembered
    counted = []
    for many in (2, 6):
        for _ in range(many):
            client.post(address(ssn), ASKED)
        with CaptureQueriesContext(connection) as queries:
            officer.get(LIST)
        # The frame around the page asks something of its own now and then.
        counted.append(sum("ileads_" in one["sql"] or "ssn." in one["sql"] for one in queries))
    assert counted[0] == counted[1] > 4


def test_the_first_page_of_the_privacy_officer_says_how_many(
    ssn: LegacySSN, reader: User, privacy: Any, hq: Any, as_: Any
) -> None:
    as_(reader).post(address(ssn), ASKED)
    assert "Today (UTC): 1 shown, 0 refused." in text(as_(privacy).get("/"))
    assert "Legacy SSNs shown" not in text(as_(hq).get("/"))


def test_the_mail_of_the_day_holds_figures_alone(ssn: LegacySSN, reader: User, as_: Any) -> None:
    as_(reader).post(address(ssn), ASKED)
    as_(reader).post(address(ssn), {})
    day = timezone.now().astimezone(UTC).date().isoformat()
    assert send_reveals(day) == []
    assert send_reveals(day) == []
    first, again = mail.outbox
    assert first.to == ["privacy@example.gov"]
    assert first.subject == f"Legacy SSNs on {day}: 1 shown, 1 refused"
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    lead = Report.objects.get(pk=ssn.report_id)
    for words in (lead.number, "Intel", ASKED["reason"], "Ferro", *writings(NUMBER)):
        assert words not in first.subject + first.body, words


def test_the_job_of_the_night_is_about_the_day_that_is_over() -> None:
    with mock.patch.object(tasks.mail_reveals, "defer") as queued:
        tasks.count_reveals(int(datetime(2026, 3, 2, 0, 15, tzinfo=UTC).timestamp()))
    queued.assert_called_once_with(day="2026-03-01")


def test_the_figures_of_a_day_are_those_between_its_midnights(ssn: LegacySSN, reader: User, as_: Any) -> None:
    as_(reader).post(address(ssn), ASKED)
    day = Reveal.objects.get().at.astimezone(UTC).date()
    assert reveals.counts(day) == reveals.Counts(shown=1, refused=0)
    assert reveals.counts(day - reveals.DAY) == reveals.counts(day + reveals.DAY) == reveals.Counts(0, 0)
