"""The components: what each says, escapes and leaves out."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.template import TemplateSyntaxError, engines
from django.utils import timezone

from sen import components_page, marks, times
from sen.compare import changed_words

AT = datetime(2026, 3, 14, 18, 32, 5, tzinfo=UTC)


def drawn(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


def test_every_component_is_on_the_components_page():
    page = (settings.BASE_DIR / "templates/components_page.html").read_text()
    source = (settings.BASE_DIR / "sen/templatetags/ui.py").read_text()
    tags = set(re.findall(r"^@register\.\w+tag\b.*\ndef (\w+)\(", source, re.MULTILINE)) | {
        "icon",
        "state",
        "flag",
        "count",
        "number",
        "moment",
    }
    # Drawn by the frame, or inside another component.
    indirect = {"page_title", "page_heading", "breadcrumbs", "comparison", "compare", "ssn_notice", "icon"}
    assert {tag for tag in tags - indirect if not re.search(rf"{{% {tag} ", page)} == set()


def test_the_components_page_is_not_shown_in_production(settings):
    settings.MODE = "production"
    assert not components_page.is_shown()


def test_an_unknown_icon_is_an_error_and_every_icon_used_exists():
    with pytest.raises(ValueError, match=r"static/icons\.txt"):
        marks.draw("unicorn")
    used = {
        name
        for folder in ("templates", "sen", "accounts", "reports", "watch", "audit", "privacy")
        for path in (settings.BASE_DIR / folder).rglob("*")
        if path.suffix in {".html", ".py"}
        for name in re.findall(r"""{% icon "(\w+)"|\bicon=["'](\w+)["']""", path.read_text())
        for name in name
        if name
    }
    assert used - marks.icon_names() == set()


def test_a_state_has_a_word_and_an_icon_beside_its_colour():
    html = drawn('{% state word "overdue" %}', word="Over<due")
    assert "Over&lt;due" in html
    assert "#error" in html


def test_a_time_names_its_zone_and_gives_utc_in_the_title():
    html = drawn('{% moment at zone="America/New_York" %}', at=AT)
    assert "Mar 14, 2026, 14:32 EDT" in html
    assert 'title="2026-03-14 18:32:05 UTC"' in html
    assert "UTC+04" in drawn('{% moment at zone="Asia/Dubai" %}', at=AT)
    assert drawn("{% moment at %}", at=date(1984, 5, 3)) == '<time datetime="1984-05-03">May 3, 1984</time>'
    assert "Not given" in drawn("{% moment at %}", at=None)


def test_how_long_ago_stands_only_beside_the_time():
    html = drawn("{% moment at ago=True %}", at=timezone.now() - timedelta(minutes=12))
    assert html.index("</time>") < html.index("12 min ago")


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "under 1 min"), (60, "1 min"), (7199, "1 h"), (172800, "2 d"), (-9, "under 1 min")]
)
def test_a_span_is_short(seconds, words):
    assert times.short(timedelta(seconds=seconds)) == words


def test_a_clock_turns_amber_and_then_red():
    now = timezone.now()
    assert "state" not in drawn("{% clock due %}", due=now + timedelta(hours=3))
    assert "state-waiting" in drawn("{% clock due %}", due=now + timedelta(minutes=30))
    assert "Overdue 3 h" in drawn("{% clock due %}", due=now - timedelta(hours=3, minutes=1))


def test_a_refused_button_says_why_and_sends_nothing():
    html = drawn('{% button "Close" disabled_because="Take it up first." %}')
    assert 'type="button"' in html
    assert "Take it up first." in html
    assert 'aria-disabled="true"' in html


def test_an_empty_fact_says_so():
    assert "Not given" in drawn('{% fact "Hospital" %}{{ nothing }}{% endfact %}')


def test_what_is_put_into_a_block_is_escaped_once():
    html = drawn('{% alert "info" heading %}{{ text }}{% endalert %}', heading="<i>", text="<b>&</b>")
    assert "&lt;i&gt;" in html
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in html
    assert "&amp;lt;" not in html


def test_an_alert_of_an_unknown_tone_is_an_error():
    with pytest.raises(TemplateSyntaxError):
        drawn('{% alert "purple" %}x{% endalert %}')


def test_changed_words_are_marked_and_nothing_is_lost():
    old, new = changed_words("shot <once> at 14:10", "shot <twice> at 14:10")
    assert str(old) == "shot <del>&lt;once&gt;</del> at 14:10"
    assert str(new) == "shot <ins>&lt;twice&gt;</ins> at 14:10"


def test_a_very_long_text_is_still_compared_at_once():
    old, new = changed_words("word " * 40_000, "other " * 40_000)
    assert old.startswith("<del>")
    assert new.startswith("<ins>")


def test_a_report_number_can_be_opened_and_copied():
    html = drawn('{% number "SIR-2026-MIA-000123" href="/reports/SIR-2026-MIA-000123/" %}')
    assert 'data-copy="SIR-2026-MIA-000123"' in html
    assert "data-row-link" in html


def test_remove_is_a_post_with_a_token():
    html = drawn('{% summary_row "A" remove_url="/x/" %}b{% endsummary_row %}', csrf_token="tok")
    assert '<form method="post" action="/x/">' in html
    assert 'value="tok"' in html
