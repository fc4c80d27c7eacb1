"""An agent on a phone is told which reports name what was just typed; an analyst sees it on one, and links two."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from reports.models import Relation
from tests.finding.test_alike import A_NUMBER, file_about
from tests.journeys.conftest import Opened
from tests.reports.filing import make_draft, sir_answers

pytestmark = pytest.mark.django_db(transaction=True)
AXE = settings.BASE_DIR / "node_modules/axe-core/axe.min.js"


def looks_right(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(AXE.read_text())
    assert page.evaluate("axe.run({resultTypes: ['violations']}).then(f => f.violations.map(one => one.id))") == []


def test_what_is_shared_is_told_while_one_types_and_linked_afterwards(opened: Opened, agent: Any, analyst: Any) -> None:
    earlier, later = (file_about(agent, last_name=name, a_number=A_NUMBER) for name in ("Stone", "Pike"))
    draft = make_draft(agent, sir_answers(agent, people=[], arrests=[]))
    phone = opened(agent, width=390)
    phone.goto(f"/reports/drafts/{draft.pk}/people/add/")
    phone.get_by_label("A-Number").fill("12 345 678")
    phone.get_by_label("A-Number").blur()
    expect(phone.get_by_text("2 earlier reports name this A-Number")).to_be_visible()
    assert "12" not in phone.url.partition("/people/")[2]
    looks_right(phone)
    phone.get_by_label("A-Number").fill("")
    phone.get_by_label("A-Number").blur()
    expect(phone.get_by_text("2 earlier reports")).to_have_count(0)

    page = opened(analyst, width=390)
    page.goto(f"/reports/{later.number}/")
    page.get_by_role("link", name="See why, and link them").click()
    page.wait_for_url("**/alike/")
    looks_right(page)
    page.get_by_role("button", name=f"Link {earlier.number}").click()
    expect(page.get_by_text(f"{later.number} and {earlier.number} are linked.")).to_be_visible()
    expect(page.get_by_text("Linked", exact=True)).to_be_visible()
    assert Relation.objects.get().reason == f"Same A-Number: {A_NUMBER}"
