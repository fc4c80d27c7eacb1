"""Taking what a page of attachments sends: each file is added or refused by itself, and a repeated one is the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from accounts.access import Refused
from privacy import guard
from privacy.fields import SsnFound
from reports.actions import attachments as actions
from reports.attachment_page import Place
from reports.models.attachments import Attachment
from sen import errors

FIELDS = ("photo", "chosen")
# The last field of the form: where it is missing, what stands before it did not arrive whole either.
END = ("end", "all")
NONE = "Choose at least one file."
NUMBER_IN_NAME = "Its name looks like it holds a Social Security number, so it was not kept. Rename the file."


@dataclass
class Outcome:
    """What became of the files of one request."""

    added: list[Attachment] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    # Without the names, for a page that shows each file with its own.
    reasons: list[str] = field(default_factory=list)

    def refuse(self, name: str, reason: str) -> None:
        self.reasons.append(reason)
        self.refused.append(f"{guard.mask(name)[0]}: {reason}" if name else reason)


def is_cut_short(request: HttpRequest) -> bool:
    """Whether the connection ended in the midst of a form with files: its parser takes what there is for the whole."""
    return request.POST.get(END[0]) != END[1]


def receive(request: HttpRequest, place: Place) -> Outcome:
    """Add every file of the request that can be."""
    outcome = Outcome()
    files = [file for name in FIELDS for file in request.FILES.getlist(name)]
    if not files:
        outcome.refuse("", NONE)
    for file in files:
        _receive(file, _key(request, file), place, outcome)
    return outcome


def _receive(file: UploadedFile[Any], key: UUID, place: Place, outcome: Outcome) -> None:
    name = file.name or "file"
    if wrong := _wrong(file):
        return outcome.refuse(name, wrong)
    source: Any = file
    try:
        outcome.added.append(actions.add(source, name, key=key, on=place.on, by=place.user))
    except Refused as refused:
        outcome.refuse(name, refused.reason)
    except ValidationError as error:
        outcome.refuse(name, " ".join(error.messages))
    except SsnFound:
        outcome.refuse(name, NUMBER_IN_NAME)


def _wrong(file: UploadedFile[Any]) -> str:
    """What can be said of its size alone: of a file that is too large no more than that was kept."""
    size, most = file.size or 0, settings.FILE_BYTES
    if size > most:
        return f"It has {size / 1024 / 1024:.1f} MB; at most {most // 1024 // 1024} MB are taken. Send a smaller one."
    if not getattr(file, "is_whole", True):
        together = settings.REQUEST_BYTES // 1024 // 1024
        return f"The files together have more than {together} MB. Send this one again by itself."
    return ""


def _key(request: HttpRequest, file: UploadedFile[Any]) -> UUID:
    """The script makes a key for each file. A plain form has one, which names a file together with what is in it: sent
    twice it is the same file, and another file chosen on the same page is another."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    if errors.wants_json(request):
        return key
    found = sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return uuid5(key, found.hexdigest())
