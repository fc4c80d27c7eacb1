"""Reports on paper: tagged, marked on every page, in the order of the page, and only what the reader may see."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from audit.models import Event
from reports.actions import attachments as acts
from reports.attachments import reading
from reports.models import Reading
from reports.printing import sheets, typeset
from tests.attachments.conftest import add, released
from tests.attachments.made import picture
from tests.attachments.scanner import clamd, running_clamd  # noqa: F401
from tests.ileads.leads import PROVIDER, filed
from tests.printing.structure import Paper
from tests.reports.filing import amend_sir, file_report, file_sir, sir_answers
from tests.reports.test_readers import restricted

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KINDS = {"sir": "agent", "spear": "agent", "tav": "officer", "ilead": "officer"}


def paper_of(client: Any, number: str, page: str = "pdf/") -> Paper:
    answer = client.get(f"/reports/{number}/{page}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    return Paper(answer.content)


def squeezed(text: str) -> str:
    """Without spaces and hyphens: where a line ends on paper is nobody's word."""
    return re.sub(r"[\s\u00ad-]+", "", unescape(text))


# -- What it is made of ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_tagged_titled_and_in_its_language(kind: str, person: Any, as_: Any) -> None:
    author = person(KINDS[kind])
    report = file_report(kind, author)
    paper = paper_of(as_(author), report.number)
    assert paper.is_tagged
    assert paper.language == "en-US"
    assert paper.title == f"{report.number}: {report.title}"
    headings = [int(tag[1]) for tag in paper.tags() if re.fullmatch(r"H[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(headings)), headings
    assert "TH" in paper.tags()


def test_every_page_is_marked_and_says_who_printed_it_and_when(agent: Any, as_: Any) -> None:
    long = "\n\n".join(f"Paragraph {number}. " + "He walked along the pier. " * 20 for number in range(20))
    report = file_sir(agent, sir_answers(agent, narrative={"narrative": [long]}))
    paper = paper_of(as_(agent), report.number)
    event = Event.objects.get(code="report.printed")
    assert len(paper.pages) > 2
    for page in paper.pages:
        assert page.count("LAW ENFORCEMENT SENSITIVE") == 2
        assert "System of records: DHS/ICE-006" in page
        assert f"by Agent, Field agent (HSI), SAC Miami · copy {event.pk}" in page
    assert (event.actor_id, event.object_id) == (agent.pk, str(report.pk))
    assert Reading.objects.filter(report=report, reader=agent).exists()


def test_a_restricted_report_says_so_on_every_page(agent: Any, as_: Any) -> None:
    report = restricted(agent)
    assert all("ONLY FOR THOSE NAMED" in page for page in paper_of(as_(agent), report.number).pages)


@pytest.mark.parametrize("kind", KINDS)
def test_paper_says_what_the_page_says_in_the_same_order(kind: str, person: Any, as_: Any) -> None:
    client = as_(person(KINDS[kind]))
    report = file_report(kind, person(KINDS[kind]))
    html = client.get(f"/reports/{report.number}/").content.decode()
    document = html[html.index('class="document"') : html.index("<aside")]
    said = re.findall(r"<(?:h2|h3|dt|dd|p)[^>]*>(.*?)</(?:h2|h3|dt|dd|p)>", document, re.DOTALL)
    words = [squeezed(re.sub(r"<[^>]+>", "", one)) for one in said]
    paper, place = squeezed(paper_of(client, report.number).text), 0
    assert len(words) > 15
    for word in words:
        found = paper.find(word, place)
        assert found >= 0, word
        place = found


# -- What it may say -----------------------------------------------------------------------------------------------
def test_who_may_not_see_the_report_gets_no_paper(agent: Any, outsider: Any, sco: Any, as_: Any) -> None:
    report = file_sir(agent)
    for address in (f"/reports/{report.number}/pdf/", f"/reports/{report.number}/versions/compare/pdf/"):
        assert as_(outsider).get(address).status_code == 404
        assert as_(sco).get(address).status_code == 403
    assert not Event.objects.filter(code="report.printed").exists()


def test_a_protected_part_is_closed_on_paper_too(officer: Any, fod: Any, hq: Any, as_: Any) -> None:
    report = filed(officer, fod)
    assert PROVIDER in paper_of(as_(officer), report.number).text
    others = paper_of(as_(hq), report.number).text
    assert PROVIDER not in others
    assert "Only the author and their supervisor see who gave this information." in others


def test_nothing_is_printed_that_is_not_recorded(agent: Any, as_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    report = file_sir(agent)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr("reports.reading.record", broken)
    client = as_(agent)
    client.raise_request_exception = False
    assert client.get(f"/reports/{report.number}/pdf/").status_code >= 500


# -- Attachments ---------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("clamd")
def test_a_released_photo_stands_small_on_paper_with_its_words_and_its_hash(agent: Any, as_: Any) -> None:
    report = file_sir(agent)
    add(picture(), "pier.jpg", on=report, by=agent, caption="The second pier from the east")
    assert paper_of(as_(agent), report.number).pictures() == []  # it waits for the scanner
    photo = released(picture(), "pier.jpg", on=report, by=agent, caption="The boat at the pier")
    paper = paper_of(as_(agent), report.number)
    assert paper.pictures() == ["The boat at the pier"]
    assert photo.sha256 in squeezed(paper.text)
    assert "east" not in paper.text


@pytest.mark.usefixtures("clamd")
@pytest.mark.parametrize("lost", ["withdrawn", "key"])
def test_a_photo_that_cannot_be_handed_out_any_more_stops_no_printing(
    lost: str, agent: Any, as_: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody withdraws it while the sheet is drawn, or its key is not there."""
    report = file_sir(agent)
    photo = released(picture(), "pier.jpg", on=report, by=agent, caption="The boat")
    if lost == "key":
        settings.FILE_KEYS = tmp_path
    else:
        found = reading.of(report)
        monkeypatch.setattr("reports.printing.sheets.reading.of", lambda on: found)
        acts.withdraw(photo.pk, "Another pier", by=agent)
    paper = paper_of(as_(agent), report.number)
    assert paper.pictures() == []
    assert photo.sha256 in squeezed(paper.text)


# -- Versions ------------------------------------------------------------------------------------------------------
def test_a_comparison_is_a_table_of_what_changed(agent: Any, sac: Any, as_: Any) -> None:
    report = amend_sir(file_sir(agent), agent, "More is known", narrative={"narrative": ["He was on the second pier."]})
    paper = paper_of(as_(sac), report.number, "versions/compare/pdf/")
    assert paper.title == f"{report.number}: version 1 and version 2"
    assert ["Answer Version 1 Version 2" in paper.text, "TH" in paper.tags()] == [True, True]
    assert "Agents found him on the pier. He was on the second pier." in paper.text
    assert "Why: More is known" in paper.text
    assert Event.objects.filter(code="report.comparison_printed").count() == 2
    assert as_(sac).get(f"/reports/{report.number}/versions/compare/pdf/?old=1&new=7").status_code == 404


# -- Every letter --------------------------------------------------------------------------------------------------
STRANGE = {
    "markup": ('#let x = 1; *a* $y$ [b] <c> `d` \\ @e #read("/etc/passwd")', "#let x = 1; *a* $y$ [b] <c> `d` \\ @e"),
    "accents": ("Óscar Žižka Łódź Nguyễn Ελλάδα Россия", "Óscar Žižka Łódź Nguyễn Ελλάδα Россия"),
    "Chinese and Korean": ("习近平 한국어", "习近平 한국어"),
    "an uncovered letter": ("Smile \U0001f600 and ꦗ", "Smile [U+1F600] and [U+A997]"),
    "control characters": ("a\x01b\x7fc", "abc"),
    "turned order": ("exe\u202egpj.", "exegpj."),
}


@pytest.mark.parametrize("what", STRANGE)
def test_no_letter_stops_the_printing_or_is_taken_for_markup(what: str) -> None:
    typed, printed = STRANGE[what]
    assert squeezed(printed) in squeezed(Paper(typeset.typeset(small(typed), "report.typ", NOW)).text)


@pytest.mark.parametrize(
    "script", ["\u05e9\u05dc\u05d5\u05dd", "\u0645\u062d\u0645\u062f", "\u0928\u092e\u0938\u094d\u0924\u0947"]
)
def test_scripts_that_run_or_join_otherwise_are_set_without_a_gap(script: str) -> None:
    assert "[U+" not in Paper(typeset.typeset(small(script), "report.typ", NOW)).text


def small(text: str) -> dict[str, Any]:
    """A sheet with one text in every place where a text can stand."""
    fact = {"label": text, "text": text}
    part = {"title": text, "by_move": False, "facts": [fact], "texts": [fact], "closed": text}
    part["cards"] = [{"title": text, "beside": text, "facts": [fact], "texts": [fact]}]
    names = ("document_title", "agency", "marking", "running", "printed", "records", "kicker", "title")
    return {
        **dict.fromkeys(names, text),
        "fonts": sheets.FONTS,
        "glance": [fact],
        "notices": [text],
        "parts": [part],
        "attachments": [],
        "about": [fact],
        "told": [[text] * 3],
        "timeline": [[text] * 3],
    }


def test_a_person_with_a_name_in_another_script_is_printed(agent: Any, as_: Any) -> None:
    answers = sir_answers(agent)
    answers["people"][0]["data"] |= {"last_name": ["Иванов"], "first_name": ["张伟"]}
    report = file_sir(agent, answers)
    assert squeezed("ИВАНОВ, 张伟") in squeezed(paper_of(as_(agent), report.number).text)
