"""Bad input of an iLead: a message beside the field, everything typed kept, nothing filed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from ileads.models import GangClaim
from reports.models import Draft, Report
from tests.ileads.leads import filed
from tests.reports.filing import ilead_answers, make_draft, moment

pytestmark = pytest.mark.django_db
WARNING = "Do not enter Social Security numbers anywhere in an iLead"
TOMORROW = {name: value[0] for name, value in moment("event_at", timezone.now() + timedelta(days=1)).items()}
YESTERDAY = timezone.now() - timedelta(days=2)
PAST_DAY = {f"validation_due_{n}": str(part) for n, part in enumerate((YESTERDAY.month, YESTERDAY.day, YESTERDAY.year))}
BASIS = {"basis": "He described three robberies.", "first_amendment": "none", "threat": "gang"}
CLAIM = {"gang": "Harbor Nine", "standing": "member", "criterion": "tattoo", "evidence": "A nine on the left hand."}
SUBJECT = {"role": "subject", "population": "public", "last_name": "Ferro"}

SECTIONS: list[tuple[str, dict[str, Any], str, str]] = [
    ("what", {"methods": []}, "methods", "This answer is needed"),
    ("where", TOMORROW, "event_at", "Give the day and time when the information was obtained."),
    ("basis", {**BASIS, "basis": ""}, "basis", "This answer is needed"),
    ("basis", {**BASIS, "first_amendment": ""}, "first_amendment", "This answer is needed"),
    (
        "basis",
        {**BASIS, "first_amendment": "lawful"},
        "first_amendment_note",
        "Say what is mentioned, and why the suspicion does not rest on it.",
    ),
    ("case", PAST_DAY, "validation_due", "This day is past."),
]
ROWS: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "gang_claims",
        {**CLAIM, "evidence": ""},
        "evidence",
        "Give the evidence for this criterion, or remove the claim.",
    ),
    ("gang_claims", {**CLAIM, "evidence": " \r\n "}, "evidence", "Give the evidence for this criterion"),
    ("gang_claims", {**CLAIM, "criterion": ""}, "criterion", "This answer is needed"),
    ("people", {**SUBJECT, "a_number": "123456"}, "a_number", "An A-Number is seven to nine digits"),
    ("warrant_claims", {"agency": "Broward Sheriff"}, "checked_at", "This answer is needed"),
]


def beside(page: str, name: str) -> str:
    """What is said of one field, in its own group."""
    found = re.search(rf'id="id_{name}_group".*?(?=id="id_\w+_group"|</form>)', page, re.DOTALL)
    return found.group(0) if found else ""


def typed_kept(page: str, typed: dict[str, Any]) -> list[str]:
    words = [value for value in typed.values() if isinstance(value, str) and len(value.strip()) > 3]
    return [word for word in words if word not in page]


@pytest.mark.parametrize(("part", "typed", "name", "said"), SECTIONS)
def test_a_section_says_what_is_wrong_and_keeps_what_was_typed(
    part: str, typed: dict[str, Any], name: str, said: str, officer: Any, as_: Any
) -> None:
    draft = make_draft(officer, kind="ilead")
    page = as_(officer).post(reverse("reports:part", args=[draft.pk, part]), {**typed, "version": draft.version})
    assert page.status_code == 422
    text = page.content.decode()
    assert said in beside(text, name), beside(text, name)[:400]
    assert typed_kept(text, typed) == []
    assert WARNING in text


@pytest.mark.parametrize(("part", "typed", "name", "said"), ROWS)
def test_a_row_says_what_is_wrong_and_keeps_what_was_typed(
    part: str, typed: dict[str, Any], name: str, said: str, officer: Any, as_: Any
) -> None:
    draft = make_draft(officer, kind="ilead")
    person = draft.answers["people"][0]["key"]
    typed = {**typed, **({} if part == "people" else {"person": person})}
    page = as_(officer).post(reverse("reports:row", args=[draft.pk, part, uuid4()]), {**typed, "version": "1"})
    assert page.status_code == 422
    text = page.content.decode()
    assert said in beside(text, name), beside(text, name)[:400]
    assert typed_kept(text, typed) == []
    assert WARNING in text


def told(officer: Any, as_: Any, **changes: Any) -> str:
    """What the check page says, and that the draft cannot be filed."""
    draft = make_draft(officer, ilead_answers(officer, **changes), "ilead")
    client = as_(officer)
    text = client.get(f"/reports/drafts/{draft.pk}/check/").content.decode()
    filing = {"key": str(uuid4()), "attested": "on"}
    assert client.post(f"/reports/drafts/{draft.pk}/submit/", filing).status_code == 422
    assert not Report.objects.exists()
    assert Draft.objects.get(pk=draft.pk).answers == draft.answers
    return str(text)


def test_an_ilead_without_a_subject_is_not_filed(officer: Any, as_: Any) -> None:
    witness = [{"key": str(uuid4()), "data": {"role": ["witness"], "population": ["public"], "last_name": ["Reyes"]}}]
    assert "Add whom the information is about, in the role of subject." in told(
        officer, as_, people=witness, gang_claims=[]
    )
    assert "Add at least one person." in told(officer, as_, people=[], gang_claims=[])


def test_a_gang_claim_without_evidence_is_not_filed(officer: Any, as_: Any) -> None:
    answers = ilead_answers(officer)
    answers["gang_claims"][0]["data"]["evidence"] = [" "]
    text = told(officer, as_, people=answers["people"], gang_claims=answers["gang_claims"])
    assert "Give the evidence for this criterion, or remove the claim." in text


def test_the_database_keeps_no_claim_without_evidence(officer: Any, fod: Any) -> None:
    filed(officer, fod)
    claim = GangClaim.objects.get()
    claim.evidence = ""
    with pytest.raises(IntegrityError, match="gangclaim_has_evidence"), transaction.atomic():
        claim.save()


def test_the_warning_stands_on_every_page_of_an_ilead_and_on_no_other_kind(officer: Any, fod: Any, as_: Any) -> None:
    report, client = filed(officer, fod), as_(officer)
    draft, sir = make_draft(officer, kind="ilead"), make_draft(officer, kind="sir")
    pages = ["", "what/", "people/", "people/add/", "gang_claims/", "provider/", "check/"]
    missing = [p for p in pages if WARNING not in client.get(f"/reports/drafts/{draft.pk}/{p}").content.decode()]
    assert missing == []
    assert WARNING in client.get(f"/reports/{report.number}/").content.decode()
    assert WARNING not in client.get(f"/reports/drafts/{sir.pk}/").content.decode()
    assert "Do not enter Social Security" in client.get(f"/ileads/{report.number}/pass-on/").content.decode()
