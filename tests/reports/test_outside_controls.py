"""The checks of reading outside one's offices can fail: each part of the rule is taken out, and a check says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Q

from reports import outside
from reports.actions import outside as acts
from reports.models import OutsideReading, Report
from reports.models import report as model
from tests.reports import test_outside as checks
from tests.reports import test_outside_review as reviews
from tests.reports.filing import file_sir


def without_restriction(user: Any, kinds: Any) -> Any:
    return Report.objects.filter(kind__in=list(kinds)).filter(~model.visible(user))


def test_a_stub_of_a_restricted_report_would_be_noticed(
    agent: Any, officer: Any, outsider: Any, supervisor: Any, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "stubs", without_restriction)
    with pytest.raises(AssertionError):
        checks.test_what_may_not_be_known_of_answers_as_what_does_not_exist(agent, officer, outsider, supervisor, as_)


def any_rule(user: Any, kinds: list[str]) -> Q:
    return Q(kind__in=kinds)


Plant = Callable[[pytest.MonkeyPatch], None]
PLANTED: dict[str, tuple[Plant, str]] = {
    "the rule is not asked again": (lambda m: m.setattr(model, "_opened_by_rule", any_rule), "rule"),
    "a restriction is not asked again": (lambda m: m.setattr(model, "visible", everything), "restricted"),
}


def everything(user: Any) -> Q:
    return Q()


@pytest.mark.parametrize("planted", list(PLANTED))
def test_a_right_that_does_not_end_would_be_noticed(
    planted: str, agent: Any, outsider: Any, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, about = PLANTED[planted]
    end = {"rule": checks._refuse, "restricted": checks._restrict}[about]
    report = file_sir(agent)
    reading = checks.opened(report, outsider)
    plant(monkeypatch)
    end(report, reading, agent)
    assert as_(outsider).get(checks.address(report)).status_code == 200


def test_a_limit_that_is_not_asked_would_be_noticed(
    agent: Any, outsider: Any, colleague: Any, as_: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "_refuse_too_many", lambda by, now: None)
    with pytest.raises(AssertionError):
        checks.test_nobody_opens_more_than_the_most_in_an_hour_under_any_account(
            agent, outsider, colleague, as_, settings
        )


def test_a_list_that_shows_everybody_everything_would_be_noticed(
    agent: Any, outsider: Any, person: Any, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = file_sir(agent)
    reading = acts.open_outside(report.number, by=outsider, reason=checks.WHY)
    monkeypatch.setattr(outside, "of_own_offices", lambda user: Q())
    assert OutsideReading.objects.count() == 1
    with pytest.raises(AssertionError):
        reviews.test_the_owning_office_sees_who_why_and_when(reading, report, person, outsider, as_)
