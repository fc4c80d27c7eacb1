"""What was typed, put into words: so that two drafts of one answer can be read side by side, right or wrong."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from reports.answers import AnswersForm
from reports.content import answer_field, in_words
from reports.models import EventType


def said(form: AnswersForm) -> dict[str, str]:
    """Label -> the answer in words; one that cannot be understood reads as it was typed."""
    form.is_valid()
    labels = dict(EventType.objects.values_list("code", "label"))
    zone = ZoneInfo(form.answers.zone)
    return {str(form.fields[name].label): _one(form, name, zone, labels) for name in form.fields}


def _one(form: AnswersForm, name: str, zone: ZoneInfo, labels: dict[str, str]) -> str:
    if name not in form.errors:
        return in_words(form.instance, answer_field(type(form.instance), name), zone, labels)
    value = form[name].value()
    return " ".join(str(piece) for piece in value if piece) if isinstance(value, list | tuple) else str(value or "")
