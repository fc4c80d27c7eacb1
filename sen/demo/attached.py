"""Photos and a document on a few of the latest reports and on a draft, and a search that the analyst keeps.

They are sent as anybody sends them, so they wait until the scanner of the demonstration has let them through.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from reports import actions
from reports.actions import attachments, saved_searches
from reports.finding import alerts
from reports.models import Attachment, Draft, Report, SavedSearch
from reports.states import Status
from sen.demo.people import Cast

WIDE, HIGH = 1200, 900
Painter = Callable[[ImageDraw.ImageDraw], None]
KEPT_DAYS = 7


def pier(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, WIDE, 480), fill="#9fc3dd")
    draw.rectangle((0, 480, WIDE, HIGH), fill="#27506b")
    for left in range(80, WIDE, 220):
        draw.rectangle((left, 420, left + 28, 760), fill="#5a4632")
    draw.rectangle((0, 400, WIDE, 450), fill="#8a6d4f")
    draw.polygon([(640, 620), (1080, 620), (1020, 720), (700, 720)], fill="#e9e5da")
    draw.rectangle((800, 540, 920, 620), fill="#b8452f")


def parcels(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, WIDE, HIGH), fill="#cfc8ba")
    for row in range(3):
        for column in range(4):
            left, top = 150 + column * 230, 170 + row * 200
            draw.rectangle((left, top, left + 190, top + 140), fill="#7a5a3a", outline="#3d2c1b", width=6)
            draw.line((left, top + 70, left + 190, top + 70), fill="#d9c49a", width=16)
    draw.rectangle((150, 800, 750, 840), fill="#f2e9a4", outline="black", width=4)
    for mark in range(150, 750, 50):
        draw.line((mark, 800, mark, 820), fill="black", width=4)


def car(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, WIDE, 560), fill="#d8dde2")
    draw.rectangle((0, 560, WIDE, HIGH), fill="#55595e")
    draw.polygon([(330, 400), (460, 260), (800, 260), (930, 400)], fill="#2c3e50")
    draw.rounded_rectangle((200, 400, 1040, 610), 40, fill="#34618a")
    for left in (300, 800):
        draw.ellipse((left, 540, left + 150, 690), fill="#16181a")


def notes(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, WIDE, HIGH), fill="#fbfaf5")
    for line in range(140, HIGH - 100, 60):
        draw.line((120, line, 1000 - line % 170, line), fill="#41526b", width=5)


# What each shows, under which name a phone or a scanner sends it, and how it is drawn.
PICTURES: tuple[tuple[str, str, Painter], ...] = (
    ("The water behind the place, seen from the north", "IMG_2031.jpg", pier),
    ("What was laid out, with a ruler", "IMG_2034.jpg", parcels),
    ("The car behind the building", "IMG_2040.jpg", car),
)
PAPER = ("The receipt for the goods, signed", "Receipt.pdf", notes)


def make() -> None:
    """Once: nothing is added where anything is attached, or a search is kept."""
    if not Attachment.objects.exists():
        _attach(Cast())
    if not SavedSearch.objects.exists():
        _keep_a_search(Cast().users["analyst"])


def _attach(cast: Cast) -> None:
    """All on one report of the agent, best the newest seizure, so that everybody finds them; one on a draft."""
    agent = cast.users["agent"]
    if report := _newest_of(agent):
        for caption, name, painter in (*PICTURES, PAPER):
            _add(report, agent, caption, name, painter)
    if draft := Draft.objects.filter(author=agent, kind="sir", amends=None).order_by("pk").first():
        _add(draft, agent, *PICTURES[0])


def _newest_of(author: User) -> Report | None:
    mine = Report.objects.filter(author=author, kind="sir", restricted=False).active().newest_first()
    seizures = mine.filter(event_types__contains=["significant-seizure"])
    return next((one for one in (*seizures[:20], *mine[:20]) if not actions.closed_to_amending(one)), None)


def _add(place: Any, by: User, caption: str, name: str, painter: Painter) -> None:
    content = io.BytesIO()
    picture = Image.new("RGB", (WIDE, HIGH))
    painter(ImageDraw.Draw(picture))
    picture.save(content, "PDF" if name.endswith(".pdf") else "JPEG", quality=80)
    attachments.add(content, name, key=uuid4(), on=place, by=by, caption=caption)


def _keep_a_search(analyst: User) -> None:
    """The urgent SIRs of this week: those that are there it has found, the next ones it finds as they are filed."""
    since = timezone.localdate() - timedelta(days=KEPT_DAYS)
    filters = {"kind": "sir", "urgent": "on", "since": since.isoformat()}
    saved_searches.save_search(by=analyst, name="Urgent SIRs of this week", terms="", filters=filters, alerts=True)
    latest = Report.objects.filter(kind="sir", urgency__gt=0).exclude(status=Status.VOIDED).newest_first()
    for report in latest[:10]:
        with transaction.atomic():
            alerts.match(str(report.pk), report.version)
