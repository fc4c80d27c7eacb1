"""The hint while typing agrees with the server's rules, is said to everybody, and goes when the number does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route, expect

from privacy import context, guard
from tests.privacy import corpus, look_alikes
from tests.privacy.made import ssn

MANY = 3_000
SCRIPT = settings.BASE_DIR / "static/scripts/guard.js"
BUILT = settings.BASE_DIR / "static/built"
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
RULE = {"Content-Security-Policy": "default-src 'self'"}
PAGE = """<!doctype html><html lang="en"><head><title>Notes</title><link rel="stylesheet" href="/static/built/sen.css">
<script type="module" src="/static/built/sen.js"></script></head><body><main><h1>Notes</h1>
<svg class="icon" aria-hidden="true"><use href="/static/built/icons.svg#info"></use></svg>
<form><div class="usa-form-group" id="notes_group">
<label for="notes">Notes</label><span id="notes_helptext">In short.</span>
<textarea class="usa-textarea" id="notes" name="notes" aria-describedby="notes_helptext"></textarea></div>
<div class="usa-form-group"><label for="told">Told</label><textarea id="told" name="told">{number}</textarea>
<div class="not-ssn">The server has said it.</div></div>
<label for="secret">Password</label><input id="secret" name="secret" type="password">
<label for="words">Words</label><input id="words" name="q" type="search">
<button>Save</button></form></main></body></html>"""
LOOKS, SEARCHED = "This looks like a Social Security number. It will not be saved.", "It will not be searched for."
Said = Callable[[list[list[str]]], list[str]]
UNSURE = "Nine digits: if this is a Social Security number, take it out."


@pytest.fixture
def typing(browser: Browser) -> Iterator[Page]:
    """A page with a few fields, under the strictest rule for scripts and styles."""
    opened = browser.new_context(viewport={"width": 390, "height": 800})

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/":
            return route.fulfill(body=PAGE.format(number=ssn(5)), content_type="text/html; charset=utf-8", headers=RULE)
        file = BUILT / path.removeprefix("/static/built/")
        if not file.is_file():
            return route.fulfill(status=404)
        return route.fulfill(body=file.read_bytes(), content_type=TYPES.get(file.suffix[1:], "font/woff2"))

    opened.route("**/*", answer)
    page = opened.new_page()
    page.goto("http://localhost/")
    yield page
    opened.close()


def hints(page: Page) -> list[str]:
    return page.locator(".guard-hint").all_inner_texts()


def test_what_looks_like_a_number_is_said_beneath_the_field_and_to_those_who_hear(typing: Page) -> None:
    notes = typing.get_by_label("Notes")
    notes.fill(f"He said {ssn()} and left.")
    expect(typing.locator("#notes_group .guard-hint")).to_have_text(LOOKS)
    expect(notes).to_have_attribute("aria-describedby", "notes_helptext notes_guard")
    expect(typing.locator("[role=status]", has_text=LOOKS)).to_have_count(1)
    assert notes.evaluate("field => field === document.activeElement")


def test_the_hint_goes_when_the_number_goes(typing: Page) -> None:
    notes = typing.get_by_label("Notes")
    notes.fill(ssn(separator=""))
    expect(typing.locator(".guard-hint")).to_have_text(UNSURE)
    notes.fill("A" + ssn(separator=""))
    expect(typing.locator(".guard-hint")).to_have_count(0)
    expect(notes).to_have_attribute("aria-describedby", "notes_helptext")


def test_leaving_a_field_asks_at_once(typing: Page) -> None:
    typing.get_by_label("Notes").fill(f"SSN {ssn(separator='')}")
    typing.keyboard.press("Tab")
    assert hints(typing) == [LOOKS]


def test_what_the_server_has_said_is_not_said_twice(typing: Page) -> None:
    typing.get_by_label("Told").fill(ssn(6))
    typing.keyboard.press("Tab")
    assert hints(typing) == []


def test_a_password_is_nobodys_business(typing: Page) -> None:
    typing.get_by_label("Password").fill(ssn())
    typing.keyboard.press("Tab")
    assert hints(typing) == []


def test_a_search_is_told_that_it_will_not_be_made(typing: Page) -> None:
    typing.get_by_label("Words").fill(ssn())
    typing.keyboard.press("Tab")
    (hint,) = hints(typing)
    assert hint.endswith(SEARCHED)


def test_the_page_with_a_hint_is_accessible(typing: Page) -> None:
    typing.get_by_label("Notes").fill(ssn())
    typing.keyboard.press("Tab")
    assert hints(typing)
    typing.evaluate((settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text())
    found = typing.evaluate("axe.run('#notes_group', {resultTypes: ['violations']}).then(said => said.violations)")
    assert [one["id"] for one in found] == []


# -- The same rules ----------------------------------------------------------------------------------------------------
def rules() -> str:
    """The script without its hint: the rules alone."""
    source = SCRIPT.read_text().partition("// -- The hint beneath a field")[0]
    lines = [line for line in source.splitlines() if not line.startswith("import ")]
    return "\n".join(lines).replace("export function", "function")


@pytest.fixture
def said(page: Page) -> Said:
    """What the script says of texts: `said([[text, label], …])` gives "sure", "unsure" or "" for each."""
    return lambda texts: page.evaluate(
        f"texts => {{ {rules()}\n return JSON.parse(texts).map(([text, label]) => looksLike(text, label)); }}",
        json.dumps(texts),
    )


def by_server(text: corpus.Text) -> str:
    found = guard.findings(text.words, label=text.label)
    return "sure" if any(one.sure for one in found) else "unsure" if found else ""


def test_the_script_and_the_server_agree_on_numbers(said: Said) -> None:
    texts = list(corpus.real(31, MANY))
    told = said([[text.words, text.label] for text in texts])
    differ = [text for text, one in zip(texts, told, strict=True) if one != by_server(text)]
    assert len(differ) <= 0.01 * MANY, differ[:5]
    assert told.count("sure") >= 0.99 * MANY


def test_the_script_and_the_server_agree_on_what_looks_alike(said: Said) -> None:
    texts = list(look_alikes.look_alikes(32, MANY))
    told = said([[text.words, text.label] for text in texts])
    assert told.count("sure") <= 0.005 * MANY
    differ = [text for text, one in zip(texts, told, strict=True) if one != by_server(text)]
    assert len(differ) <= 0.01 * MANY, differ[:5]


@pytest.mark.parametrize("name", ["KINDS", "NEUTRAL", "AMOUNTS"])
def test_the_script_knows_the_words_that_the_server_knows(name: str) -> None:
    listed = rules().partition(f"const {name} = new Set((")[2].partition(").split")[0]
    words = "".join(json.loads(line.strip(" +")) for line in listed.strip().splitlines())
    assert set(words.split()) == getattr(context, name)
