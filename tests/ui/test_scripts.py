"""What the scripts promise: nothing typed is lost, nothing is sent twice, every act is announced."""

import json

import pytest
from django.template import engines

from sen.components_page import OFFICES
from tests.ui.conftest import ADDRESS

pytestmark = pytest.mark.django_db

FORM = """{% extends "base.html" %}{% block title %}Draft{% endblock %}{% block content %}
<form method="post" action="/send/" data-autosave="/save/"><input type="hidden" name="version" value="1">
<label for="t">Title</label><input id="t" name="title">
<label for="o">Office</label><select id="o" name="office" data-combobox>
{% for value, name in offices %}<option value="{{ value }}">{{ name }}</option>{% endfor %}</select>
{% button "File it" %}{% saved %}</form>{% endblock %}"""
LIST = """{% extends "base.html" %}{% block title %}Queue{% endblock %}{% block content %}
{% table "Reports" live="/new/" mark="m0" %}<tbody>{% for n in rows %}
<tr><td><a data-row-link href="#row{{ n }}">Row {{ n }}</a></td></tr>{% endfor %}</tbody>{% endtable %}{% endblock %}"""


def page_of(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


def answer(status: int = 200, **values: object) -> dict[str, object]:
    return {"status": status, "body": json.dumps(values), "content_type": "application/json"}


@pytest.fixture
def draft(stage):
    window = stage(width=390)
    window.put("/draft/", page_of(FORM, offices=OFFICES))
    window.sent = []

    def save(request):
        window.sent.append(request)
        return answer(saved_at="14:32", version=7)

    window.extra["/save/"] = save
    window.open("/draft/")
    return window


def test_typing_is_saved_and_says_when(draft):
    draft.page.get_by_label("Title").fill("Officer struck")
    draft.page.get_by_text("Saved 14:32").wait_for()
    assert draft.sent[0].headers["x-autosave"] == "1"
    assert "title=Officer+struck" in draft.sent[0].post_data
    assert draft.page.locator("[name=version]").input_value() == "7"


def test_without_a_connection_typing_is_kept_and_saving_resumes(draft):
    save = draft.extra["/save/"]
    draft.extra["/save/"] = lambda request: answer(503)
    draft.page.get_by_label("Title").fill("Kept")
    draft.page.get_by_text("Not connected.").locator("visible=true").first.wait_for()
    assert draft.page.get_by_label("Title").input_value() == "Kept"
    draft.extra["/save/"] = save
    draft.page.get_by_text("Saved 14:32").wait_for(timeout=10_000)
    assert draft.page.locator(".offline").is_hidden()


def test_a_signed_out_person_keeps_the_page(draft):
    draft.extra["/save/"] = lambda request: answer(401)
    draft.page.get_by_label("Title").fill("Kept")
    draft.page.locator(".offline", has_text="You were signed out").wait_for()
    assert draft.page.url == f"{ADDRESS}/draft/"


def test_a_refused_save_says_what_the_server_says(draft):
    draft.extra["/save/"] = lambda request: answer(409, message="Changed on another device at 14:30.")
    draft.page.get_by_label("Title").fill("Kept")
    draft.page.locator(".offline", has_text="Changed on another device at 14:30.").wait_for()


def test_a_double_click_sends_one_form(draft):
    sent = []

    def take(request):
        sent.append(request)
        return {"status": 204}

    draft.extra["/send/"] = take
    for _ in range(2):
        draft.page.get_by_role("button", name="File it").click()
        draft.page.wait_for_timeout(300)  # the first is on its way before the second, as with a nervous thumb
    assert len(sent) == 1


def test_the_type_ahead_finds_by_any_word_and_keeps_the_answer_in_the_select(draft):
    box = draft.page.get_by_role("combobox", name="Office")
    box.fill("key")
    draft.page.get_by_role("option", name="RAC Key West").wait_for()
    assert draft.faults() == []
    box.press("Enter")
    assert box.input_value() == "RAC Key West"
    assert draft.page.locator("select[name=office]").input_value() == "6"


def test_the_type_ahead_never_keeps_what_is_no_choice(draft):
    box = draft.page.get_by_role("combobox", name="Office")
    box.fill("Atlantis")
    assert draft.page.get_by_text("Nothing found. Try fewer letters.").is_visible()
    box.press("Tab")
    assert box.input_value() == ""


@pytest.fixture
def queue(stage):
    window = stage(width=1280)
    window.put("/queue/", page_of(LIST, rows=range(60)))
    window.fresh = [answer(count=2, mark="m1", rows="<tr><td>New A</td></tr><tr><td>New B</td></tr>")]
    window.asked = []

    def new(request):
        window.asked.append(request)
        return window.fresh.pop() if window.fresh else {"status": 204}

    window.extra["/new/"] = new
    window.page.clock.install()
    window.open("/queue/")
    return window


def test_new_rows_slide_in_for_a_reader_at_the_top(queue):
    queue.page.clock.run_for(5100)
    queue.page.get_by_text("New A").wait_for()
    assert queue.asked[0].headers["x-background"] == "1"
    assert "since=m0" in queue.asked[0].url


def test_new_rows_wait_behind_a_button_for_a_reader_further_down(queue):
    queue.page.mouse.wheel(0, 600)
    queue.page.wait_for_function("scrollY > 100")
    queue.page.clock.run_for(5100)
    queue.page.get_by_role("button", name="2 new").click()
    assert queue.page.locator("tbody tr").first.inner_text() == "New A"


def test_keys_walk_the_rows_and_find_the_search(queue):
    page = queue.page
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    assert page.url.endswith("#row1")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()


def test_the_idle_warning_comes_two_minutes_before_the_end_and_can_be_answered(stage):
    window = stage()
    html = page_of(FORM, offices=OFFICES).replace("<body", '<body data-idle-seconds="900"')
    window.put("/draft/", html)
    window.put("/sign-in/", "<title>Sign in</title>")
    extended = []

    def extend(request):
        extended.append(request)
        return {"status": 204}

    window.extra["/session/extend/"] = extend
    window.page.clock.install()
    page = window.open("/draft/")
    page.clock.run_for(779_000)
    assert page.get_by_role("dialog").count() == 0
    page.clock.run_for(6_000)
    page.get_by_role("dialog").wait_for()
    page.get_by_role("button", name="Stay signed in").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    assert len(extended) == 1
    page.clock.run_for(910_000)
    page.wait_for_url("**/sign-in/?next=%2Fdraft%2F")


def test_the_scheme_changes_at_once_and_is_remembered(stage):
    window = stage()
    page = window.open("/components/")
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-scheme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-scheme") == "dark"
