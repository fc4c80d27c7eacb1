"""Signing in with the agency's account, against a real provider in its own process, and against what a bad one says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from accounts import identity_provider, sessions, single_sign_on
from accounts.access import Refused
from accounts.confirming import is_fresh
from accounts.identity_provider import NotBelieved, Provider, Unreachable
from accounts.models import Identity, User
from audit.log import record
from audit.models import Event
from tests.cast import PASSWORD
from tests.provider.running import AtTheProvider, Running, begin, provider, running

__all__ = ["provider", "running"]
pytestmark = pytest.mark.django_db
ISSUER, NONCE = "https://login.example.gov", "n-1"
SUBJECTS = {"acm.agency": "1", "agent.agency": "2", "nobody.agency": "3"}


def linked(user: User, name: str = "agent.agency") -> User:
    single_sign_on.link(user, SUBJECTS[name], by=None)
    return user


def who(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


def sign_in(client: Client, provider: Running, name: str = "agent.agency", **typed: str) -> Any:
    return client.get(AtTheProvider(provider, name).answer(begin(client, **typed)))


def refusals() -> list[str]:
    return [event.payload for event in Event.objects.filter(code="identity.refused").order_by("id")]


# -- The way there and back ------------------------------------------------------------------------------------------
def test_a_subject_that_is_linked_with_nobody_opens_the_account_of_nobody_else(
    provider: Running, client: Client, agent: User
) -> None:
    linked(agent)
    assert sign_in(client, provider, next(name for name in SUBJECTS if name != "agent.agency")).status_code == 403
    assert who(client) == ""


def test_whoever_is_linked_is_signed_in_and_led_to_what_they_wanted(
    client: Client, provider: Running, agent: User
) -> None:
    linked(agent)
    page = client.get("/sign-in/").content.decode()
    assert "Sign in with your agency account" in page
    answer = sign_in(client, provider, next="/reports/")
    assert (answer.status_code, answer["Location"]) == (302, "/reports/")
    assert who(client) == str(agent.pk)
    assert not sessions.is_proved(client.session)
    assert Event.objects.filter(code="session.signed_in", actor="agent").count() == 1


def test_no_page_elsewhere_is_led_to(client: Client, provider: Running, agent: User) -> None:
    linked(agent)
    assert sign_in(client, provider, next="https://evil.example/")["Location"] == "/"


def test_what_is_asked_of_the_provider_binds_the_answer_to_this_browser(client: Client, provider: Running) -> None:
    asked = parse_qs(urlsplit(begin(client)).query)
    kept = client.session[single_sign_on.FLOW]
    assert asked["code_challenge_method"] == ["S256"]
    assert (asked["state"], asked["nonce"]) == ([kept["state"]], [kept["nonce"]])
    assert kept["verifier"] not in asked["code_challenge"]
    assert asked["scope"] == ["openid"]


@pytest.mark.parametrize(
    ("means", "proved"), [(["pwd"], False), (["pwd", "mfa"], True), (["sc"], True), ("mfa", False)]
)
def test_a_second_factor_of_the_provider_counts_where_it_says_so(
    client: Client, provider: Running, agent: User, means: Any, proved: bool
) -> None:
    linked(agent)
    provider.tell(claims={"amr": means})
    sign_in(client, provider)
    assert (who(client), sessions.is_proved(client.session)) == (str(agent.pk), proved)


def test_a_subject_that_nobody_is_linked_with_opens_nothing_and_makes_no_account(
    client: Client, provider: Running
) -> None:
    before = User.objects.count()
    answer = sign_in(client, provider, "nobody.agency")
    assert (answer.status_code, who(client), User.objects.count()) == (403, "", before)
    assert "not linked with an active account" in answer.content.decode()
    assert len(refusals()) == 1


@pytest.mark.parametrize("status", [User.Status.SUSPENDED, User.Status.LEFT, User.Status.INVITED])
def test_an_account_that_is_not_active_stays_shut(
    client: Client, provider: Running, agent: User, sco: User, status: str
) -> None:
    from accounts.actions import change_profile

    linked(agent)
    change_profile(agent, by=sco, status=status)
    answer = sign_in(client, provider)
    assert (answer.status_code, who(client)) == (403, "")
    assert "not linked with an active account" in answer.content.decode()


def test_an_answer_counts_once(client: Client, provider: Running, agent: User) -> None:
    linked(agent)
    back = AtTheProvider(provider, "agent.agency").answer(begin(client))
    assert client.get(back).status_code == 302
    client.post("/sign-out/")
    assert client.get(back).status_code == 403
    assert who(client) == ""


def test_a_code_that_was_used_is_not_taken_again(client: Client, provider: Running, agent: User) -> None:
    linked(agent)
    browser = AtTheProvider(provider, "agent.agency")
    first = browser.answer(begin(client))
    assert client.get(first).status_code == 302
    other = Client()
    second = browser.answer(begin(other))
    swapped = second.replace(parse_qs(urlsplit(second).query)["code"][0], parse_qs(urlsplit(first).query)["code"][0])
    assert other.get(swapped).status_code == 403
    assert who(other) == ""
    assert "did not take the code" in refusals()[-1]


def test_an_answer_to_another_browser_is_refused(client: Client, provider: Running, agent: User) -> None:
    """The attacker's own answer, sent to a colleague, would sign the colleague in as the attacker."""
    linked(agent)
    back, victim = AtTheProvider(provider, "agent.agency").answer(begin(client)), Client()
    assert victim.get(back).status_code == 403
    begin(victim)
    assert victim.get(back).status_code == 403
    assert who(victim) == ""
    assert single_sign_on.FLOW not in victim.session


