"""Passkeys: made, given, and every answer that is not this person's, this site's or this session's refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from fido2.utils import websafe_decode, websafe_encode

from accounts import passkeys
from accounts.models import SecondFactor, User
from accounts.roles import Role
from audit.models import Event
from tests.accounts.factors import Passkey, add_passkey, half_open, options_in, prove, real, signed_in, with_app

pytestmark = pytest.mark.django_db
PROVE = "/accounts/second-factor/"
ADD = "/accounts/second-factors/passkey/"


@pytest.fixture
def key() -> Passkey:
    return Passkey()


@pytest.fixture
def holder(key: Passkey) -> User:
    """An auditor whose only second factor is this passkey."""
    user = real("holder", Role.AUDITOR)
    assert len(add_passkey(half_open(user), key).context["codes"]) == 10
    return user


def asked(browser: Client) -> dict[str, Any]:
    return options_in(browser.get(PROVE))


def give(browser: Client, answer: str) -> Any:
    return browser.post(PROVE, {"way": "passkey", "answer": answer})


def opens(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def test_a_passkey_is_set_up_and_opens_the_next_sign_in(holder: User, key: Passkey) -> None:
    factor = SecondFactor.objects.get(user=holder)
    assert (factor.name, factor.kind, bytes(factor.credential or b"")) == ("work phone", "passkey", key.credential)
    browser = half_open(holder)
    options = asked(browser)
    assert (options["rpId"], options["userVerification"]) == ("localhost", "preferred")
    assert [one["id"] for one in options["allowCredentials"]] == [websafe_encode(key.credential)]
    assert give(browser, key.get(options)).status_code == 302
    assert opens(browser)
    assert SecondFactor.objects.get(user=holder).last_step == 1


def test_what_the_browser_is_asked_tells_nothing_of_the_person_but_the_username(holder: User) -> None:
    user = real("other")
    options = options_in(half_open(user).get(ADD))
    assert options["user"]["name"] == options["user"]["displayName"] == "other"
    assert len(websafe_decode(options["user"]["id"])) == 32
    assert options["attestation"] == "none"


def test_several_have_names_and_the_same_one_is_not_taken_twice(holder: User, key: Passkey) -> None:
    browser = half_open(holder)
    give(browser, key.get(asked(browser)))
    second = Passkey()
    assert add_passkey(browser, second, "security key").status_code == 302
    again = add_passkey(browser, second, "again")
    assert (again.status_code, "in use already" in again.content.decode()) == (422, True)
    assert [one["id"] for one in options_in(browser.get(ADD))["excludeCredentials"]]
    page = browser.get("/accounts/second-factors/").content.decode()
    assert "work phone" in page
    assert "security key" in page
    other = half_open(holder)
    assert give(other, second.get(asked(other))).status_code == 302


def test_a_passkey_needs_a_name(key: Passkey) -> None:
    answer = add_passkey(half_open(real("other")), key, "  ")
    assert (answer.status_code, "Give the passkey a name" in answer.content.decode()) == (422, True)


# -- Attacks on the proof ----------------------------------------------------------------------------------------------
def refused(browser: Client, answer: str) -> bool:
    response = give(browser, answer)
    return response.status_code == 422 and not opens(browser)


def test_the_passkey_of_somebody_else_is_refused(holder: User) -> None:
    stranger, theirs = real("stranger2"), Passkey()
    add_passkey(half_open(stranger), theirs)
    browser = half_open(holder)
    assert refused(browser, theirs.get(asked(browser)))
    assert json.loads(Event.objects.get(code="session.second_factor_refused").payload) == {"why": "passkey"}


def test_another_key_under_the_same_name_is_refused(holder: User, key: Passkey) -> None:
    forged = Passkey()
    forged.credential = key.credential
    browser = half_open(holder)
    assert refused(browser, forged.get(asked(browser)))


@pytest.mark.parametrize("origin", ["https://evil.example", "http://evil.localhost:8000", "http://localhost:9"])
def test_an_answer_given_to_another_site_is_refused(holder: User, key: Passkey, origin: str) -> None:
    browser = half_open(holder)
    key.origin = origin
    assert refused(browser, key.get(asked(browser)))


def test_an_answer_for_another_party_is_refused(holder: User, key: Passkey) -> None:
    browser = half_open(holder)
    key.rp_id = "evil.example"
    assert refused(browser, key.get(asked(browser)))


def test_an_answer_counts_once(holder: User, key: Passkey) -> None:
    first, second = half_open(holder), half_open(holder)
    answer = key.get(asked(first))
    asked(second)
    assert refused(second, answer)
    assert give(first, answer).status_code == 302
    third = half_open(holder)
    third_options = asked(third)
    assert refused(third, answer)
    assert refused(third, key.get(third_options))  # its question was taken out by the answer before


@pytest.mark.parametrize("counts", [0, -1])
def test_a_counter_that_does_not_go_on_may_be_a_copy(holder: User, key: Passkey, counts: int) -> None:
    first = half_open(holder)
    give(first, key.get(asked(first), counts=5))
    browser = half_open(holder)
    assert refused(browser, key.get(asked(browser), counts=counts))
    assert json.loads(Event.objects.get(code="session.second_factor_refused").payload) == {"why": "passkey counter"}


def test_a_key_that_never_counts_is_taken(holder: User, key: Passkey) -> None:
    for _ in range(2):
        browser = half_open(holder)
        assert give(browser, key.get(asked(browser), counts=0)).status_code == 302


def test_an_answer_of_making_is_no_proof(holder: User, key: Passkey) -> None:
    browser = half_open(holder)
    assert refused(browser, key.create(asked(browser)))


RUBBISH = [
    "",
    "{}",
    "[]",
    "null",
    "1",
    "{",
    '"x"',
    '{"id":"a","rawId":"a","response":{},"type":"public-key"}',
    "[" * 9999,
]


@pytest.mark.parametrize("answer", [*RUBBISH, "x" * 30_000], ids=range(len(RUBBISH) + 1))
def test_rubbish_is_refused_in_words(holder: User, answer: str) -> None:
    browser = half_open(holder)
    asked(browser)
    response = give(browser, answer)
    assert (response.status_code, "was not accepted" in response.content.decode()) == (422, True)


BREAKS = [
    lambda data: data[: len(data) // 2],
    lambda data: data[:1],
    lambda data: b"",
    lambda data: b"\x9f" + data[1:],
    lambda data: b"\x9b" + b"\xff" * 8,
    lambda data: b"\x81" * 9000,
]


def broken(answer: str) -> Iterator[str]:
    """A right answer with one of its parts cut short, or with other bytes in it."""
    whole = json.loads(answer)
    for part, text in whole["response"].items():
        for breaks in BREAKS:
            yield json.dumps(
                {**whole, "response": {**whole["response"], part: websafe_encode(breaks(websafe_decode(text)))}}
            )


def test_broken_bytes_are_refused_wherever_they_break(holder: User, key: Passkey) -> None:
    browser, factors = half_open(holder), list(SecondFactor.objects.filter(user=holder))
    session, options = browser.session, asked(browser)
    question = {"challenge": options["challenge"], "user_verification": "preferred"}
    for answer in broken(key.get(options)):
        session[passkeys.PROVING] = question
        with pytest.raises(passkeys.NotGenuine):
            passkeys.proved(session, answer, factors)
    for answer in broken(Passkey().create(options)):
        session[passkeys.ADDING] = question
        with pytest.raises(passkeys.NotGenuine):
            passkeys.made(session, answer)
    session[passkeys.PROVING] = question
    assert passkeys.proved(session, key.get(options), factors).credential == key.credential


# -- Attacks on the set-up ---------------------------------------------------------------------------------------------
def test_a_passkey_made_for_another_question_or_site_is_not_added() -> None:
    user = real("other")
    browser = half_open(user)
    options = options_in(browser.get(ADD))
    elsewhere = Passkey("https://evil.example")
    for answer in (
        elsewhere.create(options),
        Passkey().create({**options, "challenge": websafe_encode(b"x" * 32)}),
        Passkey().get(options),
    ):
        response = browser.post(ADD, {"name": "phone", "answer": answer})
        assert (response.status_code, "Nothing was added" in response.content.decode()) == (422, True)
        options = options_in(browser.get(ADD))
    assert not SecondFactor.objects.filter(user=user).exists()


def test_the_passkey_of_somebody_is_not_added_by_another(holder: User, key: Passkey) -> None:
    """One credential opens one account."""
    other = real("other")
    answer = add_passkey(half_open(other), key)
    assert (answer.status_code, "in use already" in answer.content.decode()) == (422, True)


def test_two_tabs_ask_the_same_question_and_it_is_answered_once(holder: User, key: Passkey) -> None:
    browser = half_open(holder)
    first, second = asked(browser), asked(browser)
    assert first["challenge"] == second["challenge"]
    assert give(browser, key.get(first)).status_code == 302
    assert give(browser, key.get(second))["Location"] == "/"  # the session is proved already
    assert Event.objects.filter(code="session.second_factor", payload__contains="passkey").count() == 1


def test_a_passkey_is_taken_while_codes_are_locked(key: Passkey) -> None:
    """Who guesses codes of an account keeps its owner out of it by codes alone."""
    user = real("other")
    secret, _ = with_app(user)
    assert add_passkey(signed_in(user, secret), key).status_code == 302
    attacker = half_open(user)
    for _ in range(5):
        prove(attacker, "000000")
    browser = half_open(user)
    assert "Codes are not taken" in browser.get(PROVE).content.decode()
    assert give(browser, key.get(asked(browser))).status_code == 302


def test_ten_are_the_most() -> None:
    user = real("collector")
    browser = half_open(user)
    answers = [add_passkey(browser, Passkey(), f"key {number}").status_code for number in range(11)]
    assert answers == [200, *[302] * 9, 422]
