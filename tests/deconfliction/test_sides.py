"""Who learns what of a match: everything of an open pair, and of a restricted operation only whom to call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox

from audit.models import Event
from reports import actions, match_sides
from reports.match_mail import send_match_notice
from reports.models import Match, MatchNotice, Report
from tests.deconfliction.plans import HERE, RESTRICTED, place, plan, target, tomorrow, window
from tests.reports.filing import amend_report, file_spear, spear_answers

pytestmark = pytest.mark.django_db

DESK = "A restricted operation may collide with yours. Call this desk: JIOC deconfliction desk, 202-555-0100."
WHERE: dict[str, Any] = {"address": "77 Hidden Wharf Road", "city": "Miami", "state": "FL"}
# Everything of the restricted plan that nobody else may read anywhere.
PHONE = "404-555-0177"


@pytest.fixture
def open_pair(agent: Any, outsider: Any) -> Match:
    plan(agent, places=[place(*HERE, address="12 Pine St", city="Miami")])
    plan(outsider, places=[place(HERE[0] + 0.004, HERE[1], address="90 Oak Ave", city="Miami")])
    return Match.objects.get()


@pytest.fixture
def secret(outsider: Any) -> Report:
    answers = spear_answers(outsider, people=[target("Zebrowski", "Quill")], **RESTRICTED)
    answers["what"]["title"] = ["Operation at the hidden wharf"]
    start = tomorrow() + timedelta(minutes=67)
    answers["when"] |= window(start, start + timedelta(hours=5)) | {"contact_phone": [PHONE]}
    answers["locations"] = [place(*HERE, **WHERE)]
    return file_spear(outsider, answers)


@pytest.fixture
def half_closed(agent: Any, secret: Report) -> Match:
    """A plan of the agent beside a restricted one of the outsider."""
    plan(agent)
    return Match.objects.get()


def secrets(report: Report) -> list[str]:
    start = tomorrow() + timedelta(minutes=67)
    return [
        report.number, str(report.pk), "hidden wharf", "77 Hidden", "Zebrowski", "SAC Atlanta", "ATL", "Outsider",
        "outsider", PHONE, f"{start:%H:%M}", f"{start + timedelta(hours=5):%H:%M}", "informant", " m apart", "overlap",
    ]  # fmt: skip


def pages(client: Any, match: Match) -> dict[str, str]:
    mine = Report.objects.filter(restricted=False).get()
    addresses = {
        "match": f"/reports/deconfliction/{match.pk}/",
        "open": "/reports/deconfliction/",
        "mine": "/reports/deconfliction/?show=mine",
        "report": f"/reports/{mine.number}/",
        "settled": "/reports/deconfliction/?show=settled",
        "ended": "/reports/deconfliction/?show=ended",
    }
    return {name: client.get(address).content.decode() for name, address in addresses.items()}


# -- An open pair ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "username", ["agent", "outsider", "colleague", "sac", "supervisor", "analyst", "hq", "auditor"]
)
def test_of_an_open_pair_both_are_told_whole(open_pair: Match, username: str, person: Any, as_: Any) -> None:
    text = as_(person(username)).get(f"/reports/deconfliction/{open_pair.pk}/").content.decode()
    for words in (
        open_pair.a.number,
        open_pair.b.number,
        "SAC Miami",
        "SAC Atlanta",
        "305-555-0142",
        "Two places 445 m apart: ",
        "12 Pine St, Miami",
        "90 Oak Ave, Miami",
        "The two windows overlap for 3 hours.",
    ):
        assert words in text, words


@pytest.mark.parametrize(("username", "status"), [("officer", 404), ("sco", 403), ("stranger", 403), ("intel", 403)])
def test_whoever_has_nothing_to_do_with_it_learns_nothing(
    open_pair: Match, username: str, status: int, person: Any, as_: Any
) -> None:
    client = as_(person(username))
    assert client.get(f"/reports/deconfliction/{open_pair.pk}/").status_code == status
    assert open_pair.a.number not in client.get("/reports/deconfliction/").content.decode()
    assert not match_sides.visible_to(person(username)).exists()


def test_a_contact_of_another_office_sees_the_match_of_their_operation(
    agent: Any, outsider: Any, officer: Any, as_: Any
) -> None:
    answers = spear_answers(agent, people=[], locations=[place(*HERE)])
    answers["when"]["contact"] = [str(officer.pk)]
    file_spear(agent, answers)
    file_spear(outsider, spear_answers(outsider, people=[], locations=[place(*HERE)]))
    text = as_(officer).get(f"/reports/deconfliction/{Match.objects.get().pk}/").content.decode()
    assert all(report.number in text for report in Report.objects.all())


# -- One of the two is restricted --------------------------------------------------------------------------------------
@pytest.mark.parametrize("username", ["agent", "colleague", "sac", "supervisor", "hq", "auditor", "duty"])
def test_the_other_learns_only_whom_to_call(
    half_closed: Match, secret: Report, username: str, person: Any, as_: Any
) -> None:
    found = pages(as_(person(username)), half_closed)
    for name in ("match", "open", "report"):
        assert DESK in found[name], name
    for name, text in found.items():
        for word in secrets(secret):
            assert word not in text, (name, word)


def test_the_secrets_are_there_to_be_found(half_closed: Match, secret: Report, outsider: Any, as_: Any) -> None:
    """The control: whoever is named on the restricted operation reads all of it in the same places."""
    text = as_(outsider).get(f"/reports/deconfliction/{half_closed.pk}/").content.decode()
    assert DESK not in text
    for word in (*(report.number for report in Report.objects.all()), "77 Hidden", "SAC Atlanta", PHONE, " m apart"):
        assert word in text, word


def test_the_jioc_learns_whom_to_call_and_no_more(half_closed: Match, secret: Report, analyst: Any, as_: Any) -> None:
    found = pages(as_(analyst), half_closed)
    assert PHONE in found["match"]
    assert "Outsider" in found["match"]
    called = {PHONE, "Outsider"}
    for name, text in found.items():
        for word in secrets(secret):
            assert word in called or word.lower() == "outsider" or word not in text, (name, word)


def test_an_analyst_who_is_named_reads_it_all(half_closed: Match, secret: Report, analyst: Any, as_: Any) -> None:
    actions.name_reader(secret, analyst, by=secret.author, reason="Settles the match")
    assert "77 Hidden" in as_(analyst).get(f"/reports/deconfliction/{half_closed.pk}/").content.decode()


def test_of_a_restricted_operation_those_named_are_told_and_no_office(half_closed: Match, secret: Report) -> None:
    told = half_closed.notices.filter(report=secret)
    assert {notice.person and notice.person.username for notice in told} == {"outsider", "approver-atl"}
    assert not half_closed.notices.filter(office__code="ATL").exists()


def test_two_restricted_operations_learn_each_only_whom_to_call(
    agent: Any, outsider: Any, analyst: Any, as_: Any
) -> None:
    one, other = plan(agent, **RESTRICTED), plan(outsider, **RESTRICTED)
    address = f"/reports/deconfliction/{Match.objects.get().pk}/"
    for user, own, foreign in ((agent, one, other), (outsider, other, one)):
        text = as_(user).get(address).content.decode()
        assert own.number in text
        assert DESK in text
        assert foreign.number not in text
    text = as_(analyst).get(address).content.decode()
    assert one.number not in text
    assert other.number not in text
    assert text.count(">305-555-0142<") == 2


def test_nobody_else_learns_of_two_restricted_operations(agent: Any, outsider: Any, sac: Any, hq: Any) -> None:
    plan(agent, **RESTRICTED), plan(outsider, **RESTRICTED)
    assert not match_sides.visible_to(sac).exists()
    assert not match_sides.visible_to(hq).exists()


def test_an_outcome_is_told_to_those_who_see_both(
    half_closed: Match, agent: Any, outsider: Any, analyst: Any, as_: Any
) -> None:
    from reports import matches

    matches.settle(half_closed.pk, "moved", "The wharf goes first, Miami waits.", by=analyst)
    address = f"/reports/deconfliction/{half_closed.pk}/"
    assert "The wharf goes first" in as_(outsider).get(address).content.decode()
    text = as_(agent).get(address).content.decode()
    assert "Settled" in text
    for word in ("The wharf goes first", "One was moved", "Analyst"):
        assert word not in text


def test_a_plan_that_becomes_restricted_closes_its_matches(
    open_pair: Match, agent: Any, outsider: Any, as_: Any
) -> None:
    other = Report.objects.get(author=outsider)
    amend_report(other, outsider, flags=RESTRICTED["flags"])
    text = as_(agent).get(f"/reports/deconfliction/{open_pair.pk}/").content.decode()
    assert DESK in text
    assert other.number not in text
    assert "90 Oak Ave" not in text


# -- What stands elsewhere ---------------------------------------------------------------------------------------------
def test_no_event_of_the_match_names_what_is_restricted(half_closed: Match, secret: Report) -> None:
    mine = Report.objects.filter(restricted=False).get()
    events = Event.objects.filter(object_id__in=[str(half_closed.pk), str(mine.pk)])
    assert events.filter(code__startswith="match.").exists()
    for event in events:
        said = f"{event.object_label} {event.payload} {event.batch} {event.actor if 'match' in event.code else ''}"
        for word in (secret.number, str(secret.pk), "outsider", "hidden"):
            assert word not in said, event.code


def test_every_mail_says_the_same_and_nothing(half_closed: Match, secret: Report, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for notice in MatchNotice.objects.all():
        assert send_match_notice(str(notice.pk)) == []
    sent = outbox.outbox
    assert {one.to[0] for one in sent} >= {"agent@example.gov", "outsider@example.gov", "analyst@example.gov"}
    assert len({one.body for one in sent if one.to[0] in ("agent@example.gov", "outsider@example.gov")}) == 1
    for one in sent:
        for word in (*secrets(secret), "Agent", "Miami", "SPEAR-"):
            assert word not in f"{one.subject} {one.body} {one.extra_headers}", word


def test_whoever_may_not_open_the_match_gets_no_mail(half_closed: Match, secret: Report, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    notice = half_closed.notices.get(person__username="outsider")
    reader = secret.readers.get(user__username="outsider")
    actions.name_reader(secret, notice.match.a.author, by=secret.author, reason="Stands in")
    actions.name_reader(secret, notice.match.b.author, by=secret.author, reason="Stands in")
    actions.remove_reader(secret, reader.user, by=secret.author, reason="Works elsewhere")
    assert send_match_notice(str(notice.pk)) == []
    assert outbox.outbox == []
