"""Saved searches: kept under a name, run as a search of their own, changed, removed, and nobody else's."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts import leaving
from accounts.access import Refused
from audit.models import Event, SearchTerms
from reports.actions import saved_searches as actions
from reports.models import SavedSearch

pytestmark = pytest.mark.django_db
LIST = "/reports/saved/"


def searched(client: Any, words: str) -> str:
    """The address of the answer to a search."""
    return str(client.post("/reports/search/", {"q": words}).headers["Location"])


def kept(by: Any, name: str = "Boats", terms: str = "boat", **values: Any) -> SavedSearch:
    return actions.save_search(by=by, name=name, terms=terms, **({"filters": {}} | values))


def test_what_was_searched_for_is_saved_with_its_filters(agent: Any, as_: Any) -> None:
    client = as_(agent)
    query = searched(client, "grey boat").removeprefix("/reports/") + "&kind=sir&urgent=on"
    page = client.get(f"/reports/saved/new/{query}")
    assert page.context["form"].initial["name"] == "grey boat"
    assert page.context["says"] == ["Words: grey boat", "Kind: SIR", "Urgent"]
    answer = client.post(f"/reports/saved/new/{query}", {"name": " Boats ", "alerts": "on"})
    assert answer.status_code == 302
    saved = SavedSearch.objects.get()
    assert (saved.name, saved.terms, saved.filters, saved.alerts) == (
        "Boats",
        "grey boat",
        {"kind": "sir", "urgent": "on"},
        True,
    )
    event = Event.objects.get(code="saved_search.made")
    assert (event.object_id, "oat" in event.payload) == (str(saved.pk), False)


def test_running_it_keeps_its_words_as_a_new_search(agent: Any, as_: Any) -> None:
    saved, client = kept(agent, filters={"kind": "sir"}), as_(agent)
    location = client.get(f"{LIST}{saved.pk}/").headers["Location"]
    terms = SearchTerms.objects.get(user_id=agent.pk)
    assert location == f"/reports/?kind=sir&q={terms.pk}"
    assert client.get(location).context["form"].terms == "boat"


def test_nobody_reaches_the_search_of_another(agent: Any, colleague: Any, as_: Any) -> None:
    saved, client = kept(agent), as_(colleague)
    for page in ("", "change/", "remove/"):
        assert client.get(f"{LIST}{saved.pk}/{page}").status_code == 404
    for page in ("change/", "remove/"):
        assert client.post(f"{LIST}{saved.pk}/{page}", {"name": "Mine"}).status_code == 404
    assert "Boats" not in client.get(LIST).content.decode()
    assert SavedSearch.objects.get().name == "Boats"


def test_a_name_is_taken_once_and_the_same_again_changes_nothing(agent: Any, colleague: Any, as_: Any) -> None:
    first = kept(agent)
    assert kept(agent).pk == first.pk
    kept(colleague)
    query = searched(as_(agent), "car").removeprefix("/reports/")
    answer = as_(agent).post(f"/reports/saved/new/{query}", {"name": "BOATS"})
    assert answer.status_code == 422
    assert actions.TAKEN in answer.content.decode()
    assert SavedSearch.objects.filter(owner=agent).count() == 1


def test_there_are_no_more_than_fifty(agent: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(actions, "MOST", 2)
    kept(agent), kept(agent, name="Cars")
    with pytest.raises(Refused, match="Remove one"):
        kept(agent, name="Planes")


def test_there_must_be_something_to_save(agent: Any, as_: Any) -> None:
    answer = as_(agent).get("/reports/saved/new/", follow=True)
    assert actions.NOTHING in answer.content.decode()
    with pytest.raises(Refused):
        kept(agent, terms="")


def test_a_page_that_is_out_of_date_overwrites_nothing_unseen(agent: Any, as_: Any) -> None:
    saved, client = kept(agent), as_(agent)
    page = f"{LIST}{saved.pk}/change/"
    mark = client.get(page).context["mark"]
    assert client.post(page, {"name": "Ships", "alerts": "on", "mark": mark}).status_code == 302
    stale = client.post(page, {"name": "Rafts", "mark": mark})
    assert stale.status_code == 409
    assert "changed meanwhile" in stale.content.decode()
    saved.refresh_from_db()
    assert (saved.name, saved.alerts) == ("Ships", True)
    assert client.post(page, {"name": "Rafts", "mark": stale.context["mark"]}).status_code == 302
    assert Event.objects.filter(code="saved_search.changed").count() == 2


def test_removing_asks_first_and_says_what_goes(agent: Any, as_: Any) -> None:
    saved, client = kept(agent, filters={"urgent": "on"}), as_(agent)
    page = client.get(f"{LIST}{saved.pk}/remove/").content.decode()
    assert "Words: boat · Urgent" in page
    assert SavedSearch.objects.exists()
    assert "is removed" in client.post(f"{LIST}{saved.pk}/remove/", follow=True).content.decode()
    assert client.post(f"{LIST}{saved.pk}/remove/").status_code == 404
    assert not SavedSearch.objects.exists()


def test_it_ends_when_its_owner_leaves(agent: Any, acm: Any) -> None:
    kept(agent)
    assert leaving.offboard(agent, by=acm, reason="Moved")["Saved searches"] == 1
    assert not SavedSearch.objects.exists()


def test_a_filter_that_no_longer_applies_is_said(agent: Any, as_: Any) -> None:
    kept(agent, filters={"office": "ATL"})
    assert "no longer applies to you" in as_(agent).get(LIST).content.decode()


def test_a_person_who_reads_nothing_saves_nothing(sco: Any, as_: Any) -> None:
    assert as_(sco).get(LIST).status_code == 403
    with pytest.raises(Refused):
        kept(sco)


def test_words_that_were_let_through_once_are_not_asked_about_again(agent: Any, as_: Any) -> None:
    from tests.privacy.made import ssn

    client, why = as_(agent), "It is the number of a case"
    posted = client.post("/reports/search/", {"q": ssn(), "q__not_ssn": why})
    query = posted.headers["Location"].removeprefix("/reports/")
    assert client.post(f"/reports/saved/new/{query}", {"name": "A case"}).status_code == 302
    saved = SavedSearch.objects.get()
    assert client.get(f"{LIST}{saved.pk}/").status_code == 302


def test_a_key_that_does_not_exist_is_not_found(agent: Any, as_: Any) -> None:
    assert as_(agent).get(f"{LIST}{uuid4()}/").status_code == 404
