"""What makes reports findable, written with each report in its transaction; saved searches and what they found."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F

from accounts.models import User
from privacy.fields import (
    ArrayField,
    BigAutoField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    IntegerField,
    JSONField,
    OneToOneField,
    Personal,
    PositiveIntegerField,
    SearchVectorField,
    TextField,
    UUIDField,
)
from reports.models.report import Report

NO, YES = Personal.NO, Personal.YES
COPY = "A copy of columns that are guarded themselves."


class SearchDocument(models.Model):
    """All the words of a report and its rows, written in the transaction that changes them."""

    report = OneToOneField(Report, models.CASCADE, personal=NO, primary_key=True, related_name="search_document")
    words = SearchVectorField(personal=YES)
    # The same words as they were written, from which the lines with a match are cut.
    text = TextField(personal=YES, default="", unguarded=COPY)

    class Meta:
        default_permissions = ()
        indexes = (GinIndex(fields=["words"], name="search_words"),)

    def __str__(self) -> str:
        return f"search document of {self.report_id}"


class SearchName(models.Model):
    """A name that a report holds: of a person, an alias or an organization. `row` is the row that bears it.

    `keys` are hashes of each of its words and of each word with one letter left out, so that a name with one letter
    wrong still shares a key (SymSpell's idea).
    """

    class Bearer(models.TextChoices):
        PERSON = "person", "Person"
        ALIAS = "alias", "Alias"
        ORGANIZATION = "organization", "Organization"

    id = BigAutoField(personal=NO, primary_key=True)
    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="search_names")
    row = UUIDField(personal=NO)
    bearer = CharField(personal=NO, max_length=12, choices=Bearer)
    name = CharField(personal=YES, max_length=300, unguarded=COPY)
    keys = ArrayField(IntegerField(personal=NO), personal=YES, unguarded="Hashes, made by us.")
    born = DateField(personal=YES, null=True)

    class Meta:
        default_permissions = ()
        indexes = (GinIndex(fields=["keys"], name="search_name_keys"),)

    def __str__(self) -> str:
        return f"name in report {self.report_id}"


class SearchWord(models.Model):
    """A word of names, once, with the keys that near words share: what a misspelt word may stand for.

    It tells of no report, and stays when the last report that held it goes, until all is written anew (`reindex`).
    """

    id = BigAutoField(personal=NO, primary_key=True)
    word = CharField(personal=YES, max_length=120, unguarded=COPY)
    keys = ArrayField(IntegerField(personal=NO), personal=YES, unguarded="Hashes, made by us.")

    class Meta:
        default_permissions = ()
        # Not unique: two who file at once must not wait for each other over a word.
        indexes = (
            models.Index(fields=["word"], name="search_word"),
            GinIndex(fields=["keys"], name="search_word_keys"),
        )

    def __str__(self) -> str:
        return f"word {self.pk}"


class SearchIdentifier(models.Model):
    """An identifier that a report holds, in the one form in which it is compared: one row a report, type and value.

    `at` is when the report was filed, so that the newest reports of a number that many hold are read from the index.
    """

    class Type(models.TextChoices):
        A_NUMBER = "a_number", "A-Number"
        PHONE = "phone", "phone"
        EMAIL = "email", "e-mail address"
        HANDLE = "handle", "online handle"
        ADDRESS = "address", "address"
        PASSPORT = "passport", "passport"
        DRIVER = "driver", "driver's licence"
        FBI = "fbi", "FBI number"
        FIN = "fin", "fingerprint number"
        STATE = "state", "state identification number"
        PLATE = "plate", "plate"
        VIN = "vin", "VIN"
        SERIAL = "serial", "serial number"
        EIN = "ein", "EIN"
        CASE = "case", "case number"
        REPORT = "report", "report number"
        OTHER = "other", "identifier"

    id = BigAutoField(personal=NO, primary_key=True)
    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="search_identifiers", db_index=False)
    type = CharField(personal=NO, max_length=12, choices=Type)
    value = CharField(personal=YES, max_length=300, unguarded=COPY)
    at = DateTimeField(personal=NO)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["report", "type", "value"], name="search_identifier_once"),)
        indexes = (models.Index(F("value"), F("type"), F("at").desc(), include=["report"], name="search_identifier"),)

    def __str__(self) -> str:
        return f"identifier in report {self.report_id}"


class SavedSearch(models.Model):
    """A search that a person keeps under a name: what was typed and the filters in force, as in the address.

    With `alerts` its owner is told of each further report that it finds and that they may then read.
    """

    audit_type: ClassVar[str] = "saved search"
    audited: ClassVar[tuple[str, str, str]] = ("saved search", "id", "change")

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    owner = ForeignKey(User, models.PROTECT, personal=YES, related_name="saved_searches", editable=False)
    name = CharField(personal=YES, max_length=80)
    terms = TextField(personal=YES, max_length=500, blank=True, editable=False)
    filters = JSONField(personal=NO, default=dict, editable=False)
    alerts = BooleanField("Tell me of new reports that it finds", personal=NO, default=False)
    made_at = DateTimeField(personal=NO, editable=False)

    class Meta:
        ordering = ("name", "made_at")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["owner", "name"], name="saved_search_name_once"),)

    def __str__(self) -> str:
        return f"saved search {self.pk}"

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def audit_label(self) -> str:
        return "saved search"


class SavedSearchFind(models.Model):
    """A report that a saved search found for its owner, who was told of it once."""

    audited: ClassVar[tuple[str, str, str]] = ("saved search", "search_id", "change")

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    search = ForeignKey(SavedSearch, models.CASCADE, personal=NO, related_name="finds")
    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="+")
    version = PositiveIntegerField(personal=NO)
    found_at = DateTimeField(personal=NO)
    seen_at = DateTimeField(personal=NO, null=True)

    class Meta:
        ordering = ("-found_at",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["search", "report"], name="saved_search_find_once"),)

    def __str__(self) -> str:
        return f"find of saved search {self.search_id}"
