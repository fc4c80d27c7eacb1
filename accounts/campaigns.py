"""Recertification: opening a campaign, answering for what others may do, reminding, ending what nobody answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import campaign_reach
from accounts.access import Refused, action
from accounts.actions import end_assignment, require
from accounts.models import Assignment, Campaign, CampaignItem, Office, User
from accounts.roles import Role
from audit.log import record

Decision = CampaignItem.Decision
WEEK, LAST_DAYS = timedelta(days=7), timedelta(days=2)
# Assignments that end in one transaction: no longer than that does a person's next request wait for them.
SLICE = 100
UNANSWERED = "Nobody confirmed it before the deadline of a recertification."


# -- Opening -----------------------------------------------------------------------------------------------------------
@action
def open_campaign(*, by: User, name: str, office: Office, role: str, last_day: date) -> Campaign:
    """Ask for an answer to every assignment in force at `office` and below, of one role or ("") of all."""
    require(by, "grant_roles")
    # The lock makes two managers who open the same campaign at once take turns.
    office = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    zone = ZoneInfo(office.time_zone)
    if last_day <= timezone.localdate(timezone=zone):
        raise Refused("The last day must be tomorrow or later, so that there is time to answer.")
    _refuse_twice(office, role)
    found = _in_scope(office, role, by)
    if not found:
        raise Refused("Nobody else holds such a role there, so there is nothing to ask. Choose another office or role.")
    campaign = Campaign.objects.create(
        name=name,
        office=office,
        role=role,
        opened_by=by,
        opened_at=timezone.now(),
        deadline=datetime.combine(last_day, time(23, 59, 59), zone),
    )
    CampaignItem.objects.bulk_create(
        CampaignItem(campaign=campaign, assignment=one, reviewer=_reviewer(one)) for one in found
    )
    deadline = campaign.deadline.isoformat()
    record("campaign.opened", by=by, on=campaign, office=office.code, role=role, items=len(found), deadline=deadline)
    _mail(campaign, "opened")
    return campaign


def _refuse_twice(office: Office, role: str) -> None:
    if campaign_reach.running().filter(office=office, role=role).exists():
        raise Refused("A campaign for this office and role is running already. Wait for its end, or choose another.")


def _in_scope(office: Office, role: str, by: User) -> list[Assignment]:
    """Everything in force there. The opener's own waits for another manager; while there is none, it is left out."""
    found = Assignment.objects.live().filter(office__path__startswith=office.path)
    if role:
        found = found.filter(role=Role(role))
    if not campaign_reach.has_other_manager(by):
        found = found.exclude(user__person_key=by.person_key)
    return list(found.select_related("user__supervisor").order_by("pk"))


def _reviewer(assignment: Assignment) -> User | None:
    """The supervisor on record, unless that is a second account of the same person."""
    supervisor = assignment.user.supervisor
    if supervisor is None or supervisor.person_key == assignment.user.person_key:
        return None
    return supervisor


# -- Answering ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Answered:
    """How many answers were taken, and how many assignments had ended before they were answered."""

    done: int
    gone: int


@action
def answer(campaign: Campaign, items: Collection[int], *, by: User, decision: Decision, reason: str = "") -> Answered:
    """Confirm or drop what is chosen: all of it or, where one has been answered meanwhile, nothing.

    That `by` is asked about it is what entitles them to end it; nobody else needs to have let them.
    """
    if decision is Decision.DROPPED and not reason.strip():
        raise Refused("Say why the access is dropped.")
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    _refuse_over(campaign)
    chosen = _chosen(campaign, items, by)
    held = _locked(chosen)
    for item in chosen:
        live = held[item.assignment_id].revoked_at is None and held[item.assignment_id].until > timezone.now()
        _decide(item, decision if live else Decision.GONE, by, reason if decision is Decision.DROPPED else "")
    _keep(chosen)
    done = [item for item in chosen if item.decision != Decision.GONE]
    batch = [str(item.assignment_id) for item in chosen]
    record("campaign.answered", by=by, on=campaign, batch=batch, decision=decision.value, reason=reason, done=len(done))
    if decision is Decision.DROPPED:
        for item in done:
            end_assignment(held[item.assignment_id], by=by, reason=reason, campaign=campaign.pk)
    if not campaign_reach.waiting(CampaignItem.objects.filter(campaign=campaign)).exists():
        _close(campaign, by)
    return Answered(len(done), len(chosen) - len(done))


def _refuse_over(campaign: Campaign) -> None:
    if campaign.ended_at or campaign.deadline <= timezone.now():
        raise Refused(
            "This campaign has ended, so nothing was changed. What nobody had answered ended with it; "
            "who still needs the access asks for it again."
        )


def _chosen(campaign: Campaign, numbers: Collection[int], by: User) -> list[CampaignItem]:
    """The items, locked; refused are those that are not for `by` and those that have an answer."""
    mine = campaign_reach.may_answer(by).filter(campaign=campaign, pk__in=numbers)
    found = list(mine.select_for_update(of=("self",)).select_related("decided_by").order_by("pk"))
    if not found or len(found) != len(set(numbers)):
        raise Refused("You are not asked about all that was chosen, so nothing was changed. Open the list again.")
    answered = [item for item in found if item.decision != Decision.WAITING]
    if answered:
        raise Refused(_already(answered, by))
    return found


