"""What each role finds on its pages: nothing is offered that is refused; a profile opens as far as the role goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accounts import sessions
from accounts.actions import grant_role, revoke_role
from accounts.models import Assignment, Office, User
from accounts.roles import Role
from audit.models import Event
from reports.models import Report
from tests.access.matrix import taken_back
from tests.accounts.test_people import grant, profile
from tests.cast import PASSWORD
from tests.reports.filing import approved, file_report, file_sir

As = Callable[[Any], Client]
Person = Callable[[str], User]


# -- No button pretends -----------------------------------------------------------------------------------------------
class Offered(HTMLParser):
    """The links and the forms of a page: address, method, and what the form would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and found.get("href", "").startswith("/"):
            self.links.append(found["href"])
        elif tag == "form":
            self.forms.append((found.get("action", ""), found.get("method", "get").lower(), {}))
        elif tag in {"input", "button"} and self.forms and found.get("name"):
            self.forms[-1][2][found["name"]] = found.get("value", "")


# What ends the session is offered to everybody, and files and pages of the browser are no pages of a role.
NOT_FOLLOWED = {"accounts:sign_out"}
REFUSED = {403, 404, 405, 500}


def walk(client: Client, starts: list[str], each: int = 2) -> Iterator[tuple[str, Offered]]:
    """Every page that can be reached by links, at most `each` of a kind."""
    waiting, seen, kinds = list(starts), set(starts), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        kind = resolve(urlsplit(address).path).view_name
        kinds[kind] = kinds.get(kind, 0) + 1
        if kind in NOT_FOLLOWED or kinds[kind] > each:
            continue
        answer = client.get(address, follow=True)
        assert answer.status_code not in REFUSED, f"{address} is offered and answers {answer.status_code}"
        if "text/html" not in answer.headers["Content-Type"] or answer.streaming:
            continue
        offered = Offered(answer.content.decode())
        yield answer.request["PATH_INFO"], offered
        more = [link for link in offered.links if link not in seen and not link.startswith(("/static/", "/media/"))]
        seen.update(more)
        waiting += more


def refused_forms(client: Client, page: str, offered: Offered) -> list[str]:
    """The forms of a page that are refused to whoever it was shown to."""
    wrong = []
    for action, method, typed in offered.forms:
        address = action or page
        if method != "post" or resolve(urlsplit(address).path).view_name in NOT_FOLLOWED:
            continue
        with taken_back():
            status = client.post(address, typed).status_code
        if status in REFUSED:
            wrong.append(f"{page}: {address} answers {status}")
    return wrong


@pytest.fixture
def reports(person: Person) -> list[Report]:
    """One of every kind."""
    lead = file_report("ilead", person("officer"))
    return [
        file_sir(person("agent")),
        file_report("spear", person("agent")),
        approved(lead, person("fod")),
        file_report("tav", person("officer")),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["hq", "sco", "acm", "auditor", "administrator"])
def test_nothing_is_offered_to_anybody_that_is_refused_to_them(
    as_: As, person: Person, reports: list[Report], username: str
) -> None:
    user = person(username)
    client = as_(user)
    read = [report for report in reports if user.may_somewhere(f"read_{report.kind}")]
    seen = [reverse("reports:detail", args=[report.number]) for report in read]
    wrong, pages = [], set()
    for page, offered in walk(client, ["/", *seen]):
        pages.add(resolve(page).view_name)
        wrong += refused_forms(client, page, offered)
    assert wrong == []
    assert pages >= {"home"} | ({"reports:detail", "reports:listing"} if seen else set())


# The forms that stand around every page: they sign out, choose colors, and search.
OF_THE_FRAME = {"accounts:sign_out", "accounts:extend", "scheme", "reports:search"}


@pytest.mark.django_db
def test_an_hq_user_reads_every_kind_and_is_shown_no_act(as_: As, hq: User, reports: list[Report]) -> None:
    client, before = as_(hq), Event.objects.filter(kind="change").count()
    for report in reports:
        page = client.get(reverse("reports:detail", args=[report.number]))
        assert page.status_code == 200
        offered = Offered(page.content.decode())
        acts = [address for address, method, _ in offered.forms if method == "post"]
        assert {resolve(urlsplit(one).path).view_name for one in acts} <= OF_THE_FRAME
    for kind in ("sir", "spear", "ilead", "tav"):
        assert client.get(reverse("reports:new", args=[kind])).status_code == 403
        assert client.post(reverse("reports:new", args=[kind])).status_code == 403
    assert Event.objects.filter(kind="change").count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["sco", "acm", "administrator"])
def test_who_mends_people_or_lists_reaches_no_report(
    as_: As, person: Person, reports: list[Report], username: str
) -> None:
    client = as_(person(username))
    for report in reports:
        for page in ("detail", "versions", "compare", "readers", "relations"):
            answer = client.get(reverse(f"reports:{page}", args=[report.number]))
            assert answer.status_code in {403, 404}, page
            assert report.title not in answer.content.decode()
    assert client.get(reverse("reports:listing")).status_code == 403
    assert Report.objects.visible_to(person(username)).count() == 0


# -- The page of a person ---------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_control_officer_finds_a_profile_and_no_grant(as_: As, sco: User, agent: User) -> None:
    page = as_(sco).get(f"/people/{agent.pk}/").content.decode()
    assert "Save the profile" in page
    assert "Revoke" not in page
    assert "Grant" not in page
    assert as_(sco).get("/access/grant/").status_code == 403


