"""Hostile files, broken scanners and photos that tell: the drill in short (`make drill-attachments` is all of it)."""

from __future__ import annotations

from typing import Any

import pytest

from drills import attachments as drill
from reports.models import Draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(agent: Any, settings: Any) -> Draft:
    settings.FILES_A_REPORT = 1000
    return Draft.objects.create(author=agent, kind="sir", version=1)


def test_no_hostile_file_is_handed_out_as_it_is_or_before_it_was_scanned(clamd, agent, place):
    counted = drill.try_hostile(place, agent, 1)
    assert counted["bad"] == 0
    assert counted["files"] >= 30
    assert min(counted[fate] for fate in ("refused at once", "refused by the worker", "cleaned")) > 2


def test_no_broken_scanner_lets_a_file_through(agent, place):
    ways = drill.try_scanners(place, agent, seconds=0.3)
    assert len(ways) > 20
    assert {way: count for way, count in ways.items() if count} == {}


def test_a_scanner_of_no_use_would_be_counted(agent):
    assert drill._believed(agent) > 0


def test_no_photo_tells_where_when_or_with_what_it_was_taken(clamd, agent, place):
    assert drill.try_photos(place, agent, 6) == []


def test_a_photo_that_tells_would_be_counted(clamd, agent):
    assert drill._kept(agent) > 0
