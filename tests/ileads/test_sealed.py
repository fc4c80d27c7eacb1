"""A sealed value: eight bullets to everything, open for its own row alone, and refused wherever it could leak."""

from __future__ import annotations

import ast
import copy
import json
import logging
import pickle
import re
import traceback
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from auditlog.diff import model_instance_diff
from auditlog.registry import auditlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.core.serializers.base import DeserializationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.forms import modelform_factory
from django.template import engines

from audit.log import record
from ileads import keys, sealed
from ileads.models import LegacySSN
from ileads.sealed import CannotOpen, NotSealed, Sealed, SealedField, open_sealed, seal
from privacy import register
from privacy.fields import Personal
from privacy.mask import BULLETS
from reports.models import Report
from tests import house
from tests.ileads import numbers as ssns
from tests.ileads.leads import filed
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db


@pytest.fixture
def clear() -> str:
    return ssns.number()


@pytest.fixture
def lead(officer: Any, fod: Any) -> Report:
    return filed(officer, fod)


@pytest.fixture
def kept(lead: Report, clear: str) -> LegacySSN:
    """One as it comes from the database."""
    return LegacySSN.objects.get(pk=ssns.on(lead, clear)[0].pk)


def rendered(text: str, value: Any) -> str:
    return str(engines["django"].from_string(text).render({"v": value}))


# -- Bullets ----------------------------------------------------------------------------------------------------------
SHOWN: dict[str, Callable[[Any], object]] = {
    "str": str,
    "repr": repr,
    "format": "{}".format,
    "format to a width": "{:>8}".format,
    "f-string": lambda value: f"{value}",
    "f-string repr": lambda value: f"{value!r}",
    "percent": lambda value: f"%{'s'}" % value,
    "joined": lambda value: "".join([value]),
    "added": lambda value: value + "",
    "iterated": lambda value: "".join(iter(value)),
    "sliced": lambda value: value[:],
    "upper": lambda value: value.upper(),
    "json": lambda value: json.loads(json.dumps(value)),
    "json as a key": lambda value: next(iter(json.loads(json.dumps({value: 1})))),
    "json of Django": lambda value: json.loads(json.dumps(value, cls=DjangoJSONEncoder)),
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301 - our own bytes
    "pickle of old": lambda value: pickle.loads(pickle.dumps(value, protocol=0)),  # noqa: S301
    "copy": lambda value: str(copy.copy(value)),
    "deep copy": lambda value: str(copy.deepcopy([value])[0]),
    "template": lambda value: rendered("{{ v }}", value),
    "template, safe": lambda value: rendered("{{ v|safe }}", value),
    "template, loop": lambda value: rendered("{% for one in v %}{{ one }}{% endfor %}", value),
    "template, string format": lambda value: rendered('{{ v|stringformat:"s" }}', value),
    "template, encoded": lambda value: value.encode().decode(),
}


@pytest.mark.parametrize("way", SHOWN)
def test_every_way_of_showing_it_gives_eight_bullets(kept: LegacySSN, way: str) -> None:
    assert SHOWN[way](kept.value) == BULLETS
    assert len(kept.value) == 8


def test_the_ways_would_show_a_value_that_is_not_sealed(clear: str) -> None:
    """The positive control: through the very same ways a plain text comes out."""
    showing = [way for way, show in SHOWN.items() if clear in str(show(clear))]
    assert len(showing) == len(SHOWN)


def test_neither_value_nor_ciphertext_is_in_what_is_printed_logged_or_dumped(
    kept: LegacySSN, clear: str, caplog: pytest.LogCaptureFixture
) -> None:
    stored = kept.value._stored
    logging.getLogger("test").error("one %s, one %r", kept.value, vars(kept))
    said = [caplog.text, repr(vars(kept)), repr(kept), flat_pickle(kept), serializers.serialize("json", [kept])]
    for text in said:
        assert clear not in text
        assert stored.hex() not in text
        assert repr(stored)[2:-1] not in text
    assert BULLETS in caplog.text
    assert json.loads(said[-1])[0]["fields"]["value"] == BULLETS


def flat_pickle(row: LegacySSN) -> str:
    assert pickle.loads(pickle.dumps(row)).value == BULLETS  # noqa: S301
    return repr(pickle.dumps(row))


def test_two_are_never_equal_and_have_no_hash_by_value(lead: Report, clear: str) -> None:
    first, second = (Sealed(b"one"), Sealed(b"one"))
    assert first != second
    assert first == first
    assert first != BULLETS
    assert first != BULLETS
    assert len({first, second, BULLETS}) == 3


def test_the_same_number_is_sealed_differently_each_time(lead: Report, clear: str) -> None:
    one, other = ssns.on(lead, clear, clear)
    assert one.value._stored[5:] != other.value._stored[5:]
    assert clear.encode() not in one.value._stored


def test_it_does_not_change() -> None:
    with pytest.raises(AttributeError):
        Sealed(b"one")._stored = b"two"


