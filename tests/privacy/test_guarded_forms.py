"""A number typed into any form is refused beside its field and everything else kept; what looks like one passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django import forms
from django.db import OperationalError, connection
from django.http import QueryDict

from accounts.forms import ReasonForm, SignInForm
from accounts.leaving_forms import OffboardForm
from accounts.models import User
from accounts.password_forms import ChangePasswordForm, NewPasswordForm
from audit.models import Event
from ileads.views.validation import WorklistFilter
from privacy import guarded
from reports.answers import AnswersForm
from reports.asking import MoveForm, move_form
from reports.attachment_forms import WhyForm
from reports.board import BoardFilter
from reports.filters import FilterForm, ListingFilter
from reports.historical import HistoricalFilter
from reports.kinds import KINDS
from reports.models import Draft, Relation, Report
from reports.outside_forms import StubFilter
from reports.views.check import FilingForm
from reports.views.readers import ReaderForm
from reports.views.relations import LinkForm
from reports.workflow import moves_of
from sen.components_page import Why
from tests.privacy.made import LOOK_ALIKES, itin, ssn
from tests.privacy.test_no_text_escapes import forms_of_ours
from tests.reports.filing import file_sir, file_spear, file_tav
from watch.forms import ReleaseForm
from watch.queue import QueueFilter

pytestmark = pytest.mark.django_db

Make = Callable[[QueryDict, User], Any]
SAYS = "This looks like a Social Security number. Take it out, or say below why it is not one."
WHY = "It is the number of a crate"

# How a page makes the forms that take more than what was sent.
OF_A_PERSON: tuple[type[Any], ...] = (
    WorklistFilter,
    FilterForm,
    ListingFilter,
    BoardFilter,
    HistoricalFilter,
    QueueFilter,
)
SPECIAL: dict[type[Any], Make] = {
    **{form: lambda data, user, form=form: form(data, user) for form in OF_A_PERSON},  # type: ignore[misc]
    ReasonForm: lambda data, user: ReasonForm(data, needed="Say why."),
    WhyForm: lambda data, user: WhyForm(data, needed="Say why.", read_by="Auditors."),
    FilingForm: lambda data, user: FilingForm(Draft(amends=Report()), data),
    ReaderForm: lambda data, user: ReaderForm(Report(kind="sir", office=user.office), data),
    LinkForm: lambda data, user: LinkForm(user, data),
    OffboardForm: lambda data, user: OffboardForm(data, user=user),
    NewPasswordForm: lambda data, user: NewPasswordForm(data, user=user),
    ChangePasswordForm: lambda data, user: ChangePasswordForm(data, user=user),
    StubFilter: lambda data, user: StubFilter(data, KINDS),
    ReleaseForm: lambda data, user: ReleaseForm(data, offered=[], offices=[], lines={}),
}


def tried() -> dict[str, tuple[type[Any], Make]]:
    """Every form that is a class of its own; those made from a declaration are tried by each draft and each move."""
    bases = {"privacy.guarded", "reports.stray"}
    found = [one for one in forms_of_ours() if one.__module__ not in bases]
    whole = [one for one in found if not issubclass(one, AnswersForm | MoveForm)]
    plain = {one: lambda data, user, one=one: one(data) for one in whole}
    return {one.__name__: (one, SPECIAL.get(one) or plain[one]) for one in whole}


TRIED = tried()


def text_fields(form: Any) -> Iterator[str]:
    """The names of the fields into which a person types."""
    for name, field in form.fields.items():
        if isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput | forms.HiddenInput):
            yield name


def filled(form: Any, text: str) -> QueryDict:
    """What is posted with this text in every field of text."""
    data = QueryDict(mutable=True)
    for name in text_fields(form):
        data[form[name].html_name] = text
    return data


def ssn_errors(form: Any) -> set[str]:
    return {name for name, errors in form.errors.as_data().items() if any(one.code == "ssn" for one in errors)}


def test_the_forms_of_all_apps_are_tried() -> None:
    assert {one.__module__.partition(".")[0] for one, _ in TRIED.values()} >= {"accounts", "audit", "reports", "watch"}
    assert len(TRIED) > 25


@pytest.mark.parametrize("form", TRIED)
def test_a_number_in_any_field_is_refused_beside_it(form: str, agent: User) -> None:
    _, make = TRIED[form]
    blank = make(QueryDict(), agent)
    names = set(text_fields(blank))
    full = make(filled(blank, f"{LOOK_ALIKES}, {ssn()}"), agent)
    assert ssn_errors(full) == names
    assert ssn_errors(make(filled(blank, LOOK_ALIKES), agent)) == set()
    for name in names:
        assert SAYS in full.errors[name]
        assert f"<mark>{ssn()}</mark>" in full[name].as_field_group()


@pytest.mark.parametrize("form", TRIED)
def test_a_reason_lets_the_number_pass(form: str, agent: User) -> None:
    _, make = TRIED[form]
    blank = make(QueryDict(), agent)
    data = filled(blank, ssn())
    for name in list(data):
        data[f"{name}__not_ssn"] = WHY
    assert ssn_errors(make(data, agent)) == set()


@pytest.mark.parametrize(("kind", "by"), [("spear", "agent"), ("tav", "officer")])
def test_a_number_in_an_answer_of_a_move_is_refused(kind: str, by: str, person: Any) -> None:
    report = {"spear": file_spear, "tav": file_tav}[kind](person(by)).typed
    asking = [move for move in moves_of(report.declaration).values() if move.asks]
    assert asking
    for move in asking:
        blank: MoveForm = move_form(move, report)
        tried = move_form(move, report, filled(blank, f"{ssn()}, {LOOK_ALIKES}"))
        assert ssn_errors(tried) == set(text_fields(blank))


# -- The reason -----------------------------------------------------------------------------------------------------
class Note(guarded.Form):
    note = forms.CharField()


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("no", "Say in a few words why it is not one"),
        ("    .     ", "Say in a few words why it is not one"),
        (f"since {ssn(3)} is a crate", "Leave the number itself out of the reason."),
        (ssn(3, separator=""), "Leave the number itself out of the reason."),
        ("x" * 201, "Say it in 200 characters or fewer."),
    ],
)
def test_what_is_no_reason_lets_nothing_pass(reason: str, says: str) -> None:
    form = Note({"note": ssn(), "note__not_ssn": reason})
    assert says in form.errors["note"][0]
    assert reason.strip() in str(form)


def test_a_reason_for_one_field_lets_nothing_pass_in_another() -> None:
    form = Why({"reason": ssn(), "other__not_ssn": WHY})
    assert ssn_errors(form) == {"reason"}


def test_an_itin_is_called_what_it_is() -> None:
    form = Note({"note": f"has {itin()}"})
    assert "an individual taxpayer number (ITIN)" in form.errors["note"][0]
    assert "This is not an ITIN, because" in str(form)


def test_nine_bare_digits_are_let_through_with_a_hint_beside_them() -> None:
    form = Note({"note": ssn(separator="")})
    assert form.is_valid()
    assert "Nine digits here could be a Social Security number." in str(form)


def test_a_password_is_looked_at_by_nobody() -> None:
    assert ssn_errors(SignInForm({"username": "agent", "password": ssn()})) == set()


# -- Through the pages ----------------------------------------------------------------------------------------------
def guard_events(code: str) -> list[Event]:
    return list(Event.objects.filter(code=code).order_by("id"))


def linked(agent: Any, as_: Any, **typed: str) -> tuple[Any, Report]:
    """Two reports, and what the page of relations answers to a link between them with this reason."""
    one, other = file_sir(agent), file_sir(agent)
    return as_(agent).post(f"/reports/{one.number}/relations/", {"number": other.number, **typed}), one


def test_a_blocked_number_changes_nothing_and_is_on_record_without_the_number(agent: Any, as_: Any) -> None:
    answer, _ = linked(agent, as_, reason=f"One crate: {ssn()}")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert SAYS in page
    assert f"One crate: {ssn()}</textarea>" in page or f'value="One crate: {ssn()}"' in page
    assert not Relation.objects.exists()
    (event,) = guard_events("guard.blocked")
    assert (event.object_label, event.actor) == ("reports:relations", "agent")
    assert '"fields": ["reason"]' in event.payload
    assert ssn() not in event.payload


def test_an_override_is_on_record_with_its_reason_and_the_act_is_done(agent: Any, as_: Any) -> None:
    answer, _ = linked(agent, as_, reason=f"One crate: {ssn()}", reason__not_ssn=WHY)
    assert answer.status_code == 302
    assert Relation.objects.get().reason == f"One crate: {ssn()}"
    (event,) = guard_events("guard.overridden")
    assert WHY in event.payload
    assert guard_events("guard.blocked") == []
    assert not [one for one in Event.objects.all() if ssn() in one.payload]


def test_an_override_that_cannot_be_recorded_is_never_used(agent: Any, as_: Any) -> None:
    def no_guard_events(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT INTO audit_event" in sql and str(params[0]).startswith("guard."):
            raise OperationalError("the log takes nothing")
        return execute(sql, params, many, context)

    one, other = file_sir(agent), file_sir(agent)
    client = as_(agent)
    client.raise_request_exception = False
    with connection.execute_wrapper(no_guard_events):
        typed = {"number": other.number, "reason": ssn(), "reason__not_ssn": WHY}
        answer = client.post(f"/reports/{one.number}/relations/", typed)
    assert answer.status_code == 503
    assert not Relation.objects.exists()


def test_an_override_holds_for_its_own_request_alone(agent: Any, as_: Any) -> None:
    linked(agent, as_, reason=ssn(), reason__not_ssn=WHY)
    answer, _ = linked(agent, as_, reason=ssn())
    assert answer.status_code == 422
    assert Relation.objects.count() == 1


@pytest.mark.parametrize(("who", "path"), [("analyst", "/watch/search/"), ("agent", "/reports/search/")])
def test_a_number_typed_into_a_search_box_is_not_kept_and_can_be_mended(
    who: str, path: str, person: Any, as_: Any
) -> None:
    from audit.models import SearchTerms

    answer = as_(person(who)).post(path, {"q": f"Ferro {ssn()}"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"<mark>{ssn()}</mark>" in page
    assert 'name="q__not_ssn"' in page
    assert not SearchTerms.objects.exists()
    assert as_(person(who)).post(path, {"q": ssn(), "q__not_ssn": WHY}).status_code == 302


def test_a_number_in_an_address_is_on_record(agent: Any, as_: Any) -> None:
    as_(agent).get("/reports/", {"anything": ssn()})
    (event,) = guard_events("guard.blocked")
    assert '"fields": ["anything"]' in event.payload


def test_a_number_as_the_name_of_a_field_is_masked_on_record(agent: Any, as_: Any) -> None:
    as_(agent).post("/reports/search/", {f"SSN {ssn()}": f"SSN {ssn()}", "q": ""})
    assert ssn() not in guard_events("guard.blocked")[0].payload


def test_nine_bare_digits_are_spoken_of_after_the_save(agent: Any, as_: Any) -> None:
    answer, report = linked(agent, as_, reason=f"Both name {ssn(separator='')}")
    assert answer.status_code == 302
    page = answer.client.get(f"/reports/{report.number}/").content.decode()
    assert "Nine digits in “Why the two belong together” could be a Social Security number." in page


@pytest.mark.parametrize("move", ["void"])
def test_the_reason_of_a_move_is_refused_beside_it(move: str, agent: Any, person: Any, as_: Any) -> None:
    report = file_sir(agent)
    answer = as_(person("supervisor")).post(f"/reports/{report.number}/moves/{move}/", {"reason": f"Holds {ssn()}"})
    assert answer.status_code == 422
    assert SAYS in answer.content.decode()
    assert Report.objects.get(pk=report.pk).status == "submitted"
