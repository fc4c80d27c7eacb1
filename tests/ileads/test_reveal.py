"""One legacy SSN is shown to who may see it, once, and every attempt is on record with what became of it."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from auditlog.models import LogEntry
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sessions
from accounts.actions import grant_role, revoke_role
from accounts.confirming import FIELD, Confirmed
from accounts.models import Assignment, Office, User
from accounts.roles import Role
from audit import sealing
from audit.models import Event
from ileads import reveal as revealing
from ileads import sealed
from ileads.models import LegacySSN, Reveal
from ileads.models.reveal import Outcome
from ileads.reveal import ONLY_READ, Asked, NotShown
from privacy.mask import BULLETS
from reports import actions
from reports.models import Report
from tests.cast import CAST, PASSWORD
from tests.database import owner_connection
from tests.ileads.leads import filed, passed_on
from tests.ileads.ssns import ASKED, add_ssn, address, digits, let_reveal, writings
from tests.reports.filing import file_ilead

pytestmark = pytest.mark.django_db
NUMBER = digits("shown")
CLEAR = f"{NUMBER[:3]}-{NUMBER[3:5]}-{NUMBER[5:]}"
REVEALS = {"ssn.reveal_attempted", "ssn.revealed", "ssn.reveal_refused", "ssn.not_opened"}


@pytest.fixture
def ssn(officer: Any, fod: Any) -> LegacySSN:
    return add_ssn(filed(officer, fod), NUMBER)


@pytest.fixture
def reader(intel: Any) -> User:
    """Reads every iLead, and may see legacy SSNs."""
    return let_reveal(intel)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def shows(answer: Any) -> bool:
    """Whether an answer holds the number in any writing, in its body or its headers."""
    said = f"{text(answer)} {answer.headers}"
    return any(writing in said for writing in writings(NUMBER))


def events() -> list[tuple[str, str]]:
    found = Event.objects.filter(code__in=REVEALS).order_by("pk")
    return [(event.code.removeprefix("ssn."), json.loads(event.payload).get("why", "")) for event in found]


def refused(why: Outcome) -> list[tuple[str, str]]:
    return [("reveal_attempted", ""), ("reveal_refused", why.value)]


SHOWN = [("reveal_attempted", ""), ("revealed", "")]


# -- On the page of the iLead -----------------------------------------------------------------------------------------
def test_every_reader_of_the_ilead_sees_bullets_and_those_granted_a_button(
    ssn: LegacySSN, hq: Any, reader: User, as_: Any
) -> None:
    page = f"/reports/{address(ssn).split('/')[2]}/"
    for person, button in ((hq, False), (reader, True)):
        said = text(as_(person).get(page))
        assert BULLETS in said
        assert ("View SSN" in said) is button
        assert ("expose a source" in said) is button
        assert not any(writing in said for writing in writings(NUMBER))
    assert events() == []


def test_an_ilead_without_legacy_ssns_says_nothing_of_them(officer: Any, fod: Any, reader: User, as_: Any) -> None:
    assert "Legacy SSNs" not in text(as_(reader).get(f"/reports/{filed(officer, fod).number}/"))


def test_the_page_of_an_ilead_does_not_even_read_what_is_sealed(ssn: LegacySSN, reader: User, as_: Any) -> None:
    client = as_(reader)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/reports/{address(ssn).split('/')[2]}/")
    asked = [query["sql"] for query in queries if "legacyssn" in query["sql"]]
    assert asked
    assert not any('"ileads_legacyssn"."value"' in query for query in asked)


# -- Granted ----------------------------------------------------------------------------------------------------------
def test_a_granted_attempt_shows_the_number_once_with_its_event(ssn: LegacySSN, reader: User, as_: Any) -> None:
    client = as_(reader)
    answer = client.post(address(ssn), ASKED)
    assert (answer.status_code, CLEAR in text(answer)) == (200, True)
    assert text(answer).count(CLEAR) == 1
    assert "no-store" in answer["Cache-Control"]
    assert answer["Refresh"] == f"30; url=/reports/{address(ssn).split('/')[2]}/"
    row = Reveal.objects.get()
    assert answer["X-Event-Number"] == str(row.decision)
    assert f"Event {row.decision:,}" in text(answer)
    assert "1 of 10" in text(answer)
    assert events() == SHOWN
    assert not shows(client.get(f"/reports/{address(ssn).split('/')[2]}/"))


def test_the_row_and_both_events_say_who_what_for_and_why(ssn: LegacySSN, reader: User, as_: Any) -> None:
    as_(reader).post(address(ssn), ASKED)
    row = Reveal.objects.get()
    assert (row.by, row.ssn_id, row.report_id, row.outcome) == (reader, ssn.pk, ssn.report_id, "granted")
    assert (row.purpose, row.reason) == (ASKED["purpose"], ASKED["reason"])
    attempt, decision = Event.objects.get(pk=row.attempt), Event.objects.get(pk=row.decision)
    assert json.loads(attempt.payload) == {"ssn": str(ssn.pk), **ASKED}
    assert json.loads(decision.payload)["attempt"] == row.attempt
    assert {attempt.object_id, decision.object_id} == {str(ssn.report_id)}
    assert attempt.xid != decision.xid or connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_the_attempt_the_decision_and_the_opening_follow_each_other(ssn: LegacySSN, reader: User, as_: Any) -> None:
    """Each is committed before the next: seen from another connection when the next begins."""
    seen: list[tuple[int, int]] = []

    def counts(*_: Any, **__: Any) -> Any:
        with owner_connection() as other:
            query = "SELECT count(*) FILTER (WHERE code = 'ssn.reveal_attempted'),"
            found = other.execute(f"{query} count(*) FILTER (WHERE code = 'ssn.revealed') FROM audit_event").fetchone()
        seen.append(found or (0, 0))
        return mock.DEFAULT

    client = as_(reader)
    decide, opens = revealing._decide, sealed.open_sealed
    with (
        mock.patch.object(revealing, "_decide", side_effect=counts, wraps=decide),
        mock.patch.object(revealing, "open_sealed", side_effect=counts, wraps=opens),
    ):
        assert shows(client.post(address(ssn), ASKED))
    assert seen == [(1, 0), (1, 1)]
    row = Reveal.objects.get()
    assert len({Event.objects.get(pk=number).xid for number in (row.attempt, row.decision)}) == 2


def test_somebody_to_whom_the_ilead_was_passed_on_may_see_it_if_granted(
    ssn: LegacySSN, agent: Any, officer: Any, as_: Any
) -> None:
    person = let_reveal(agent)
    assert as_(person).post(address(ssn), ASKED).status_code == 404
    passed_on(Report.objects.get(pk=ssn.report_id), agent, by=officer)
    assert shows(as_(User.objects.select_related("office").get(pk=agent.pk)).post(address(ssn), ASKED))


# -- Refused ----------------------------------------------------------------------------------------------------------
READS_LEADS = {"officer", "fod", "analyst", "analyst2", "intel", "hq", "duty", "auditor", "privacy"}


def test_nobody_sees_it_without_the_role_and_each_attempt_is_on_record(
    ssn: LegacySSN, person: Callable[[str], Any], as_: Callable[[Any], Client]
) -> None:
    for who in sorted(CAST):
        answer, reads = as_(person(who)).post(address(ssn), ASKED), who in READS_LEADS
        assert (answer.status_code, shows(answer)) == (403 if reads else 404, False), who
        row = Reveal.objects.order_by("-decision")[0]
        expected = Outcome.NOT_GRANTED if reads else Outcome.NOT_VISIBLE
        assert (row.by.username, row.outcome, row.ssn_id) == (who, expected, ssn.pk)
        assert events()[-2:] == refused(expected)
    assert len(events()) == 2 * len(CAST) == 2 * Reveal.objects.count()


def test_who_reads_it_outside_their_offices_sees_no_number_until_it_is_passed_on(
    ssn: LegacySSN, outsider: Any, officer: Any, as_: Any
) -> None:
    """A reading for a stated reason opens the iLead for a day; that opens what it says, not the numbers in it."""
    until, report = timezone.now() + timedelta(days=30), Report.objects.get(pk=ssn.report_id)
    grant_role(user=outsider, role=Role.FIELD_ERO, office=Office.objects.get(code="GUM"), until=until, by=None)
    client = as_(let_reveal(outsider))
    assert client.post(address(ssn), ASKED).status_code == 404
    actions.open_outside(report.number, by=User.objects.get(pk=outsider.pk), reason="The same man was seen in Guam")
    page, answer = text(client.get(f"/reports/{report.number}/")), client.post(address(ssn), ASKED)
    assert ONLY_READ in page
    assert "View SSN" not in page
    assert (answer.status_code, shows(answer), ONLY_READ in text(answer)) == (403, False, True)
    assert events()[-2:] == refused(Outcome.OUTSIDE)
    assert Reveal.objects.order_by("-decision")[0].outcome == Outcome.OUTSIDE
    passed_on(report, outsider, by=officer)
    assert "View SSN" in text(client.get(f"/reports/{report.number}/"))
    assert shows(client.post(address(ssn), ASKED))


# State: the moves that lead there, each with who makes it.
STATES: dict[str, tuple[tuple[str, str], ...]] = {
    "awaiting": (),
    "returned": (("return", "fod"),),
    "submitted": (("approve", "fod"),),
    "under_review": (("approve", "fod"), ("take-up", "analyst")),
    "closed": (("approve", "fod"), ("take-up", "analyst"), ("close", "analyst")),
    "voided": (("approve", "fod"), ("void", "fod")),
}


@pytest.mark.parametrize("state", STATES)
def test_in_every_state_it_is_shown_to_who_reads_the_ilead_and_is_granted(
    state: str, officer: Any, person: Callable[[str], Any], as_: Callable[[Any], Client]
) -> None:
    report = file_ilead(officer)
    for name, who in STATES[state]:
        actions.move(report.pk, name, by=person(who), reason="As the state asks")
    ssn = add_ssn(report, NUMBER)
    assert Report.objects.get(pk=report.pk).status == state
    for username in ("intel", "fod"):
        reader = let_reveal(person(username))
        seen = as_(reader).get(f"/reports/{report.number}/").status_code == 200
        assert shows(as_(reader).post(address(ssn), ASKED)) is seen
    assert not shows(as_(person("hq")).post(address(ssn), ASKED))


def test_a_role_that_ended_during_the_session_shows_nothing(ssn: LegacySSN, reader: User, as_: Any) -> None:
    client = as_(reader)
    assert shows(client.post(address(ssn), ASKED))
    held = Assignment.objects.get(user=reader, role=Role.SSN_READER)
    revoke_role(held, reason="No longer needed", by=None)
    assert not shows(client.post(address(ssn), ASKED))
    assert events()[-1] == ("reveal_refused", "not_granted")


def test_a_role_that_ends_between_the_attempt_and_the_decision_shows_nothing(ssn: LegacySSN, reader: User) -> None:
    def ends() -> Confirmed:
        revoke_role(Assignment.objects.get(user=reader, role=Role.SSN_READER), reason="No longer needed", by=None)
        return Confirmed(True)

    assert reader.may_somewhere("reveal_ssn")
    with pytest.raises(NotShown) as no:
        revealing.reveal(Asked(address(ssn).split("/")[2], str(ssn.pk), **ASKED), by=reader, confirm=ends)
    assert no.value.outcome == Outcome.NOT_GRANTED


BAD = [
    ({"purpose": ""}, Outcome.BAD_PURPOSE, "Choose what you need this number for."),
    ({"purpose": "curious"}, Outcome.BAD_PURPOSE, "Choose what you need this number for."),
    ({"reason": "   "}, Outcome.BAD_REASON, "Say why you need to see this number."),
    ({"reason": "because"}, Outcome.BAD_REASON, "Say it in 10 characters or more."),
    ({"reason": "x" * 501}, Outcome.BAD_REASON, "Say it in 500 characters or fewer."),
]


@pytest.mark.parametrize(("typed", "why", "said"), BAD)
def test_bad_input_is_said_beside_the_field_and_kept(
    typed: dict[str, str], why: Outcome, said: str, ssn: LegacySSN, reader: User, as_: Any
) -> None:
    answer = as_(reader).post(address(ssn), {**ASKED, **typed})
    assert (answer.status_code, shows(answer)) == (422, False)
    page = text(answer)
    assert said in page
    kept = {**ASKED, **typed}
    assert kept["reason"] in page
    if kept["purpose"] == ASKED["purpose"]:
        assert '<option value="identify" selected>' in page
    assert events() == refused(why)


def test_a_reason_that_holds_an_ssn_is_refused_and_recorded_without_it(ssn: LegacySSN, reader: User, as_: Any) -> None:
    answer = as_(reader).post(address(ssn), {**ASKED, "reason": f"I think it is {CLEAR}, is it?"})
    assert answer.status_code == 422
    assert Reveal.objects.get().reason == f"I think it is {BULLETS}, is it?"
    as_(reader).post(address(ssn), {**ASKED, "reason": f"Compare with {NUMBER} on file"})
    assert not any(NUMBER in row.reason for row in Reveal.objects.all())
    assert not any(writing in event.payload for event in Event.objects.all() for writing in writings(NUMBER))


NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("ILD-2026-XXX-000001", None),
        (None, "not-an-id"),
        (None, NOBODYS),
        (None, "1%00"),
        ("%00", "%00"),
    ],
)
def test_an_address_that_names_nothing_is_an_attempt_too(
    number: str | None, key: str | None, ssn: LegacySSN, reader: User, as_: Any
) -> None:
    mine = address(ssn).split("/")
    answer = as_(reader).post(f"/ileads/{number or mine[2]}/ssn/{key or mine[4]}/", ASKED)
    assert (answer.status_code, shows(answer)) == (404, False)
    assert events() == refused(Outcome.UNKNOWN)
    assert Reveal.objects.get().ssn_id is None


def test_an_ssn_of_another_ilead_is_not_found_under_this_one(
    ssn: LegacySSN, officer: Any, fod: Any, reader: User, as_: Any
) -> None:
    other = filed(officer, fod)
    answer = as_(reader).post(f"/ileads/{other.number}/ssn/{ssn.pk}/", ASKED)
    assert (answer.status_code, events()) == (404, refused(Outcome.UNKNOWN))


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_only_a_post_is_an_attempt(method: str, ssn: LegacySSN, reader: User, as_: Any) -> None:
    answer = getattr(as_(reader), method)(address(ssn))
    assert (answer.status_code, shows(answer), events()) == (405, False, [])


def test_whoever_is_signed_out_is_asked_to_sign_in_and_keeps_what_they_typed(ssn: LegacySSN) -> None:
    answer = Client().post(address(ssn), ASKED)
    assert (answer.status_code, shows(answer), events()) == (401, False, [])


# -- The password -----------------------------------------------------------------------------------------------------
@pytest.fixture
def left(reader: User, as_: Any) -> Client:
    """The browser of the reader, who signed in eleven minutes ago."""
    client: Client = as_(reader)
    session = client.session
    session[sessions.STARTED] = session[sessions.SEEN] = int(time.time()) - 660
    session[sessions.SEEN] += 600
    session.save()
    return client


def test_the_password_is_asked_after_ten_minutes_and_the_second_attempt_shows_it(ssn: LegacySSN, left: Client) -> None:
    answer = left.post(address(ssn), ASKED)
    assert (answer.status_code, shows(answer)) == (401, False)
    assert f'name="reason" value="{ASKED["reason"]}"' in text(answer)
    assert events() == refused(Outcome.STALE)
    wrong = left.post(address(ssn), {**ASKED, FIELD: "wrong"})
    assert (wrong.status_code, shows(wrong)) == (422, False)
    assert shows(left.post(address(ssn), {**ASKED, FIELD: PASSWORD}))
    assert events() == refused(Outcome.STALE) * 2 + SHOWN
    assert Event.objects.filter(code="session.refused").count() == 1


def test_whoever_may_not_see_it_is_not_asked_for_a_password(ssn: LegacySSN, hq: Any, as_: Any) -> None:
    client = as_(hq)
    session = client.session
    session[sessions.STARTED] = int(time.time()) - 660
    session[sessions.SEEN] = int(time.time())
    session.save()
    assert client.post(address(ssn), ASKED).status_code == 403
    assert events() == refused(Outcome.NOT_GRANTED)


# -- The daily limit --------------------------------------------------------------------------------------------------
def test_the_limit_of_the_day_holds_and_begins_anew_at_midnight_of_the_office(
    ssn: LegacySSN, reader: User, as_: Any, settings: Any
) -> None:
    settings.REVEALS_A_DAY = 2
    client = as_(reader)
    assert [shows(client.post(address(ssn), ASKED)) for _ in range(3)] == [True, True, False]
    answer = client.post(address(ssn), ASKED)
    assert answer.status_code == 429
    assert "You have seen 2 legacy SSNs today" in text(answer)
    assert 0 < int(answer["Retry-After"]) <= 25 * 3600
    assert events()[-1] == ("reveal_refused", "over_limit")
    tomorrow = timezone.now() + timedelta(seconds=int(answer["Retry-After"]))
    with mock.patch("django.utils.timezone.now", return_value=tomorrow):
        assert revealing.shown_today(reader) == 0
    with mock.patch("django.utils.timezone.now", return_value=tomorrow - timedelta(seconds=2)):
        assert revealing.shown_today(reader) == 2


def test_refused_attempts_and_those_of_others_do_not_count(
    ssn: LegacySSN, reader: User, analyst: Any, as_: Any, settings: Any
) -> None:
    settings.REVEALS_A_DAY = 1
    as_(reader).post(address(ssn), {})
    assert shows(as_(let_reveal(analyst)).post(address(ssn), ASKED))
    assert shows(as_(reader).post(address(ssn), ASKED))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False], ids=["as built", "without the lock"])
def test_two_at_once_cannot_both_take_the_last_of_the_day(
    locked: bool, ssn: LegacySSN, reader: User, settings: Any
) -> None:
    """The control: without the lock on the person both are shown it."""
    settings.REVEALS_A_DAY = 1
    together, shown = threading.Barrier(2, timeout=20), []
    count = revealing.shown_today

    def counts(user: User) -> int:
        taken = count(user)
        with suppress(threading.BrokenBarrierError):
            together.wait(0.5)  # both have counted before either decides, if nothing keeps them apart
        return taken

    def ask() -> None:
        person = User.objects.select_related("office").get(pk=reader.pk)
        asked = Asked(address(ssn).split("/")[2], str(ssn.pk), **ASKED)
        try:
            with suppress(NotShown):
                shown.append(revealing.reveal(asked, by=person, confirm=lambda: Confirmed(True)))
        finally:
            connection.close()

    one_at_a_time = revealing._one_at_a_time if locked else lambda by: None
    threads = [threading.Thread(target=ask) for _ in range(2)]
    with (
        mock.patch.object(revealing, "shown_today", counts),
        mock.patch.object(revealing, "_one_at_a_time", one_at_a_time),
    ):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(shown) == (1 if locked else 2)
    assert Reveal.objects.count() == 2


# -- When something is broken -----------------------------------------------------------------------------------------
def test_while_the_log_is_not_sealed_nothing_is_shown_and_the_attempt_is_on_record(
    ssn: LegacySSN, reader: User, as_: Any
) -> None:
    client = as_(reader)
    with mock.patch.object(sealing, "standing", return_value=SimpleNamespace(is_late=True, last_seal_at=None)):
        answer = client.post(address(ssn), ASKED)
    assert (answer.status_code, shows(answer)) == (503, False)
    assert "not being sealed" in text(answer)
    assert events() == refused(Outcome.SEALING_DOWN)


def test_what_does_not_open_is_not_shown_and_says_nothing_of_what_is_stored(
    ssn: LegacySSN, reader: User, as_: Any, settings: Any, tmp_path: Any
) -> None:
    client, stored = as_(reader), ssn.value._stored
    settings.KEY_DIR = str(tmp_path)  # other keys are made there
    answer = client.post(address(ssn), ASKED)
    assert (answer.status_code, shows(answer)) == (503, False)
    assert "cannot be opened right now" in text(answer)
    assert stored.hex() not in text(answer)
    assert events() == [*SHOWN, ("not_opened", "")]
    assert LegacySSN.objects.get(pk=ssn.pk).value._stored == stored


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("until", ["ssn.reveal_attempted", "ssn.revealed", "ileads_reveal"])
def test_what_cannot_be_recorded_is_not_shown(until: str, ssn: LegacySSN, reader: User, as_: Any) -> None:
    """At the attempt, at the decision's event, and at the decision's row."""
    client = as_(reader)
    client.raise_request_exception = False
    at_row = until == "ileads_reveal"
    table, condition = (until, "true") if at_row else ("audit_event", f"NEW.code = '{until}'")
    body = f"BEGIN IF {condition} THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END"
    with owner_connection() as owner:
        owner.execute(f"CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$".encode())
        owner.execute(f"CREATE TRIGGER no BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no()".encode())
    try:
        answer = client.post(address(ssn), ASKED)
    finally:
        with owner_connection() as owner:
            owner.execute("DROP FUNCTION no() CASCADE")
    assert (answer.status_code, shows(answer)) == (503, False)
    assert "Try again in half a minute" in text(answer)
    assert events() == ([] if until == "ssn.reveal_attempted" else [("reveal_attempted", "")])
    assert not Reveal.objects.exists()
    assert shows(client.post(address(ssn), ASKED))


def test_nobody_who_serves_pages_changes_or_removes_an_attempt(ssn: LegacySSN, reader: User, as_: Any) -> None:
    as_(reader).post(address(ssn), ASKED)
    for act in (lambda: Reveal.objects.update(reason="Another"), lambda: Reveal.objects.all()._raw_delete("default")):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()


# -- It is nowhere else -----------------------------------------------------------------------------------------------
def test_no_event_session_log_line_or_history_holds_a_digit_of_it(
    ssn: LegacySSN, reader: User, as_: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = as_(reader)
    assert shows(client.post(address(ssn), ASKED))
    client.post(address(ssn), {**ASKED, "reason": f"It was {CLEAR} before"})
    kept = [str(event.__dict__) for event in Event.objects.all()]
    kept += [str(entry.changes) for entry in LogEntry.objects.all()]
    kept += [str(dict(client.session)), caplog.text, str(client.cookies)]
    assert [line for line in kept for writing in writings(NUMBER) if writing in line] == []
