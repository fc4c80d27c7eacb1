"""What the pages of attachments show: each file in words, with what its reader may do, on a report or a draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone

from accounts.access import Verdict
from accounts.models import User
from audit.log import Subject, record
from privacy.mask import BULLETS
from reports.attachment_forms import CaptionForm, UploadForm
from reports.attachments import allowed, reading
from reports.models import Draft, Report
from reports.models.attachments import Attachment
from sen import marks

State = Attachment.State
BOX = 320
NOT_SET_UP = "No virus scanner is set up here, so nobody can open it. Ask your administrator to start one."
USUAL = timedelta(minutes=2)
LONG = "The scanner may be down. The file is safe, and is checked as soon as the scanner is back; reports do not wait."
MARKS = {
    State.WAITING: ("Waiting for the virus scanner", "waiting", "hourglass_empty"),
    State.RELEASED: ("Checked", "done", "check_circle"),
    State.REFUSED: ("Refused", "refused", "error"),
    State.WITHDRAWN: ("Withdrawn", "void", "highlight_off"),
}


NUMBER_IN_IT = "The file holds what looks like a Social Security number. Withdraw it if it need not be here."


@dataclass
class Place:
    """A report or a draft with its attachments, as one person sees it, and the addresses beneath it."""

    on: Report | Draft
    user: User

    @property
    def is_draft(self) -> bool:
        return isinstance(self.on, Draft)

    @property
    def key(self) -> Any:
        return self.on.pk if isinstance(self.on, Draft) else self.on.number

    @property
    def url(self) -> str:
        return reverse(f"reports:{'draft_' if self.is_draft else ''}attachments", args=[self.key])

    def address(self, name: str, pk: UUID) -> str:
        return reverse(f"reports:{name}", args=[self.key, pk])

    @cached_property
    def may_add(self) -> Verdict:
        if isinstance(self.on, Report):
            return reading.may_add_to_seen(self.on, self.user)
        return reading.may_add(self.on, self.user)

    def files(self) -> list[Attachment]:
        files = reading.of(self.on)
        for file in files:
            self._knows(file)
        return files

    def one(self, pk: UUID) -> Attachment:
        """The attachment of this very report or draft, else 404."""
        file = reading.visible(pk, self.on, self.user)
        self._knows(file)
        return file

    def _knows(self, file: Attachment) -> None:
        """What it is attached to is at hand, so that no file asks the database for it."""
        if isinstance(self.on, Draft):
            file.draft = self.on
        else:
            file.report = self.on

    def may_change(self, file: Attachment) -> bool:
        """Whether the page offers to say what it shows and to take it out; the actions decide."""
        return file.state != State.WITHDRAWN and (self.is_draft or file.by_id == self.user.pk or bool(self.may_add))

    def note(self, shown: int) -> None:
        """That the list was looked at; what cannot be recorded is not shown."""
        if isinstance(self.on, Report):
            record("attachments.listed", by=self.user, on=self.on, count=shown)
        else:
            draft = Subject("draft", str(self.on.pk), "a draft")
            record("attachments.draft_listed", by=self.user, on=draft, count=shown)


class Line:
    """One attachment on the page."""

    def __init__(
        self, file: Attachment, place: Place, caption: CaptionForm | None = None, *, has_number: bool = False
    ) -> None:
        self.file, self.place, self.has_number = file, place, has_number
        self.is_open = file.state == State.RELEASED
        self.mark = str(file.pk)[:8]
        self.changes = place.may_change(file)
        self.caption = caption or CaptionForm(mark=self.mark, caption=file.caption)

    @property
    def state(self) -> Any:
        return marks.state(*MARKS[State(self.file.state)][:2], icon=MARKS[State(self.file.state)][2])

    @property
    def version(self) -> str:
        """Changes whenever what is shown of it does."""
        return sha256(f"{self.file.state} {self.file.caption}".encode("utf-8", "replace")).hexdigest()[:12]

    @property
    def says(self) -> str:
        """What follows from its state."""
        if self.file.state == State.WAITING:
            if not settings.CLAMD:
                return NOT_SET_UP
            return LONG if timezone.now() - self.file.at > USUAL else "Nobody can open it before it is checked."
        if self.file.state == State.REFUSED:
            return self.file.refused_because
        if self.file.state == State.WITHDRAWN:
            by = self.file.withdrawn_by.name if self.file.withdrawn_by else ""
            return f"Nobody can open it any more. {by}: “{self.file.withdrawn_because}”"
        if self.has_number:
            return NUMBER_IN_IT
        return "Where it was taken was left out of this copy." if self.file.had_location else ""

    @property
    def about(self) -> str:
        """Its size, and how many pages it has."""
        size, pages = filesizeformat(self.file.size).replace("\xa0", " "), self.file.pages
        return size if not pages else f"{size}, {pages:,} page{'' if pages == 1 else 's'}"

    @property
    def is_photo(self) -> bool:
        return reading.kind_of(self.file).is_picture

    @property
    def alternative(self) -> str:
        return self.file.caption or f"Photo, {self.file.name}"

    @property
    def box(self) -> tuple[int, int]:
        """The width and height of its thumbnail, so that the page does not move when it comes."""
        width, height = self.file.width or BOX, self.file.height or BOX
        scale = min(1.0, BOX / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    @property
    def download_url(self) -> str:
        return self.place.address("draft_attachment" if self.place.is_draft else "attachment", self.file.pk)

    @property
    def thumbnail_url(self) -> str:
        if not reading.has_thumbnail(self.file):
            return ""
        return self.place.address("draft_thumbnail" if self.place.is_draft else "thumbnail", self.file.pk)

    @property
    def remove_url(self) -> str:
        """Where a draft's author takes it out, or a report's withdraws it."""
        if not self.changes:
            return ""
        return self.place.address("discard_attachment" if self.place.is_draft else "withdraw_attachment", self.file.pk)

    @property
    def original_url(self) -> str:
        if self.place.is_draft or not reading.may_take_original(self.file, self.place.user):
            return ""
        return self.place.address("original", self.file.pk)


def lines_of(place: Place, files: Iterable[Attachment], own: Line | None = None) -> list[Line]:
    """The files in words; `own` takes the place of that file's line."""
    numbers = with_numbers(files)
    return [
        own if own and own.file.pk == file.pk else Line(file, place, has_number=file.pk in numbers) for file in files
    ]


