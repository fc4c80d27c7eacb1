"""One cell of an old file as the value of a model's field: the field's own type, choices and validators decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import Office, User
from reports.imports.lines import FIELD_LIMIT
from reports.imports.values import Wrong, day, moment, plain, yes
from reports.models import EventType
from reports.models.rows import normal_a_number

SEVERAL = ";"


@dataclass
class Known:
    """What old rows of a kind refer to by code or name, looked up once; `former` stands for whoever has no account."""

    kind: str
    former: User
    offices: dict[str, Office] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.offices = {office.code.casefold(): office for office in Office.objects.all()}
        for user in User.objects.order_by("-pk"):
            self.people[user.person_key.casefold()] = self.people[user.username.casefold()] = user

    @cached_property
    def events(self) -> dict[str, str]:
        """Event types by code and by label, each to its code."""
        codes = list(EventType.objects.filter(kind=self.kind).values_list("code", "label"))
        return {label.casefold(): code for code, label in codes} | {code: code for code, _ in codes}

    @cached_property
    def labels(self) -> dict[str, str]:
        return dict(EventType.objects.values_list("code", "label"))

    def office(self, code: str) -> Office:
        office = self.offices.get(code.casefold())
        if office is None:
            raise Wrong("names no office. Give the code of an office, or add the office first")
        return office

    def person(self, name: str) -> User | None:
        return self.people.get(name.casefold())


def value_of(declared: Any, text: str, known: Known, zone: ZoneInfo) -> Any:
    """The value that `text` means for a field. Raises `Wrong` with the reason."""
    if isinstance(declared, models.ForeignKey):
        return known.office(text) if declared.related_model is Office else known.person(text) or known.former
    value = _typed(declared, text, known, zone)
    try:
        declared.run_validators(value)
    except ValidationError as error:
        raise Wrong("is refused: " + " ".join(error.messages).rstrip(".")) from None
    return value


def _typed(declared: Any, text: str, known: Known, zone: ZoneInfo) -> Any:
    base = getattr(declared, "base_field", None)
    if base is not None:
        several = [one.strip() for one in text.replace("\n", SEVERAL).split(SEVERAL) if one.strip()]
        choices = known.events if declared.name == "event_types" else _choices(base)
        return [_choice(one, choices) if choices else plain(one, base.max_length) for one in several]
    if choices := _choices(declared):
        return _choice(text, choices)
    if isinstance(declared, models.BooleanField):
        return yes(text)
    if isinstance(declared, models.DateTimeField):
        return moment(text, zone)
    if isinstance(declared, models.DateField):
        return day(text)
    if isinstance(declared, models.DecimalField | models.IntegerField):
        return _figure(declared, text)
    return _text(declared, text)


def _text(declared: Any, text: str) -> str:
    if declared.name == "a_number":
        errors: dict[str, str] = {}
        text = normal_a_number(text, errors)
        if errors:
            raise Wrong("is no A-Number of seven to nine digits")
    # Countries are written in capitals here; old files have them as they come.
    text = text.upper() if declared.max_length == 2 else text
    return plain(text, declared.max_length or FIELD_LIMIT)


def _figure(declared: Any, text: str) -> Any:
    try:
        figure = Decimal(text.replace(",", "").removeprefix("$"))
    except InvalidOperation:
        raise Wrong("is no number") from None
    if not figure.is_finite():
        raise Wrong("is no number")
    if isinstance(declared, models.DecimalField):
        return figure
    if figure != int(figure):
        raise Wrong("is no whole number")
    return int(figure)


def _choices(declared: Any) -> dict[str, str]:
    """The choices of a field by code and by label, each to its code."""
    pairs = [(str(code), str(label)) for code, label in declared.flatchoices]
    return {label.casefold(): code for code, label in pairs} | {code.casefold(): code for code, _ in pairs}


def _choice(text: str, choices: Mapping[str, str]) -> str:
    found = choices.get(text.casefold())
    if found is None:
        raise Wrong("is none of its choices")
    return found


def nothing(declared: Any, known: Known) -> Any:
    """What a field holds when an old row says nothing of it. Raises `Wrong` where it cannot be without."""
    if declared.has_default():
        return declared.get_default()
    if declared.null:
        return None
    if isinstance(declared, models.ForeignKey) and declared.related_model is User:
        return known.former
    if isinstance(declared, models.CharField | models.TextField):
        return ""
    raise Wrong("is empty. It is needed")
