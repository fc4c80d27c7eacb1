"""The hunt for the fake person: it finds a leak planted in each place, and sees the person where she belongs."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.core import mail
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from audit.log import Subject, record
from tests.fake import FAKE
from tests.hunt import HUNT, PLANTED, _answered, look_at_cache, look_at_files, look_at_output
from tests.reports.filing import file_report

pytestmark = pytest.mark.django_db


# -- The person is there ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["sir", "spear", "tav", "ilead"])
def test_the_fake_person_runs_through_every_kind(kind: str, agent: Any, officer: Any) -> None:
    """Without her in the columns that may hold her, nothing found elsewhere would mean nothing."""
    before = HUNT.allowed.copy()
    file_report(kind, agent if kind in ("sir", "spear") else officer)
    seen = set(HUNT.allowed - before)
    assert {"reports_draft.answers", "reports_revision.content"} <= seen
    assert seen & {"reports_person.aliases", "reports_person.last_name"}


def test_each_place_is_looked_at(agent: Any, as_: Callable[[Any], Client]) -> None:
    """Statements of each table by name, and answers: the watch is really there."""
    before = HUNT.looked.copy()
    file_report("sir", agent)
    as_(agent).get("/reports/")
    looked = set(HUNT.looked - before)
    assert {"audit_event", "procrastinate_jobs", "django_session", "address", "header"} <= looked


# -- A leak planted in each place -------------------------------------------------------------------------------------
def in_a_log_line(name: str, agent: Any) -> None:
    logging.getLogger("sen.errors").warning("nobody of the name %s", name)


def in_what_is_printed(name: str, agent: Any) -> None:
    look_at_output([("Captured stdout call", f"one row about {name}")])


def in_an_event(name: str, agent: Any) -> None:
    record("reports.listed", by=agent, on=Subject("list", "", "reports"), words=name)


def in_the_label_of_an_event(name: str, agent: Any) -> None:
    record("report.viewed", by=agent, on=Subject("report", "1", name))


def in_the_subject_of_mail(name: str, agent: Any) -> None:
    mail.send_mail(f"About {name}", "Nothing", None, ["agent@example.gov"])


def in_the_body_of_mail(name: str, agent: Any) -> None:
    mail.send_mail("A report", f"It is about {name}.", None, ["agent@example.gov"])


def in_a_job(name: str, agent: Any) -> None:
    from procrastinate.contrib.django import app

    app.configure_task("reports.tasks.mail_reminder", lock="planted").defer(who=name)


def in_a_session(name: str, agent: Any) -> None:
    from accounts.session_store import SessionStore

    session: SessionBase = SessionStore()
    session["draft"] = name
    session.save()


def in_the_cache(name: str, agent: Any) -> None:
    cache.set("person", name)
    look_at_cache()
    cache.clear()


def in_the_history(name: str, agent: Any) -> None:
    from auditlog.models import LogEntry

    LogEntry.objects.log_create(agent, force_log=True, changes={"name": ["", name]}, action=LogEntry.Action.UPDATE)


def in_a_column_without_personal_data(name: str, agent: Any) -> None:
    report = file_report("sir", agent)
    type(report).objects.filter(pk=report.pk).update(operation_name=name)


def _answer(request: HttpRequest, response: HttpResponse) -> None:
    _answered(request, response)


def in_an_address(name: str, agent: Any) -> None:
    _answer(RequestFactory().get("/reports/", {"q": name}), HttpResponse())


def in_a_redirect(name: str, agent: Any) -> None:
    _answer(RequestFactory().post("/reports/"), HttpResponse(status=302, headers={"Location": f"/?q={name}"}))


def in_the_name_of_a_download(name: str, agent: Any) -> None:
    said = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    _answer(RequestFactory().get("/reports/"), HttpResponse(headers=said))


def in_an_error_page(name: str, agent: Any) -> None:
    _answer(RequestFactory().get("/reports/"), HttpResponse(f"<p>{name} was not found</p>", status=404))


def in_a_temporary_file(name: str, agent: Any) -> None:
    with tempfile.NamedTemporaryFile("w", dir="/tmp") as file:
        file.write(f"a row about {name}")
        file.flush()
        look_at_files()


def in_the_name_of_a_file(name: str, agent: Any) -> None:
    path = Path("/tmp") / f"{name[:30]}.csv".replace("/", "-")
    path.touch()
    try:
        look_at_files()
    finally:
        path.unlink()


SINKS = (
    in_a_log_line,
    in_what_is_printed,
    in_an_event,
    in_the_label_of_an_event,
    in_the_subject_of_mail,
    in_the_body_of_mail,
    in_a_job,
    in_a_session,
    in_the_cache,
    in_the_history,
    in_a_column_without_personal_data,
    in_an_address,
    in_a_redirect,
    in_the_name_of_a_download,
    in_an_error_page,
    in_a_temporary_file,
    in_the_name_of_a_file,
)


@pytest.mark.parametrize("plant", SINKS, ids=lambda plant: plant.__name__)
def test_a_planted_leak_is_found(plant: Callable[[str, Any], None], agent: Any, request: Any) -> None:
    request.node.stash[PLANTED] = True
    with HUNT.planted() as found:
        plant("nothing at all", agent)
        assert found == []
        plant(FAKE.last_name, agent)
    assert found
    assert not any(FAKE.last_name in said for said in found)


@pytest.mark.parametrize("mark", FAKE.marks, ids=lambda mark: f"mark {FAKE.marks.index(mark)}")
def test_each_mark_is_found(mark: str) -> None:
    with HUNT.planted() as found:
        HUNT.look("log", "sen", f"about {mark.upper()}.")
    assert len(found) == 1


def test_what_somebody_typed_is_shown_to_them_again_without_being_a_leak() -> None:
    request = RequestFactory().post("/reports/", {"narrative": FAKE.narrative})
    with HUNT.planted() as found:
        _answer(request, HttpResponse(f"<p>{FAKE.narrative}</p>", status=503))
    assert found == []
