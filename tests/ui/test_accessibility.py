"""The components page passes axe in every size and scheme, never scrolls sideways and breaks no content policy."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_components(stage, width, scheme):
    window = stage(width=width, scheme=scheme)
    page = window.open("/components/")
    assert page.locator("html").get_attribute("data-scheme") == scheme
    assert window.faults() == []
    assert window.complaints == []


def test_axe_sees_a_planted_fault(stage):
    window = stage(width=390)
    page = window.open("/components/")
    page.evaluate("document.querySelector('label[for=id_shown-title]').remove()")
    page.evaluate("document.querySelector('.lead').style.setProperty('color', '#ccc')")
    found = " ".join(window.faults())
    assert "label:" in found
    assert "color-contrast:" in found


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_scrolls_sideways(stage, width):
    page = stage(width=width).open("/components/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_thumb_has_room_on_a_phone(stage):
    page = stage(width=390).open("/components/")
    targets = (
        "main form[method=post] .usa-input, main form[method=post] .usa-select, main .actions .usa-button, .tile label"
    )
    heights = page.locator(targets).evaluate_all(
        "all => all.filter(e => e.offsetParent).map(e => [e.offsetHeight, e.outerHTML.slice(0, 80)])"
    )
    assert heights
    assert [one for one in heights if one[0] < 44] == []


def test_rows_of_the_queue_become_blocks_on_a_phone(stage):
    wide = stage(width=1280).open("/components/").locator("tbody td").first
    narrow = stage(width=390).open("/components/").locator("tbody td").first
    assert wide.evaluate("e => getComputedStyle(e).display") == "table-cell"
    assert narrow.evaluate("e => getComputedStyle(e).display") == "block"


def test_the_page_works_without_scripts(stage):
    page = stage(width=390, java_script_enabled=False).open("/components/")
    assert page.get_by_role("combobox", name="Originating office").count() == 1
    assert page.locator("[data-copy]").first.is_hidden()
    assert page.get_by_text("Up to 400 characters").is_visible()
