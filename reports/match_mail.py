"""Mail about matches of planned operations: that there is one, and a link; nothing of either operation."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef

from accounts.mailing import send
from accounts.models import Assignment, User
from audit.log import record
from reports import match_sides
from reports.models import Match, MatchNotice

# The same words whichever side is restricted, so that the mail itself tells nothing.
SUBJECT = "Two planned operations may collide"
BODY = """A planned operation of yours may collide with another. Open it in SEN.

Sign in to read it: {url}

This message holds no details on purpose. Do not reply with any.
"""
TO_THE_WATCH = BODY.replace("A planned operation of yours may collide with another.", "It waits to be settled.")


def send_match_notice(notice_id: str, only: list[str] | None = None) -> list[str]:
    """Mail whoever the notice tells, if they may open the match now, or only some of them; the keys of those left.

    Sent again, a mail bears the same Message-ID, until the match has changed.
    """
    notice = MatchNotice.objects.select_related("match").get(pk=UUID(notice_id))
    told = [person for person in _people(notice, only) if _may_open(notice.match, person)]
    messages = {str(person.pk): _message(notice, person) for person in told}
    left = send(messages) if messages else []
    record("match.mailed", by=None, on=notice.match, notice=str(notice.pk), people=len(messages) - len(left))
    return left


def _people(notice: MatchNotice, only: list[str] | None) -> Iterable[User]:
    active = User.objects.filter(status=User.Status.ACTIVE).order_by("pk")
    if notice.person_id is not None:
        people = active.filter(pk=notice.person_id)
    else:
        held = Assignment.objects.live().filter(user=OuterRef("pk"), role=notice.role, office=notice.office_id)
        people = active.filter(Exists(held))
    return people if only is None else people.filter(pk__in=only)


def _may_open(match: Match, person: User) -> bool:
    return match_sides.visible_to(person).filter(pk=match.pk).exists()


def _message(notice: MatchNotice, person: User) -> EmailMessage:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    body = BODY if notice.report_id else TO_THE_WATCH
    return EmailMessage(
        subject=SUBJECT,
        body=body.format(url=f"{settings.SITE_URL}/reports/deconfliction/{notice.match_id}/"),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[person.email],
        headers={
            "Message-ID": f"<{notice.pk}.{notice.made_at:%Y%m%d%H%M%S%f}.{person.pk}@{sender.rpartition('@')[2]}>"
        },
    )