def test_a_code_of_one_browser_under_the_state_of_another_is_refused(
    client: Client, provider: Running, agent: User
) -> None:
    linked(agent)
    stolen = AtTheProvider(provider, "agent.agency").answer(begin(client))
    thief = Client()
    state = parse_qs(urlsplit(begin(thief)).query)["state"][0]
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    answer = thief.get("/accounts/single-sign-on/return/", {"code": code, "state": state})
    assert (answer.status_code, who(thief)) == (403, "")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"error": "access_denied"}, "did not sign anybody in"),
        ({"error": "access_denied", "code": "c-1"}, "did not sign anybody in"),
        ({"iss": "https://other"}, "another issuer"),
        ({}, "sign"),
    ],
    ids=["denied", "denied with a code", "other issuer", "no code"],
)
def test_an_answer_without_a_code_of_ours_is_refused(
    client: Client, provider: Running, given: dict[str, str], why: str
) -> None:
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = client.get("/accounts/single-sign-on/return/", {"state": state, **given})
    assert answer.status_code == 403
    assert why in refusals()[-1]


def test_an_answer_that_comes_after_ten_minutes_is_refused(client: Client, provider: Running, agent: User) -> None:
    linked(agent)
    back = AtTheProvider(provider, "agent.agency").answer(begin(client))
    session = client.session
    session[single_sign_on.FLOW] = {**session[single_sign_on.FLOW], "at": time.time() - 601}
    session.save()
    assert client.get(back).status_code == 403
    assert who(client) == ""


def test_who_has_signed_in_meanwhile_stays_who_they_are(client: Client, provider: Running, agent: User) -> None:
    linked(agent)
    back = AtTheProvider(provider, "agent.agency").answer(begin(client))
    client.post("/sign-in/", {"username": "colleague", "password": PASSWORD})
    before = who(client)
    assert client.get(back).status_code == 403
    assert who(client) == before != str(agent.pk)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"iss": "https://other.example.gov"},
        {"aud": "another client"},
        {"aud": ["sen", "another"], "azp": "another"},
        {"exp": 1},
        {"iat": 9_999_999_999},
        {"sub": ""},
        {"sub": 2},
    ],
    ids=lambda claims: "-".join(claims) + str(len(str(claims))),
)
def test_a_token_that_says_something_else_signs_nobody_in(
    client: Client, provider: Running, agent: User, claims: dict[str, Any]
) -> None:
    linked(agent)
    provider.tell(claims=claims)
    assert sign_in(client, provider).status_code == 403
    assert (who(client), len(refusals())) == ("", 1)


