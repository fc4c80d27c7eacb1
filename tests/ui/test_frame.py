"""The frame: who sees which navigation, the scheme, the error pages, and the strict content policy."""

import re
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory

from sen import scheme, ui

ERRORS = [400, 403, 404, 409, 422, 429, 500, 503]
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


class Person(SimpleNamespace):
    is_authenticated = True
    role_line, office_line = "Special agent", "SAC Miami"

    def get_full_name(self) -> str:
        return "Dana Okafor"

    def may_somewhere(self, permission: str) -> bool:
        return permission == "file"


def request(path: str = "/", **cookies: str):
    made = RequestFactory().get(path)
    made.user = Person()  # type: ignore[assignment]
    made.COOKIES.update(cookies)
    return made


@pytest.fixture
def navigation(monkeypatch):
    fresh = ui.Navigation()
    monkeypatch.setattr(ui, "navigation", fresh)
    return fresh


def test_navigation_shows_only_what_the_person_may_use(navigation):
    navigation.add(label="Home", url_name="home", order=1)
    navigation.add(label="Mine", url_name="components", permission="file", order=2, count=lambda user: 4)
    navigation.add(label="Not mine", url_name="ready", permission="grant")
    items = navigation.for_request(request("/components/"))
    assert [(item.label, item.count, item.current) for item in items] == [("Home", 0, False), ("Mine", 4, True)]


def test_a_page_that_does_not_exist_yet_is_left_out(navigation):
    navigation.add(label="Later", url_name="later:page")
    assert navigation.for_request(request()) == []


def test_the_header_names_the_person_and_their_inbox(monkeypatch):
    monkeypatch.setattr(ui.inbox_count, "ask", lambda user: 3)
    frame = ui.frame(request())["frame"]
    assert frame.person == ui.Person("Dana Okafor", "Special agent", "SAC Miami")
    assert frame.inbox_count == 3
    assert frame.idle_seconds == settings.IDLE_SECONDS


def test_a_signed_out_page_shows_no_person():
    made = RequestFactory().get("/")
    assert ui.frame(made)["frame"].person is None


def test_another_system_than_the_real_one_says_so(settings):
    settings.MODE = "demonstration"
    assert ui.frame(request())["frame"].environment == "Demonstration: synthetic data"
    settings.MODE = "production"
    assert ui.frame(request())["frame"].environment == ""


@pytest.mark.parametrize(
    ("cookie", "scheme"), [("dark", "dark"), ("device", "device"), ("<script>", "light"), ("", "light")]
)
def test_the_scheme_is_the_reader_s_choice(cookie, scheme):
    assert ui.frame(request(sen_scheme=cookie))["frame"].scheme == scheme


@pytest.mark.parametrize(
    ("next_page", "back"), [("/watch/", "/watch/"), ("https://example.com/", "/"), ("//example.com", "/")]
)
def test_choosing_a_scheme_returns_to_our_own_page_only(next_page, back):
    response = scheme.choose(RequestFactory().post("/scheme/", {"scheme": "dark", "next": next_page}))
    assert response["Location"] == back
    assert response.cookies["sen_scheme"].value == "dark"


def test_a_scheme_that_is_not_offered_is_not_kept():
    assert "sen_scheme" not in scheme.choose(RequestFactory().post("/scheme/", {"scheme": "pink"})).cookies


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_page_needs_nothing_from_the_system(status):
    html = render_to_string(f"errors/{status}.html")
    assert "<h1>" in html
    assert re.search(r"<h1>\s*\S", html)


def test_an_error_page_keeps_what_was_typed_and_gives_a_number():
    typed = [("narrative", "Two lines\nof <it>")]
    html = render_to_string("errors/503.html", {"typed": typed, "event_number": "E-42"})
    assert 'name="narrative" value="Two lines\nof &lt;it&gt;"' in html
    assert "E-42" in html


def test_the_title_is_the_heading():
    html = render_to_string("errors/404.html")
    assert "<title>There is no such page · SEN</title>" in html
    assert "<h1>There is no such page</h1>" in html


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_an_inline_script_or_style(path):
    source = re.sub(r"{%.*?%}", "", path.read_text())  # the arguments of a tag are no attributes
    assert not re.search(r"<style|\sstyle=\"|\son[a-z]+=\"|javascript:|hx-on", source)
    assert not re.search(r"<script(?![^>]*src=)", source)


def test_a_planted_inline_style_would_be_seen():
    assert re.search(r"<style|\sstyle=\"", '<p style="color:red">')