def with_numbers(files: Iterable[Attachment]) -> set[UUID]:
    """Those in whose text a number was left out; asked only of what has a text."""
    texts = [file.pk for file in files if file.state == State.RELEASED and not reading.kind_of(file).is_picture]
    if not texts:
        return set()
    return set(Attachment.objects.filter(pk__in=texts, text__contains=BULLETS).values_list("pk", flat=True))


def state_of(files: Iterable[Attachment]) -> str:
    """One mark of the whole list: as long as it is the same, there is no news."""
    said = " ".join(f"{file.pk} {file.state} {file.caption}" for file in files)
    return sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


def page_of(place: Place, *, form: UploadForm | None = None, line: Line | None = None) -> dict[str, Any]:
    """Everything that the page names; `line` takes the place of that file's own, with what is wrong in it."""
    files = place.files()
    return {
        "place": place,
        "lines": lines_of(place, files, line),
        "state": state_of(files),
        "may_add": place.may_add,
        "form": form or upload_form(),
        "caption_form": line.caption if line else None,
        "most": settings.FILE_BYTES,
        "key": uuid4(),
    }


def upload_form(refusals: list[str] | None = None) -> UploadForm:
    return UploadForm(accept=allowed.ACCEPT, hint=hint(), refusals=refusals)


def hint() -> str:
    """What is taken, how large and how many."""
    most, together = (limit // 1024 // 1024 for limit in (settings.FILE_BYTES, settings.REQUEST_BYTES))
    return (
        f"{allowed.LISTED}. At most {most} MB each and {settings.FILES_A_REPORT} on a report. "
        f'<span class="without-scripts">Without scripts send at most {together} MB at a time.</span>'
    )