# -- A provider that does not answer ----------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["garbage", "list", "deep", "huge", "broken", "elsewhere", "empty"])
@pytest.mark.parametrize("at", ["openid-configuration", "jwks", "api/token"])
def test_a_provider_that_answers_badly_signs_nobody_in(
    client: Client, provider: Running, agent: User, at: str, how: str
) -> None:
    linked(agent)
    browser = AtTheProvider(provider, "agent.agency")
    if at == "api/token":
        back = browser.answer(begin(client))
        provider.tell(at=at, how=how)
        answer = client.get(back)
    else:
        provider.tell(at=at, how=how)
        answer = client.post("/accounts/single-sign-on/")
    assert answer.status_code in {403, 503}
    assert who(client) == ""
    assert len(refusals()) == 1


def test_a_provider_that_drips_or_is_down_is_not_waited_for(
    client: Client, provider: Running, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(identity_provider, "TIMEOUT_SECONDS", 0.3)
    provider.tell(at="openid-configuration", how="slow")
    begun = time.monotonic()
    answer = client.post("/accounts/single-sign-on/")
    assert (answer.status_code, time.monotonic() - begun < 2) == (503, True)
    assert "does not answer" in answer.content.decode()
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert client.post("/accounts/single-sign-on/").status_code == 503


def test_while_none_is_set_there_is_no_single_sign_on(client: Client) -> None:
    assert client.get("/accounts/single-sign-on/").status_code == 404
    assert client.get("/accounts/single-sign-on/return/").status_code == 404
    assert "agency account" not in client.get("/sign-in/").content.decode()


# -- Linking -----------------------------------------------------------------------------------------------------------
def proved(client: Client) -> Client:
    session = client.session
    session[sessions.STARTED] = session[sessions.SEEN] = session[sessions.PROVED] = int(time.time())
    session.save()
    return client


def test_ones_own_page_leads_to_the_linking_only_where_there_is_a_provider(
    as_: Callable[[User], Client], provider: Running, agent: User, settings: Any
) -> None:
    client = as_(agent)
    assert "/accounts/single-sign-on/" in client.get("/accounts/sessions/").content.decode()
    settings.OIDC_ISSUER = ""
    assert "/accounts/single-sign-on/" not in client.get("/accounts/sessions/").content.decode()


def test_a_person_links_their_own_account_and_removes_the_link(
    as_: Callable[[User], Client], provider: Running, agent: User
) -> None:
    client = proved(as_(agent))
    assert "Not linked" in client.get("/accounts/single-sign-on/").content.decode()
    answer = sign_in(client, provider)
    assert answer["Location"] == "/accounts/single-sign-on/"
    assert Identity.objects.get(user=agent).subject == "2"
    assert Event.objects.filter(code="identity.linked", actor="agent").count() == 1
    assert "Linked since" in client.get("/accounts/single-sign-on/").content.decode()
    client.post("/accounts/single-sign-on/", {"unlink": "yes"})
    assert not Identity.objects.filter(user=agent).exists()
    assert Event.objects.filter(code="identity.unlinked", actor="agent").count() == 1


def test_the_password_alone_links_nothing(as_: Callable[[User], Client], provider: Running, agent: User) -> None:
    client = as_(agent)
    assert client.post("/accounts/single-sign-on/").status_code == 403
    assert single_sign_on.FLOW not in client.session


def test_a_desk_that_was_left_links_nothing(as_: Callable[[User], Client], provider: Running, agent: User) -> None:
    client = proved(as_(agent))
    session = client.session
    session[sessions.STARTED] = int(time.time()) - 3600
    session.save()
    assert client.post("/accounts/single-sign-on/").status_code == 401
    assert client.post("/accounts/single-sign-on/", {"confirm_password": PASSWORD}).status_code == 302


def test_while_the_second_factor_is_awaited_nothing_is_linked(
    as_: Callable[[User], Client], provider: Running, agent: User
) -> None:
    client = proved(as_(agent))
    session = client.session
    session[sessions.PENDING] = True
    session.save()
    assert client.get("/accounts/single-sign-on/").status_code == 302
    assert client.post("/accounts/single-sign-on/").status_code == 401


def test_who_is_not_in_order_links_nothing_though_the_session_is_proved(agent: User) -> None:
    session = SessionStore()
    assert not single_sign_on.may_link(agent, session)
    session[sessions.PROVED] = int(time.time())
    assert single_sign_on.may_link(agent, session)
    agent.trained_until = None
    assert not single_sign_on.may_link(agent, session)


# -- Confirming that it is still they ----------------------------------------------------------------------------------
SSO = "/accounts/single-sign-on/"


@pytest.fixture
def left(as_: Callable[[User], Client], provider: Running, agent: User) -> Client:
    """An hour after the sign-in of somebody who has no password here, only an agency account."""
    with transaction.atomic():
        agent.set_unusable_password()
        agent.save(update_fields=["password"])
        record("user.changed", by=None, on=agent, changed=["password"])
    client = proved(as_(linked(agent)))
    session = client.session
    session[sessions.STARTED] = int(time.time()) - 3600
    session.save()
    return client


def test_who_has_no_password_here_confirms_by_signing_in_anew_at_the_provider(left: Client, provider: Running) -> None:
    asked = left.post(SSO, {"unlink": "yes"})
    assert asked.status_code == 401
    assert "Sign in anew" in asked.content.decode()
    assert "confirm_password" not in asked.content.decode()
    to = begin(left, confirm="yes")
    assert {name: parse_qs(urlsplit(to).query)[name] for name in ("prompt", "max_age")} == {
        "prompt": ["login"],
        "max_age": ["0"],
    }
    key = left.session.session_key
    there = AtTheProvider(provider, "agent.agency")
    assert "/reauthenticate/" in there.session.get(to, timeout=5).url
    answer = left.get(there.answer(to))
    assert (answer.status_code, "You are confirmed" in answer.content.decode()) == (200, True)
    assert left.session.session_key != key
    assert "agency account" in Event.objects.get(code="session.confirmed", actor="agent").payload
    assert left.post(SSO, {"unlink": "yes"}).status_code == 302
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    ("name", "claims", "why"),
    [
        ("agent.agency", {"auth_time": int(time.time()) - 3600}, "nobody signed in anew"),
        ("agent.agency", {"auth_time": None}, "nobody signed in anew"),
        ("agent.agency", {"auth_time": "now"}, "nobody signed in anew"),
        ("agent.agency", {"auth_time": int(time.time()) + 9_999}, "still to come"),
        ("acm.agency", {}, "another person"),
        ("nobody.agency", {}, "another person"),
    ],
    ids=["an old sign-in", "no time", "no number", "of the future", "somebody else", "nobody"],
)
def test_what_does_not_show_that_they_signed_in_anew_confirms_nothing(
    left: Client, provider: Running, acm: User, name: str, claims: dict[str, Any], why: str
) -> None:
    linked(acm, "acm.agency")
    provider.tell(claims=claims)
    assert left.get(AtTheProvider(provider, name).answer(begin(left, confirm="yes"))).status_code == 403
    assert why in refusals()[-1]
    assert left.post(SSO, {"unlink": "yes"}).status_code == 401
    assert not Event.objects.filter(code="session.confirmed").exists()


