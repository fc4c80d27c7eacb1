"""The access matrix: every address, with every object, by every method, and what each person is answered."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts import sessions
from accounts.models import User
from audit import review
from sen import errors
from sen.postgres import CHECKOUT
from tests import house
from tests.access.world import Objects, World
from tests.cast import CAST, signed_in

PATH = CHECKOUT / "docs" / "access-matrix.csv"
NOBODY = "nobody signed in"
# One of the two analysts: nothing here is one's own that the other has not.
PRINCIPALS = [*(name for name in CAST if name != "analyst2"), NOBODY]
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
# No page takes these two, so one object stands for all; what HEAD answers is what GET answers.
ONCE = {"HEAD", "PUT", "DELETE"}
# Written behind the status where an empty POST has changed something: one press is all that such an act takes.
ACTS = " acts"

WITH: dict[str, Callable[[World], Objects]] = {
    "accounts:person": World.of_people,
    "accounts:person_by_name": lambda world: [("agent", {"username": "agent"}), ("nobody", {"username": "nobody"})],
    "accounts:explain_office": World.of_offices,
    "accounts:offboard": World.of_people,
    "accounts:reactivate": World.of_people,
    "accounts:remove_factor": World.of_factors,
    "accounts:remove_factors_of": World.of_people,
    "accounts:revoke": World.of_assignments,
    "accounts:end_session": lambda world: [("over", {"mark": "0" * 16})],
    "accounts:reset": lambda world: [("void", {"uid": "1", "token": "void"})],
    "accounts:request_page": World.of_requests,
    "accounts:endorse": World.of_requests,
    "accounts:grant_request": World.of_requests,
    "accounts:refuse_request": World.of_requests,
    "accounts:withdraw": World.of_requests,
    "accounts:access_list": World.of_lists,
    "accounts:withdraw_training": World.of_trainings,
    "accounts:reference_rows": World.of_reference,
    "accounts:reference_add": World.of_reference,
    "accounts:reference_edit": World.of_reference_rows,
    "accounts:campaign": World.of_campaigns,
    "accounts:campaign_answer": World.of_campaign_items,
    "accounts:campaign_export": World.of_campaigns,
    "reports:new": World.of_kinds,
    "reports:draft": World.of_drafts,
    "reports:check": World.of_drafts,
    "reports:submit": World.of_drafts,
    "reports:discard": World.of_drafts,
    "reports:newest": World.of_drafts,
    "reports:part": lambda world: world.of_drafts(part="narrative"),
    "reports:add_row": lambda world: world.of_drafts(part="people"),
    "reports:row": World.of_rows,
    "reports:remove_row": World.of_rows,
    "reports:restore_row": World.of_rows,
    "reports:saved_search": World.of_searches,
    "reports:change_search": World.of_searches,
    "reports:remove_search": World.of_searches,
    "reports:detail": World.of_every_kind,
    "reports:open_outside": World.of_every_kind,
    "reports:outside_review": World.of_outside,
    "reports:amend": World.of_every_kind,
    "reports:move": World.of_moves,
    "reports:start": World.of_starts,
    "reports:acknowledge": World.of_notices,
    "reports:versions": World.of_reports,
    "reports:version": lambda world: world.of_reports(version=1),
    "reports:compare": World.of_reports,
    "reports:compare_pdf": World.of_reports,
    "reports:pdf": World.of_reports,
    "reports:readers": World.of_reports,
    "reports:remove_reader": World.of_readers,
    "reports:draft_attachments": World.of_drafts,
    "reports:draft_attachment": World.of_draft_files,
    "reports:draft_thumbnail": World.of_draft_files,
    "reports:discard_attachment": World.of_draft_files,
    "reports:attachments": World.of_reports,
    "reports:attachment": World.of_files,
    "reports:thumbnail": World.of_files,
    "reports:original": World.of_files,
    "reports:withdraw_attachment": World.of_files,
    "reports:alike": World.of_reports,
    "reports:relations": World.of_reports,
    "reports:unlink": World.of_relations,
    "reports:match": World.of_matches,
    "reports:match_take_up": World.of_matches,
    "reports:match_settle": World.of_matches,
    "reports:historical_report": World.of_historical,
    "ileads:pass_on": World.of_leads,
    "ileads:take_back": World.of_disseminations,
    "ileads:provider": World.of_leads,
    "ileads:reveal": World.of_ssns,
    "audit:person": lambda world: [("agent", {"username": "agent"}), ("nobody", {"username": "nobody"})],
    "audit:report": World.of_reports,
    "audit:checkpoint": lambda world: [("absent", {"sequence": 999_999})],
    "audit:week": lambda world: [("this week", {"name": review.weeks()[0].name}), ("no week", {"name": "2020-W99"})],
    "audit:week_export": lambda world: [("this week", {"name": review.weeks()[0].name})],
    "watch:summary": World.of_summaries,
    "watch:versions": World.of_summaries,
    "watch:release": World.of_summaries,
    "watch:write": World.of_reports,
    "watch:acknowledge": World.of_inbox,
}


class Row(NamedTuple):
    """One line of the matrix: what is asked for. Its cells are what each person is answered."""

    page: str
    object: str
    method: str


@cache
def rows(world: World) -> tuple[tuple[Row, str], ...]:
    """Every line, with the address it asks."""
    return tuple(_rows(world))


def _rows(world: World) -> Iterator[tuple[Row, str]]:
    for page, _ in house.views():
        for position, (label, kwargs) in enumerate(WITH.get(page, lambda world: [("", {})])(world)):
            address = reverse(page, kwargs=kwargs)
            for method in METHODS:
                if position == 0 or method not in ONCE:
                    yield Row(page, label, method), address


def answers(
    username: str,
    world: World,
    *,
    only: Callable[[Row], bool] = lambda row: True,
    hear: Callable[[Row, str], None] = lambda row, said: None,
) -> dict[Row, str]:
    """What one person is answered on every line; each request is taken back before the next. `hear` is told all that
    an answer says, its headers included."""
    browser = Client() if username == NOBODY else _at_work(world.people[username])
    browser.raise_request_exception = False
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    before, found = _state(), {}
    drawn_once = patch.object(errors, "render_to_string", refusals_drawn_once())
    for row, address in ((row, address) for row, address in rows(world) if only(row)):
        # Each request begins as the first did: no answer of an earlier one may have taken the session away.
        browser.cookies = SimpleCookie(cookies)
        with taken_back(), drawn_once, NOT_KEPT:
            response: Any = browser.generic(row.method, address)
            body = b"".join(getattr(response, "streaming_content", ())) or response.content
            acts = ACTS if row.method == "POST" and _state() != before else ""
        found[row] = f"{response.status_code}{acts}"
        hear(row, f"{response.headers} {body.decode(errors='replace')}")
    return found


# The client of the tests keeps a copy of all that each template was given, and nobody here asks for it.
NOT_KEPT = patch("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)


def _at_work(user: User) -> Client:
    """Signed in and begun: else each request, taken back as it is, would be the first of its session."""
    browser = signed_in(user)
    session = browser.session
    sessions.begin(session)
    session.save()
    return browser


def refusals_drawn_once() -> Callable[..., str]:
    """Two thirds of the answers to one person are the same few refusals. Whatever decides runs each time and says its
    own; a refusal that has been drawn with the same words is not drawn again."""
    drawn: dict[tuple[str, str], str] = {}

    def draw(template: str, context: dict[str, Any], request: Any = None) -> str:
        said = template, repr({**context, "event_number": ""})
        if said not in drawn:
            drawn[said] = render_to_string(template, context, request=request)
        return drawn[said]

    return draw


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside is undone; what insists on a transaction of its own takes this for a test's, as it is."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


# That an attempt to see a legacy SSN was refused is on record as a change, and changes nothing.
STATE = """
SELECT (SELECT count(*) FROM audit_event WHERE kind = 'change' AND code <> 'ssn.reveal_refused'),
       (SELECT md5(coalesce(string_agg(d::text, '' ORDER BY id), '')) FROM reports_draft d)
"""


def _state() -> Any:
    """Whatever changes: an audited change leaves an event, and drafts are not audited."""
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        return cursor.fetchone()


def committed(path: Path = PATH) -> dict[str, dict[Row, str]]:
    """The matrix in the repository, by person."""
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    return {
        name: {Row(line["page"], line["object"], line["method"]): line[name] for line in lines} for name in PRINCIPALS
    }


def write(found: dict[str, dict[Row, str]], path: Path = PATH) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*Row._fields, *PRINCIPALS])
        for row in found[NOBODY]:
            writer.writerow([*row, *(found[name][row] for name in PRINCIPALS)])
