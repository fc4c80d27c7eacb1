"""What stands at the top of a report's page: what it waits for, and what whoever reads it can do about that."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from reports import actions
from reports.models import Report
from reports.standing import banners
from tests.reports.filing import approved, file_sir, file_spear, file_tav


def page(client: Any, report: Report) -> str:
    return unescape(client.get(f"/reports/{report.number}/").content.decode())


def test_a_plan_says_to_each_what_its_approval_needs(agent: Any, supervisor: Any, analyst: Any, as_: Any) -> None:
    spear = file_spear(agent)
    assert "It waits for your approval" in page(as_(supervisor), spear)
    assert "A supervisor of SAC Miami approves it before it counts. You can go on amending it." in page(
        as_(agent), spear
    )
    assert "Until then it may change." in page(as_(analyst), spear)
    approved(spear, supervisor)
    assert "approves it before it counts" not in page(as_(agent), spear)


def test_a_supervisor_is_not_asked_to_approve_what_they_filed(supervisor: Any, as_: Any) -> None:
    text = page(as_(supervisor), file_spear(supervisor))
    assert "It waits for your approval" not in text
    assert "A supervisor of SAC Miami approves it" in text


def test_a_returned_plan_shows_the_last_reason_and_what_to_do(
    agent: Any, supervisor: Any, analyst: Any, as_: Any
) -> None:
    spear = file_spear(agent)
    actions.move(spear.pk, "return", by=supervisor, reason="Say who covers the back door.")
    top = page(as_(agent), spear).partition('class="with-side"')[0]
    assert "Returned by Supervisor" in top
    assert "Say who covers the back door." in top
    assert "Amend it, and file it again" in top
    other = page(as_(analyst), spear).partition('class="with-side"')[0]
    assert "It does not count until Agent has amended it" in other
    assert "Amend it, and file it again" not in other


def test_a_legacy_report_says_that_it_is_read_only_and_who_wrote_it(agent: Any, analyst: Any) -> None:
    """Taken unsaved: only an import makes one."""
    report = file_sir(agent)
    report.legacy, report.legacy_author = True, "R. Ames"
    (banner,) = banners(report, [], analyst)
    assert banner.heading == "Legacy report from an earlier system"
    assert "as R. Ames wrote it there, and nobody amends it" in banner.text


def primary(text: str) -> list[str]:
    """The filled buttons of what can be done."""
    side = text.partition("What you can do</h2>")[2].partition("</section>")[0]
    return re.findall(r'class="usa-button ?"[^>]*>(?:<svg.*?</svg>)?([^<]+)', side)


def test_the_one_filled_button_is_what_is_waited_for(
    officer: Any, fod: Any, agent: Any, analyst: Any, as_: Any
) -> None:
    tav = file_tav(officer)
    assert primary(page(as_(fod), tav)) == ["Decide"]
    decision = {"decision": "denied", "conflict": "none", "decision_reason": "The agency is not known."}
    actions.move(tav.pk, "decide", by=fod, answers=decision)
    assert primary(page(as_(officer), tav)) == ["Record the outcome"]
    actions.move(tav.pk, "outcome", by=officer, answers={"outcome": "The agency was told."})
    assert primary(page(as_(fod), tav)) == ["Close"]
    sir = file_sir(agent)
    assert primary(page(as_(analyst), sir)) == ["Take up"]
    assert primary(page(as_(agent), sir)) == []
