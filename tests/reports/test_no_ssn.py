"""Wherever something can be typed, the page says that no Social Security number may be (SEN PIA: disclaimer)."""

import re
from typing import Any

import pytest

from tests.reports.filing import file_sir, make_draft

SENTENCE = b"Do not enter Social Security numbers anywhere in this system."
TYPED = re.compile(rb'<textarea|<input[^>]+type="(?:text|search|email|tel)"')
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("analyst", "/watch/"),
        ("analyst", "/reports/"),
        ("analyst", "{report}"),
        ("analyst", "{report}versions/"),
        ("agent", "{draft}"),
        ("agent", "{draft}narrative/"),
        ("agent", "{draft}check/"),
        ("auditor", "/audit/"),
        ("acm", "/access/grant/"),
        ("administrator", "/reference/offices/add/"),
        ("agent", "/no/such/page/"),
    ],
)
def test_a_page_with_a_text_field_says_it(who: str, path: str, as_: Any, person: Any, agent: Any) -> None:
    places = {"report": f"/reports/{file_sir(agent).number}/", "draft": f"/reports/drafts/{make_draft(agent).pk}/"}
    page = as_(person(who)).get(path.format(**places)).content
    assert TYPED.search(page) or b"<input" in page
    assert SENTENCE in page
