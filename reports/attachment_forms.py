"""What is asked about photos and documents: the files themselves, and what each of them shows."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import ReasonForm
from privacy import guarded


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class UploadForm(guarded.Form):
    """Draws the two ways to choose files, with what became of each.

    It judges none of them: each file is taken or refused by itself, so that one does not hold up the others.
    """

    optional_is_plain = True

    photo = forms.FileField(
        label="Take a photo",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    chosen = forms.FileField(label="Choose files", required=False, widget=SeveralFiles())

    def __init__(self, *, accept: str, hint: str, refusals: list[str] | None = None) -> None:
        super().__init__(None if refusals is None else {})
        self.fields["chosen"].widget.attrs["accept"] = accept
        self.fields["chosen"].help_text = hint
        if refusals:
            self.full_clean()
            self.add_error("chosen", [forms.ValidationError(one) for one in refusals])


class WhyForm(ReasonForm):
    """The reason for withdrawing a file or taking its original, and who gets to read it."""

    def __init__(self, data: Any = None, *, needed: str, read_by: str) -> None:
        super().__init__(data, needed=needed, longest=300)
        self.fields["reason"].help_text = read_by


class CaptionForm(guarded.Form):
    """One short answer, drawn once for each file of the page."""

    optional_is_plain = True

    caption = forms.CharField(
        label="What it shows",
        max_length=200,
        required=False,
        error_messages={"max_length": "Say it in 200 characters or fewer."},
    )

    def __init__(self, data: Any = None, *, mark: str = "", caption: str = "") -> None:
        if data is not None:  # without the character that no database keeps
            data = {name: str(data[name]).replace("\x00", "") for name in data}
        super().__init__(data, auto_id=f"id_{mark}_%s", initial={"caption": caption})
