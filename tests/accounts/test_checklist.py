"""What is needed before one may work: asked for at the next request, told on one page, and what was typed is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions, requests, rules, training
from accounts.models import Office, User
from accounts.roles import Role
from audit.log import record

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]
As = Callable[[Any], Client]
LIST = "/accounts/before-you-start/"


def changed(user: User, **values: Any) -> None:
    """As time or an operator would leave it, with an event, since nothing changes unrecorded."""
    User.objects.filter(pk=user.pk).update(**values)
    record("user.changed", by=None, on=user)


YEAR = timedelta(days=366)
LACKS = {
    "rules never signed": (lambda: {"rules_version": "", "rules_accepted_at": None}, "/rules/"),
    "rules of an old version": (lambda: {"rules_version": "2019-1"}, "/rules/"),
    "rules signed over a year ago": (lambda: {"rules_accepted_at": timezone.now() - YEAR}, "/rules/"),
    "training never completed": (lambda: {"trained_until": None}, LIST),
    "training lapsed": (lambda: {"trained_until": timezone.localdate() - timedelta(1)}, LIST),
}


@pytest.mark.parametrize(("lack", "leads"), LACKS.values(), ids=LACKS.keys())
def test_the_next_request_of_an_open_session_asks_for_what_lacks(
    as_: As, agent: User, lack: Callable[[], dict[str, Any]], leads: str
) -> None:
    client = as_(agent)
    assert client.get("/desk/").status_code == 200
    changed(agent, **lack())
    assert client.get("/desk/")["Location"] == f"{leads}?next=%2Fdesk%2F"
    assert client.get(leads).status_code == 200
    assert b"took" not in client.post("/desk/", {"narrative": "on the pier"}).content


@pytest.mark.parametrize("days", [0, 1])
def test_the_last_day_of_a_training_counts_whole(as_: As, agent: User, days: int) -> None:
    changed(agent, trained_until=timezone.localdate() + timedelta(days))
    assert as_(agent).get("/desk/").status_code == 200


def test_rules_signed_within_the_year_are_asked_of_nobody(as_: As, agent: User) -> None:
    changed(agent, rules_accepted_at=timezone.now() - timedelta(days=364))
    assert as_(agent).get("/desk/").status_code == 200


def test_what_was_typed_when_the_training_lapsed_is_sent_on_once_it_is_recorded(
    as_: As, agent: User, acm: User
) -> None:
    client = as_(agent)
    changed(agent, trained_until=timezone.localdate() - timedelta(1))
    held = client.post("/desk/", {"narrative": "on the pier"})
    assert (held.status_code, b"took" in held.content) == (403, False)
    kept = mark_in(held)
    page = client.post(LIST, {"kept": kept}).content.decode()
    assert "What you sent is kept in this page" in page
    assert mark_in(client.post(LIST, {"kept": kept})) == kept
    training.record_training(agent, completed_on=timezone.localdate() - timedelta(3), evidence="C", by=acm)
    ready = client.post(LIST, {"kept": kept}).content.decode()
    assert 'action="/desk/"' in ready
    assert 'value="on the pier"' in ready
    assert client.post("/desk/", {"narrative": "on the pier"}).content == b"took on the pier"


def mark_in(answer: Any) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def test_what_another_typed_is_offered_to_nobody(as_: As, agent: User, colleague: User) -> None:
    client = as_(agent)
    changed(agent, trained_until=None)
    kept = mark_in(client.post("/desk/", {"narrative": "on the pier"}))
    for mark in (kept, kept[:-3] + "xxx", "x"):
        page = as_(colleague).post(LIST, {"kept": mark}).content.decode()
        assert "on the pier" not in page
        assert 'name="kept"' not in page


def test_the_page_says_of_each_line_whether_it_is_complete_and_what_to_do(as_: As, stranger: User) -> None:
    changed(stranger, trained_until=None)
    page = as_(stranger).get(LIST)
    assert [(line.label, line.state) for line in page.context["lines"]] == [
        ("Rules of Behavior, signed each year", "done"),
        ("Privacy training, completed each year", "missing"),
        ("A role at an office", "missing"),
    ]
    text = page.content.decode()
    assert "send the certificate to your Access Control Manager" in text
    assert 'href="/accounts/request/"' in text
    requests.ask(
        by=stranger, role=Role.FIG, office=Office.objects.get(code="MIA"), reason="Duty", until=timezone.localdate()
    )
    assert as_(stranger).get(LIST).context["lines"][-1].state == "started"


def test_who_lacks_nothing_goes_on_to_where_they_came_from_and_never_elsewhere(as_: As, agent: User) -> None:
    client = as_(agent)
    page = client.get(f"{LIST}?next=/desk/")
    assert {line.state for line in page.context["lines"]} == {"done"}
    assert 'href="/desk/"' in page.content.decode()
    assert 'href="/"' in client.get(f"{LIST}?next=https://example.com/").content.decode()
    assert "example.com" not in client.get(f"{LIST}?next=https://example.com/").content.decode()


def test_a_real_manager_is_told_of_the_second_factor_and_an_agent_is_not(as_: As, sac: User) -> None:
    real = _real_person()
    client = as_(real)
    assert "second factor" not in client.get(LIST).content.decode()
    until = timezone.now() + timedelta(days=30)
    actions.grant_role(user=real, role=Role.SCO, office=Office.objects.get(code="HQ"), until=until, by=None)
    lines = client.get(LIST).context["lines"]
    assert ("A second factor, such as an app on your phone", "missing") in [(one.label, one.state) for one in lines]
    assert client.get("/desk/")["Location"].startswith("/accounts/second-factors/")


def _real_person() -> User:
    user = actions.add_user(
        by=None,
        username="real",
        person_key="R1",
        name="Real",
        email="real@example.gov",
        programme="HSI",
        office=Office.objects.get(code="MIA"),
        status=User.Status.ACTIVE,
    )
    actions.accept_rules(by=user, version=rules.VERSION)
    training.record_training(user, completed_on=timezone.localdate(), evidence="C", by=None)
    return user