@pytest.mark.django_db
def test_a_manager_finds_what_somebody_holds_and_cannot_change_the_profile(as_: As, acm: User, agent: User) -> None:
    client = as_(acm)
    assert client.get("/people/").status_code == 200
    page = client.get(f"/people/{agent.pk}/").content.decode()
    for words in (
        "Field agent (HSI)",
        "SAC Miami",
        "Revoke",
        "Grant a role",
        "End everything they have",
        "Course 2026",
    ):
        assert words in page
    assert "Save the profile" not in page
    answer = client.post(f"/people/{agent.pk}/", profile(agent, name="Renamed"))
    assert (answer.status_code, User.objects.get(pk=agent.pk).name) == (403, "Agent")


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["auditor", "privacy"])
def test_who_explains_access_reads_and_is_offered_no_act(as_: As, person: Person, agent: User, username: str) -> None:
    client = as_(person(username))
    page = client.get(f"/people/{agent.pk}/").content.decode()
    assert "Field agent (HSI)" in page
    for words in ("Revoke<", "Grant a role", "End everything", "Save the profile"):
        assert words not in page
    assert client.post(f"/people/{agent.pk}/", profile(agent)).status_code == 403


@pytest.mark.django_db
def test_a_manager_is_offered_nothing_against_themselves(as_: As, acm: User) -> None:
    page = as_(acm).get(f"/people/{acm.pk}/").content.decode()
    assert "Access Control Manager" in page
    for words in ("Revoke<", "Grant a role", "End everything"):
        assert words not in page


@pytest.mark.django_db
def test_the_form_opened_from_a_person_names_them(as_: As, acm: User, agent: User) -> None:
    client = as_(acm)
    page = client.get(f"/people/{agent.pk}/").content.decode()
    assert f"/access/grant/?person={agent.pk}" in page
    assert f'<option value="{agent.pk}" selected' in client.get(f"/access/grant/?person={agent.pk}").content.decode()
    assert client.get("/access/grant/?person=nobody").status_code == 200


# -- Granting and revoking --------------------------------------------------------------------------------------------
def left(client: Client) -> Client:
    """The desk was left for an hour, though somebody moved the mouse."""
    session = client.session
    session[sessions.STARTED], session[sessions.SEEN] = int(time.time()) - 3600, int(time.time())
    session.save()
    return client


@pytest.mark.django_db
def test_a_grant_from_a_desk_that_was_left_asks_for_the_password(as_: As, acm: User, stranger: User) -> None:
    client, wanted = left(as_(acm)), grant(stranger, "fig", "MIA")
    assert client.post("/access/grant/", wanted).status_code == 401
    assert not Assignment.objects.filter(user=stranger).exists()
    assert client.post("/access/grant/", {**wanted, "confirm_password": "wrong"}).status_code == 422
    assert client.post("/access/grant/", {**wanted, "confirm_password": PASSWORD}).status_code == 302
    assert Assignment.objects.filter(user=stranger).count() == 1


@pytest.mark.django_db
def test_a_revocation_from_a_desk_that_was_left_asks_for_the_password(as_: As, acm: User, agent: User) -> None:
    client, held = left(as_(acm)), Assignment.objects.get(user=agent)
    assert client.post(f"/access/{held.pk}/revoke/", {"reason": "Moved"}).status_code == 401
    assert Assignment.objects.live().filter(pk=held.pk).exists()
    sent = {"reason": "Moved", "confirm_password": PASSWORD}
    assert client.post(f"/access/{held.pk}/revoke/", sent).status_code == 302
    assert not Assignment.objects.live().filter(pk=held.pk).exists()


@pytest.mark.django_db
def test_the_same_grant_twice_is_one_grant_and_said_so(as_: As, acm: User, stranger: User) -> None:
    client, wanted = as_(acm), grant(stranger, "fig", "MIA")
    assert client.post("/access/grant/", wanted).status_code == 302
    assert "is Field Intelligence Group at SAC Miami" in client.post("/access/grant/", wanted).content.decode()
    assert Assignment.objects.filter(user=stranger).count() == 1
    assert client.post("/access/grant/", grant(stranger, "fig", "MIA", days=60)).status_code == 302


@pytest.mark.django_db
def test_a_role_revoked_twice_is_revoked_once_and_said_so(as_: As, acm: User, agent: User) -> None:
    client, held = as_(acm), Assignment.objects.get(user=agent)
    address = f"/access/{held.pk}/revoke/"
    client.post(address, {"reason": "Moved"})
    answer = client.post(address, {"reason": "Moved"}, follow=True)
    assert "has already ended, so nothing was changed" in answer.content.decode()
    assert Event.objects.filter(code="assignment.revoked", object_id=str(agent.pk)).count() == 1
    assert client.get(address).status_code == 302
    assert client.get("/access/999999/revoke/").status_code == 404


def _at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each came to, all begun together, each on a connection of its own."""
    found, barrier = list[Any](), threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            found.append(act())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_at_once_one_grants_and_one_revokes(acm: User, person: Person, stranger: User) -> None:
    miami, until = Office.objects.get(code="MIA"), timezone.now() + timedelta(days=30)
    other = person("stranger")
    grant_role(user=person("duty"), role=Role.ACM, office=miami, until=until, by=None)

    def give(by: User) -> Any:
        return grant_role(user=other, role=Role.FIG, office=miami, until=until, by=by)

    second = person("duty")
    _at_once(lambda: give(acm), lambda: give(second))
    held = Assignment.objects.get(user=other)
    _at_once(lambda: revoke_role(held, by=acm, reason="one"), lambda: revoke_role(held, by=second, reason="two"))
    assert Event.objects.filter(code="assignment.revoked", object_id=str(other.pk)).count() == 1
