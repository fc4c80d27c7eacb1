"""Model fields that must say whether they hold personal data: the one kind of field our models use."""

from enum import Enum
from typing import Any

from django.contrib.postgres import fields as postgres
from django.contrib.postgres import search
from django.db import models


class Personal(Enum):
    """What a column can tell about a person; the data-element register is made from it (PIA: yearly review)."""

    NO = "no personal data"
    YES = "personal data"


class Declared:
    """A field that fails at import unless it says `personal=`.

    Migrations record the plain Django field, so that they never import this module and a changed
    classification needs no migration.
    """

    plain = "django.db.models"

    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None:
        self.personal = personal
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()  # type: ignore[misc]
        return name, f"{self.plain}.{type(self).__name__}", args, kwargs

    def clone(self) -> Any:
        _, _, args, kwargs = self.deconstruct()
        return type(self)(*args, personal=self.personal, **kwargs)


class BigAutoField(Declared, models.BigAutoField):
    pass


class BigIntegerField(Declared, models.BigIntegerField):
    pass


class BinaryField(Declared, models.BinaryField):
    pass


class BooleanField(Declared, models.BooleanField):
    pass


class CharField(Declared, models.CharField):
    pass


class DateField(Declared, models.DateField):
    pass


class DateTimeField(Declared, models.DateTimeField):
    pass


class FloatField(Declared, models.FloatField):
    pass


class DecimalField(Declared, models.DecimalField):
    pass


class EmailField(Declared, models.EmailField):
    pass


class ForeignKey(Declared, models.ForeignKey):
    pass


class IntegerField(Declared, models.IntegerField):
    pass


class JSONField(Declared, models.JSONField):
    pass


class OneToOneField(Declared, models.OneToOneField):
    pass


class PositiveIntegerField(Declared, models.PositiveIntegerField):
    pass


class PositiveSmallIntegerField(Declared, models.PositiveSmallIntegerField):
    pass


class TextField(Declared, models.TextField):
    pass


class UUIDField(Declared, models.UUIDField):
    pass


class ArrayField(Declared, postgres.ArrayField):
    plain = "django.contrib.postgres.fields"


class SearchVectorField(Declared, search.SearchVectorField):
    plain = "django.contrib.postgres.search"


class DateTimeRangeField(Declared, postgres.DateTimeRangeField):
    plain = "django.contrib.postgres.fields.ranges"
