"""No form takes a field that it does not declare: each form of each page is sent back with every other field added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from reports.models import Draft
from tests.access import forms
from tests.access.world import World
from tests.database import committed

pytestmark = pytest.mark.django_db

SECTIONS = ("what", "where", "narrative", "flags")
# What a person types, so that each form has something new to save.
TYPED = {
    "reason": "The reason for it",
    "text": "What the offices must know now.",
    "attested": "on",
    "q": "sedan",
    "title": "Another title",
    "narrative": "Another account.",
    "short": "Another word",
}
CHOSEN = {"user", "role", "office", "person"}

# Who opens which page: everybody whose form can be sent.
PAGES: dict[str, Callable[[World], tuple[str, str]]] = {
    **{
        f"draft, {name}": lambda w, name=name: ("agent", _draft(w, "part", part=name))  # type: ignore[misc]
        for name in SECTIONS
    },
    "draft, a person": lambda w: ("agent", reverse("reports:row", kwargs=dict(w.of_rows()[0][1]))),
    "draft, one more person": lambda w: ("agent", _draft(w, "add_row", part="people")),
    "draft, check and submit": lambda w: ("agent", _draft(w, "check")),
    "take up": lambda w: ("analyst", reverse("reports:detail", args=[w.report("of outsider").number])),
    "amend": lambda w: ("outsider", reverse("reports:detail", args=[w.report("of outsider").number])),
    "readers": lambda w: ("agent", reverse("reports:readers", args=[w.report("restricted, of agent").number])),
    "void": lambda w: ("supervisor", reverse("reports:move", args=[w.report("of agent").number, "void"])),
    "unlink": lambda w: ("analyst", reverse("reports:unlink", kwargs=w.of_relations()[0][1])),
    "take back": lambda w: ("officer", reverse("ileads:take_back", kwargs=_passed_on(w))),
    "approve": lambda w: ("supervisor", reverse("reports:move", args=[w.others["SPEAR awaiting"].number, "approve"])),
    "start": lambda w: ("officer", reverse("reports:detail", args=[w.others["TAV of officer"].number])),
    "the queue": lambda w: ("analyst", reverse("watch:queue")),
    "a summary": lambda w: ("analyst", reverse("watch:write", args=[w.report("of outsider").number])),
    "release": lambda w: ("analyst", reverse("watch:release", args=[w.written.pk])),
    "inbox": lambda w: ("sac", reverse("watch:inbox")),
    "profile": lambda w: ("sco", reverse("accounts:person", args=[w.people["agent"].pk])),
    "revoke": lambda w: ("acm", reverse("accounts:revoke", kwargs=w.of_assignments()[0][1])),
    "grant": lambda w: ("acm", reverse("accounts:grant")),
    "event type": lambda w: ("administrator", reverse("accounts:reference_edit", kwargs=w.of_reference_rows()[0][1])),
    "audit log": lambda w: ("auditor", reverse("audit:events")),
}


def _passed_on(world: World) -> dict[str, Any]:
    return dict(world.of_disseminations())["iLead of officer"]


def _draft(world: World, page: str, **more: str) -> str:
    return reverse(f"reports:{page}", kwargs={"draft_id": world.drafts["draft of agent"].pk, **more})


def typed(values: dict[str, list[str]], offered: dict[str, str]) -> dict[str, str]:
    """Something new where the form takes text, and the last choice of a list where none is made."""
    chosen = {name: offered[name] for name in values if name in CHOSEN and name in offered and not any(values[name])}
    return {**chosen, **{name: TYPED[name] for name in values if name in TYPED and name not in offered | chosen}}


# On every page, and the same on each: sent once for each person.
FRAME = {"/reports/search/", "/sign-out/", "/scheme/"}
_of_frame: dict[tuple[str, str], tuple[list[str], bool]] = {}


def send_all(username: str, browser: Client, address: str) -> tuple[list[str], int]:
    """What was wrongly taken, and how many of the page's forms changed something."""
    page = forms.Forms(browser.get(address).content.decode(), address)
    wrong: list[str] = []
    changed = 0
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    before = forms.everything()
    for target, values in page.found:
        browser.cookies = SimpleCookie(cookies)  # one of the forms signs out
        said = _of_frame.get((username, target)) or send(browser, target, values, page.offered, before)
        if target in FRAME:
            _of_frame[username, target] = said
        wrong += said[0]
        changed += said[1]
    return wrong, changed


def send(
    browser: Client, target: str, values: dict[str, list[str]], offered: dict[str, str], before: forms.Rows
) -> tuple[list[str], bool]:
    """What was wrongly taken of one form, and whether it changed something; it is taken back."""
    filled = {**forms.undeclared(set(values)), **values, **typed(values, offered)}
    with transaction.atomic():
        # As a browser sends it; parts, as the client would, are four times the work for hundreds of fields.
        browser.post(target, urlencode(filled, doseq=True), content_type="application/x-www-form-urlencoded")
        after = forms.everything()
        wrong = forms.taken(before, after, set(values))
        wrong += [f"draft holds {forms.WORD}" for draft in Draft.objects.all() if forms.WORD in str(draft.answers)]
        transaction.set_rollback(True)
    return wrong, before != after


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with committed(django_db_blocker):
        yield World()


@pytest.mark.parametrize("name", PAGES)
def test_no_form_takes_a_field_that_it_does_not_declare(name: str, world: World, as_: Callable[[Any], Client]) -> None:
    username, address = PAGES[name](world)
    wrong, changed = send_all(username, as_(world.people[username]), address)
    assert wrong == []
    assert changed, "no form of this page was sent with success, so nothing was shown"