def _already(answered: list[CampaignItem], by: User) -> str:
    who = {item.decided_by for item in answered}
    other = next((user for user in who if user is not None and user != by), None)
    named = other.name if other else "you" if by in who else "nobody: the access had ended"
    what = "This was" if len(answered) == 1 else f"{len(answered)} of these were"
    verb = f"answered meanwhile by {named}" if other else f"answered already by {named}"
    return f"{what} {verb}. Nothing was changed now; the list shows what still waits."


def _locked(items: Iterable[CampaignItem]) -> dict[int, Assignment]:
    """The assignments of these items, locked in the order of their keys."""
    keys = [item.assignment_id for item in items]
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("user", "office")
    return {one.pk: one for one in rows.filter(pk__in=keys).order_by("pk")}


def _decide(item: CampaignItem, decision: Decision, by: User | None, reason: str) -> None:
    item.decision, item.decided_at, item.reason = decision, timezone.now(), reason
    item.decided_by = None if decision is Decision.GONE else by


def _keep(items: list[CampaignItem]) -> None:
    CampaignItem.objects.bulk_update(items, ["decision", "decided_at", "decided_by", "reason"])


# -- Reminding ---------------------------------------------------------------------------------------------------------
def to_remind(now: datetime) -> QuerySet[Campaign]:
    """Campaigns whose next reminder is due: a week after the last word, and once more two days before the end."""
    last_call = Q(deadline__lte=now + LAST_DAYS)
    # Neither opened nor reminded since the last two days began.
    silent = Q(reminded_at__lt=now - WEEK) | Q(reminded_at=None, opened_at__lt=now - WEEK)
    return campaign_reach.running().filter(silent | last_call)


@action
def remind(campaign: Campaign, *, by: None) -> bool:
    """Mail everybody who is still asked, once; whether that was due. Of two workers one finds it done."""
    now = timezone.now()
    found = Campaign.objects.select_for_update(skip_locked=True).filter(pk=campaign.pk, ended_at=None).first()
    if found is None or not _is_due(found, now):
        return False
    found.reminded_at = now
    found.save(update_fields=["reminded_at"])
    record("campaign.reminded", by=by, on=found)
    _mail(found, f"{now:%Y%m%d}")
    return True


def _is_due(campaign: Campaign, now: datetime) -> bool:
    last_word = max(campaign.opened_at, campaign.reminded_at or campaign.opened_at)
    last_call = campaign.deadline - LAST_DAYS
    return now < campaign.deadline and (last_word + WEEK < now or last_word < last_call <= now)


def _mail(campaign: Campaign, occasion: str) -> None:
    """A job for each person asked, queued with the change that they are told of."""
    from accounts.campaign_tasks import mail_asked

    people = campaign_reach.people_asked(campaign)
    jobs = [{"campaign_id": campaign.pk, "user_id": user.pk, "occasion": occasion} for user in people]
    if jobs:
        mail_asked.batch_defer(*jobs)  # type: ignore[arg-type]


# -- Ending ------------------------------------------------------------------------------------------------------------
def end_due() -> int:
    """End every campaign whose deadline has passed, with what nobody answered; how many it ended."""
    over = Campaign.objects.filter(ended_at=None, deadline__lte=timezone.now())
    for campaign in over:
        while end_some(campaign, by=None):
            pass
    return len(over)


@action
def end_some(campaign: Campaign, *, by: None) -> bool:
    """End the next few assignments that nobody answered for, or the campaign itself; whether there may be more.

    A second worker passes by: the row is locked, or the campaign has ended.
    """
    overdue = Campaign.objects.select_for_update(skip_locked=True).filter(
        pk=campaign.pk, ended_at=None, deadline__lte=timezone.now()
    )
    if (found := overdue.first()) is None:
        return False
    left = found.items.filter(campaign_reach.still_live(), decision=Decision.WAITING)
    items = list(left.select_for_update(of=("self",)).order_by("pk")[:SLICE])
    if not items:
        _close(found, by)
        return False
    _lapse(found, items, by)
    return True


def _lapse(campaign: Campaign, items: list[CampaignItem], by: None) -> None:
    held = _locked(items)
    for item in items:
        live = held[item.assignment_id].revoked_at is None
        _decide(item, Decision.LAPSED if live else Decision.GONE, by, "")
    _keep(items)
    record("campaign.lapsed", by=by, on=campaign, batch=[str(item.assignment_id) for item in items])
    for item in items:
        if item.decision == Decision.LAPSED:
            end_assignment(held[item.assignment_id], by=by, reason=UNANSWERED, campaign=campaign.pk)


def _close(campaign: Campaign, by: User | None) -> None:
    """Everything has an answer, or what has none had ended before."""
    now = timezone.now()
    campaign.items.filter(decision=Decision.WAITING).update(decision=Decision.GONE, decided_at=now)
    campaign.ended_at = now
    campaign.save(update_fields=["ended_at"])
    figures = campaign.items.aggregate(**campaign_reach.counts())
    record("campaign.ended", by=by, on=campaign, **figures)
