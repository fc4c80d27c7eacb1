"""Saved searches as their owner sees them: in words, as an address, and with what each found that is new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from audit.models import SearchTerms
from reports.filters import ListingFilter
from reports.models import Reading, Report, SavedSearch, SavedSearchFind
from reports.states import Status

FEW = 5


@dataclass(frozen=True)
class Shown:
    """One saved search: what it asks for in words, whether it still can, and the numbers that it found lately."""

    saved: SavedSearch
    says: list[str]
    is_whole: bool
    numbers: list[str] = field(default_factory=list)

    @property
    def few(self) -> list[str]:
        return self.numbers[:FEW]

    @property
    def new(self) -> str:
        return f"{len(self.numbers)} new"

    @property
    def more(self) -> int:
        return len(self.numbers) - len(self.few)


def form_of(saved: SavedSearch, owner: User) -> ListingFilter:
    """The filters of a saved search as its owner may set them now."""
    data = QueryDict(mutable=True)
    data.update(saved.filters)
    return ListingFilter(data, owner, terms=saved.terms)


def address(saved: SavedSearch, kept: SearchTerms | None) -> str:
    """Where its answer stands: the words by the key of the search that was just kept."""
    asked = saved.filters | ({"q": str(kept.pk)} if kept else {})
    return reverse("reports:listing") + "?" + urlencode(asked)


def unseen(owner: User) -> QuerySet[SavedSearchFind]:
    """What the saved searches of `owner` found and `owner` may read now, has not been shown, and has not read."""
    read = Reading.objects.filter(report=OuterRef("report"), reader=owner, version__gte=OuterRef("version"))
    seen = Report.objects.visible_to(owner).exclude(status=Status.VOIDED)
    found = SavedSearchFind.objects.filter(search__owner=owner, seen_at=None, report__in=seen.values("pk"))
    return found.filter(~Exists(read)).order_by("-found_at", "report_id")


def shown(owner: User) -> list[Shown]:
    """Every saved search of `owner`, by name; two statements however many there are."""
    numbers: dict[Any, list[str]] = {}
    for search, number in unseen(owner).values_list("search_id", "report__number"):
        numbers.setdefault(search, []).append(number)
    mine = SavedSearch.objects.filter(owner=owner).order_by("name", "made_at")
    return [_shown(saved, owner, numbers.get(saved.pk, [])) for saved in mine]


def _shown(saved: SavedSearch, owner: User, numbers: list[str]) -> Shown:
    form = form_of(saved, owner)
    return Shown(saved, [tag.label for tag in form.tags], form.is_valid(), numbers)


def found_reports(owner: User) -> QuerySet[Report]:
    """The reports that are new for the saved searches of `owner`, each once, the newest find first."""
    keys: Iterable[Any] = unseen(owner).order_by().values("report_id")
    return Report.objects.visible_to(owner).filter(pk__in=keys).order_by(F("submitted_at").desc(), F("id").desc())
