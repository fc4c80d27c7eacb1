"""Model fields that must say whether they hold personal data: the one kind of field our models use."""

from enum import Enum
from typing import Any

from django.contrib.postgres import fields as postgres
from django.contrib.postgres import search
from django.db import models

from privacy.overrides import allow, not_allowed, numbers_in


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


class SsnFound(Exception):
    """A text that was to be stored holds what looks like an SSN. It names the column and never tells the number."""

    def __init__(self, field: str) -> None:
        super().__init__(f"The text for {field} looks like a Social Security number.")
        self.field = field


class Guarded(Declared):
    """A column of text that takes no SSN, whoever writes it: `save`, `bulk_create`, `update` or `bulk_update`.

    What the request let through passes, and so does what the same row holds already. `unguarded` says why a column
    is not guarded; like `personal`, it is not recorded in migrations.
    """

    def __init__(self, *args: Any, unguarded: str = "", **kwargs: Any) -> None:
        self.unguarded = unguarded
        super().__init__(*args, **kwargs)

    def clone(self) -> Any:
        _, _, args, kwargs = self.deconstruct()
        return type(self)(*args, personal=self.personal, unguarded=self.unguarded, **kwargs)

    def pre_save(self, instance: Any, add: bool) -> Any:
        value = super().pre_save(instance, add)
        if not add and self._refused(value):
            stored = self.model._base_manager.filter(pk=instance.pk).values_list(self.attname, flat=True).first()
            allow(numbers_in(stored, label=self.name))
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        self.refuse(value)
        return super().get_db_prep_save(value, connection)

    def refuse(self, value: Any) -> None:
        """Raise SsnFound for a value that may not be stored here."""
        if self._refused(value):
            raise SsnFound(self.name)

    def _refused(self, value: Any) -> set[str]:
        return set() if self.unguarded else not_allowed(numbers_in(value, label=self.name))


class BigAutoField(Declared, models.BigAutoField):
    pass


class BigIntegerField(Declared, models.BigIntegerField):
    pass


class BinaryField(Declared, models.BinaryField):
    pass


class BooleanField(Declared, models.BooleanField):
    pass


class CharField(Guarded, models.CharField):
    pass


class DateField(Declared, models.DateField):
    pass


class DateTimeField(Declared, models.DateTimeField):
    pass


class FloatField(Declared, models.FloatField):
    pass


class DecimalField(Declared, models.DecimalField):
    pass


class EmailField(Guarded, models.EmailField):
    pass


class ForeignKey(Declared, models.ForeignKey):
    pass


class IntegerField(Declared, models.IntegerField):
    pass


class JSONField(Guarded, models.JSONField):
    pass


class OneToOneField(Declared, models.OneToOneField):
    pass


class PositiveIntegerField(Declared, models.PositiveIntegerField):
    pass


class PositiveSmallIntegerField(Declared, models.PositiveSmallIntegerField):
    pass


class TextField(Guarded, models.TextField):
    pass


class UUIDField(Declared, models.UUIDField):
    pass


class ArrayField(Guarded, postgres.ArrayField):
    plain = "django.contrib.postgres.fields"


class SearchVectorField(Declared, search.SearchVectorField):
    plain = "django.contrib.postgres.search"


class DateTimeRangeField(Declared, postgres.DateTimeRangeField):
    plain = "django.contrib.postgres.fields.ranges"
