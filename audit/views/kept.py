"""What an auditor typed, kept apart from the address: it may be a person's name."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from audit.log import record
from audit.models import SearchTerms


def keep(typed: dict[str, str], *, page: str, by: User, **said: Any) -> SearchTerms:
    """Keep the terms as a row that the address then names; `page` marks whose they are."""
    with transaction.atomic():
        kept = SearchTerms.objects.create(user_id=by.pk, terms=json.dumps({page: typed}, ensure_ascii=False))
        record("audit.searched", by=by, on=kept, **said)
    return kept


def kept_terms(key: str, user: User) -> SearchTerms:
    """The terms of this very person; anybody else's do not exist."""
    try:
        return get_object_or_404(SearchTerms, pk=UUID(key), user_id=user.pk)
    except ValueError:
        raise Http404 from None


def typed_of(kept: SearchTerms, *, page: str) -> dict[str, Any]:
    try:
        return dict(json.loads(kept.terms)[page])
    except (ValueError, KeyError, TypeError):
        raise Http404 from None  # the terms of another page's search
