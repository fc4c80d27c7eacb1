"""The second factor: what a half-open session reaches; giving it, guessing it, setting it up, removing, losing it."""

from __future__ import annotations

import base64
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import actions, second_factors, sessions, totp, wrong_codes
from accounts.access import Refused
from accounts.confirming import FIELD
from accounts.factor_mail import SUBJECTS
from accounts.middleware import declared
from accounts.models import Office, OpenSession, RecoveryCode, SecondFactor, SignInAttempt, User
from accounts.roles import SECOND_FACTOR_ROLES, Role
from audit.models import Event
from tests import house
from tests.accounts.factors import code, half_open, prove, proved_session, real, signed_in, with_app
from tests.cast import PASSWORD
from tests.watch.mailroom import Mailroom, mailroom, work

__all__ = ["mailroom"]
pytestmark = pytest.mark.django_db
PROVE = "/accounts/second-factor/"
MINE = "/accounts/second-factors/"
APP = "/accounts/second-factors/app/"


@pytest.fixture
def manager() -> User:
    """An Access Control Manager, who must have a second factor."""
    return real("keyholder")


def opens(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def refusals() -> list[str]:
    found = Event.objects.filter(code="session.second_factor_refused").order_by("id")
    return [json.loads(event.payload)["why"] for event in found]


# -- What a half-open session reaches ------------------------------------------------------------------------------
def addresses() -> list[tuple[str, str]]:
    """Every address of the site, with something in place of each argument."""
    filled = {"int": 1, "str": "x", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000001", "path": "x"}
    found = []
    for name, pattern in house.views():
        kinds = {key: type(one).__name__ for key, one in pattern.pattern.converters.items()}
        values = {key: filled.get(kind.removesuffix("Converter").lower(), "x") for key, kind in kinds.items()}
        if (pattern.default_args or {}).get("slug"):
            values.pop("slug", None)
        found.append((name, reverse(name, kwargs=values) if values or not kinds else ""))
    return found


@pytest.mark.urls("sen.urls")
def test_with_the_password_alone_no_address_opens_but_the_way_on_and_the_way_out(manager: User) -> None:
    with_app(manager)
    browser = half_open(manager)
    public = {name for name, pattern in house.views() if (access := declared(pattern.callback)) and access.public}
    asked = 0
    for name, address in addresses():
        if name in public or name == "accounts:prove":
            continue
        for send in (browser.get, browser.post):
            answer = send(address)
            asked += 1
            where = (name, answer.status_code, answer.get("Location", ""))
            if send == browser.get:
                assert answer.status_code == 302, where
                assert answer["Location"].startswith(PROVE), where
            else:
                assert answer.status_code == 401, where
                assert "accounts/prove.html" in [one.name for one in answer.templates], where
    assert asked > 2 * 80
    assert sessions.is_pending(browser.session)
    assert {"accounts:sign_in", "accounts:sign_out"} <= public


def test_a_half_open_session_is_told_nothing_of_whose_account_it_is(manager: User) -> None:
    with_app(manager)
    browser = half_open(manager)
    for address in (PROVE, "/sign-in/", "/no-such-page/", "/sign-out/"):
        page = browser.get(address).content.decode()
        assert manager.name not in page, address
        assert "Inbox" not in page, address


def test_a_script_in_the_background_is_told_in_words(manager: User) -> None:
    with_app(manager)
    answer = half_open(manager).get("/inbox/", headers={"X-Background": "1"})
    assert (answer.status_code, answer.json()["sign_in"]) == (401, PROVE)


# -- Giving it -------------------------------------------------------------------------------------------------------
def test_the_code_of_the_app_opens_the_session_under_a_new_key_and_leads_on(manager: User) -> None:
    secret, _ = with_app(manager)
    browser = half_open(manager)
    key, page = browser.session.session_key, browser.get("/access/?page=2")
    assert page["Location"] == f"{PROVE}?next=%2Faccess%2F%3Fpage%3D2"
    answer = prove(browser, code(secret, 1), next="/access/?page=2")
    assert (answer.status_code, answer["Location"]) == (302, "/access/?page=2")
    assert browser.session.session_key != key
    assert opens(browser)
    assert Event.objects.filter(code="session.second_factor", actor=manager.username).exists()
    assert browser.get(PROVE)["Location"] == "/"


def test_it_leads_to_no_other_site(manager: User) -> None:
    secret, _ = with_app(manager)
    assert prove(half_open(manager), code(secret, 1), next="https://evil.example/")["Location"] == "/"


def test_a_form_that_was_sent_while_signed_out_waits_for_the_second_factor(manager: User) -> None:
    secret, _ = with_app(manager)
    browser = Client()
    kept = browser.post("/access/grant/", {"role": "fig"}).context["kept"]
    page = browser.post("/sign-in/", {"username": "keyholder", "password": PASSWORD, "kept": kept})
    assert (page.status_code, page.context["kept"]) == (401, kept)
    again = prove(browser, "000000", kept=kept)
    assert (again.status_code, again.context["kept"]) == (422, kept)
    after = prove(browser, code(secret, 1), kept=kept)
    assert ("role", "fig") in after.context["typed"]


def test_a_form_sent_by_a_half_open_session_is_kept_and_not_taken(manager: User) -> None:
    secret, _ = with_app(manager)
    browser = half_open(manager)
    page = browser.post("/access/grant/", {"role": "fig"})
    assert (page.status_code, "not taken yet" in page.content.decode()) == (401, True)
    assert ("role", "fig") in prove(browser, code(secret, 1), kept=page.context["kept"]).context["typed"]


def test_a_code_counts_once_and_an_earlier_one_no_more(manager: User) -> None:
    secret, _ = with_app(manager)
    used = code(secret, 1)
    assert prove(half_open(manager), used).status_code == 302
    second = half_open(manager)
    for replayed in (used, code(secret), code(secret, -1)):
        assert prove(second, replayed).status_code == 422
    assert not opens(second)
    assert refusals() == ["replayed"] * 3


def test_the_code_of_somebody_else_is_refused(manager: User) -> None:
    with_app(manager)
    theirs, _ = with_app(real("other"))
    browser = half_open(manager)
    assert prove(browser, code(theirs, 1)).status_code == 422
    assert not opens(browser)


def test_a_secret_that_was_put_into_another_row_opens_nothing(manager: User) -> None:
    """Whoever writes to the table cannot give one person the app of another."""
    secret, _ = with_app(manager)
    stored = bytes(SecondFactor.objects.get(user=manager).stored)
    thief = real("thief")
    with pytest.raises(totp.Unreadable):
        totp.opened(stored, thief.pk)
    assert totp.opened(stored, manager.pk) == secret


@pytest.mark.parametrize("typed", ["", " ", "12345", "1234567", "x" * 61, "a\x00b", "１２３４５６", "000-00"])
def test_what_is_no_code_is_refused_in_words(manager: User, typed: str) -> None:
    with_app(manager)
    browser = half_open(manager)
    answer = prove(browser, typed)
    assert (answer.status_code, answer.context["wrong_form"].is_valid()) == (422, False)
    assert not opens(browser)


@pytest.mark.parametrize("way", ["", "password", "app_", "passkey"])
def test_no_other_way_opens(manager: User, way: str) -> None:
    secret, _ = with_app(manager)
    browser = half_open(manager)
    prove(browser, code(secret, 1), way)
    assert not opens(browser)


def test_a_session_from_before_the_factor_was_set_up_is_asked_once_it_needs_one() -> None:
    """A browser with the password alone, from when the person had no factor, can add none of its own."""
    later = real("later", None)
    browser = half_open(later)
    assert opens(browser)
    secret, _ = with_app(later)
    until = timezone.now() + timedelta(days=9)
    actions.grant_role(user=later, role=Role.ACM, office=Office.objects.get(code="HQ"), until=until, by=None)
    assert browser.get("/access/")["Location"].startswith(MINE)
    for address in (MINE, APP, f"{MINE}passkey/"):
        assert browser.get(address)["Location"].startswith(PROVE)
    assert browser.get("/access/", follow=True).context["has_app"]
    assert prove(browser, code(secret, 1)).status_code == 302
    assert browser.get("/access/").status_code == 200


# -- Guessing it -----------------------------------------------------------------------------------------------------
def test_five_wrong_codes_sign_out_and_lock_codes_from_every_browser(manager: User, settings: Any) -> None:
    secret, codes = with_app(manager)
    browser = half_open(manager)
    for _ in range(wrong_codes.MOST - 1):
        assert prove(browser, "000000").status_code == 422
    last = prove(browser, "000000")
    assert last.status_code == 429
    assert 0 < int(last["Retry-After"]) <= settings.LOCKOUT_SECONDS + 1
    assert "signed out" in last.content.decode()
    assert browser.get("/")["Location"].startswith("/sign-in/")
    other = half_open(manager)
    for typed, way in ((code(secret, 1), "app"), (codes[0], "recovery")):
        answer = prove(other, typed, way)
        assert (answer.status_code, opens(other)) == (422, False)
        assert "Codes are not taken for another 20 minutes" in answer.content.decode()
    assert refusals() == ["wrong"] * 5 + ["locked"] * 2
    assert RecoveryCode.objects.filter(used_at=None).count() == 10


def test_the_lock_ends_after_twenty_minutes_and_trying_on_does_not_lengthen_it(manager: User, settings: Any) -> None:
    secret, _ = with_app(manager)
    browser = half_open(manager)
    for _ in range(5):
        prove(browser, "000000")
    browser = half_open(manager)
    prove(browser, "000000")
    span = timedelta(seconds=settings.LOCKOUT_SECONDS + 1)
    for one in SignInAttempt.objects.all():
        SignInAttempt.objects.filter(pk=one.pk).update(at=one.at - span)
    assert prove(browser, code(secret, 1)).status_code == 302


def wrong_at(user: User, *minutes_ago: int) -> None:
    for minutes in minutes_ago:
        wrong_codes.note(user)
        newest = SignInAttempt.objects.latest("pk")
        SignInAttempt.objects.filter(pk=newest.pk).update(at=timezone.now() - timedelta(minutes=minutes))


def test_thirty_wrong_codes_in_a_day_are_the_most(manager: User) -> None:
    """However patiently somebody waits for each lock to end."""
    wrong_at(manager, *range(60, 60 + 29 * 25, 25))
    assert wrong_codes.wait(manager) == 0
    wrong_at(manager, 30)
    assert wrong_codes.wait(manager) == pytest.approx((24 * 60 - 60 - 28 * 25) * 60, abs=60)


def test_another_password_ends_the_trying_and_the_wait(manager: User) -> None:
    wrong_at(manager, 1, 1, 1, 1, 1)
    assert wrong_codes.wait(manager) > 0
    manager.password = "another"
    assert wrong_codes.wait(manager) == 0


def test_what_was_noted_before_the_clock_was_put_back_locks_nobody_until_then(manager: User) -> None:
    wrong_at(manager, *[-600] * 5)
    assert wrong_codes.wait(manager) == 0


def test_a_right_code_forgives_the_wrong_ones_before_it(manager: User) -> None:
    secret, _ = with_app(manager)
    browser = half_open(manager)
    for _ in range(4):
        prove(browser, "000000")
    assert prove(browser, code(secret, 1)).status_code == 302
    assert wrong_codes.wait(manager) == 0
    assert prove(half_open(manager), "000000").status_code == 422


def test_a_colleague_is_not_locked_out_by_the_wrong_codes_of_another(manager: User) -> None:
    with_app(manager)
    other = real("other")
    secret, _ = with_app(other)
    browser = half_open(manager)
    for _ in range(5):
        prove(browser, "000000")
    assert prove(half_open(other), code(secret, 1)).status_code == 302


# -- Setting it up ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", sorted(SECOND_FACTOR_ROLES))
def test_whoever_holds_such_a_role_sets_one_up_before_anything_else(role: Role) -> None:
    browser = half_open(real("newcomer", role))
    for address in ("/", "/reports/", "/audit/", "/people/"):
        assert browser.get(address)["Location"].startswith(MINE)
    assert "Until you have one, no other page opens" in browser.get(MINE).content.decode()


def test_others_need_none_unless_everybody_must(settings: Any) -> None:
    browser = half_open(real("fielder", Role.FIG))
    assert opens(browser)
    settings.SECOND_FACTOR = "all"
    assert browser.get("/")["Location"].startswith(MINE)


def test_an_app_is_set_up_with_a_code_of_it_and_the_session_is_proved(manager: User) -> None:
    browser = half_open(manager)
    page = browser.get(APP)
    assert page.context["picture"].startswith("data:image/svg+xml")
    secret = totp.opened(browser.session["app_to_add"].encode(), manager.pk)
    assert totp.as_text(secret) in page.content.decode()
    wrong = browser.post(APP, {"code": "000000"})
    assert (wrong.status_code, "does not fit" in wrong.content.decode()) == (422, True)
    assert totp.as_text(secret) in wrong.content.decode()
    done = browser.post(APP, {"code": code(secret)})
    assert len(done.context["codes"]) == 10
    assert opens(browser)
    assert "app_to_add" not in browser.session
    stored = SecondFactor.objects.get(user=manager)
    assert secret not in bytes(stored.stored)
    assert prove(half_open(manager), code(secret)).status_code == 422  # the code of the set-up counted
    assert Event.objects.filter(code="second_factor.added", actor="keyholder").count() == 1


def test_two_tabs_show_the_same_key_and_only_one_of_them_sets_it_up(manager: User) -> None:
    browser = half_open(manager)
    first, second = browser.get(APP), browser.get(APP)
    assert first.context["secret"] == second.context["secret"]
    secret = totp.opened(browser.session["app_to_add"].encode(), manager.pk)
    assert browser.post(APP, {"code": code(secret)}).status_code == 200
    late = browser.post(APP, {"code": code(secret)})
    assert late.status_code == 422
    assert SecondFactor.objects.filter(user=manager).count() == 1


def test_a_new_app_takes_the_place_of_the_old(manager: User) -> None:
    old, _ = with_app(manager)
    browser = signed_in(manager, old)
    assert "stops working here" in browser.get(APP).content.decode()
    secret = totp.opened(browser.session["app_to_add"].encode(), manager.pk)
    assert browser.post(APP, {"code": code(secret)})["Location"] == MINE
    assert SecondFactor.objects.filter(user=manager).count() == 1
    assert prove(half_open(manager), code(old, 1)).status_code == 422
    assert prove(half_open(manager), code(secret, 1)).status_code == 302
    assert RecoveryCode.objects.filter(user=manager).count() == 10


def test_a_half_open_session_adds_and_makes_nothing_even_past_the_gate(manager: User) -> None:
    with_app(manager)
    session = half_open(manager).session
    secret = totp.new_secret()
    for act in (
        lambda: second_factors.add_app(secret, code(secret), session=session, by=manager),
        lambda: second_factors.add_passkey("{}", "x", session=session, by=manager),
        lambda: second_factors.make_codes(session=session, by=manager),
        lambda: second_factors.remove(SecondFactor.objects.get(user=manager), session=session, by=manager),
    ):
        with pytest.raises(Refused, match="Give your second factor first"):
            act()


def left(browser: Client) -> None:
    """Signed in more than ten minutes ago."""
    session = browser.session
    session[sessions.STARTED] -= 700
    session.save()


@pytest.mark.parametrize("address", [APP, f"{MINE}passkey/", f"{MINE}recovery-codes/"])
def test_the_password_is_asked_again_after_ten_minutes(manager: User, address: str) -> None:
    secret, _ = with_app(manager)
    browser = signed_in(manager, secret)
    left(browser)
    assert browser.post(address).status_code == 401
    assert browser.post(address, {FIELD: "wrong"}).status_code == 422
    assert browser.post(address, {FIELD: PASSWORD}).status_code == 200


def test_before_the_key_of_an_app_is_shown_the_password_is_fresh(manager: User) -> None:
    secret, _ = with_app(manager)
    browser = signed_in(manager, secret)
    left(browser)
    assert browser.get(APP).status_code == 401
    assert "app_to_add" not in browser.session
    assert "picture" in browser.post(APP, {FIELD: PASSWORD}).context


# -- Removing it -----------------------------------------------------------------------------------------------------
def remove(browser: Client, factor: SecondFactor, **more: str) -> Any:
    return browser.post(f"{MINE}{factor.pk}/remove/", more)


def test_whoever_must_have_one_keeps_the_last(manager: User) -> None:
    secret, _ = with_app(manager)
    browser = signed_in(manager, secret)
    answer = remove(browser, SecondFactor.objects.get(user=manager))
    assert (answer.status_code, "Set up another one first" in answer.content.decode()) == (403, True)
    assert SecondFactor.objects.filter(user=manager).exists()


def test_others_may_remove_their_last_and_its_codes_go_with_it() -> None:
    fielder = real("fielder", Role.FIG)
    secret, _ = with_app(fielder)
    browser = signed_in(fielder, secret)
    factor = SecondFactor.objects.get(user=fielder)
    assert browser.get(f"{MINE}{factor.pk}/remove/").status_code == 200
    left(browser)
    assert remove(browser, factor).status_code == 401
    assert remove(browser, factor, **{FIELD: PASSWORD})["Location"] == MINE
    assert not SecondFactor.objects.filter(user=fielder).exists()
    assert not RecoveryCode.objects.filter(user=fielder).exists()
    assert opens(half_open(fielder))


def test_the_factor_of_somebody_else_is_not_found(manager: User) -> None:
    secret, _ = with_app(manager)
    other = real("other")
    with_app(other)
    assert remove(signed_in(manager, secret), SecondFactor.objects.get(user=other)).status_code == 404
    with pytest.raises(Refused, match="no longer there"):
        second_factors.remove(SecondFactor.objects.get(user=other), session=proved_session(), by=manager)


# -- Losing everything -----------------------------------------------------------------------------------------------
@pytest.fixture
def lost() -> User:
    """Somebody whose phone and codes are gone."""
    user = real("lost", Role.AUDITOR)
    with_app(user)
    return user


def help_out(browser: Client, user: User, **typed: str) -> Any:
    return browser.post(f"/accounts/people/{user.pk}/second-factors/", typed)


WORD = {"checked": "on", "reason": "Phone stolen; called back on the number on record"}


def test_a_manager_who_knows_the_person_removes_all_and_the_next_sign_in_sets_up_anew(
    manager: User, lost: User
) -> None:
    mine, _ = with_app(manager)
    thief = half_open(lost)
    browser = signed_in(manager, mine)
    assert "Authenticator app" in browser.get(f"/accounts/people/{lost.pk}/second-factors/").content.decode()
    assert help_out(browser, lost, **WORD).status_code == 302
    assert not SecondFactor.objects.filter(user=lost).exists()
    assert not RecoveryCode.objects.filter(user=lost).exists()
    assert thief.get("/")["Location"].startswith("/sign-in/")
    assert not OpenSession.objects.filter(user=lost, ended="").exists()
    event = Event.objects.get(code="second_factor.removed")
    assert (event.actor, event.object_id) == ("keyholder", str(lost.pk))
    assert json.loads(event.payload)["reason"] == WORD["reason"]
    assert half_open(lost).get("/")["Location"].startswith(MINE)


@pytest.mark.parametrize("typed", [{}, {"reason": "Phone lost"}, {"checked": "on"}, {"checked": "on", "reason": " "}])
def test_who_they_are_and_why_must_be_said(manager: User, lost: User, typed: dict[str, str]) -> None:
    mine, _ = with_app(manager)
    assert help_out(signed_in(manager, mine), lost, **typed).status_code == 422
    assert SecondFactor.objects.filter(user=lost).exists()


def test_the_password_of_the_manager_is_asked_again(manager: User, lost: User) -> None:
    mine, _ = with_app(manager)
    browser = signed_in(manager, mine)
    left(browser)
    assert help_out(browser, lost, **WORD).status_code == 401
    assert help_out(browser, lost, **WORD, **{FIELD: PASSWORD}).status_code == 302


def test_nobody_removes_their_own_not_even_by_a_second_account(manager: User, lost: User) -> None:
    mine, _ = with_app(manager)
    browser = signed_in(manager, mine)
    answer = help_out(browser, manager, **WORD)
    assert (answer.status_code, "cannot remove your own" in answer.content.decode()) == (422, True)
    lost.person_key = manager.person_key
    with pytest.raises(Refused, match="your own"):
        second_factors.remove_all(lost, by=manager, reason="x")
    assert SecondFactor.objects.filter(user=lost).exists()


def test_without_the_role_nobody_removes_them(lost: User, as_: Any, sco: User) -> None:
    assert help_out(as_(sco), lost, **WORD).status_code == 403
    with pytest.raises(Refused):
        second_factors.remove_all(lost, by=sco, reason="x")


def test_the_second_press_is_told_that_nothing_was_left(manager: User, lost: User) -> None:
    mine, _ = with_app(manager)
    browser = signed_in(manager, mine)
    help_out(browser, lost, **WORD)
    again = help_out(browser, lost, **WORD)
    assert (again.status_code, "nothing was removed" in again.content.decode()) == (422, True)
    assert Event.objects.filter(code="second_factor.removed").count() == 1


# -- Mail ------------------------------------------------------------------------------------------------------------
def told() -> list[str]:
    return [
        job.args["what"] for job in ProcrastinateJob.objects.filter(task_name__endswith="mail_factor").order_by("id")
    ]


def test_each_change_is_told_to_the_person_by_mail(manager: User, lost: User) -> None:
    secret, _ = with_app(manager)
    browser = signed_in(manager, secret)
    browser.post(f"{MINE}recovery-codes/")
    other = half_open(manager)
    for _ in range(5):
        prove(other, "000000")
    help_out(browser, lost, **WORD)
    assert told() == ["added", "added", "codes made", "locked", "all removed"]


# -- At once ---------------------------------------------------------------------------------------------------------
def at_once(*acts: Any) -> list[Any]:
    """Each in a thread of its own, begun together; what each gave or raised."""
    gate = threading.Barrier(len(acts))
    found: list[Any] = [None] * len(acts)

    def run(position: int, act: Any) -> None:
        try:
            gate.wait()
            found[position] = act()
        except Exception as error:
            found[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_one_code_sent_from_two_browsers_at_once_opens_one(manager: User) -> None:
    secret, _ = with_app(manager)
    one, two, typed = half_open(manager), half_open(manager), code(secret, 1)
    found = at_once(lambda: prove(one, typed).status_code, lambda: prove(two, typed).status_code)
    assert sorted(found) == [302, 422]


@pytest.mark.django_db(transaction=True)
def test_wrong_codes_sent_together_are_counted_one_by_one(manager: User) -> None:
    with_app(manager)
    browsers = [half_open(manager) for _ in range(8)]
    at_once(*[lambda browser=browser: prove(browser, "000000").status_code for browser in browsers])
    assert (refusals().count("wrong"), refusals().count("locked")) == (5, 3)


@pytest.mark.django_db(transaction=True)
def test_the_mail_says_what_happened_and_nothing_more(manager: User, mailroom: Mailroom) -> None:
    with_app(manager)
    work()
    (letter,) = [mail for mail in mailroom.taken if mail["To"] == manager.email]
    assert letter["Subject"] == SUBJECTS["added"]
    text = str(letter.get_payload())
    assert "change your password and tell an Access Control Manager" in text
    assert manager.name not in text
    assert manager.username not in text


def test_sessions_hold_no_secret_in_clear(manager: User) -> None:
    browser = half_open(manager)
    browser.get(APP)
    secret = totp.opened(browser.session["app_to_add"].encode(), manager.pk)
    kept = json.dumps(Session.objects.get(pk=browser.session.session_key).get_decoded())
    assert base64.b32encode(secret).decode() not in kept
    assert secret.hex() not in kept
