"""The mail to whom an iLead was passed on, through a real mail server by a real worker."""

from __future__ import annotations

from typing import Any

import pytest

from ileads import actions
from tests.ileads.leads import PROVIDER, WHY, filed, passed_on
from tests.watch.mailroom import Mailroom, mailroom, work

__all__ = ["mailroom"]
pytestmark = pytest.mark.django_db(transaction=True)


def letters(room: Mailroom) -> list[Any]:
    return [mail for mail in room.taken if "passed on" in mail["Subject"]]


def test_the_recipient_gets_a_mail_that_says_nothing_of_what_it_holds(
    mailroom: Mailroom, officer: Any, fod: Any, agent: Any
) -> None:
    report = filed(officer, fod)
    passed_on(report, agent, by=officer)
    work()
    [letter] = letters(mailroom)
    assert letter["To"] == "agent@example.gov"
    said = f"{letter['Subject']}\n{letter.get_payload()}"
    assert f"/reports/{report.number}/" in said
    for word in (*WHY.split(), *PROVIDER.split(), "Ferro", "Harbor Nine", report.title, officer.name):
        assert len(word) < 4 or word.lower() not in said.lower(), word


def test_who_lost_it_again_before_the_mail_went_gets_none(
    mailroom: Mailroom, officer: Any, fod: Any, agent: Any
) -> None:
    made = passed_on(filed(officer, fod), agent, by=officer)
    actions.take_back(made.pk, by=officer, reason="Left the case")
    work()
    assert letters(mailroom) == []