def test_the_history_of_a_change_shows_bullets_alone(kept: LegacySSN, clear: str) -> None:
    """No history is kept of it; were it, auditlog would see nothing but bullets."""
    assert not auditlog.contains(LegacySSN)
    auditlog.register(LegacySSN, mask_fields=["value"])
    try:
        changed = copy.copy(kept)
        changed.value = seal(clear, for_=kept)
        difference = model_instance_diff(None, changed) or {}
    finally:
        auditlog.unregister(LegacySSN)
    assert set(difference["value"]) == {BULLETS}


def test_the_register_says_that_it_is_personal() -> None:
    assert register.classification(LegacySSN._meta.get_field("value")) is Personal.YES


# -- In and out of the database ---------------------------------------------------------------------------------------
def test_it_opens_for_its_own_row(kept: LegacySSN, clear: str) -> None:
    assert open_sealed(kept.value, for_=kept) == clear


@pytest.mark.parametrize("spoiled", ["text", "bytes", "bullets", None])
def test_nothing_but_a_sealed_value_is_saved(lead: Report, clear: str, spoiled: str | None) -> None:
    person = lead.person_rows.get()
    one = ssns.unsaved(person, clear)
    one.value = {"text": clear, "bytes": clear.encode(), "bullets": BULLETS, None: None}[spoiled]
    with pytest.raises(NotSealed) as refused, transaction.atomic():
        one.save(force_insert=True)
    assert clear not in str(refused.value)
    with pytest.raises(NotSealed):
        LegacySSN.objects.bulk_create([one])


def test_a_value_sealed_for_another_row_is_not_saved(lead: Report, clear: str) -> None:
    person = lead.person_rows.get()
    one, other = ssns.unsaved(person, clear), ssns.unsaved(person, clear)
    one.value = other.value
    with pytest.raises(NotSealed):
        one.save(force_insert=True)


def test_no_query_writes_it_by_itself(kept: LegacySSN, clear: str) -> None:
    for value in (clear, kept.value, seal(clear, for_=kept)):
        with pytest.raises(NotSealed):
            LegacySSN.objects.filter(pk=kept.pk).update(value=value)
    with pytest.raises(NotSealed):
        LegacySSN.objects.bulk_update([kept], ["value"])


@pytest.mark.parametrize("lookup", ["value", "value__exact", "value__in", "value__isnull", "value__startswith"])
def test_it_cannot_be_searched(lookup: str, clear: str) -> None:
    with pytest.raises(FieldError):
        LegacySSN.objects.filter(**{lookup: clear}).exists()


def test_no_form_has_it_and_no_file_brings_it_in(kept: LegacySSN) -> None:
    field: Any = LegacySSN._meta.get_field("value")
    assert field.formfield() is None
    with pytest.raises(FieldError):
        modelform_factory(LegacySSN, fields=["value"])
    dumped = serializers.serialize("json", [kept])
    with pytest.raises((DeserializationError, ValidationError, NotSealed)):
        next(iter(serializers.deserialize("json", dumped))).save()


def test_a_migration_records_the_plain_field_and_a_copy_says_what_it_holds() -> None:
    field: Any = LegacySSN._meta.get_field("value")
    assert field.deconstruct()[1] == "django.db.models.BinaryField"
    assert isinstance(field.clone(), SealedField)
    assert field.clone().personal is Personal.YES


# -- What does not open -----------------------------------------------------------------------------------------------
class Elsewhere:
    """A row of another model with the same key."""

    class _meta:  # noqa: N801 - as Django calls it
        label = "ileads.Other"

    def __init__(self, pk: Any) -> None:
        self.pk = pk


def opens(value: Any, row: Any, field: str = "value") -> bool:
    try:
        open_sealed(value, for_=row, field=field)
    except CannotOpen:
        return False
    return True


def test_a_moved_ciphertext_does_not_open(kept: LegacySSN, lead: Report) -> None:
    other = LegacySSN(pk=uuid4())
    assert not opens(kept.value, other)
    assert not opens(kept.value, kept, field="source")
    assert not opens(kept.value, Elsewhere(kept.pk))
    assert opens(kept.value, kept)


