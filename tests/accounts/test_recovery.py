"""Recovery codes: ten, hard to guess, easy to type, kept as hashes, used once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management.utils import get_random_secret_key
from django.test import Client

from accounts import recovery
from accounts.models import RecoveryCode, User
from audit.models import Event
from tests.accounts.factors import half_open, prove, real, signed_in, with_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def person_with_codes() -> tuple[User, bytes, list[str]]:
    user = real("holder")
    return (user, *with_app(user))


def opens(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def test_there_are_ten_and_no_two_are_the_same() -> None:
    codes = recovery.new_codes()
    assert len(set(codes)) == 10
    assert all(recovery.could_be(code) for code in codes)
    assert not set("".join(codes)) & set("ilo0123456789")


@pytest.mark.parametrize("typed", ["ABCDE-FGHJK", " abcde fghjk ", "abcdefghjk"])
def test_a_code_may_be_typed_in_any_way(typed: str) -> None:
    assert recovery.hash_of(typed, 7) == recovery.hash_of("abcde-fghjk", 7)


def test_the_table_holds_hashes_that_are_good_for_one_person(person_with_codes: Any) -> None:
    user, _, codes = person_with_codes
    kept = set(RecoveryCode.objects.filter(user=user).values_list("code_hash", flat=True))
    assert kept == {recovery.hash_of(code, user.pk) for code in codes}
    assert recovery.hash_of(codes[0], user.pk + 1) not in kept


def test_a_code_opens_once_and_is_told_and_recorded(person_with_codes: Any) -> None:
    user, _, codes = person_with_codes
    browser = half_open(user)
    assert prove(browser, codes[0].upper(), "recovery").status_code == 302
    assert opens(browser)
    assert json.loads(Event.objects.get(code="recovery_code.used").payload) == {"left": 9}
    again = half_open(user)
    answer = prove(again, codes[0], "recovery")
    assert (answer.status_code, opens(again)) == (422, False)
    assert "not one of your unused recovery codes" in answer.content.decode()
    assert prove(again, codes[1], "recovery").status_code == 302


def test_a_code_of_somebody_else_is_refused(person_with_codes: Any) -> None:
    _, _, codes = person_with_codes
    other = real("other")
    with_app(other)
    browser = half_open(other)
    assert prove(browser, codes[0], "recovery").status_code == 422
    assert not opens(browser)
    assert RecoveryCode.objects.filter(used_at=None).count() == 20


def test_a_code_made_under_a_former_key_still_works(person_with_codes: Any, settings: Any) -> None:
    user, _, codes = person_with_codes
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = get_random_secret_key()
    assert prove(half_open(user), codes[0], "recovery").status_code == 302


def test_new_codes_take_the_place_of_the_old_and_are_shown_once(person_with_codes: Any) -> None:
    user, secret, codes = person_with_codes
    browser = signed_in(user, secret)
    assert "10 of 10 are left" in browser.get("/accounts/second-factors/recovery-codes/").content.decode()
    page = browser.post("/accounts/second-factors/recovery-codes/")
    new = page.context["codes"]
    assert len(new) == 10
    assert all(code in page.content.decode() for code in new)
    assert 'download="sen-recovery-codes.txt"' in page.content.decode()
    assert new[9] in page.context["file"]
    assert new[0] not in browser.get("/accounts/second-factors/recovery-codes/").content.decode()
    assert prove(half_open(user), codes[0], "recovery").status_code == 422
    assert prove(half_open(user), new[0], "recovery").status_code == 302


def test_codes_are_in_no_event_no_job_and_no_session(person_with_codes: Any) -> None:
    from django.contrib.sessions.models import Session
    from procrastinate.contrib.django.models import ProcrastinateJob

    user, _, codes = person_with_codes
    prove(half_open(user), codes[0], "recovery")
    texts = [*Event.objects.values_list("payload", flat=True)]
    texts += [json.dumps(job.args) for job in ProcrastinateJob.objects.all()]
    texts += [json.dumps(row.get_decoded()) for row in Session.objects.all()]
    assert not [code for code in codes for text in texts if code in text or recovery.plain(code) in text]


def test_somebody_without_a_second_factor_is_told_that_codes_come_with_one(as_: Any, agent: User) -> None:
    browser = as_(agent)
    assert "you have none yet" in browser.get("/accounts/second-factors/recovery-codes/").content.decode()
