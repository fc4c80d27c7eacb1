"""Passwords: their rules, changing one, and setting one through a link, which bypasses nothing."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import known_browsers, password_links, password_rules, password_tasks, passwords
from accounts.access import Refused
from accounts.models import OpenSession, SecondFactor, SignInAttempt, User
from audit.log import Origin, record
from audit.models import Event
from tests.cast import PASSWORD
from tests.watch.mailroom import jobs

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]
NEW = "seven grey herons at noon"
LINK, CHANGED = "accounts.password_tasks.mail_link", "accounts.password_tasks.mail_changed"


def sign_in(password: str = PASSWORD, username: str = "agent", client: Client | None = None) -> Client:
    client = client or Client()
    client.post("/sign-in/", {"username": username, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def change(client: Client, current: str = PASSWORD, new: str = NEW, again: str = "") -> Any:
    typed = {"current_password": current, "new_password": new, "new_password_again": again or new}
    return client.post("/accounts/password/", typed)


def with_status(user: User, status: str) -> User:
    user.status = status
    user.save(update_fields=["status"])
    record("user.changed", by=None, on=user)
    return user


def ask(username: str = "agent", address: str = "198.51.100.1") -> Any:
    return Client(REMOTE_ADDR=address).post("/accounts/password/reset/", {"username": username})


def set_new(client: Client, path: str, new: str = NEW) -> Any:
    """Follow the link of the mail, then set the password."""
    page = client.get(path)
    if page.status_code != 302:
        return page
    return client.post(page["Location"], {"new_password": new, "new_password_again": new})


# -- The rules --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "password1234",
        "the AGENT of noon herons",
        "AgEnT-and-twelve-more",
    ],
    ids=["short", "common", "name", "capitals"],
)
def test_a_password_that_is_short_common_or_holds_a_name_is_refused(password: str, agent: User) -> None:
    with pytest.raises(ValidationError):
        password_rules.check(password, agent)


@pytest.mark.parametrize(
    "password",
    ["twelve chars", "☃ été 日本語 seven", "a" * 6 + "b" * 994, "123412341234qwer!", "' OR 1=1 --<b>"],
    ids=["twelve", "any script", "a thousand", "digits", "signs"],
)
def test_every_character_and_every_length_from_twelve_is_allowed(password: str, agent: User) -> None:
    password_rules.check(password, agent)


def test_the_rules_stand_on_the_page_before_anything_is_typed() -> None:
    page = sign_in().get("/accounts/password/").content.decode()
    assert "At least 12 characters" in page
    assert page.count('autocomplete="new-password"') == 2


# -- Changing it ------------------------------------------------------------------------------------------------------
def test_changing_the_password_ends_the_other_sessions_keeps_this_one_and_tells_the_person(agent: User) -> None:
    here, elsewhere = sign_in(), sign_in()
    assert change(here)["Location"] == "/accounts/sessions/"
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert (is_in(sign_in()), is_in(sign_in(NEW))) == (False, True)
    event = Event.objects.get(code="password.changed")
    assert (event.actor, event.object_id) == ("agent", str(agent.pk))
    assert jobs(CHANGED) == [("todo", 0)]
    password_tasks.mail_changed(user_id=agent.pk, number=event.pk)
    assert (mail.outbox[0].to, mail.outbox[0].subject) == ([agent.email], "Your password for SEN was changed")


def test_the_browser_whose_session_a_change_ended_is_told_so() -> None:
    here, elsewhere = sign_in(), sign_in()
    change(here)
    assert b"the password of your account was changed" in elsewhere.get("/desk/", follow=True).content


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_counts_and_the_other_is_told(agent: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browsers, both, changes = [sign_in(), sign_in()], Barrier(2), passwords.change

    def at_once(**given: Any) -> User:
        both.wait(20)
        return changes(**given)

    def one(number: int) -> Any:
        try:
            return change(browsers[number], new=f"{NEW} {number}")
        finally:
            connections.close_all()

    monkeypatch.setattr(passwords, "change", at_once)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(one, range(2)))
    led_to = [answer["Location"] for answer in answers]
    assert sorted(led_to) == ["/accounts/sessions/", "/sign-in/?why=password"]
    won = led_to.index("/accounts/sessions/")
    assert "the password of your account was changed" in Client().get(led_to[1 - won]).content.decode()
    assert [is_in(sign_in(f"{NEW} {number}")) for number in range(2)] == [won == 0, won == 1]
    assert [is_in(browser) for browser in browsers] == [won == 0, won == 1]
    assert Event.objects.filter(code="password.changed").count() == 1


@pytest.mark.parametrize(
    ("current", "new", "again", "field"),
    [
        ("wrong", NEW, NEW, "current_password"),
        (PASSWORD, NEW, NEW + "!", "new_password_again"),
        (PASSWORD, "short", "short", "new_password"),
        (PASSWORD, PASSWORD, PASSWORD, "new_password"),
        (PASSWORD, "x" * 1001, "x" * 1001, "new_password"),
    ],
    ids=["wrong", "unlike", "short", "same", "too long"],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_changed(
    current: str, new: str, again: str, field: str
) -> None:
    client = sign_in()
    answer = change(client, current, new, again)
    assert answer.status_code == 422
    assert next(iter(answer.context["form"].errors)) == field
    assert is_in(sign_in())


def test_a_wrong_present_password_counts_as_a_wrong_try_to_sign_in() -> None:
    client = sign_in()
    for _ in range(3):
        change(client, "wrong")
    assert change(client).status_code == 422
    assert not Event.objects.filter(code="password.changed").exists()


# -- A link by mail ---------------------------------------------------------------------------------------------------
def test_the_answer_and_its_cost_are_the_same_whoever_is_asked_for(agent: User, colleague: User) -> None:
    with_status(colleague, "suspended")
    pages, costs = set(), set()
    for username in ("agent", "nobody", "colleague"):
        with CaptureQueriesContext(connection) as queries:
            page = ask(username)
        lines = [line for line in page.content.decode().splitlines() if "csrf" not in line]
        pages.add((page.status_code, "\n".join(lines)))
        costs.add(tuple(re.sub(r"'[^']*'|\d+", "?", query["sql"])[:60] for query in queries))
    assert len(pages) == len(costs) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'user_id' FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [LINK])
        assert [key for (key,) in cursor.fetchall()] == [str(agent.pk), "0", "0"]
    assert list(Event.objects.filter(code="password.reset_asked").order_by("id").values_list("outcome", flat=True)) == [
        "done",
        "refused",
        "refused",
    ]


def test_one_name_is_sent_one_link_in_ten_minutes_whoever_asks() -> None:
    for number in range(3):
        assert ask(address=f"198.51.100.{number}").status_code == 200
    sent = Event.objects.filter(code="password.reset_asked", outcome="done")
    assert sent.count() == 1
    SignInAttempt.objects.update(at=timezone.now() - timedelta(minutes=11))
    ask()
    assert sent.count() == 2


def test_one_address_asks_no_more_often_than_it_may_sign_in(settings: Any) -> None:
    settings.SIGN_INS_PER_MINUTE = 2
    assert [ask(name).status_code for name in ("one", "two", "three")] == [200, 200, 429]


def test_asking_for_links_locks_nobody_out_and_a_lock_keeps_nobody_from_a_link() -> None:
    for _ in range(4):
        ask(address="127.0.0.1")
    assert is_in(sign_in())
    for _ in range(4):
        sign_in("wrong", "colleague")
    assert ask("colleague", "127.0.0.1").status_code == 200
    assert Event.objects.filter(code="password.reset_asked", outcome="done").count() == 2


def test_the_mail_holds_the_link_and_neither_name_nor_username(agent: User) -> None:
    password_tasks.mail_link(user_id=agent.pk)
    (sent,) = mail.outbox
    assert sent.to == [agent.email]
    (path,) = re.findall(r"https?://[^/]+(/accounts/password/reset/\d+/\S+/)\n", str(sent.body))
    assert agent.name not in f"{sent.subject}{sent.body}"
    assert set_new(Client(), path).status_code == 302


@pytest.mark.parametrize("status", ["suspended", "left"])
def test_whoever_may_not_sign_in_gets_no_mail_and_no_use_of_an_old_link(agent: User, status: str) -> None:
    path = password_links.path_for(agent)
    with_status(agent, status)
    password_tasks.mail_link(user_id=agent.pk)
    assert mail.outbox == []
    assert Client().get(path).status_code == 410
    assert Client().get(password_links.path_for(agent)).status_code == 410


def test_a_link_sets_the_password_ends_every_session_and_signs_nobody_in(agent: User) -> None:
    elsewhere, client = sign_in(), Client()
    agent.refresh_from_db()
    answer = set_new(client, password_links.path_for(agent))
    assert answer["Location"] == "/sign-in/?why=password-set"
    assert (is_in(client), is_in(elsewhere)) == (False, False)
    assert b"Your password is set" in client.get(answer["Location"]).content
    assert (is_in(sign_in()), is_in(sign_in(NEW))) == (False, True)
    assert Event.objects.get(code="password.reset").object_id == str(agent.pk)
    assert jobs(CHANGED) == [("todo", 0)]


def test_a_link_leaves_the_second_factor_standing(agent: User) -> None:
    SecondFactor.objects.create(user=agent, kind="totp", name="phone", stored=b"x", added_at=timezone.now())
    record("second_factor.added", by=agent, on=agent)
    set_new(Client(), password_links.path_for(agent))
    assert SecondFactor.objects.filter(user=agent).count() == 1
    assert sign_in(NEW).get("/desk/")["Location"].startswith("/accounts/second-factor/")


def test_the_token_stands_in_no_address_of_the_page_and_a_look_does_not_use_it_up(agent: User) -> None:
    path, client = password_links.path_for(agent), Client()
    for _ in range(2):
        answer = client.get(path)
        assert answer["Location"] == f"/accounts/password/reset/{agent.pk}/set/"
    token = path.split("/")[-2]
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert token not in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"


def test_a_link_opens_once(agent: User) -> None:
    path = password_links.path_for(agent)
    first, second = Client(), Client()
    late = second.get(path)["Location"]
    set_new(first, path)
    for answer in (first.get(path), second.get(late), second.post(late, {"new_password": "x"})):
        assert answer.status_code == 410
        assert b"Ask for a new link" in answer.content


def test_a_sign_in_makes_a_link_void(agent: User) -> None:
    path = password_links.path_for(agent)
    sign_in()
    assert Client().get(path).status_code == 410


def test_a_link_opens_for_an_hour_and_an_invitation_for_three_days(agent: User, colleague: User) -> None:
    with_status(colleague, "invited")
    links = [password_links.path_for(user) for user in (agent, colleague)]
    later = timezone.now().timestamp()
    answers = []
    for seconds in (3590, 3610, 72 * 3600 - 10, 72 * 3600 + 10):
        with patch("django.core.signing.time.time", return_value=later + seconds):
            answers.append([Client().get(link).status_code for link in links])
    assert answers == [[302, 302], [410, 302], [410, 302], [410, 410]]


@pytest.mark.parametrize("what", ["other person", "cut", "nobody", "no number", "by hand"])
def test_a_foreign_or_broken_link_leads_to_a_page_that_says_what_to_do(what: str, agent: User, colleague: User) -> None:
    path = password_links.path_for(agent)
    broken = {
        "other person": path.replace(f"/{agent.pk}/", f"/{colleague.pk}/"),
        "cut": path[:-4] + "/",
        "nobody": path.replace(f"/{agent.pk}/", "/999999999/"),
        "no number": path.replace(f"/{agent.pk}/", "/x'1/"),
        "by hand": f"/accounts/password/reset/{agent.pk}/set/",
    }[what]
    answer = Client().get(broken)
    assert answer.status_code == 410
    assert b"Ask for a new link" in answer.content


def test_the_link_of_one_person_sets_no_other_persons_password(agent: User, colleague: User) -> None:
    client = Client()
    client.get(password_links.path_for(agent))
    answer = client.post(
        f"/accounts/password/reset/{colleague.pk}/set/", {"new_password": NEW, "new_password_again": NEW}
    )
    assert answer.status_code == 410
    token = password_links.path_for(agent).split("/")[-2]
    with pytest.raises(Refused):
        passwords.set_by_link(colleague, token, password=NEW, origin=Origin(), by=None)


def test_a_password_that_breaks_a_rule_is_refused_on_the_page_of_the_link(agent: User) -> None:
    answer = set_new(Client(), password_links.path_for(agent), "agent agent agent")
    assert answer.status_code == 422
    assert "a part of your name" in answer.content.decode()


def test_whoever_opens_their_link_while_signed_in_is_signed_out(agent: User) -> None:
    client = sign_in()
    agent.refresh_from_db()
    assert set_new(client, password_links.path_for(agent)).status_code == 302
    assert not is_in(client)
    assert OpenSession.objects.filter(user=agent, ended="").count() == 0


def test_somebody_elses_session_goes_on_when_a_link_is_used_beside_it(agent: User) -> None:
    client = sign_in(username="colleague")
    assert set_new(client, password_links.path_for(agent)).status_code == 302
    assert is_in(client)


def test_a_browser_in_which_a_link_was_used_is_known_so_strangers_cannot_lock_its_owner_out(
    agent: User, settings: Any
) -> None:
    settings.FAILURES_A_DAY = 2
    client = Client()
    set_new(client, password_links.path_for(agent))
    assert known_browsers.COOKIE in client.cookies
    for number in range(3):
        Client(REMOTE_ADDR=f"203.0.113.{number}").post("/sign-in/", {"username": "agent", "password": "wrong"})
    assert not is_in(sign_in(NEW))
    assert is_in(sign_in(NEW, client=client))


# -- The first password -----------------------------------------------------------------------------------------------
def test_an_invited_account_opens_once_its_owner_has_chosen_a_password(colleague: User, acm: User) -> None:
    with_status(colleague, "invited")
    assert not is_in(sign_in(username="colleague"))
    passwords.invite(colleague, by=acm)
    assert Event.objects.get(code="user.invited").actor == "acm"
    password_tasks.mail_link(user_id=colleague.pk)
    assert mail.outbox[0].subject == "Choose your password for SEN"
    client = Client()
    assert set_new(client, password_links.path_for(colleague)).status_code == 302
    assert User.objects.get(pk=colleague.pk).status == "active"
    assert is_in(sign_in(NEW, "colleague"))


def test_only_whoever_grants_access_invites_and_only_an_account_without_a_password(
    agent: User, acm: User, colleague: User
) -> None:
    with pytest.raises(Refused, match="password already"):
        passwords.invite(colleague, by=acm)
    with_status(colleague, "invited")
    with pytest.raises(Refused):
        passwords.invite(colleague, by=agent)