def test_without_associated_data_the_moved_one_would_open(
    kept: LegacySSN, clear: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control of the test above."""
    monkeypatch.setattr(sealed, "_place", lambda head, row, field: b"")
    assert opens(seal(clear, for_=kept), LegacySSN(pk=uuid4()))


def test_no_flipped_bit_opens(kept: LegacySSN) -> None:
    stored, ring = kept.value._stored, keys.load()
    for bit in range(len(stored) * 8):
        flipped = bytearray(stored)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            open_sealed(Sealed(bytes(flipped)), for_=kept, ring=ring)


def test_no_cut_or_lengthened_one_opens(kept: LegacySSN) -> None:
    stored = kept.value._stored
    for spoiled in [*(stored[:end] for end in range(len(stored))), stored + b"\0", b"\0" + stored]:
        assert not opens(Sealed(spoiled), kept)


@pytest.mark.parametrize("value", ["text", BULLETS, b"bytes", None])
def test_what_is_no_sealed_value_does_not_open(kept: LegacySSN, value: Any) -> None:
    assert not opens(value, kept)


def test_the_refusal_holds_neither_value_nor_ciphertext(kept: LegacySSN, clear: str) -> None:
    stored = kept.value._stored
    for value, row in ((kept.value, LegacySSN()), (Sealed(stored[:-1]), kept), (Sealed(b"\2" + stored[1:]), kept)):
        with pytest.raises(CannotOpen) as refused:
            open_sealed(value, for_=row)
        said = "".join(traceback.format_exception(refused.value))
        assert clear not in said
        assert stored.hex() not in said


# -- The database's own rules -----------------------------------------------------------------------------------------
def execute(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_running_site_changes_nothing_but_the_sealed_value_and_removes_none(kept: LegacySSN) -> None:
    for sql in (
        "UPDATE ileads_legacyssn SET source = 'x' WHERE id = %s",
        "UPDATE ileads_legacyssn SET person_id = gen_random_uuid() WHERE id = %s",
        "DELETE FROM ileads_legacyssn WHERE id = %s",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            execute(sql, kept.pk)
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute("TRUNCATE ileads_legacyssn")
    execute("UPDATE ileads_legacyssn SET value = value WHERE id = %s", kept.pk)


def test_one_hangs_on_a_person_of_its_own_ilead_alone(lead: Report, officer: Any, fod: Any, agent: Any) -> None:
    other, incident = filed(officer, fod), file_sir(agent)
    wrong = ssns.unsaved(lead.person_rows.get(), ssns.number())
    for report_id, person in ((other.pk, lead.person_rows.get()), (incident.pk, incident.person_rows.get())):
        wrong.report_id, wrong.person = report_id, person
        with pytest.raises(IntegrityError, match="belongs to a person"), transaction.atomic():
            wrong.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_an_unrecorded_one_cannot_commit(officer: Any, fod: Any) -> None:
    lead = filed(officer, fod)
    with pytest.raises(IntegrityError, match="Unaudited"), transaction.atomic():
        ssns.unsaved(lead.person_rows.get(), ssns.number()).save(force_insert=True)
    (one,) = ssns.on(lead, ssns.number())
    one.value = seal(ssns.number(), for_=one)
    with pytest.raises(IntegrityError, match="Unaudited"), transaction.atomic():
        one.save(update_fields=["value"])
    with transaction.atomic():
        record("ssn.rotated", by=None, on=lead)
        one.save(update_fields=["value"])


# -- Who may open and make --------------------------------------------------------------------------------------------
def taken(path: Any) -> set[str]:
    """What a file takes from the module of sealed values; all of it where it takes the module itself."""
    found: set[str] = set()
    for node in house.nodes(path, ast.Import, ast.ImportFrom):
        names = {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {"everything"} if "ileads.sealed" in names else set()
        elif node.module == "ileads.sealed":
            found |= names
        elif node.module == "ileads" and "sealed" in names:
            found |= {"everything"}
    return found


def takers(*words: str) -> set[str]:
    return {house.name_of(path) for path in house.files() if taken(path) & {"everything", "*", *words}}


def test_only_the_reveal_and_the_rotation_can_open_one() -> None:
    assert takers("open_sealed", "_Checked") <= {"ileads/reveal.py", "ileads/rotation.py"}
    reading = {house.name_of(path) for path in house.files() if "._stored" in path.read_text()}
    assert reading == {"ileads/sealed.py"}


def test_only_the_import_and_the_rotation_can_make_one() -> None:
    assert takers("seal", "Sealed") <= {"ileads/imports.py", "ileads/rotation.py"}
    made = re.compile(r"(?<!class )LegacySSN(\(|\.objects\.(bulk_)?create)")
    assert {house.name_of(path) for path in house.files() if made.search(path.read_text())} <= {"ileads/imports.py"}


def test_a_file_that_takes_the_opener_is_seen() -> None:
    assert "open_sealed" in taken(house.CHECKOUT / "tests/ileads/test_sealed.py")
    assert "everything" in taken(house.CHECKOUT / "tests/ileads/test_sealed.py")
    assert house.name_of(house.CHECKOUT / "ileads/models/ssn.py") in takers("SealedField")


def test_no_model_but_the_legacy_ssn_has_a_sealed_field() -> None:
    assert [e.model for e in register.elements() if isinstance(e.field, SealedField)] == [LegacySSN]


def test_the_plain_cipher_is_used_in_two_places() -> None:
    """Where legacy numbers are sealed, and where the pieces of attachments are."""
    using = {house.name_of(path) for path in house.files() if AESGCM.__name__ in path.read_text()}
    assert using == {"ileads/sealed.py", "reports/attachments/sealing.py"}
