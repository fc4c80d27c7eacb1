"""The frame around every page: what the navigation, the header and the banner show, without knowing any app."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

Count = Callable[[Any], int]
SCHEMES = {"light": "Light", "dark": "Dark", "device": "As the device"}
REPORTS = "/reports/"
SCHEME_COOKIE = "sen_scheme"


def holds_any(user: Any, permission: str | tuple[str, ...]) -> bool:
    """Whether `user` holds this permission somewhere, or any of these."""
    names = (permission,) if isinstance(permission, str) else permission
    return any(user.may_somewhere(name) for name in names)


@dataclass(frozen=True)
class Page:
    """A page that an app offers in the navigation; permission None means every signed-in person."""

    label: str
    url_name: str
    permission: str | tuple[str, ...] | None = None
    icon: str = ""
    order: int = 50
    count: Count | None = None

    def is_open_to(self, user: Any) -> bool:
        return self.permission is None or holds_any(user, self.permission)


@dataclass(frozen=True)
class NavItem:
    """One line of the navigation as this person sees it now."""

    label: str
    url: str
    icon: str
    count: int
    current: bool


class Navigation:
    """The pages that apps have offered, in their order."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}

    def add(
        self,
        *,
        label: str,
        url_name: str,
        permission: str | tuple[str, ...] | None = None,
        icon: str = "",
        order: int = 50,
        count: Count | None = None,
    ) -> None:
        """Offer a page; the same url_name again replaces it, so that a reload does not double it."""
        self.pages[url_name] = Page(label, url_name, permission, icon, order, count)

    def for_request(self, request: HttpRequest) -> list[NavItem]:
        user = request.user
        pages = sorted(self.pages.values(), key=lambda page: (page.order, page.label))
        offered = [(page, address(page.url_name)) for page in pages if page.is_open_to(user)]
        here = _closest(request.path, [url for _, url in offered])
        return [
            NavItem(page.label, url, page.icon, page.count(user) if page.count else 0, url == here)
            for page, url in offered
            if url
        ]


navigation = Navigation()


class InboxCount:
    """How many messages wait for a person; the app that owns the inbox sets how to count."""

    def __init__(self) -> None:
        self.ask: Count | None = None

    def set(self, ask: Count) -> None:
        self.ask = ask

    def __call__(self, user: Any) -> int:
        return self.ask(user) if self.ask else 0


inbox_count = InboxCount()


class Alarm:
    """A sentence above each page of those whom it concerns, "" for none; the app that knows of it sets how to ask."""

    def __init__(self) -> None:
        self.ask: Callable[[Any], str] | None = None

    def __call__(self, user: Any) -> str:
        return self.ask(user) if self.ask else ""


alarm = Alarm()


class HalfOpen:
    """Whether somebody has only begun to sign in, so that the frame tells nothing of whose account it is; the app that
    knows sets how to ask."""

    def __init__(self) -> None:
        self.ask: Callable[[HttpRequest], bool] | None = None

    def __call__(self, request: HttpRequest) -> bool:
        return self.ask is not None and self.ask(request)


half_open = HalfOpen()


@dataclass(frozen=True)
class Person:
    """The signed-in person as the header names them."""

    name: str
    role: str
    office: str


@dataclass(frozen=True)
class Frame:
    """Everything that base.html needs around the page itself."""

    marking: str
    environment: str
    scheme: str
    idle_seconds: int = 0
    person: Person | None = None
    inbox_count: int = 0
    alarm: str = ""
    navigation: list[NavItem] = field(default_factory=list)
    schemes: dict[str, str] = field(default_factory=lambda: SCHEMES)

    @property
    def can_search(self) -> bool:
        """Whether this person has reports to search among: then their list stands in the navigation."""
        return any(item.url == REPORTS for item in self.navigation)


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` for base.html."""
    return {"frame": _frame(request)}


def address(url_name: str) -> str:
    """The address of a named page, or nothing while no such page exists."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _frame(request: HttpRequest) -> Frame:
    marking = getattr(settings, "HANDLING_MARKING", "LAW ENFORCEMENT SENSITIVE")
    outside = Frame(marking=marking, environment=_environment(), scheme=_scheme(request))
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or half_open(request):
        return outside
    return Frame(
        marking=marking,
        environment=outside.environment,
        scheme=outside.scheme,
        idle_seconds=getattr(settings, "IDLE_SECONDS", 900),
        person=_person(user),
        inbox_count=inbox_count(user),
        alarm=alarm(user),
        navigation=navigation.for_request(request),
    )


def _person(user: Any) -> Person:
    name = user.get_full_name() or user.get_username()
    return Person(name, str(getattr(user, "role_line", "")), str(getattr(user, "office_line", "")))


def _environment() -> str:
    """What this system is, when it is not the real one: nobody may mistake one for the other."""
    sentences = {"demonstration": "Demonstration: synthetic data", "test": "Test: synthetic data"}
    return sentences.get(getattr(settings, "MODE", "production"), "")


def _scheme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(SCHEME_COOKIE, "")
    return chosen if chosen in SCHEMES else "light"


def _closest(path: str, urls: list[str]) -> str:
    """The offered page that this path belongs to: the longest beginning, and home only for itself."""
    inside = [url for url in urls if url and (path == url or (url != "/" and path.startswith(url)))]
    return max(inside, key=len, default="")
