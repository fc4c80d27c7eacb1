"""What the forms of a draft offer to choose from, and what stands there at first."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from django import forms
from django.db import models
from django.db.models import Q

from accounts.models import Assignment, User
from accounts.roles import Role
from reports.kinds import Kind
from reports.models import Report

if TYPE_CHECKING:
    from reports.answers import Answers

CONTACTS = (Role.FIELD_HSI, Role.FIELD_ERO, Role.SUPERVISOR, Role.SAC, Role.FOD)


def offer(name: str, field: forms.Field, answers: Answers) -> None:
    """Fill one field of a form with what its author may choose, in the words of the kind."""
    if name in OFFERS:
        OFFERS[name](field, answers)
    reword(name, field, answers.kind)


def reword(name: str, field: forms.Field, kind: Kind) -> None:
    """The label, hint and need of an answer that all kinds have, as this kind has them."""
    if name in kind.words:
        label, hint = kind.words[name]
        field.label, field.help_text = label[:1].upper() + label[1:], hint or field.help_text
    if name == "event_types":
        field.label = kind.types
    if name in kind.needs:
        field.required = True


def _offices(field: forms.Field, answers: Answers) -> None:
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
    field.queryset = answers.offices
    field.empty_label = None if answers.user.office_id else "- Select -"
    field.initial = answers.user.office_id


def _event_types(field: forms.Field, answers: Answers) -> None:
    assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
    field.choices = [(t.code, t.label) for t in answers.event_types if t.active or t.code in answers.chosen_types]


def _supervisors(field: forms.Field, answers: Answers) -> None:
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
    lead = Assignment.objects.live().filter(role__in=[Role.SUPERVISOR, Role.SAC, Role.FOD])
    # Whom the report has named already may have moved on; amending something else does not ask for another.
    amended = answers.draft.amends_id
    named = (Report.objects.filter(pk=amended) if amended else Report.objects.none()).values("supervisor")
    field.queryset = User.objects.filter(Q(status=User.Status.ACTIVE, pk__in=lead.values("user")) | Q(pk__in=named))
    field.label_from_instance = operator.attrgetter("name")  # type: ignore[method-assign,assignment]
    field.initial = partial(_if_offered, field.queryset, answers.user.supervisor_id)


def _if_offered(people: models.QuerySet[User], pk: int | None) -> int | None:
    """Nobody is chosen at first who could not be chosen."""
    return pk if pk and people.filter(pk=pk).exists() else None


def _contacts(field: forms.Field, answers: Answers) -> None:
    """Whoever works in the field; the author at first. An amendment keeps the contact that it has."""
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
    work = Assignment.objects.live().filter(role__in=CONTACTS).values("user")
    field.queryset = User.objects.filter(Q(status=User.Status.ACTIVE, pk__in=work) | Q(pk=answers.named("contact_id")))
    field.label_from_instance = operator.attrgetter("name")  # type: ignore[method-assign,assignment]
    field.initial = partial(_if_offered, field.queryset, answers.user.pk)


def _phone(field: forms.Field, answers: Answers) -> None:
    field.initial = answers.user.phone


def _programme(field: forms.Field, answers: Answers) -> None:
    field.initial = answers.user.programme


OFFERS: dict[str, Callable[[forms.Field, Answers], None]] = {
    "office": _offices,
    "event_types": _event_types,
    "supervisor": _supervisors,
    "programme": _programme,
    "contact": _contacts,
    "contact_phone": _phone,
}
