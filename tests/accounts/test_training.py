"""Completed trainings: recorded by hand and from files, taken back, and what is forged or garbled is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions, completions, training, training_upload
from accounts.access import Refused
from accounts.models import Training, User
from audit.models import Event

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]
HEADING = "username,completed_on,evidence"


def ago(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


def upload(client: Client, *lines: str, heading: str = HEADING) -> Any:
    return send(client, "\r\n".join((heading, *lines)).encode())


def send(client: Client, raw: bytes) -> Any:
    return client.post("/accounts/training/", {"act": "upload", "file": SimpleUploadedFile("done.csv", raw)})


def typed(user: User, days: int, **changed: Any) -> dict[str, Any]:
    day = timezone.localdate() - timedelta(days=days)
    parts = {"completed_on_0": day.month, "completed_on_1": day.day, "completed_on_2": day.year}
    return {"act": "record", "user": user.pk, "evidence": "Certificate 7", **parts, **changed}


def on_record(user: User) -> int:
    return Training.objects.filter(user=user, withdrawn_at=None).count()


def test_one_is_recorded_by_hand_and_counts_for_a_year(as_: As, acm: User, agent: User) -> None:
    assert as_(acm).post("/accounts/training/", typed(agent, 3)).status_code == 302
    done = Training.objects.get(user=agent, evidence="Certificate 7")
    assert (done.recorded_by, on_record(agent)) == (acm, 2)
    assert Event.objects.filter(code="training.recorded", actor="acm", object_id=str(agent.pk)).exists()
    page = as_(acm).get("/accounts/training/").content.decode()
    assert "Certificate 7" in page
    assert Event.objects.filter(code="trainings.listed").exists()


@pytest.mark.parametrize(("days", "why"), [(-1, "still to come"), (0, "recorded already")])
def test_a_day_to_come_and_one_on_record_are_refused(as_: As, acm: User, agent: User, days: int, why: str) -> None:
    answer = as_(acm).post("/accounts/training/", typed(agent, days))
    assert (answer.status_code, on_record(agent)) == (422, 1)
    assert why in answer.content.decode()


def test_nobody_records_or_withdraws_their_own_by_any_account(as_: As, acm: User) -> None:
    answer = as_(acm).post("/accounts/training/", typed(acm, 3))
    assert "cannot record your own training" in answer.content.decode()
    with pytest.raises(Refused, match="own training"):
        training.withdraw_training(acm.trainings.get(), by=acm, reason="Mine")
    with pytest.raises(IntegrityError), transaction.atomic():
        Training.objects.create(
            user=acm, completed_on=timezone.localdate(), evidence="x", recorded_by=acm, recorded_at=timezone.now()
        )


def test_an_operator_s_command_records_and_withdraws_as_nobody(agent: User) -> None:
    done = training.record_training(agent, completed_on=timezone.localdate() - timedelta(1), evidence="7", by=None)
    assert training.withdraw_training(done, by=None, reason="Of another").withdrawn_at
    assert on_record(agent) == 1


@pytest.mark.parametrize("username", ["agent", "supervisor", "auditor", "sco"])
def test_only_who_records_trainings_sees_them(as_: As, person: Any, username: str) -> None:
    client = as_(person(username))
    assert client.get("/accounts/training/").status_code == 403
    assert upload(client, f"colleague,{ago(3)},C1").status_code == 403
    with pytest.raises(Refused):
        training.record_training(
            person("colleague"), completed_on=timezone.localdate(), evidence="x", by=person(username)
        )


# -- Files ---------------------------------------------------------------------------------------------------------
def test_the_good_lines_are_recorded_and_the_bad_ones_shown_with_the_reason(
    as_: As, acm: User, agent: User, officer: User
) -> None:
    answer = upload(
        as_(acm),
        f"agent,{ago(3)},C1",
        f"nobody.here,{ago(3)},C2",
        f"colleague,{ago(-1)},C3",
        f"acm,{ago(3)},C4",
        "outsider,03/31/2026,C5",
        f"outsider,{ago(3)},",
        f"outsider,{ago(3)},{'-'.join(('219', '09', '9999'))}",
        "",
        f"{officer.person_key},{ago(3)},C9",
        "outsider",
    )
    assert answer.status_code == 200
    outcome = answer.context["outcome"]
    assert (outcome.recorded, outcome.known) == (2, 0)
    assert [(one.number, one.reason) for one in outcome.bad] == [
        (3, "Nobody has this username or employee number."),
        (4, "This day is still to come."),
        (5, "Nobody records their own training. Ask another Access Control Manager."),
        (6, "The day must be written as 2026-03-31."),
        (7, "The evidence is missing."),
        (8, "The evidence looks like a Social Security number."),
        (11, "The evidence is missing."),
    ]
    assert (on_record(agent), on_record(officer)) == (2, 2)
    assert "219" not in answer.content.decode()
    event = Event.objects.filter(code="training.recorded", actor="acm").get()
    assert set(event.batch) == {str(agent.pk), str(officer.pk)}


def test_the_same_file_again_adds_nothing(as_: As, acm: User, agent: User) -> None:
    client, lines = as_(acm), [f"agent,{ago(3)},C1", f"AGENT,{ago(3)},C1", f"agent,{ago(4)},C0"]
    assert upload(client, *lines).context["outcome"].recorded == 2
    again = upload(client, *lines).context["outcome"]
    assert (again.recorded, again.known, again.bad, on_record(agent)) == (0, 2, [], 3)


def test_an_employee_number_stands_for_every_account_of_the_person(as_: As, acm: User, agent: User) -> None:
    other = _second(agent)
    answer = upload(as_(acm), f"{agent.person_key},{ago(3)},C1", heading="employee number,completed on,evidence")
    assert answer.context["outcome"].recorded == 2
    assert User.objects.get(pk=other.pk).trained_until == timezone.localdate() + timedelta(days=362)


def _second(of: User) -> User:
    values = {"username": "second", "person_key": of.person_key, "name": "Second", "email": "second@example.gov"}
    return actions.add_user(by=None, programme=of.programme, status=User.Status.ACTIVE, **values)


def test_the_rejected_lines_are_downloaded_and_run_nothing_in_a_spreadsheet(as_: As, acm: User) -> None:
    client = as_(acm)
    mark = upload(client, f"=HYPERLINK(1),{ago(3)},C1", f"@SUM(1),{ago(3)},C2").context["rejects"]
    answer = client.post("/accounts/training/", {"act": "rejects", "rejects": mark})
    assert answer["Content-Disposition"] == 'attachment; filename="rejected-trainings.csv"'
    lines = answer.content.decode().splitlines()
    assert [line.split(",")[0] for line in lines] == ["line", "2", "3"]
    assert "\"'=HYPERLINK(1)" in lines[1]
    assert "\"'@SUM(1)" in lines[2]
    forged = client.post("/accounts/training/", {"act": "rejects", "rejects": mark[:-2] + "xx"}, follow=True)
    assert "no longer at hand" in forged.content.decode()


FILES = {
    "nothing": (b"", "The file is empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\xff", "not a CSV file"),
    "a workbook": (b"PK\x03\x04\x14\x00", "must name the columns"),
    "other columns": (b"name,day\nagent,2026-01-01\n", "Missing: completed on, evidence"),
    "nobody named": (b"completed_on,evidence\n2026-01-01,C1\n", "Missing: username or employee number"),
    "an open quotation mark": (HEADING.encode() + b'\nagent,"2026', "not a CSV file"),
    "too many lines": (HEADING.encode() + b"\na,b,c" * 10_001, "more than 10,000 lines"),
    "too long": (HEADING.encode() + b"\n" + b"x" * 5 * 1024 * 1024, "larger than 5 MB"),
}


@pytest.mark.parametrize(("raw", "why"), FILES.values(), ids=FILES.keys())
def test_a_file_that_is_no_such_list_is_told_so(as_: As, acm: User, raw: bytes, why: str) -> None:
    answer = send(as_(acm), raw)
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_no_file_is_told_so(as_: As, acm: User) -> None:
    answer = as_(acm).post("/accounts/training/", {"act": "upload"})
    assert "Choose the file." in answer.content.decode()


# -- Many lines --------------------------------------------------------------------------------------------------------
def many(count: int) -> list[str]:
    return [f"agent,{ago(day)},C{day}" for day in range(1, count + 1)]


def test_a_long_list_asks_for_as_many_statements_in_each_of_its_parts(as_: As, acm: User) -> None:
    counted = []
    for parts in (1, 3):
        good, bad = completions.read("\n".join((HEADING, *many(parts * training_upload.SLICE))).encode())
        with CaptureQueriesContext(connection) as asked:
            training_upload.record_completions(good, bad, by=acm)
        counted.append(len(asked))
    assert counted[1] < 3 * counted[0] < 90


def test_a_list_that_takes_too_long_says_from_where_on_it_is_not_recorded_and_goes_on_there(
    as_: As, acm: User, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, lines = as_(acm), [*many(4), f"nobody,{ago(1)},C", *many(6)[4:]]
    monkeypatch.setattr(training_upload, "SLICE", 2)
    monkeypatch.setattr(training_upload, "LONGEST_SECONDS", -1)
    page = upload(client, *lines).content.decode()
    assert "2 recorded, 0 recorded before, 0 rejected. Reading it took longer than 20 seconds." in page
    assert "The file is recorded up to line 3, and nothing from line 4 on. Upload the same file again" in page
    assert "The file was read" not in page
    assert on_record(agent) == 3
    assert '"whole": false' in Event.objects.get(code="training.uploaded").payload
    monkeypatch.setattr(training_upload, "LONGEST_SECONDS", 20)
    assert "4 recorded, 2 recorded before, 1 rejected." in upload(client, *lines).content.decode()
    assert on_record(agent) == 7


@pytest.mark.parametrize(
    "wrong", [Refused("You may not."), OperationalError("took too long")], ids=["refused", "failed"]
)
@pytest.mark.parametrize("at", [1, 2], ids=["at once", "underway"])
def test_a_list_that_is_stopped_keeps_what_is_recorded_and_says_so(
    as_: As, acm: User, agent: User, monkeypatch: pytest.MonkeyPatch, wrong: Exception, at: int
) -> None:
    write, calls = training_upload._write, list[int]()

    def stop(*given: Any) -> None:
        calls.append(1)
        if len(calls) == at:
            raise wrong
        write(*given)

    monkeypatch.setattr(training_upload, "SLICE", 2)
    monkeypatch.setattr(training_upload, "_write", stop)
    answer = upload(as_(acm), *many(5))
    assert answer.status_code == (503 if isinstance(wrong, OperationalError) else 422 if at == 1 else 200)
    assert ("nothing from line 4 on" in answer.content.decode()) == (at == 2)
    assert ("Nothing was saved" in answer.content.decode()) == (at == 1 and answer.status_code == 503)
    assert on_record(agent) == 1 + 2 * (at - 1)


# -- Withdrawn, lapsed -----------------------------------------------------------------------------------------------
def test_a_withdrawal_bites_at_the_next_request_of_an_open_session(as_: As, acm: User, agent: User) -> None:
    client, row = as_(agent), agent.trainings.get()
    assert client.get("/reports/").status_code == 200
    manager = as_(acm)
    assert manager.post(f"/accounts/training/{row.pk}/withdraw/", {"reason": ""}).status_code == 422
    assert client.get("/reports/").status_code == 200
    assert manager.post(f"/accounts/training/{row.pk}/withdraw/", {"reason": "Not theirs"}).status_code == 302
    assert client.get("/reports/")["Location"] == "/accounts/before-you-start/?next=%2Freports%2F"
    again = manager.post(f"/accounts/training/{row.pk}/withdraw/", {"reason": "Not theirs"})
    assert "withdrawn already" in again.content.decode()
    assert Event.objects.filter(code="training.withdrawn", object_id=str(agent.pk)).count() == 1


def test_an_older_training_that_still_counts_keeps_the_door_open(as_: As, acm: User, agent: User) -> None:
    newest = agent.trainings.get()
    training.record_training(agent, completed_on=timezone.localdate() - timedelta(100), evidence="C", by=acm)
    training.withdraw_training(newest, by=acm, reason="Wrong")
    assert as_(agent).get("/reports/").status_code == 200
    assert User.objects.get(pk=agent.pk).trained_until == timezone.localdate() + timedelta(265)
