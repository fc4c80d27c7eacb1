"""Who searched for a name: found by whole words without regard to case and accents, and on record itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client

from audit import words
from audit.models import Event, SearchTerms
from reports.terms import keep_terms

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


def ask(browser: Client, typed: str) -> Any:
    return browser.post("/audit/searches/", {"words": typed}, follow=True)


def who(page: Any) -> list[tuple[str, str]]:
    """Who searched, and for what; without the auditors' own looking."""
    return [(line.event.actor, line.terms) for line in page.context["lines"] if line.event.actor != "auditor"]


@pytest.mark.parametrize("typed", ["beltrán", "BELTRAN", "Beltran maria", "maría  BELTRÁN", "Beltran, María"])
def test_case_accents_order_and_signs_do_not_matter(typed: str, auditor: Any, agent: Any, as_: As) -> None:
    keep_terms("María Beltrán pier", by=agent)
    assert who(ask(as_(auditor), typed)) == [("agent", "María Beltrán pier")]


@pytest.mark.parametrize("typed", ["belt", "beltrans", "beltran jose", "mari"])
def test_only_whole_words_and_all_of_them_count(typed: str, auditor: Any, agent: Any, as_: As) -> None:
    keep_terms("María Beltrán pier", by=agent)
    page = ask(as_(auditor), typed)
    assert who(page) == []


def test_every_searcher_is_listed_with_the_newest_first(auditor: Any, agent: Any, sac: Any, as_: As) -> None:
    for person in (agent, sac):
        keep_terms("stone", by=person)
    keep_terms("harbor", by=sac)
    assert [name for name, _ in who(ask(as_(auditor), "Stone"))] == ["sac", "agent"]


def test_looking_for_a_name_is_on_record_and_is_found_itself(auditor: Any, privacy: Any, as_: As) -> None:
    answer = as_(auditor).post("/audit/searches/", {"words": "Beltran"})
    assert set(parse_qs(urlsplit(answer["Location"]).query)) == {"q"}
    searched = Event.objects.get(code="audit.searched")
    assert (searched.actor, "Beltran" in searched.payload) == ("auditor", False)
    found = ask(as_(privacy), "beltran")
    assert "auditor" in {line.event.actor for line in found.context["lines"]}


def test_the_words_of_an_auditor_are_found_by_nobody_else(auditor: Any, privacy: Any, as_: As) -> None:
    address = as_(auditor).post("/audit/searches/", {"words": "Beltran"})["Location"]
    assert as_(auditor).get(address).status_code == 200
    assert as_(privacy).get(address).status_code == 404


def test_the_terms_of_the_log_are_not_those_of_this_page(auditor: Any, as_: As) -> None:
    browser = as_(auditor)
    kept = urlsplit(browser.post("/audit/", {"person": "agent"})["Location"]).query
    assert browser.get(f"/audit/searches/?{kept}").status_code == 404


@pytest.mark.parametrize("typed", ["", "...", "\x00", "x" * 201])
def test_what_holds_no_word_is_said_beside_the_field(typed: str, auditor: Any, as_: As) -> None:
    page = as_(auditor).post("/audit/searches/", {"words": typed})
    assert page.status_code == 422
    assert page.context["form"].errors["words"]
    assert not SearchTerms.objects.exists()


def test_a_word_too_common_is_cut_and_says_so(monkeypatch: Any, auditor: Any, agent: Any, as_: As) -> None:
    monkeypatch.setattr(words, "MOST", 2)
    for _ in range(3):
        keep_terms("boat", by=agent)
    page = ask(as_(auditor), "boat")
    assert "Add a word" in page.content.decode()
    assert len(who(page)) == 2


def test_the_words_are_found_by_their_index() -> None:
    """However many searches there are, finding them reads no others."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {words.FIND}", ["beltran", 10])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "audit_searchterms_words" in plan


def test_a_name_typed_between_quotes_is_found_too(auditor: Any, agent: Any, as_: As) -> None:
    """Nobody hides a search by how they write it."""
    for typed in ('"beltran":', "(Beltrán)", "o'beltran", "x-BELTRAN-y"):
        keep_terms(typed, by=agent)
    assert len(who(ask(as_(auditor), "beltran"))) == 4
