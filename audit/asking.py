"""What the pages beside the log ask of an auditor: a stretch of one person's acts, words, a day, findings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from audit.forms import Moment, what_choices
from audit.search import Filter, codes_of
from audit.words import folded
from privacy import guarded
from sen.forms import CountedTextarea

MINUTE = timedelta(minutes=1)


class ActsForm(guarded.Form):
    """The filter of one person's acts. It names nobody, so it stands in the address."""

    optional_is_plain = True
    what = forms.ChoiceField(label="What happened", choices=what_choices, required=False)
    since = Moment("From (UTC)")
    until = Moment("To (UTC)")

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "This is before the beginning. Choose a later time.")

    def filter_of(self, **about: Any) -> Filter:
        """What the valid form asks for; the last minute is meant whole."""
        given = self.cleaned_data
        before = given["until"] + MINUTE if given["until"] else None
        return Filter(**about, codes=codes_of(given["what"]), since=given["since"], before=before)

    @property
    def typed(self) -> dict[str, str]:
        return {name: str(self.data[name]) for name in self.fields if self.data.get(name)}


class WordsForm(guarded.Form):
    """The name or words that somebody may have searched for: posted and kept apart, since it is often a name."""

    optional_is_plain = True
    words = forms.CharField(label="Name or words", max_length=200)

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if not folded(words):
            raise ValidationError("There is no word in this. Write a name, or some words of a search.")
        return words


class SignForm(guarded.Form):
    """What the reviewer found. Signed with it, it stays as it is."""

    findings = forms.CharField(
        label="Findings",
        max_length=4000,
        widget=CountedTextarea(rows=6),
        help_text="What you looked into, what you found, and what follows. Write “Nothing to follow up” if that is so.",
    )
