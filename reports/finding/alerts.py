"""Alerts: each report that is filed or changes is held against the saved searches, as their owners may then read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import memory, rules
from accounts.mailing import send_letters
from accounts.models import User
from accounts.readiness import has_training
from audit.log import record
from reports.finding import saved
from reports.models import Report, SavedSearch, SavedSearchFind
from reports.states import Status

SUBJECT = "A saved search found a report"


def look(report: Report) -> None:
    """Queue the comparison in the transaction that changes what the report says or who may read it."""
    from reports.tasks import match_saved_searches

    if SavedSearch.objects.filter(alerts=True).exists():
        match_saved_searches.defer(report_id=str(report.pk), version=report.version)


def match(report_id: str, version: int, *, now: datetime | None = None) -> int:
    """Note every saved search that finds this report now, and queue the mail of each owner; how many did.

    A search finds a report once. A later version has a job of its own.
    """
    report = Report.objects.select_related("author").filter(pk=UUID(report_id)).first()
    if report is None or report.version != version or report.status == Status.VOIDED:
        return 0
    finds = [
        SavedSearchFind(search=search, report=report, version=version, found_at=now or timezone.now())
        for owner, searches in _by_owner(report)
        for search in _finding(report, owner, searches)
    ]
    return _keep(report, finds) if finds else 0


def _by_owner(report: Report) -> list[tuple[User, list[SavedSearch]]]:
    """The searches with alerts that have not found this report yet, with their owners as they are at this moment.

    Nobody is told of a report that they filed themselves, under whichever account.
    """
    waiting = SavedSearch.objects.filter(alerts=True, owner__status=User.Status.ACTIVE)
    waiting = waiting.exclude(owner__person_key=report.author.person_key)
    waiting = waiting.exclude(finds__report=report).order_by("owner_id", "pk")
    searches: dict[int, list[SavedSearch]] = {}
    for one in waiting:
        searches.setdefault(one.owner_id, []).append(one)
    owners = ((reader(key), mine) for key, mine in searches.items())
    return [(owner, mine) for owner, mine in owners if owner]


def reader(owner_id: int) -> User | None:
    """The owner, if they could open a page now: an active account, signed rules, training in date."""
    owner = memory.signed_in(owner_id)
    return owner if owner and rules.accepted(owner) and has_training(owner) else None


def _finding(report: Report, owner: User, searches: list[SavedSearch]) -> list[SavedSearch]:
    """Those of one owner's searches that find the report; one statement each, and one where it may not be read."""
    if not Report.objects.visible_to(owner).filter(pk=report.pk).exists():
        return []
    # What `owner` may see of all reports is settled; asked again with each search it would be most of the work.
    this = Report.objects.filter(pk=report.pk)
    forms = [(search, saved.form_of(search, owner)) for search in searches]
    # A filter that no longer applies would be left out, and the search would find more than was asked for.
    return [search for search, form in forms if form.is_valid() and form.apply(this).exists()]


@transaction.atomic
def _keep(report: Report, finds: list[SavedSearchFind]) -> int:
    """In one transaction with the mails; whoever removed the search meanwhile, or was faster, leaves nothing to do."""
    from reports.tasks import mail_find

    wanted = [find.search_id for find in finds]
    live = set(
        SavedSearch.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True)
    )
    done = set(SavedSearchFind.objects.filter(report=report, search__in=live).values_list("search_id", flat=True))
    fresh = [find for find in finds if find.search_id in live - done]
    for find in fresh:
        record("saved_search.found", by=None, on=find.search, report=report.number, version=find.version)
    SavedSearchFind.objects.bulk_create(fresh)
    for owner in sorted({find.search.owner_id for find in fresh}):
        mail_find.defer(report_id=str(report.pk), owner_id=owner, version=report.version)
    return len(fresh)


def mail(report_id: str, owner_id: int, version: int) -> None:
    """Tell the owner of what their searches found, if they may read it still; the mail says neither words nor names."""
    owner = reader(owner_id)
    if owner is None:
        return
    found = saved.unseen(owner).filter(report_id=UUID(report_id), version=version, search__alerts=True)
    searches = [str(pk) for pk in found.values_list("search_id", flat=True)]
    if not searches:
        return
    report = Report.objects.get(pk=UUID(report_id))
    says = f"A search that you saved found {report.number}."
    path = f"/reports/{report.number}/"
    send_letters(f"saved-search.{report.pk}.{version}", [owner], subject=SUBJECT, says=says, path=path)
    record("saved_search.mailed", by=None, on=report, owner=owner.pk, searches=searches)
