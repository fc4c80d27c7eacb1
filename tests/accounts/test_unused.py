"""Accounts that nobody uses are warned of once, then disabled, whatever the clock does; and somebody stays to help."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts import actions, tasks, unused, unused_mail
from accounts.access import Refused
from accounts.models import Assignment, Office, User
from accounts.roles import Role
from audit.log import record
from audit.models import Event

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 10, 40, tzinfo=timezone.get_default_timezone())
DAY = timedelta(days=1)
Run = unused.Run


def somebody(idle_days: int, name: str = "rivera", role: Role | None = None) -> User:
    """Somebody real, who last signed in so many days before NOW."""
    office = Office.objects.get(code="HQ")
    user = actions.add_user(
        by=None, password_hash="!", username=name, person_key=name, name=name.title(), email=f"{name}@example.gov",
        programme="HSI", office=office, status=User.Status.ACTIVE,
    )  # fmt: skip
    if role:
        actions.grant_role(user=user, role=role, office=office, until=NOW + 100 * DAY, by=None)
    signs_in(user, NOW - idle_days * DAY)
    return user


def signs_in(user: User, at: datetime) -> None:
    User.objects.filter(pk=user.pk).update(last_login=at)
    record("session.signed_in", by=user, on=user)


def status_of(user: User) -> str:
    return User.objects.get(pk=user.pk).status


def queued(task: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [f"accounts.tasks.{task}"]
        )
        return [json.loads(row[0]) for row in cursor.fetchall()]


@pytest.mark.parametrize(("idle", "warned"), [(37, False), (39, True), (90, True)])
def test_a_warning_goes_out_a_week_before_and_nobody_is_disabled_without_one(idle: int, warned: bool) -> None:
    user = somebody(idle)
    assert unused.look(NOW) == Run(warned=[user.pk] * warned)
    assert status_of(user) == "active"


def test_warned_once_then_disabled_with_the_reason_beside_the_status(settings: Any) -> None:
    user = somebody(39)
    assert unused.look(NOW).warned == [user.pk]
    for day in range(1, 7):
        assert unused.look(NOW + day * DAY) == Run()
    assert unused.look(NOW + 7 * DAY) == Run(disabled=[user.pk])
    user.refresh_from_db()
    assert (user.status, user.status_note) == ("suspended", "Disabled: nobody signed in for 45 days.")
    assert unused.look(NOW + 8 * DAY) == Run()
    codes = (
        Event.objects.filter(object_type="user", object_id=user.audit_id).order_by("pk").values_list("code", flat=True)
    )
    assert list(codes)[-2:] == ["user.warned_unused", "user.disabled_unused"]
    assert len(queued("mail_unused_warning")) == 1


def test_whoever_signs_in_after_the_warning_stays_and_is_warned_anew_another_time() -> None:
    user = somebody(39)
    unused.look(NOW)
    signs_in(user, NOW + DAY)
    assert unused.look(NOW + 8 * DAY) == Run()
    assert unused.look(NOW + 40 * DAY).warned == [user.pk]
    assert unused.look(NOW + 47 * DAY).disabled == [user.pk]


def test_whoever_never_signed_in_counts_from_the_day_they_were_added() -> None:
    user = somebody(0)
    User.objects.filter(pk=user.pk).update(last_login=None, created_at=NOW - 39 * DAY)
    record("user.changed", by=None, on=user)
    assert unused.look(NOW).warned == [user.pk]


def test_the_invented_people_of_a_demonstration_and_whoever_cannot_sign_in_are_left_alone() -> None:
    left = somebody(90)
    User.objects.filter(pk=left.pk).update(status=User.Status.LEFT)
    record("user.changed", by=None, on=left)
    assert unused.look(NOW) == Run()
    assert User.objects.filter(is_demonstration=True, status="active").count() > 20


# -- The clock ---------------------------------------------------------------------------------------------------------
def test_a_clock_set_back_warns_nobody_again_and_disables_nobody() -> None:
    user = somebody(39)
    unused.look(NOW)
    for days in (1, 30, 400):
        assert unused.look(NOW - days * DAY) == Run()
    assert unused.look(NOW + 7 * DAY).disabled == [user.pk]


def test_a_clock_set_forward_by_a_year_disables_nobody_who_was_not_warned() -> None:
    user = somebody(3)
    assert unused.look(NOW + 365 * DAY) == Run(warned=[user.pk])
    assert unused.look(NOW + DAY) == Run()
    assert status_of(user) == "active"


def test_a_great_share_at_once_is_held_back_and_told_until_an_operator_says_so() -> None:
    people = [somebody(60, f"person{number}") for number in range(unused.HANDFUL + 1)]
    assert unused.look(NOW) == Run(held_back=len(people))
    assert not User.objects.exclude(unused_warned_at=None).exists()
    assert [job["what"] for job in queued("mail_unused")] == ["held-back"]
    assert len(unused.look(NOW, however_many=True).warned) == len(people)


def test_a_handful_is_not_too_many_in_a_small_office() -> None:
    people = [somebody(60, f"person{number}") for number in range(unused.HANDFUL)]
    assert len(unused.look(NOW).warned) == len(people)


# -- The last manager --------------------------------------------------------------------------------------------------
def test_the_last_access_control_manager_is_kept_and_others_are_told(acm: Any) -> None:
    older, newer = somebody(60, "older", Role.ACM), somebody(50, "newer", Role.ACM)
    for given in Assignment.objects.filter(user=acm):
        actions.revoke_role(given, by=None, reason="moved")
    unused.look(NOW)
    assert unused.look(NOW + 7 * DAY) == Run(disabled=[older.pk], kept=[newer.pk])
    assert [job["what"] for job in queued("mail_unused")] == ["kept"]


# -- Mail --------------------------------------------------------------------------------------------------------------
def test_the_warning_says_until_when_and_names_nobody(acm: Any) -> None:
    user = somebody(39)
    unused.look(NOW)
    tasks.mail_unused_warning(**queued("mail_unused_warning")[0])
    (sent,) = mail.outbox
    assert sent.to == ["rivera@example.gov"]
    assert "before Mar 8, 2027" in sent.body
    assert "Rivera" not in f"{sent.subject} {sent.body}"
    signs_in(user, NOW + DAY)
    tasks.mail_unused_warning(**queued("mail_unused_warning")[0])
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("what", ["kept", "held-back"])
def test_what_was_not_done_is_told_to_those_who_look_after_accounts(what: str) -> None:
    assert unused_mail.send_told(what, "2027-03-01", 12) == []
    assert {one.to[0] for one in mail.outbox} == {f"{name}@example.gov" for name in ("acm", "sco", "administrator")}
    assert ("12 accounts" in mail.outbox[0].body) == (what == "held-back")


# -- Opening it again --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["acm", "sco"])
def test_either_officer_opens_it_again_and_the_person_has_a_week_to_sign_in(name: str, person: Any) -> None:
    user = somebody(39)
    unused.look(NOW)
    unused.look(NOW + 7 * DAY)
    unused.reactivate(user, by=person(name), reason="Back from leave")
    assert (status_of(user), User.objects.get(pk=user.pk).status_note) == ("active", "")
    assert unused.look(NOW + 8 * DAY) == Run(warned=[user.pk])
    assert unused.look(NOW + 15 * DAY) == Run(disabled=[user.pk])


def test_a_profile_saved_as_active_does_not_end_the_next_morning(sco: Any) -> None:
    user = somebody(39)
    unused.look(NOW)
    unused.look(NOW + 7 * DAY)
    actions.change_profile(user, by=sco, status=User.Status.ACTIVE)
    assert unused.look(NOW + 8 * DAY) == Run(warned=[user.pk])


def test_an_account_is_opened_by_another_officer_once_and_only_from_suspended(acm: Any, agent: Any) -> None:
    user = somebody(39)
    for by, why in ((acm, "is active"), (agent, "roles do not let you")):
        with pytest.raises(Refused, match=why):
            unused.reactivate(user, by=by, reason="x")
    User.objects.filter(pk=user.pk).update(status="suspended", person_key=acm.person_key)
    record("user.changed", by=None, on=user)
    with pytest.raises(Refused, match="your own"):
        unused.reactivate(User.objects.get(pk=user.pk), by=acm, reason="x")


def test_the_page_asks_why(as_: Any, acm: Any, stranger: Any) -> None:
    User.objects.filter(pk=stranger.pk).update(status="suspended", status_note="Disabled: nobody signed in.")
    record("user.changed", by=None, on=stranger)
    browser, address = as_(acm), f"/accounts/people/{stranger.pk}/reactivate/"
    assert "Disabled: nobody signed in." in browser.get(address).content.decode()
    assert "Say why the account opens again." in browser.post(address, {}).content.decode()
    assert browser.post(address, {"reason": "Back"}).status_code == 302
    assert status_of(stranger) == "active"


def test_the_page_of_a_suspended_person_leads_there_for_who_may(as_: Any, person: Any, stranger: Any) -> None:
    page, leads = f"/people/{stranger.pk}/", f"/accounts/people/{stranger.pk}/reactivate/"
    for status, shown in (("active", set()), ("suspended", {"acm", "sco"}), ("left", set())):
        User.objects.filter(pk=stranger.pk).update(status=status)
        record("user.changed", by=None, on=stranger)
        found = {name for name in ("acm", "sco", "auditor") if leads in as_(person(name)).get(page).content.decode()}
        assert found == shown, status
