"""Who knows of a report: its summary, the offices it was released to, and which of them have acknowledged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.models import User
from reports.models import Report
from reports.panels import Entry, Panel
from reports.states import Status
from watch.models import Summary, SummaryNotice, SummaryVersion
from watch.reach import readable


@dataclass(frozen=True)
class Told:
    """An office in one of its roles, as it was told last, and whether its word is of the newest version."""

    notice: SummaryNotice
    newest: int

    @property
    def is_outdated(self) -> bool:
        return self.notice.version < self.newest


@dataclass(frozen=True)
class Known:
    """A report's summary as one reader may see it, with every notice of it, newest first."""

    summary: Summary | None
    notices: list[SummaryNotice] = field(default_factory=list)
    released_by: dict[int, str] = field(default_factory=dict)

    @property
    def released(self) -> int:
        """The newest version that was released."""
        return max(self.released_by, default=0)

    @property
    def told(self) -> list[Told]:
        """Each office once, as told last; those that have not acknowledged stand first, longest waiting on top."""
        last: dict[tuple[int, str], SummaryNotice] = {}
        for notice in self.notices:
            last.setdefault((notice.office_id, notice.role), notice)
        ordered = sorted(last.values(), key=lambda one: (one.acknowledged_at is not None, one.made_at))
        return [Told(notice, self.released) for notice in ordered]

    @property
    def waiting(self) -> int:
        return sum(1 for told in self.told if told.notice.acknowledged_at is None)


def known(report: Report, user: User) -> Known:
    """What `user` may know of who knows. Asked once a report and request: the panel and the timeline show the same."""
    asked: dict[int, Known] = report.__dict__.setdefault("_known_to", {})
    if user.pk not in asked:
        summary = with_releases(readable(user).filter(report=report).select_related("written_by")).first()
        asked[user.pk] = of_summary(summary) if summary else Known(None)
    return asked[user.pk]


def with_releases(summaries: QuerySet[Summary]) -> QuerySet[Any]:
    """The summaries, each with who released which of its versions: no statement of its own for that."""
    versions = SummaryVersion.objects.filter(summary=OuterRef("pk")).order_by()
    pairs = versions.values(pair=JSONObject(version="version", by="by__name"))
    return summaries.annotate(releases=ArraySubquery(pairs))


def of_summary(summary: Any) -> Known:
    """`summary` is one of `with_releases`."""
    notices = list(
        SummaryNotice.objects.filter(summary=summary)
        .select_related("office", "acknowledged_by")
        .order_by("-version", "made_at", "office__name")
    )
    return Known(summary, notices, {pair["version"]: pair["by"] for pair in summary.releases})


# -- On the report's page ---------------------------------------------------------------------------------------------
def panels(report: Report, user: User) -> Iterable[Panel]:
    """Who knows, for the watch and for whoever was told; the watch may write and release from here."""
    found = known(report, user)
    may_write = user.may_somewhere("review_reports") and report.status != Status.VOIDED
    if found.summary is None and not may_write:
        return
    context = {
        "known": found,
        "may_write": may_write,
        "write_url": reverse("watch:write", args=[report.number]),
        "outdated": found.summary is not None and found.summary.of_version < report.version,
        "report": report,
    }
    yield Panel("Summary: who knows", "watch/panel.html", context)


def entries(report: Report, user: User) -> Iterable[Entry]:
    """When the summary was released to whom, and who has acknowledged."""
    found = known(report, user)
    for version in sorted({notice.version for notice in found.notices}):
        of_it = [notice for notice in found.notices if notice.version == version]
        for at in sorted({notice.made_at for notice in of_it}):
            offices = ", ".join(dict.fromkeys(n.office.name for n in of_it if n.made_at == at))
            yield Entry(
                at, f"Summary, version {version}, released to {offices}", found.released_by[version], icon="send"
            )
    for notice in found.notices:
        if notice.acknowledged_at and notice.acknowledged_by:
            words = f"Summary, version {notice.version}, acknowledged for {notice.office.name}"
            yield Entry(notice.acknowledged_at, words, notice.acknowledged_by.name, icon="verified", tone="done")
