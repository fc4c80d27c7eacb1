"""Types of `privacy.fields`: the plain Django field of the same name, and `personal=` asked for."""

from enum import Enum
from typing import Any, TypeVar

from django.contrib.postgres import fields as postgres
from django.contrib.postgres import search
from django.db import models

_S = TypeVar("_S", contravariant=True)
_G = TypeVar("_G", covariant=True)

class Personal(Enum):
    NO = ...
    YES = ...

class Declared:
    personal: Personal

class SsnFound(Exception):
    field: str
    def __init__(self, field: str) -> None: ...

class Guarded(Declared):
    unguarded: str
    def refuse(self, value: Any) -> None: ...

class BigAutoField(models.BigAutoField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class BigIntegerField(models.BigIntegerField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class BinaryField(models.BinaryField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class BooleanField(models.BooleanField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class CharField(models.CharField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, unguarded: str = ..., **kwargs: Any) -> None: ...

class DateField(models.DateField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class DateTimeField(models.DateTimeField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class DecimalField(models.DecimalField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class EmailField(models.EmailField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, unguarded: str = ..., **kwargs: Any) -> None: ...

class ForeignKey(models.ForeignKey[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class IntegerField(models.IntegerField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class OneToOneField(models.OneToOneField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class PositiveIntegerField(models.PositiveIntegerField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class PositiveSmallIntegerField(models.PositiveSmallIntegerField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class TextField(models.TextField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, unguarded: str = ..., **kwargs: Any) -> None: ...

class UUIDField(models.UUIDField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class JSONField(models.JSONField):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, unguarded: str = ..., **kwargs: Any) -> None: ...

class ArrayField(postgres.ArrayField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, unguarded: str = ..., **kwargs: Any) -> None: ...

class SearchVectorField(search.SearchVectorField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class FloatField(models.FloatField[_S, _G]):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...

class DateTimeRangeField(postgres.DateTimeRangeField):
    personal: Personal
    def __init__(self, *args: Any, personal: Personal, **kwargs: Any) -> None: ...
