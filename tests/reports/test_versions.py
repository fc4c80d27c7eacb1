"""Versions: all kept, any two compared, and who read which one known."""

from typing import Any

import pytest

from audit.models import Event
from reports.models import Reading
from tests.reports.filing import amend_sir, file_sir


def two_versions(agent: Any) -> Any:
    report = file_sir(agent)
    return amend_sir(report, agent, "More is known", narrative={"narrative": ["He was found on the second pier."]})


def test_the_list_says_who_wrote_which_version_when_and_why_and_who_read_it(
    agent: Any, supervisor: Any, sac: Any, as_: Any
) -> None:
    report = file_sir(agent)
    as_(supervisor).get(f"/reports/{report.number}/")
    amend_sir(report, agent, "More is known", narrative={"narrative": ["He was found on the second pier."]})
    text = as_(sac).get(f"/reports/{report.number}/versions/").content.decode()
    second, first = text.split('id="version-1"')[0].split('id="version-2"')[1], text.split('id="version-1"')[1]
    assert "More is known" in second
    assert "Nobody yet" in second
    assert "Supervisor" in first
    assert Event.objects.filter(code="report.readers_viewed", actor_id=sac.pk, object_id=str(report.pk)).exists()


def test_an_old_version_reads_as_it_was_and_is_marked(agent: Any, sac: Any, as_: Any) -> None:
    report = two_versions(agent)
    text = as_(sac).get(f"/reports/{report.number}/versions/1/").content.decode()
    assert "Agents found him on the pier." in text
    assert "second pier" not in text
    assert "Superseded" in text
    assert list(Reading.objects.filter(reader=sac).values_list("version", flat=True)) == [1]
    assert Event.objects.filter(code="report.version_viewed", actor_id=sac.pk).exists()


def test_the_last_two_versions_are_compared_word_by_word(agent: Any, sac: Any, as_: Any) -> None:
    report = two_versions(agent)
    text = as_(sac).get(f"/reports/{report.number}/versions/compare/").content.decode()
    assert "1 answer changed." in text
    assert "<del>Agents</del>" in text
    assert "<ins>" in text
    assert set(Reading.objects.filter(reader=sac).values_list("version", flat=True)) == {1, 2}


def test_any_two_versions_can_be_compared_in_either_order(agent: Any, sac: Any, as_: Any) -> None:
    report = amend_sir(two_versions(agent), agent, "Again", what={"title": ["Arrest at the second pier"]})
    address = f"/reports/{report.number}/versions/compare/"
    one, other = (as_(sac).get(address + query).content.decode() for query in ("?old=1&new=3", "?old=3&new=1"))
    assert "2 answers changed." in one
    assert "2 answers changed." in other


@pytest.mark.parametrize("query", ["?old=1&new=1", "?old=0", "?new=9", "?old=x", "?old=2147483648&new=1"])
def test_versions_that_do_not_exist_are_not_found(agent: Any, as_: Any, query: str) -> None:
    report = two_versions(agent)
    assert as_(agent).get(f"/reports/{report.number}/versions/compare/{query}").status_code == 404


def test_one_version_has_nothing_to_compare(agent: Any, as_: Any) -> None:
    report = file_sir(agent)
    assert as_(agent).get(f"/reports/{report.number}/versions/compare/").status_code == 404
    assert as_(agent).get(f"/reports/{report.number}/versions/7/").status_code == 404
    assert "compare" not in as_(agent).get(f"/reports/{report.number}/versions/").content.decode()


def test_versions_of_a_report_that_one_may_not_see_are_not_found(agent: Any, outsider: Any, as_: Any) -> None:
    report = two_versions(agent)
    for tail in ("", "1/", "compare/"):
        assert as_(outsider).get(f"/reports/{report.number}/versions/{tail}").status_code == 404