def test_who_is_linked_with_nothing_is_not_sent_to_the_provider(agent: User, left: Client) -> None:
    single_sign_on.unlink(agent, by=None)
    assert left.post(SSO, {"confirm": "yes"}).status_code == 403
    assert single_sign_on.FLOW not in left.session


def test_a_sign_in_on_the_word_of_an_open_session_there_is_asked_again_before_an_act(
    client: Client, provider: Running, agent: User
) -> None:
    linked(agent)
    provider.tell(claims={"auth_time": int(time.time()) - 3600})
    assert sign_in(client, provider).status_code == 302
    assert not is_fresh(client.session)
    provider.tell()
    fresh = Client()
    sign_in(fresh, provider)
    assert is_fresh(fresh.session)


def test_the_subject_of_somebody_else_is_not_linked(
    as_: Callable[[User], Client], provider: Running, agent: User, colleague: User
) -> None:
    linked(colleague)
    answer = sign_in(proved(as_(agent)), provider)
    assert (answer.status_code, Identity.objects.filter(user=agent).exists()) == (409, False)
    assert "linked with another person" in answer.content.decode()


def test_a_second_subject_is_not_linked_over_the_first(
    as_: Callable[[User], Client], provider: Running, agent: User
) -> None:
    linked(agent, "nobody.agency")
    assert sign_in(proved(as_(agent)), provider).status_code == 409
    assert Identity.objects.get(user=agent).subject == "3"


