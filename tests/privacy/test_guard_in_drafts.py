"""A number typed into any part of any draft: never stored, said beside its answer, and filed once it is explained."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict

from accounts.models import User
from audit.models import Event
from privacy import overrides
from privacy.mask import BULLETS
from reports import actions, drafts
from reports.answers import Answers, AnswersForm
from reports.kinds import KINDS, Part, Section
from reports.models import Draft, Report, Revision
from tests.privacy.made import LOOK_ALIKES, ssn
from tests.privacy.test_guarded_forms import SAYS, WHY, filled, ssn_errors, text_fields
from tests.reports.filing import file_sir, make_draft

pytestmark = pytest.mark.django_db

BY = {"sir": "agent", "spear": "agent", "tav": "officer", "ilead": "officer"}


def form_of(answers: Answers, part: Part, key: str, raw: QueryDict | None = None) -> AnswersForm:
    return answers.form(part, raw) if isinstance(part, Section) else answers.row_form(part, key, raw)


def url_of(draft: Draft, part: Part, key: str) -> str:
    tail = "" if isinstance(part, Section) else f"{key}/"
    return f"/reports/drafts/{draft.pk}/{part.name}/{tail}"


def stored(draft: Draft) -> str:
    draft.refresh_from_db()
    return json.dumps([draft.answers, draft.reason], ensure_ascii=False)


CASES = [(kind.code, part.name) for kind in KINDS for part in kind.entered]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_number_in_any_answer_of_any_part_is_refused_beside_it(kind: str, name: str, person: Any, as_: Any) -> None:
    by: User = person(BY[kind])
    draft, key = drafts.open_draft(kind, by=by), str(uuid4())
    answers = Answers(draft, by)
    part = answers.kind.part(name)
    assert part
    blank = form_of(answers, part, key)
    names = set(text_fields(blank))
    typed = filled(blank, f"{LOOK_ALIKES}, {ssn()}")
    for look_alike in (filled(blank, LOOK_ALIKES), None):
        assert ssn_errors(form_of(answers, part, key, look_alike)) == set()
    answer = as_(by).post(url_of(draft, part, key), _with_then(typed))
    assert (answer.status_code == 422) == bool(names)
    page = answer.content.decode()
    assert page.count(SAYS) >= len(names)
    assert page.count(f"<mark>{ssn()}</mark>") == len(names)
    assert page.count(LOOK_ALIKES) >= 2 * len(names)  # in the control as typed, and around the mark
    kept = stored(draft)
    assert ssn() not in kept
    assert kept.count(f"{LOOK_ALIKES}, {BULLETS}") == len(names)


def _with_then(typed: QueryDict) -> QueryDict:
    data = typed.copy()
    data["then"] = "list"
    return data


def test_what_is_saved_while_one_types_holds_bullets_and_says_so(agent: Any, as_: Any) -> None:
    draft = make_draft(agent)
    typed = {"narrative": f"He gave {ssn()} as his.", "version": "1", "mark": "m"}
    answer = as_(agent).post(f"/reports/drafts/{draft.pk}/narrative/", typed, headers={"X-Autosave": "1"})
    assert answer.json()["masked"] == ["narrative"]
    draft.refresh_from_db()
    assert draft.answers["narrative"]["narrative"] == [f"He gave {BULLETS} as his."]


def test_a_number_that_was_explained_is_kept_filed_and_amended_around_without_asking_again(
    agent: Any, as_: Any
) -> None:
    draft, client = make_draft(agent), as_(agent)
    typed = {"narrative": f"Crate {ssn()} was open.", "narrative__not_ssn": WHY}
    assert client.post(f"/reports/drafts/{draft.pk}/narrative/", typed).status_code == 302
    assert ssn() in stored(draft)
    assert WHY in client.get(f"/reports/drafts/{draft.pk}/narrative/").content.decode()
    answer = client.post(f"/reports/drafts/{draft.pk}/submit/", {"key": str(uuid4()), "attested": "on"})
    assert answer.status_code == 303
    report = Report.objects.get(pk=draft.pk)
    assert ssn() in report.narrative
    assert ssn() in json.dumps(Revision.objects.get(report=report).content)
    amended = _amend_elsewhere(client, report)
    assert amended.version == 2
    assert ssn() in amended.narrative
    assert not [event for event in Event.objects.all() if ssn() in event.payload]


def _amend_elsewhere(client: Any, report: Report) -> Report:
    """Amend another part of the report through its pages."""
    client.post(f"/reports/{report.number}/amend/")
    draft = Draft.objects.get(amends=report)
    part = f"/reports/drafts/{draft.pk}/narrative/"
    page = client.get(part).content.decode()
    assert "It stands so in a report that is filed." in page
    what = draft.answers["what"] | {"title": ["Arrest at the pier"]}
    assert client.post(f"/reports/drafts/{draft.pk}/what/", what).status_code == 302
    typed = {"key": str(uuid4()), "attested": "on", "reason": "A better title"}
    assert client.post(f"/reports/drafts/{draft.pk}/submit/", typed).status_code == 303
    return Report.objects.get(pk=report.pk)


def test_a_word_for_a_number_that_is_gone_does_not_wait_for_the_next_one(agent: Any, as_: Any) -> None:
    draft, client = make_draft(agent), as_(agent)
    typed = {"narrative": "Nothing of the kind.", "narrative__not_ssn": WHY}
    client.post(f"/reports/drafts/{draft.pk}/narrative/", typed)
    draft.refresh_from_db()
    assert draft.answers["narrative"] == {"narrative": ["Nothing of the kind."]}


def test_a_draft_with_a_number_that_nobody_explained_is_not_filed(agent: Any) -> None:
    """However it came there: here behind the guard's back."""
    draft = make_draft(agent)
    draft.answers["narrative"] = {"narrative": [f"His number is {ssn()}."]}
    with overrides.unit_of_work():
        overrides.allow(overrides.numbers_in(ssn()))
        draft.save()
    with overrides.unit_of_work(), pytest.raises(actions.NotComplete) as refused:
        actions.submit(draft.pk, by=agent, key=uuid4(), body_hash="x", attested=True)
    assert [(problem.field, problem.message) for problem in refused.value.problems] == [("narrative", SAYS)]


def test_the_reason_of_an_amendment_is_guarded_while_typed_and_when_filed(agent: Any, as_: Any) -> None:
    report, client = file_sir(agent), as_(agent)
    client.post(f"/reports/{report.number}/amend/")
    draft = Draft.objects.get(amends=report)
    check = f"/reports/drafts/{draft.pk}/check/"
    answer = client.post(check, {"reason": f"Said {ssn()}"}, headers={"X-Autosave": "1"})
    assert answer.json()["masked"] == ["reason"]
    assert f"Said {BULLETS}" in stored(draft)
    typed = {"key": str(uuid4()), "attested": "on", "reason": f"Said {ssn()}"}
    answer = client.post(f"/reports/drafts/{draft.pk}/submit/", typed)
    assert answer.status_code == 422
    assert SAYS in answer.content.decode()
    assert ssn() not in stored(draft)
