"""Named readers of a restricted report: who may name, who may be named, and what each may then see."""

from typing import Any

from audit.models import Event
from reports.models import Report
from tests.reports.filing import file_sir, sir_answers

RESTRICTED = {
    "flags": {
        "restricted": ["on"],
        "restricted_reason": ["An employee is involved."],
        "marking": ["Law enforcement sensitive"],
    }
}


def restricted(agent: Any) -> Report:
    return file_sir(agent, sir_answers(agent, **RESTRICTED))


def test_the_author_names_a_reader_who_can_then_read(agent: Any, outsider: Any, as_: Any) -> None:
    report = restricted(agent)
    address = f"/reports/{report.number}/"
    assert as_(outsider).get(address).status_code == 404
    response = as_(agent).post(address + "readers/", {"person": "outsider", "reason": "Works the same case"})
    assert response.status_code == 302
    assert as_(outsider).get(address).status_code == 200
    assert "Outsider" in as_(agent).get(address + "readers/").content.decode()
    event = Event.objects.get(code="report.reader_named")
    assert str(outsider.pk) in event.payload


def test_a_reader_is_taken_off_with_a_reason(agent: Any, outsider: Any, as_: Any) -> None:
    report = restricted(agent)
    address = f"/reports/{report.number}/"
    as_(agent).post(address + "readers/", {"person": "outsider", "reason": "Works the same case"})
    removal = f"{address}readers/{outsider.pk}/remove/"
    assert "can then no longer read" in as_(agent).get(removal).content.decode()
    refused = as_(agent).post(removal, {"reason": ""})
    assert (refused.status_code, "Say why" in refused.content.decode()) == (422, True)
    assert as_(outsider).get(address).status_code == 200
    as_(agent).post(removal, {"reason": "Left the case"})
    assert as_(outsider).get(address).status_code == 404
    assert as_(agent).get(removal).status_code == 404


def test_only_people_who_read_the_kind_can_be_named(agent: Any, as_: Any) -> None:
    report = restricted(agent)
    response = as_(agent).post(f"/reports/{report.number}/readers/", {"person": "acm", "reason": "Curious"})
    assert response.status_code == 422
    assert not Event.objects.filter(code="report.reader_named").exists()


def test_a_reason_is_needed_and_what_was_typed_is_kept(agent: Any, as_: Any) -> None:
    report = restricted(agent)
    response = as_(agent).post(f"/reports/{report.number}/readers/", {"person": "outsider", "reason": ""})
    text = response.content.decode()
    assert response.status_code == 422
    assert 'value="outsider" selected' in text
    assert "This answer is needed." in text


def test_a_named_reader_may_not_name_others(agent: Any, outsider: Any, as_: Any) -> None:
    report = restricted(agent)
    as_(agent).post(f"/reports/{report.number}/readers/", {"person": "outsider", "reason": "Works the same case"})
    assert as_(outsider).get(f"/reports/{report.number}/readers/").status_code == 403


def test_an_open_report_needs_no_named_readers(agent: Any, as_: Any) -> None:
    report = file_sir(agent)
    address = f"/reports/{report.number}/readers/"
    assert "This report is not restricted." in as_(agent).get(address).content.decode()
    refused = as_(agent).post(address, {"person": "outsider", "reason": "Works the same case"})
    assert refused.status_code == 422