def test_nobody_links_or_unlinks_somebody_else(settings: Any, agent: User, colleague: User) -> None:
    settings.OIDC_ISSUER = ISSUER
    with pytest.raises(Refused):
        single_sign_on.link(agent, "1", by=colleague)
    with pytest.raises(Refused):
        single_sign_on.unlink(agent, by=colleague)


def test_an_operator_links_and_unlinks(settings: Any, agent: User, capsys: pytest.CaptureFixture[str]) -> None:
    settings.OIDC_ISSUER = ISSUER
    call_command("link_identity", "agent", "subject-7")
    assert Identity.objects.get(user=agent).subject == "subject-7"
    call_command("link_identity", "agent", "--remove")
    call_command("link_identity", "agent", "--remove")
    assert capsys.readouterr().out == "Linked.\nUnlinked.\nThere was no link.\n"
    with pytest.raises(CommandError, match="Nobody"):
        call_command("link_identity", "no-one", "subject-7")


# -- Tokens of a forger ---------------------------------------------------------------------------------------------
RSA, EC, OTHER = RSAKey.generate_key(2048), ECKey.generate_key("P-256"), RSAKey.generate_key(2048)


@pytest.fixture
def known(settings: Any) -> Iterator[Provider]:
    """A provider whose keys are ours, so that any token can be made in its name."""
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = ISSUER, "sen"
    one = Provider("", "", KeySet([RSA, EC]), time.monotonic())
    identity_provider._known[ISSUER] = one
    yield one
    identity_provider.forget()


def token(key: Any = RSA, alg: str = "RS256", **changed: Any) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": "sen", "sub": "7", "nonce": NONCE, "iat": now, "exp": now + 60, **changed}
    header = {"alg": alg} | ({"kid": key.kid} if getattr(key, "kid", None) else {})
    return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, key, algorithms=[alg])


@pytest.mark.parametrize(
    "made",
    [
        token,
        lambda: token(EC, "ES256"),
        lambda: token(RSA, "PS256"),
        lambda: token(exp=int(time.time()) - 50),
        lambda: token(iat=int(time.time()) + 50),
        lambda: token(aud=["sen"]),
        lambda: token(aud=["sen", "other"], azp="sen"),
    ],
    ids=["RS256", "ES256", "PS256", "just over", "a little early", "aud list", "azp"],
)
def test_a_good_token_is_believed(known: Provider, made: Callable[[], str]) -> None:
    assert identity_provider.read(made(), nonce=NONCE, known=known).subject == "7"


def _unsigned() -> str:
    body = token().split(".")[1]
    return f"eyJhbGciOiJub25lIn0.{body}."


def _public_as_secret() -> str:
    pem = RSA.as_pem(private=False)
    body = token().split(".")[1]
    head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode()
    sign = hmac.new(pem, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(sign).rstrip(b'=').decode()}"


