"""The smallest parts of a page, drawn without a template because a table of fifty rows holds hundreds of them."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sen import times

TONE_ICONS = {
    "neutral": "radio_button_unchecked",
    "working": "autorenew",
    "waiting": "schedule",
    "overdue": "error",
    "refused": "do_not_disturb",
    "done": "check_circle",
    "void": "cancel",
}


@cache
def icon_names() -> frozenset[str]:
    """The icons in our sprite; the build reads the same list."""
    return frozenset((settings.BASE_DIR / "static" / "icons.txt").read_text().split())


def draw(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; with a label it speaks, without one it is decoration."""
    return _drawn(name, format_html('role="img" aria-label="{}"', label)) if label else _decoration(name)


@cache
def _decoration(name: str) -> SafeString:
    """Most icons have no label, and a page has dozens; each is drawn once in the life of the process."""
    return _drawn(name, mark_safe('aria-hidden="true"'))


def _drawn(name: str, spoken: SafeString) -> SafeString:
    if name not in icon_names():
        raise ValueError(f"No icon {name!r}: add it to static/icons.txt.")
    return format_html('<svg class="icon" {} focusable="false"><use href="{}#{}"></use></svg>', spoken, _sprite(), name)


@cache
def _sprite() -> str:
    return static("built/icons.svg")


def state(word: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """A state: its word, its icon and its colour, never the colour alone."""
    return format_html(
        '<span class="state state-{}">{}<span>{}</span></span>', tone, draw(icon or TONE_ICONS[tone]), word
    )


def flag(word: str, icon: str = "flag") -> SafeString:
    """A small labelled mark for a row: media, minor, restricted."""
    return format_html('<span class="flag">{}{}</span>', draw(icon), word)


def count(number: int, word: str) -> SafeString:
    """A small count with its word for those who listen."""
    return format_html('<span class="count">{}<span class="usa-sr-only"> {}</span></span>', number, word)


def number(value: str, href: str = "", copy: bool = True) -> SafeString:
    """A report number in the face for reading out, with a link and a copy button where wanted."""
    shown: SafeString = format_html("{}", value)
    if href:
        shown = format_html('<a href="{}" data-row-link>{}</a>', href, value)
    button = SafeString()
    if copy:
        button = format_html(
            '<button type="button" class="button-bare" data-copy="{0}" hidden>{1}'
            '<span class="usa-sr-only">Copy {0}</span></button>',
            value,
            draw("content_copy"),
        )
    return format_html('<span class="number">{}{}</span>', shown, button)


def moment(
    at: datetime | date | None,
    zone: str | ZoneInfo = "",
    ago: bool = False,
    seconds: bool = False,
    date_only: bool = False,
) -> SafeString:
    """A time in its zone with the zone named; the exact UTC in the title; how long ago beside it, never instead."""
    if at is None:
        return mark_safe('<span class="nothing">Not given</span>')
    if not isinstance(at, datetime):
        return format_html('<time datetime="{}">{}</time>', at.isoformat(), times.day(at))
    local = at.astimezone(times.zone_of(zone))
    words = times.day(local) if date_only else times.exact(local, seconds=seconds)
    beside = format_html(' <span class="ago">{} ago</span>', times.short(timezone.now() - at)) if ago else ""
    return format_html('<time datetime="{}" title="{}">{}</time>{}', times.iso(at), times.utc(at), words, beside)


def age(since: datetime) -> SafeString:
    """How long something has waited, short, with the exact time in the title."""
    return format_html(
        '<time class="age" datetime="{}" title="{}">{}</time>',
        times.iso(since),
        times.utc(since),
        times.short(timezone.now() - since),
    )


def clock(due: datetime | None, warn_minutes: int = 60) -> SafeString:
    """Time left until due: quiet, then amber within warn_minutes, then red."""
    if due is None:
        return SafeString()
    left = due - timezone.now()
    if left.total_seconds() < 0:
        return state(f"Overdue {times.short(-left)}", "overdue")
    if left.total_seconds() < warn_minutes * 60:
        return state(f"Due in {times.short(left)}", "waiting")
    return format_html('<span class="quiet">Due in {}</span>', times.short(left))
