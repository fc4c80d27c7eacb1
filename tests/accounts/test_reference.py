"""The pages of reference data, on offices: one set of views for every kind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.forms import OfficeForm
from accounts.marks import fields_of, mark_of
from accounts.models import Office, User
from audit.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]
As = Callable[[Any], Client]


def office(**changed: object) -> dict[str, object]:
    parent = Office.objects.get(code="MIA").pk
    return {
        "code": "FTL",
        "name": "Fort Lauderdale",
        "kind": "sub",
        "programme": "HSI",
        "parent": parent,
        "time_zone": "America/New_York",
        "active": "on",
        **changed,
    }


def test_the_kinds_are_listed_and_each_lists_its_rows(as_: As, administrator: User) -> None:
    client = as_(administrator)
    assert "Offices" in client.get("/reference/").content.decode()
    page = client.get("/reference/offices/").content.decode()
    assert "SAC Miami" in page
    assert "Part of" in page


def test_a_kind_that_is_not_registered_does_not_exist(as_: As, administrator: User) -> None:
    assert as_(administrator).get("/reference/users/").status_code == 404


def test_an_office_is_added_under_its_parent(as_: As, administrator: User) -> None:
    response = as_(administrator).post("/reference/offices/add/", office())
    assert response.status_code == 302
    added = Office.objects.get(code="FTL")
    assert added.path == f"{added.parent.path}{added.pk}/"  # type: ignore[union-attr]
    assert Event.objects.filter(code="reference.created", actor="administrator", object_label="FTL").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "MIA"}, "code"),
        ({"code": "f!"}, "code"),
        ({"name": ""}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_a_wrong_office_is_told_and_not_added(
    as_: As, administrator: User, wrong: dict[str, object], field: str
) -> None:
    before = Office.objects.count()
    response = as_(administrator).post("/reference/offices/add/", office(**wrong))
    assert response.context["form"].errors[field]
    assert Office.objects.count() == before


def changed(row: Office, **answers: object) -> dict[str, object]:
    """The form of an office as it was drawn, with some answers changed."""
    return {**office(**answers), "mark": mark_of(row, fields_of(OfficeForm))}


def test_an_office_is_changed_and_its_history_shows_it(as_: As, administrator: User) -> None:
    client, key = as_(administrator), Office.objects.get(code="KEY")
    sent = changed(key, code="KEY", name="Key West Office")
    assert client.post(f"/reference/offices/{key.pk}/", sent).status_code == 302
    assert Office.objects.get(pk=key.pk).name == "Key West Office"
    assert "Key West Office" in client.get(f"/reference/offices/{key.pk}/").content.decode().split("History")[1]


def test_an_office_cannot_become_part_of_itself(as_: As, administrator: User) -> None:
    miami = Office.objects.get(code="MIA")
    below = Office.objects.get(code="KEY").pk
    sent = changed(miami, code="MIA", name=miami.name, kind="sac", parent=below)
    response = as_(administrator).post(f"/reference/offices/{miami.pk}/", sent)
    assert "cannot be part of itself" in response.content.decode()
    assert Office.objects.get(pk=miami.pk).parent == miami.parent


def test_of_two_who_change_an_office_the_second_sees_what_the_first_saved(as_: As, administrator: User) -> None:
    client, key = as_(administrator), Office.objects.get(code="KEY")
    address, first = f"/reference/offices/{key.pk}/", changed(key, code="KEY", name="Key West Office")
    assert client.post(address, first).status_code == 302
    answer = client.post(address, {**first, "name": "Key West", "kind": "center"})
    assert answer.status_code == 409
    assert ("Name", "Key West Office", "Key West") in answer.context["clash"]
    assert ("Kind", "Sub-office", "Operations center") in answer.context["clash"]
    assert Office.objects.get(pk=key.pk).name == "Key West Office"
    assert client.post(address, {**first, "name": "Key West", "mark": answer.context["mark"]}).status_code == 302
    assert Office.objects.get(pk=key.pk).name == "Key West"


@pytest.mark.parametrize("kind", ["sub", "hq"])
def test_no_second_office_stands_at_the_top(as_: As, administrator: User, kind: str) -> None:
    client = as_(administrator)
    added = client.post("/reference/offices/add/", office(parent="", kind=kind))
    assert "Choose the office that this one is part of" in str(added.context["form"].errors["parent"])
    moved = client.post(f"/reference/offices/{Office.objects.get(code='MIA').pk}/", office(parent="", code="MIA"))
    assert "Choose the office that this one is part of" in str(moved.context["form"].errors["parent"])
    assert [root.code for root in Office.objects.filter(parent=None)] == ["HQ"]


def test_the_database_holds_one_root_whatever_its_kind(db: None) -> None:
    with pytest.raises(IntegrityError, match="office_one_root"), transaction.atomic():
        Office.objects.create(code="TOP", name="Top", kind="sub", programme="HSI", path="/new/")
