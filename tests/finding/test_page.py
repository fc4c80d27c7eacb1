"""The page that finds reports: why each is there, in which order, what to try where nothing is, what is kept."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Office
from accounts.roles import Role
from audit.lines import MOST_FOUND
from audit.models import Event, SearchTerms
from reports.finding import asking, results
from reports.models import Report
from tests.finding.test_saved import searched
from tests.imports.old import SEEN, UNSEEN, bring_old, old_report
from tests.reports.filing import file_sir, row, sir_answers
from tests.reports.test_outside import rule

pytestmark = pytest.mark.django_db


def filed(by: Any, title: str = "A quiet pier", narrative: str = "Nothing.", **person: str) -> Report:
    answers = sir_answers(by)
    answers["what"] |= {"title": [title]}
    answers["narrative"] = {"narrative": [narrative]}
    if person:
        answers["people"].append(row(role="witness", population="public", **person))
    return file_sir(by, answers)


def found(client: Any, words: str) -> Any:
    return client.get(searched(client, words))


def whys(client: Any, words: str) -> list[str]:
    """What the first row of the answer says of why it is there."""
    return [str(one) for line in found(client, words).context["lines"][:1] for one in line.why]


# -- Why a row is there ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "said", "marked"),
    [
        ("boats", "Two men left in a boat at night.", "<mark>boat</mark>"),
        ("pena", "He met Peña there.", "<mark>Peña</mark>"),
        ('"left in a boat"', "Two men left in a boat at night.", "<mark>left in a boat</mark>"),
        ("nigh*", "Two men left in a boat at night.", "<mark>night</mark>"),
        ("(305) 555-0143", "He called 305.555.0143 twice.", "<mark>305.555.0143</mark>"),
        ("a12-345-678", "He showed A 012 345 678 to us.", "<mark>A 012 345 678</mark>"),
        ("boat night", "A boat came.\nThe boat left at night.", "The <mark>boat</mark> left at <mark>night</mark>."),
    ],
    ids=["stem", "accent", "phrase", "prefix", "phone", "a-number", "the line that holds most"],
)
def test_the_line_with_the_match_stands_below_the_row(agent: Any, as_: Any, typed: str, said: str, marked: str) -> None:
    filed(agent, narrative=said)
    assert any(marked in one for one in whys(as_(agent), typed)), whys(as_(agent), typed)


def test_a_close_name_says_which(agent: Any, as_: Any) -> None:
    filed(agent, last_name="González", first_name="José")
    said = whys(as_(agent), "gonsalez jose")
    assert any("<mark>González</mark>" in one or "GONZÁLEZ" in one or "González" in one for one in said), said


def test_what_a_report_says_is_never_markup(agent: Any, as_: Any) -> None:
    filed(agent, narrative="He wrote <script>alert(1)</script> & a boat <mark>x</mark>.")
    page = found(as_(agent), "boat").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; a <mark>boat</mark> &lt;mark&gt;x&lt;/mark&gt;." in page


def test_a_long_line_is_cut_around_its_match(agent: Any, as_: Any) -> None:
    filed(agent, narrative="before " * 300 + "boat " + "after " * 300)
    (said,) = whys(as_(agent), "boat")
    assert said.startswith("… before")
    assert said.endswith("after …")
    assert len(said) < 300


def test_a_match_far_down_says_so(agent: Any, as_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.finding.snippets.LOOKED_AT", 40)
    filed(agent, narrative="boat")
    assert whys(as_(agent), "boat") == ["The match stands further down in its text or in an attachment."]


# -- The box -----------------------------------------------------------------------------------------------------------
def test_what_was_typed_stays_in_the_box_with_what_is_wrong_beside_it(agent: Any, as_: Any) -> None:
    page = found(as_(agent), "-boat").content.decode()
    assert 'value="-boat"' in page
    assert asking.ONLY_WITHOUT in page
    assert 'id="words-problem"' in page


def test_a_search_within_filters_keeps_them(agent: Any, as_: Any) -> None:
    client = as_(agent)
    page = client.get("/reports/?kind=sir&urgent=on")
    assert page.context["search_url"] == "/reports/search/?kind=sir&urgent=on"
    where = client.post(page.context["search_url"], {"q": "boat"}).headers["Location"]
    kept = SearchTerms.objects.get(user_id=agent.pk)
    assert where == f"/reports/?kind=sir&urgent=on&q={kept.pk}"
    assert client.post(page.context["search_url"], {"q": " "}).headers["Location"] == "/reports/?kind=sir&urgent=on"


@pytest.mark.parametrize(("length", "said"), [(500, 0), (501, 1), (1_000_000, 1)])
def test_more_than_is_searched_for_is_said_to_be_left_out(length: int, said: int, agent: Any, as_: Any) -> None:
    client = as_(agent)
    page = client.get(searched(client, ("boat " * 10 + "x" * length)[:length]))
    assert page.content.decode().count(asking.TOO_LONG) == said


def test_the_order_is_a_choice_in_the_address(agent: Any, as_: Any) -> None:
    filed(agent, title="Boat boat boat", narrative="boat boat boat boat")
    filed(agent, narrative="Later somebody spoke of a boat once, among much else that was said at the time.")
    client = as_(agent)
    where = searched(client, "boat")
    newest, best = client.get(where), client.get(f"{where}&order=best")
    assert [line.title for line in newest.context["lines"]] == ["A quiet pier", "Boat boat boat"]
    assert [line.title for line in best.context["lines"]] == ["Boat boat boat", "A quiet pier"]
    assert newest.context["form"].orders[1][1] == f"?q={where.partition('q=')[2]}&order=best"
    assert "best match first" in best.content.decode()


# -- What is kept ------------------------------------------------------------------------------------------------------
def test_how_many_a_search_found_is_kept_once_and_shown_to_auditors(agent: Any, auditor: Any, as_: Any) -> None:
    filed(agent, narrative="A schooner.")
    client = as_(agent)
    where = searched(client, "schooner")
    assert SearchTerms.objects.get(user_id=agent.pk).found is None
    client.get(where), client.get(where)
    kept = SearchTerms.objects.get(user_id=agent.pk)
    assert kept.found == 1
    event = Event.objects.get(code="reports.search_answered")
    assert (event.object_id, "schooner" in event.payload) == (str(kept.pk), False)
    shown = as_(auditor).post("/audit/searches/", {"words": "schooner"}, follow=True).content.decode()
    assert "found 1 report" in shown


def test_a_number_that_leads_to_its_report_found_one(agent: Any, as_: Any) -> None:
    report = filed(agent)
    searched(as_(agent), report.number)
    assert SearchTerms.objects.get(user_id=agent.pk).found == 1


def test_more_than_are_counted_is_kept_as_one_more(agent: Any, as_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_FOUND == results.COUNTED
    monkeypatch.setattr("reports.finding.results.COUNTED", 1)
    monkeypatch.setattr("reports.finding.facets.COUNTED", 1)
    filed(agent, narrative="A boat."), filed(agent, narrative="A boat.")
    found(as_(agent), "boat")
    assert SearchTerms.objects.get(user_id=agent.pk).found == 1001


# -- Where nothing is --------------------------------------------------------------------------------------------------
def test_where_nothing_is_the_page_says_what_to_try(agent: Any, as_: Any) -> None:
    filed(agent)
    client = as_(agent)
    page = client.get(searched(client, "zeppelin") + "&kind=sir")
    text = page.content.decode()
    assert "Check the spelling" in text
    assert page.context["steps"][0].says == "Search without the filters."
    assert "kind" not in page.context["steps"][0].url


@pytest.mark.parametrize(("typed", "says_nothing"), [('qzxw "quay', True), ("-boat", False), ("the of", False)])
def test_that_nothing_was_found_is_said_where_something_was_looked_for(
    typed: str, says_nothing: bool, agent: Any, as_: Any
) -> None:
    page = found(as_(agent), typed)
    text = page.content.decode()
    assert page.context["answer"].problem in unescape(text)
    assert ("No report that you may read holds" in text) == says_nothing


@pytest.mark.parametrize(("policy", "leads"), [("stub", True), ("refused", False)])
def test_a_number_of_another_office_leads_to_its_door_where_the_rules_do(
    agent: Any, outsider: Any, as_: Any, policy: str, leads: bool
) -> None:
    rule("field_hsi", "sir", policy)
    report = filed(agent)
    page = found(as_(outsider), report.number)
    assert page.context["lines"] == []
    assert (f"/reports/{report.number}/" in [step.url for step in page.context["steps"]]) is leads
    assert Event.objects.filter(code="report.stub_viewed", actor_id=outsider.pk).exists() is leads


def test_who_reads_former_systems_is_led_there(agent: Any, as_: Any) -> None:
    bring_old()
    until, root = timezone.now() + timedelta(days=9), Office.objects.get(parent=None)
    accounts.grant_role(user=agent, role=Role.HISTORICAL_READER, office=root, until=until, by=None)
    client, old = as_(agent), old_report()
    assert searched(client, old.number) == f"/reports/historical/{old.pk}/"
    assert "Search the reports of former systems: 1 report." in says(client, SEEN[2])
    assert "Search the reports of former systems: 0 reports." in says(client, UNSEEN[2])


def says(client: Any, words: str) -> list[str]:
    return [step.says for step in found(client, words).context["steps"]]


@pytest.mark.parametrize("typed", [SEEN[0], SEEN[2], UNSEEN[0]])
def test_a_former_number_leads_nobody_else_anywhere(agent: Any, as_: Any, typed: str) -> None:
    bring_old()
    page = found(as_(agent), typed)
    assert page.context["lines"] == []
    assert "former systems" not in page.content.decode()
