"""Carrying over existing users: invited and endorsed by a list, without access until a manager confirms each line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions, carry_over, requests
from accounts.access import Refused
from accounts.models import AccessList, AccessRequest, Assignment, Office, User
from accounts.roles import Role
from audit.models import Event

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]
HEADING = "username,name,e-mail,employee number,office,role,need to know,until"
LATER = (timezone.localdate() + timedelta(days=200)).isoformat()


def line(username: str = "new.one", key: str = "N1", **changed: str) -> str:
    values = {
        "username": username,
        "name": "New One",
        "email": "new@example.gov",
        "key": key,
        "office": "MIA",
        "role": "field_hsi",
        "need": "Works airport cases",
        "until": LATER,
    }
    return ",".join({**values, **changed}.values())


def bring(path: Path, *lines: str) -> str:
    path.write_text("\n".join((HEADING, *lines)))
    out = StringIO()
    call_command("import_users", str(path), stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "users.csv"


def send(client: Client, *, without: tuple[int, ...] = ()) -> Any:
    made = AccessList.objects.get()
    rows = list(carry_over.waiting(made))
    sent = {"seen": [f"{row.pk}:{row.version}" for row in rows], "line": [r.pk for r in rows if r.pk not in without]}
    return client.post(f"/accounts/requests/lists/{made.pk}/", sent)


def test_users_are_brought_in_without_access_and_get_it_when_the_list_is_confirmed(
    as_: As, acm: User, file: Path
) -> None:
    said = bring(file, line(), line("new.two", "N2", role="Supervisor"))
    assert "2 lines brought in. Nobody has access yet." in said
    one, two = User.objects.get(username="new.one"), User.objects.get(username="new.two")
    assert (one.status, one.has_usable_password(), one.trained_until) == (User.Status.INVITED, False, None)
    assert not Assignment.objects.filter(user__in=[one, two]).exists()
    assert {row.status for row in AccessRequest.objects.all()} == {"endorsed"}
    client = as_(acm)
    page = client.get(f"/accounts/requests/lists/{AccessList.objects.get().pk}/").content.decode()
    assert page.count("Works airport cases") == 2
    left_out = AccessRequest.objects.get(person=two)
    assert send(client, without=(left_out.pk,)).status_code == 302
    assert Assignment.objects.get(user=one).granted_by == acm
    left_out.refresh_from_db()
    assert (left_out.status, left_out.decision) == ("refused", carry_over.LEFT_OUT)
    made = AccessList.objects.get()
    assert made.confirmed_by == acm
    assert Event.objects.filter(code="user.invited", object_id=str(one.pk)).count() == 1
    codes = Event.objects.filter(object_type="access_list").order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["access.list_brought_in", "access.requests_listed", "access.list_confirmed"]


def test_the_same_file_again_adds_nothing(file: Path) -> None:
    bring(file, line())
    assert "brought in before" in bring(file, line())
    assert (AccessList.objects.count(), AccessRequest.objects.count()) == (1, 1)


def test_a_longer_file_adds_only_what_is_new(file: Path) -> None:
    bring(file, line())
    assert "1 lines brought in" in bring(file, line(), line("new.two", "N2"))
    assert AccessRequest.objects.count() == 2
    assert "asked for already" in Path(f"{file}.rejects.csv").read_text()


BAD = {
    "office": (line(office="XYZ"), "no open office"),
    "role": (line(role="emperor"), "no such role"),
    "day that has passed": (line(until="2020-01-01"), "has passed"),
    "day": (line(until="soon"), "2026-03-31"),
    "no need to know": (line(need=""), "need to know is missing"),
    "address": (line(email="nowhere"), "valid email"),
    "no name": (line(name=""), "name is missing"),
    "no number": (line(key=""), "is missing"),
    "number of another": (line("new.one", "E00000"), "belongs to another account"),
    "name of another": (line("agent", "N1"), "belongs to another account"),
    "formula": (line("=cmd()", "N1", email="x"), "valid email"),
    "cut off": ("new.one,New One", "There is no open office"),
}


@pytest.mark.parametrize(("bad", "why"), BAD.values(), ids=BAD.keys())
def test_a_bad_line_is_rejected_and_the_good_ones_come_in(file: Path, bad: str, why: str) -> None:
    said = bring(file, bad, line("good.one", "G1"))
    assert "1 lines brought in" in said
    rejects = Path(f"{file}.rejects.csv")
    assert why in rejects.read_text()
    assert rejects.stat().st_mode & 0o077 == 0
    assert "\n2," in rejects.read_text()
    assert '"=cmd' not in rejects.read_text()
    assert not User.objects.filter(username__in=["new.one", "=cmd()"]).exists()


def test_a_file_of_bad_lines_alone_makes_no_list(file: Path) -> None:
    bring(file, line(office="XYZ"))
    assert not AccessList.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"username,name\n"])
def test_what_is_no_such_file_is_refused(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    with pytest.raises(CommandError, match="Nothing was brought in"):
        call_command("import_users", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_users", str(file) + ".none")


def test_roles_that_must_be_apart_do_not_come_in_together(file: Path, sco: User) -> None:
    known = line("sco", sco.person_key, role="acm")
    bring(file, known, line(role="sco"), line(role="acm"))
    rejects = Path(f"{file}.rejects.csv").read_text()
    assert rejects.count("may not be held") == 2
    assert AccessRequest.objects.get().role == "sco"


def test_what_came_to_be_apart_meanwhile_stays_with_the_reason(as_: As, acm: User, file: Path) -> None:
    bring(file, line(role="acm"), line("new.two", "N2"))
    office, until = Office.objects.get(code="HQ"), timezone.now() + timedelta(days=9)
    one = User.objects.get(username="new.one")
    actions.grant_role(user=one, role=Role.SCO, office=office, until=until, by=None)
    answer = send(as_(acm))
    assert "These lines stay as they were" in answer.content.decode()
    assert [row.person for row, _ in answer.context["stay"]] == [one]
    assert AccessList.objects.get().confirmed_at is None


def test_a_manager_confirms_everything_but_their_own_line(as_: As, acm: User, file: Path) -> None:
    bring(file, line("acm", acm.person_key, role="jioc"), line())
    answer = send(as_(acm))
    assert requests.OWN_GRANT in answer.content.decode()
    assert not Assignment.objects.filter(user=acm, role="jioc").exists()
    assert AccessRequest.objects.get(person=acm).status == "endorsed"


def test_a_list_confirmed_meanwhile_and_a_line_moved_meanwhile_change_nothing_twice(
    as_: As, acm: User, file: Path
) -> None:
    bring(file, line(), line("new.two", "N2"))
    made, rows = AccessList.objects.get(), list(AccessRequest.objects.order_by("pk"))
    stale = {row.pk: row.version for row in rows}
    requests.refuse(rows[0], by=acm, version=1, reason="Has left")
    done = carry_over.confirm(made, by=acm, seen=stale, chosen=set(stale))
    assert (done.granted, done.left_out) == (1, 0)
    with pytest.raises(Refused, match="confirmed already"):
        carry_over.confirm(made, by=acm, seen=stale, chosen=set(stale))
    forged = as_(acm).post(f"/accounts/requests/lists/{made.pk}/", {"seen": ["x:1", "9" * 30, ":"], "line": ["x"]})
    assert forged.status_code == 409
    assert Assignment.objects.filter(user__in=[row.person for row in rows]).count() == 1


def test_only_who_grants_roles_confirms(as_: As, supervisor: User, file: Path) -> None:
    bring(file, line())
    made = AccessList.objects.get()
    assert as_(supervisor).get(f"/accounts/requests/lists/{made.pk}/").status_code == 403
    with pytest.raises(Refused):
        carry_over.confirm(made, by=supervisor, seen={}, chosen=set())


# -- Many lines --------------------------------------------------------------------------------------------------------
def many(count: int) -> list[str]:
    return [line(f"new.{number}", f"N{number}") for number in range(count)]


def test_an_import_that_is_cut_off_goes_on_with_the_same_file_and_is_confirmed_only_when_whole(
    acm: User, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, calls = carry_over._write, list[int]()

    def cut_off(*given: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        write(*given)

    monkeypatch.setattr(carry_over, "SLICE", 2)
    monkeypatch.setattr(carry_over, "_write", cut_off)
    lines = [*many(5), line(office="XYZ")]
    with pytest.raises(KeyboardInterrupt):
        bring(file, *lines)
    half = AccessList.objects.get()
    assert (half.lines, half.requests.count(), list(carry_over.to_confirm())) == (0, 2, [])
    with pytest.raises(Refused, match="still being brought in"):
        carry_over.confirm(half, by=acm, seen={half.requests.first().pk: 1}, chosen=set())  # type: ignore[union-attr]
    assert "5 lines brought in" in bring(file, *lines)
    assert Path(f"{file}.rejects.csv").read_text().count("\n") == 2
    half.refresh_from_db()
    assert (half.lines, half.requests.count(), User.objects.filter(username__startswith="new.").count()) == (5, 5, 5)
    assert list(carry_over.to_confirm()) == [half]
    assert "brought in before" in bring(file, *lines)


def test_a_line_costs_a_few_statements_and_as_many_among_many() -> None:
    counted = []
    for size in (40, 80):
        with CaptureQueriesContext(connection) as asked:
            carry_over.bring_in("\n".join((HEADING, *many(size)[size // 2 :])).encode(), by=None)
        counted.append(len(asked))
    assert (counted[1] - counted[0]) / 20 < 4


def test_who_stands_in_the_events_of_a_list_is_each_person_on_it(file: Path) -> None:
    bring(file, line(), line("new.two", "N2", role="Supervisor"))
    for user in User.objects.filter(username__startswith="new."):
        found = Event.objects.filter(batch__contains=[str(user.pk)]).values_list("code", flat=True)
        assert set(found) == {"user.created", "access.requested"}
