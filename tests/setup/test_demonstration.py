"""Demonstration mode refuses each place where invented people would meet real ones."""

import os

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from sen import demonstration

SERVER = "postgres://nobody@db.example.gov/sen"


@pytest.fixture(autouse=True)
def demonstration_mode(monkeypatch):
    monkeypatch.setenv("SEN_MODE", "demonstration")
    for name in (*demonstration.SERVERS, "SEN_DEMO_CONFIRM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", demonstration.SERVERS)
def test_a_named_server_is_refused_unless_confirmed(monkeypatch, name):
    demonstration.refuse_unconfirmed_database()
    monkeypatch.setenv(name, SERVER)
    with pytest.raises(demonstration.Refused, match="SEN_DEMO_CONFIRM=yes"):
        demonstration.refuse_unconfirmed_database()
    monkeypatch.setenv("SEN_DEMO_CONFIRM", "yes")
    demonstration.refuse_unconfirmed_database()


def test_a_named_server_in_production_mode_is_not_its_business(monkeypatch):
    monkeypatch.setenv("SEN_MODE", "production")
    monkeypatch.setenv("DATABASE_URL", SERVER)
    demonstration.refuse_unconfirmed_database()


@pytest.mark.django_db
def test_a_database_with_a_real_user_is_refused(monkeypatch):
    users = get_user_model().objects
    with transaction.atomic():
        users.create(username="invented", email="invented@example.gov", is_demonstration=True)
        demonstration.refuse_real_people()
        users.create(username="real", email="real@example.gov", is_demonstration=False)
        with pytest.raises(demonstration.Refused, match="not a demonstration user"):
            demonstration.refuse_real_people()
        monkeypatch.setenv("SEN_MODE", "production")
        demonstration.refuse_real_people()
        transaction.set_rollback(True)  # nobody audited these two people: they could not be committed


@pytest.mark.django_db
def test_a_database_without_tables_is_accepted(monkeypatch):
    monkeypatch.setattr(get_user_model()._meta, "db_table", "no_such_table")
    demonstration.refuse_real_people()


@pytest.mark.parametrize(
    ("marked", "mode", "server", "expected"),
    [
        (True, "", "", "demonstration"),
        (False, "", "", ""),  # a server's image has no mark: production is what settings assume
        (True, "production", "", "production"),
        (True, "", SERVER, ""),
    ],
)
def test_a_command_typed_in_a_checkout_means_its_demonstration(monkeypatch, tmp_path, marked, mode, server, expected):
    mark = tmp_path / "mark"
    if marked:
        mark.touch()
    monkeypatch.setattr(demonstration, "CHECKOUT_MARK", mark)
    monkeypatch.setenv("SEN_MODE", mode)
    monkeypatch.setenv("DATABASE_URL", server)
    demonstration.assume_in_checkout()
    assert os.environ["SEN_MODE"] == expected
