"""The pieces of a file: each opens in its own place in its own copy, and nowhere else."""

from __future__ import annotations

import io
import tracemalloc
from uuid import uuid4

import pytest
from django.core.management import call_command

from accounts.access import Refused
from reports.actions import attachments
from reports.attachments import keys, sealing
from reports.models import Attachment, AttachmentPiece
from tests.attachments import made
from tests.attachments.conftest import add
from tests.fake import FAKE

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(sealing, "PIECE", 1000)


def content(attachment, copy="original"):
    return b"".join(sealing.unsealed(attachment, copy))


@pytest.mark.parametrize("size", [1, 999, 1000, 1001, 2000, 2999, 3000])
def test_every_size_comes_back_as_it_went_in(agent, draft, small_pieces, size):
    text = (b"seen at the pier " * 200)[:size]
    attachment = add(text, "a.txt", on=draft, by=agent)
    assert content(attachment) == text
    assert attachment.pieces.count() == -(-size // 1000)


def test_nothing_of_it_is_stored_in_clear(agent, draft):
    attachment = add(FAKE.narrative.encode() * 50, "a.txt", on=draft, by=agent)
    stored = bytes(attachment.pieces.get().sealed)
    assert FAKE.narrative[:12].encode() not in stored
    assert attachment.sha256 == sealing.sha256_of(io.BytesIO(FAKE.narrative.encode() * 50))


MOVES = {
    "two pieces exchanged": lambda one, other: exchange(one[0], one[1]),
    "the same piece of another file": lambda one, other: exchange(one[1], other[1]),
    "a piece of another copy": lambda one, other: put(one[0], copy="served"),
    "the last piece left out": lambda one, other: one[2].delete(),
    "the first piece left out": lambda one, other: one[0].delete(),
    "one bit turned": lambda one, other: put(one[1], sealed=turned(one[1].sealed)),
    "one bit of the head turned": lambda one, other: put(one[1], sealed=turned(one[1].sealed, at=3)),
    "a piece cut": lambda one, other: put(one[2], sealed=bytes(one[2].sealed)[:-1]),
    "a piece emptied": lambda one, other: put(one[2], sealed=b""),
    "another total": lambda one, other: AttachmentPiece.objects.filter(attachment=one[0].attachment).update(total=2500),
    "another total of one": lambda one, other: put(one[2], total=2500),
    "the last piece left out and the total made to fit": lambda one, other: shorten(one),
}


def put(piece, **values):
    AttachmentPiece.objects.filter(pk=piece.pk).update(**values)


def exchange(one, other):
    first, second = bytes(one.sealed), bytes(other.sealed)
    put(one, sealed=second)
    put(other, sealed=first)


def turned(sealed, at=-30):
    changed = bytearray(sealed)
    changed[at] ^= 1
    return bytes(changed)


def shorten(pieces):
    pieces[2].delete()
    AttachmentPiece.objects.filter(attachment=pieces[0].attachment).update(total=2000)


@pytest.mark.parametrize("move", MOVES)
def test_a_piece_that_was_moved_changed_or_left_out_does_not_open(agent, draft, small_pieces, move):
    files = [add(letter * 2600, "a.txt", on=draft, by=agent) for letter in (b"a", b"b")]
    MOVES[move](*(list(file.pieces.order_by("position")) for file in files))
    with pytest.raises(sealing.CannotOpen):
        content(files[0])


def test_without_its_key_nothing_opens_and_it_is_waited_for(agent, draft, settings, tmp_path):
    attachment = add(b"seen", "a.txt", on=draft, by=agent)
    settings.FILE_KEYS = str(tmp_path)
    with pytest.raises(sealing.NoKey, match="Restore it"):
        content(attachment)
    settings.PRODUCTION = True
    with pytest.raises(Refused, match="Files cannot be kept just now"):
        add(b"seen", "a.txt", on=draft, by=agent)
    assert Attachment.objects.count() == 1


def test_a_further_key_seals_from_then_on_and_the_older_one_still_opens(agent, draft, settings, tmp_path, capsys):
    settings.FILE_KEYS = str(tmp_path / "keys")
    first = add(b"seen first", "a.txt", on=draft, by=agent)
    call_command("attachments", "new-key")
    second = add(b"seen second", "a.txt", on=draft, by=agent)
    assert (content(first), content(second)) == (b"seen first", b"seen second")
    assert keys.versions() == [1, 2]
    assert [bytes(one.pieces.get().sealed)[4] for one in (first, second)] == [1, 2]
    assert keys.path_of(2).stat().st_mode & 0o077 == 0
    said = capsys.readouterr().out
    assert "Key 2" in said
    assert keys.path_of(2).read_text().strip() not in said


def test_a_file_is_never_whole_in_memory(agent, draft, monkeypatch):
    """Of 3 MB no more than a few pieces are in memory at once, on the way in and on the way out."""
    monkeypatch.setattr(sealing, "PIECE", 65_536)
    source = io.BytesIO(made.picture() + bytes(3_000_000))
    add(b"seen", "a.txt", on=draft, by=agent)  # what is loaded once
    tracemalloc.start()
    try:
        attachment = attachments.add(source, "a.jpg", key=uuid4(), on=draft, by=agent)
        assert sum(map(len, sealing.unsealed(attachment, "original"))) == attachment.size > 3_000_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_500_000
