"""The bytes of attachments in the database: cut into pieces, each sealed for its very place in its very copy.

AES-256-GCM (NIST SP 800-38D) under a random nonce of 96 bits. The associated data names the format, key, attachment,
copy, position and size of the whole copy, so a piece that is moved, exchanged or left out does not open. Stored:
format (1 byte), key (4), nonce (12), bytes with tag. No more than one piece is in memory at a time.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reports.attachments import keys
from reports.models.attachments import Attachment, AttachmentPiece

FORMAT = 1
HEAD, NONCE, TAG = 5, 12, 16
PIECE = 512 * 1024


class CannotOpen(Exception):
    """The bytes of an attachment do not open; the message says why and holds none of them."""


class NoKey(CannotOpen):
    """They would open with a key that is not there now."""


def size_of(source: BinaryIO) -> int:
    source.seek(0, os.SEEK_END)
    return source.tell()


def sha256_of(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    for chunk in read_through(source):
        digest.update(chunk)
    return digest.hexdigest()


def read_through(source: BinaryIO) -> Iterator[bytes]:
    source.seek(0)
    while chunk := source.read(PIECE):
        yield chunk


def seal(source: BinaryIO, attachment: Attachment, copy: str) -> None:
    """Write all pieces of a copy, in the transaction of the caller, whose event names the attachment."""
    total, version = size_of(source), keys.current()
    cipher = AESGCM(keys.key(version))
    head = bytes([FORMAT]) + version.to_bytes(4, "big")
    for position, clear in enumerate(read_through(source)):
        nonce = secrets.token_bytes(NONCE)
        place = _place(head, attachment.pk, copy, position, total)
        AttachmentPiece.objects.create(
            attachment=attachment,
            copy=copy,
            position=position,
            total=total,
            sealed=head + nonce + cipher.encrypt(nonce, clear, place),
        )


def unsealed(attachment: Attachment, copy: str) -> Iterator[bytes]:
    """The bytes of a copy, piece by piece.

    Raises CannotOpen, before anything is answered where a piece or the key is missing or the first does not open.
    """
    pieces = AttachmentPiece.objects.filter(attachment=attachment, copy=copy)
    totals = list(pieces.values_list("total", "position"))
    if not totals or {p for _, p in totals} != set(range(count(totals[0][0]))) or len({t for t, _ in totals}) != 1:
        raise CannotOpen("Not all of it is stored.")
    opened = _open_each(attachment, copy, totals[0][0])
    return chain([next(opened)], opened)


def count(total: int) -> int:
    """Of how many pieces a copy of this size is made."""
    return -(-total // PIECE)


def _open_each(attachment: Attachment, copy: str, total: int) -> Iterator[bytes]:
    left = total
    for position in range(count(total)):
        piece = AttachmentPiece.objects.get(attachment=attachment, copy=copy, position=position)
        clear = _open(piece, attachment.pk, total)
        left -= len(clear)
        if len(clear) != min(PIECE, left + len(clear)):
            raise CannotOpen("A piece of it is cut.")
        yield clear


def _open(piece: AttachmentPiece, pk: UUID, total: int) -> bytes:
    stored = bytes(piece.sealed)
    if len(stored) < HEAD + NONCE + TAG or stored[0] != FORMAT:
        raise CannotOpen("It is cut, or was not sealed by this release.")
    head, nonce = stored[:HEAD], stored[HEAD : HEAD + NONCE]
    try:
        key = keys.key(int.from_bytes(head[1:], "big"))
        place = _place(head, pk, piece.copy, piece.position, total)
        return AESGCM(key).decrypt(nonce, stored[HEAD + NONCE :], place)
    except keys.Unavailable as error:
        raise NoKey(str(error)) from None
    except InvalidTag:
        raise CannotOpen("It was changed, moved from another place, or sealed with another key.") from None


def _place(head: bytes, pk: UUID, copy: str, position: int, total: int) -> bytes:
    """The associated data: how it was sealed, and for which piece of what."""
    return head + json.dumps(["attachment", str(pk), str(copy), position, total]).encode()
