"""Takes the pictures of the README from a running demonstration: `.venv/bin/python scripts/tour.py [address]`."""

import os
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(CHECKOUT / ".venv/bin/node"))
sys.path.insert(0, str(CHECKOUT))

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright  # noqa: E402 - its driver's path has to be set before

from tests import chromium  # noqa: E402

PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=800)
TOUR = CHECKOUT / "docs/tour"
PASSWORD = "significant events"  # noqa: S105 - of the demonstration, which prints it


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    TOUR.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        options: dict[str, Any] = chromium.find().launch_arguments()
        browser = playwright.chromium.launch(**options)
        on_the_phone(browser, address)
        at_the_desk(browser, address)
        browser.close()


def signed_in(browser: Browser, address: str, username: str, size: ViewportSize) -> Page:
    page = browser.new_context(viewport=size, base_url=address).new_page()
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()
    return page


def on_the_phone(browser: Browser, address: str) -> None:
    page = signed_in(browser, address, "agent", PHONE)
    page.screenshot(path=TOUR / "1-agent-home.png")
    page.goto("/reports/new/sir/")
    page.goto(f"{page.url}what/")
    page.screenshot(path=TOUR / "2-what-happened.png")


def at_the_desk(browser: Browser, address: str) -> None:
    page = signed_in(browser, address, "analyst", DESK)
    page.goto("/watch/")
    page.screenshot(path=TOUR / "3-queue.png")
    page.goto(f"/reports/{amended_report()}/")
    page.screenshot(path=TOUR / "4-report.png")
    page.goto(f"{page.url}versions/compare/")
    page.screenshot(path=TOUR / "5-compare.png")
    page.goto("/reports/board/")
    page.screenshot(path=TOUR / "7-board.png")
    page.goto(f"/reports/deconfliction/{explained_match()}/")
    page.screenshot(path=TOUR / "8-match.png")
    page.goto("/reports/")
    box = page.get_by_role("searchbox", name="Search these reports")
    box.fill(misspelt_name())
    box.press("Enter")
    page.get_by_text("Best first").wait_for()
    page.screenshot(path=TOUR / "13-search.png")
    page.goto(f"/reports/{shared()}/alike/")
    page.screenshot(path=TOUR / "14-alike.png")
    officer = signed_in(browser, address, "officer", DESK)
    officer.goto(f"/reports/{newest('ilead', 'officer')}/")
    officer.screenshot(path=TOUR / "9-ilead.png")
    fod = signed_in(browser, address, "fod", DESK)
    fod.goto(f"/reports/{newest('tav', 'officer', tav__decision='pending')}/moves/decide/")
    fod.screenshot(path=TOUR / "10-visit.png")
    acm = signed_in(browser, address, "acm", DESK)
    acm.goto("/accounts/campaigns/")
    acm.get_by_role("link", name="HSI, this season").click()
    acm.screenshot(path=TOUR / "11-recertification.png")
    auditor = signed_in(browser, address, "auditor", DESK)
    auditor.goto(f"/accounts/explain/?person=agent&report={newest('sir', 'agent')}")
    auditor.screenshot(path=TOUR / "12-explain.png")
    auditor.goto("/audit/")
    auditor.screenshot(path=TOUR / "6-audit.png")


def database() -> None:
    os.environ.setdefault("SEN_MODE", "demonstration")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sen.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright leaves an event loop running
    import django

    django.setup()


def amended_report() -> str:
    """A SIR with two versions and a summary that was released."""
    database()
    from reports.models import Report

    found = Report.objects.filter(kind="sir", version=2, restricted=False, summaries__released_at__isnull=False)
    return str(found.newest_first()[0].number)


def explained_match() -> str:
    """An open match of two operations of which none is restricted, by how near their places are."""
    database()
    from reports.models import Match

    found = Match.objects.open().filter(a__restricted=False, b__restricted=False, reasons__0__how="place")
    return str(found.order_by("-raised_at")[0].pk)


def misspelt_name() -> str:
    """A person whom several reports name, two letters of the last name changed about."""
    database()
    from django.db.models import Count

    from reports.models import Person

    people = Person.objects.exclude(first_name="").filter(role="subject", last_name__regex=r"^.{6,}$")
    named = people.values("last_name", "first_name").annotate(reports=Count("report", distinct=True))
    found = named.filter(reports__gt=1).order_by("-reports", "last_name")[0]
    last = found["last_name"]
    return f"{last[:2]}{last[3]}{last[2]}{last[4:]} {found['first_name']}"


def shared() -> str:
    """A SIR that names an A-Number which few others name too."""
    database()
    from django.db.models import Count

    from reports.models import Report, SearchIdentifier

    held = SearchIdentifier.objects.filter(type="a_number").values("value").annotate(reports=Count("report"))
    value = held.filter(reports__gte=2, reports__lte=5).order_by("-reports", "value")[0]["value"]
    holders = SearchIdentifier.objects.filter(type="a_number", value=value).values("report")
    return str(Report.objects.filter(pk__in=holders, restricted=False).newest_first()[0].number)


def newest(kind: str, author: str, **more: Any) -> str:
    database()
    from reports.models import Report

    found = Report.objects.filter(kind=kind, author__username=author, restricted=False, **more)
    return str(found.newest_first()[0].number)


if __name__ == "__main__":
    main()
