"""The page of checkpoints: what is sealed, what is not yet, and the signed text of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from audit import checkpoints, evidence, keys, sealing
from audit.models import Checkpoint, Event
from audit.places import Folder
from tests.audit.sealed import seal_everything, write

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[Any], Client]


@pytest.fixture
def written(tmp_path: Path, transactional_db: None) -> Checkpoint:
    """One checkpoint of a sealed log."""
    write(3)
    seal_everything()
    made = checkpoints.write(Folder(tmp_path))
    assert made
    return made


def test_the_page_and_the_text_that_it_gives_are_what_was_written(
    written: Checkpoint, auditor: Any, as_: As, settings: Any
) -> None:
    browser = as_(auditor)
    page = browser.get("/audit/checkpoints/")
    assert [(row.pk, head) for row, head in page.context["rows"]] == [(written.pk, bytes(written.head).hex())]
    assert page.context["tail"] > 0, "the sign-in and this look are not sealed yet"
    answer = browser.get(f"/audit/checkpoints/{written.pk}/")
    assert answer.content == Path(written.place).read_bytes()
    said = json.loads(answer.content)
    body = evidence.Checkpoint(**{name: said[name] for name in evidence.Checkpoint.__dataclass_fields__})
    signature = bytes.fromhex(said["signature"])
    assert evidence.is_signed(keys.signing_key().public_key(), signature, body.message())
    assert Event.objects.filter(code="audit.checkpoints_viewed", actor_id=auditor.pk).count() == 2
    assert browser.get("/audit/checkpoints/999999/").status_code == 404
    assert browser.get("/audit/checkpoints/?before=x").status_code == 404
    assert browser.get(f"/audit/checkpoints/?before={written.pk}").context["rows"] == []


def test_sealing_that_stopped_is_an_alarm_on_the_page_and_on_the_home(
    written: Checkpoint, auditor: Any, as_: As, settings: Any, monkeypatch: Any
) -> None:
    browser, works = as_(auditor), sealing.standing()
    assert "not being sealed" not in browser.get("/audit/checkpoints/").content.decode()
    settings.SEALING_STOPS_AFTER = 60
    late = sealing.Standing(works.now + timedelta(minutes=5), works.last_seal_at, works.unsealed_since, False, False)
    monkeypatch.setattr(sealing, "standing", lambda: late)
    for address in ("/audit/checkpoints/", "/"):
        assert "The log is not being sealed" in browser.get(address).content.decode()
    monkeypatch.undo()