FORGED: dict[str, Callable[[], str]] = {
    "none": _unsigned,
    "public key as secret": _public_as_secret,
    "a secret": lambda: token(OctKey.generate_key(256), "HS256"),
    "another key": lambda: token(OTHER),
    "another key under the known name": lambda: token(
        RSAKey.import_key({**OTHER.as_dict(private=True), "kid": str(RSA.kid)})
    ),
    "changed after signing": lambda: ".".join(
        [*token().split(".")[:1], token(sub="8").split(".")[1], token().split(".")[2]]
    ),
    "not a token": lambda: "a.b.c",
    "nothing": lambda: "",
    "expired": lambda: token(exp=int(time.time()) - 61),
    "without end": lambda: token(exp=None),
    "of the future": lambda: token(iat=int(time.time()) + 61),
    "without beginning": lambda: token(iat=None),
    "not yet": lambda: token(nbf=int(time.time()) + 61),
    "other issuer": lambda: token(iss=f"{ISSUER}/"),
    "other client": lambda: token(aud="nes"),
    "part of the client's name": lambda: token(aud="sender"),
    "two clients and nobody named": lambda: token(aud=["sen", "other"]),
    "given to another": lambda: token(azp="other"),
    "no nonce": lambda: token(nonce=None),
    "wrong nonce": lambda: token(nonce="n-2"),
    "no subject": lambda: token(sub=None),
    "blank subject": lambda: token(sub=" "),
    "long subject": lambda: token(sub="7" * 256),
    "true as a time": lambda: token(exp=True),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_token_is_not_believed(known: Provider, forged: str) -> None:
    with pytest.raises(NotBelieved):
        identity_provider.read(FORGED[forged](), nonce=NONCE, known=known)


def test_new_keys_of_the_provider_are_looked_up_but_not_at_every_token(
    known: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, newer = list[str](), replace(known, keys=KeySet([OTHER]), asked_at=time.monotonic() + 1)

    def ask(issuer: str) -> Provider:
        asked.append(issuer)
        return newer

    monkeypatch.setattr(identity_provider, "_ask", ask)
    with pytest.raises(NotBelieved):
        identity_provider.read(token(OTHER), nonce=NONCE, known=known)
    assert asked == []
    old = replace(known, asked_at=time.monotonic() - 31)
    identity_provider._known[ISSUER] = old
    assert identity_provider.read(token(OTHER), nonce=NONCE, known=old).subject == "7"
    assert asked == [ISSUER]


def test_a_provider_under_another_name_or_less_safe_is_not_asked(settings: Any) -> None:
    settings.OIDC_ISSUER = ISSUER
    for said in ({"token_endpoint": "http://login.example.gov/"}, {"token_endpoint": "https:"}, {}):
        with pytest.raises(Unreachable):
            identity_provider._address(said, "token_endpoint")
    assert identity_provider._address({"token_endpoint": f"{ISSUER}/t"}, "token_endpoint") == f"{ISSUER}/t"


def test_a_link_is_of_one_issuer(settings: Any, agent: User) -> None:
    settings.OIDC_ISSUER = ISSUER
    linked(agent)
    settings.OIDC_ISSUER = "https://new.example.gov"
    assert single_sign_on.known_as(identity_provider.Proof("2", frozenset())) is None
    assert timezone.now() > Identity.objects.get().linked_at


def test_a_link_with_a_new_issuer_stands_beside_the_old_and_goes_alone(settings: Any, agent: User) -> None:
    settings.OIDC_ISSUER = ISSUER
    linked(agent)
    settings.OIDC_ISSUER = "https://new.example.gov"
    single_sign_on.link(agent, "9", by=agent)
    assert set(Identity.objects.values_list("user", "subject")) == {(agent.pk, "2"), (agent.pk, "9")}
    assert single_sign_on.unlink(agent, by=agent)
    assert Identity.objects.get().subject == "2"
