"""Showing on a form why an action would not do what the form asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.forms import BaseForm

from accounts.access import Refused


@contextmanager
def add_refusal(form: BaseForm, *, but: tuple[type[Refused], ...] | type[Refused] = ()) -> Iterator[None]:
    """Run an action; its refusal, `but` one that the view answers, becomes an error of the form, where it names one
    beside its field."""
    try:
        yield
    except but:
        raise
    except Refused as error:
        form.add_error(None, error.reason)
    except ValidationError as error:
        _add(form, error)


def _add(form: BaseForm, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
