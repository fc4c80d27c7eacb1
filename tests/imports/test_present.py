"""A spreadsheet comes in through the rules of the form: `manage.py import_reports`."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import OperationalError, connection, transaction
from django.utils import timezone

import accounts.actions
from accounts.models import Assignment
from audit.models import Event
from privacy.mask import BULLETS
from reports.imports import present
from reports.models import Arrest, Draft, Report, ReportNotice, Revision, Submission, UseOfForce
from tests.imports.bringing import COLUMNS, ROW, Bringing, mapping

OTHER_ROW = ("24-2", "2024-03-02T14:05:00.000", "ARSON", "", "", "", "A fire.")


@pytest.fixture
def bring(tmp_path: Path, agent: Any) -> Bringing:
    return Bringing(tmp_path)


def test_a_row_becomes_a_filed_report_of_the_named_user(bring: Bringing) -> None:
    said = bring(mapping(), ROW)
    report = Report.objects.get()
    assert (report.title, report.author.username, report.version) == ("ROBBERY at 100 MAIN ST", "agent", 1)
    assert f"{report.event_at.astimezone(timezone.get_fixed_timezone(-300)):%Y-%m-%d %H:%M}" == "2024-03-01 14:05"
    assert report.person_rows.get().line() == "DOE, ALEX"
    assert "1 rows: 1 filed, 0 already there" in said
    assert not Draft.objects.exists()


def test_a_row_becomes_a_draft_that_its_author_can_go_on_with(bring: Bringing, agent: Any, as_: Any) -> None:
    bring(mapping(as_="draft"), ROW, attested=False)
    draft = Draft.objects.get()
    assert draft.author == agent
    assert not Report.objects.exists()
    page = as_(agent).get(f"/reports/drafts/{draft.pk}/check/")
    assert "ROBBERY at 100 MAIN ST" in page.content.decode()


def test_a_row_whose_rules_fail_goes_to_the_reject_file_with_every_reason(bring: Bringing) -> None:
    bad = ("24-3", "03/01/2999 10:00 AM", "X" * 300, "", "DOE, ALEX", "", "")
    said = bring(mapping(), ROW, bad, OTHER_ROW)
    (rejected,) = bring.rejected
    assert rejected["line"] == "3"
    for reason in ("Title: ", "in the future", "Narrative: This answer is needed."):
        assert reason in rejected["reason"]
    assert json.loads(rejected["text"])["Case"] == "24-3"
    assert Report.objects.count() == 2
    assert "2 filed, 0 already there, 0 left out by the mapping, 1 refused" in said
    assert "(first on line 3)" in said


def test_an_import_again_makes_no_duplicates(bring: Bringing) -> None:
    bring(mapping(), ROW, OTHER_ROW)
    said = bring(mapping(), ROW, OTHER_ROW, (*ROW[:-1], "Another text."))
    assert "1 filed, 2 already there" in said
    assert Report.objects.count() == Submission.objects.count() == 3


def test_a_row_that_stands_twice_is_one_report(bring: Bringing) -> None:
    assert "1 filed, 1 already there" in bring(mapping(), ROW, ROW)


def test_a_row_known_by_its_identity_is_the_same_report_though_another_cell_has_changed(bring: Bringing) -> None:
    said = mapping(settings='identity = "{Case}"')
    bring(said, ROW)
    assert "0 filed, 1 already there" in bring(said, (*ROW[:-1], "Another text."))


def test_a_draft_that_was_brought_in_and_filed_by_hand_is_not_brought_in_again(bring: Bringing, agent: Any) -> None:
    from reports import actions

    bring(mapping(as_="draft"), ROW)
    draft = Draft.objects.get()
    actions.submit(draft.pk, by=agent, key=draft.pk, body_hash="x", attested=True)
    assert "0 kept as drafts, 1 already there" in bring(mapping(as_="draft"), ROW)


def test_a_check_writes_nothing_and_says_what_would_happen(bring: Bringing) -> None:
    before = Event.objects.count()
    said = bring(mapping(more='marking = "{Race}"'), ROW, ("24-3", "31/31/2024", "A", "", "", "", "B"), check=True)
    assert "1 can be filed" in said
    assert "When it happened: this is not read as a date" in said
    assert "31/31/2024" not in said
    assert "nothing was written" in said
    assert (Report.objects.count(), Draft.objects.count(), Event.objects.count()) == (0, 0, before)
    assert not list(bring.folder.glob("*.rejects.csv"))


def test_a_check_names_the_values_that_the_map_lacks(bring: Bringing) -> None:
    person = '\n[[people]]\nrole = "subject"\nlast_name = "{Suspect}"\nsex = { column = "Race", map = { "W" = "F" } }\n'
    said = bring(mapping(rows=person), *[(*ROW[:5], race, "x") for race in ("W", "Z", "z1", "Z")], check=True)
    assert "Sex, not in the map: “Z” (2), “z1” (1)" in said


def test_a_limit_stops_after_so_many_rows(bring: Bringing) -> None:
    assert bring(mapping(), ROW, OTHER_ROW, limit=1).startswith("1 rows: 1 filed")


def test_filing_asks_for_the_attestation_of_the_user(bring: Bringing) -> None:
    with pytest.raises(CommandError, match="add --attested"):
        bring(mapping(), ROW, attested=False)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("username", "reason"),
    [("hq", "roles of hq do not let them"), ("nobody", "There is no user “nobody”"), ("", "Say whose reports")],
)
def test_a_user_who_may_not_file_stops_the_whole_import(bring: Bringing, username: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        bring(mapping(user=username), ROW)
    assert not bring.folder.joinpath("incidents.csv.rejects.csv").exists()


def test_a_user_who_has_not_accepted_the_rules_stops_the_whole_import(bring: Bringing, agent: Any) -> None:
    from audit.log import record

    agent.rules_version, agent.rules_accepted_at = "", None
    record("user.changed", by=None, on=agent)
    agent.save()
    with pytest.raises(CommandError, match="has not accepted the Rules of Behavior"):
        bring(mapping(), ROW)


def test_an_office_for_which_the_user_may_not_file_is_refused_before_the_first_row(bring: Bringing) -> None:
    with pytest.raises(CommandError, match=r"line \d+: The choice “ATL” is not known.*MIA"):
        bring(mapping(more='office = "ATL"'), ROW)


def test_a_right_that_ends_meanwhile_ends_the_import_and_what_was_filed_stays(
    bring: Bringing, agent: Any, acm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last row comes after the revocation: it is refused by the action itself."""
    take = present.Import._take

    def take_after_revocation(run: present.Import, line: Any) -> None:
        if line.number == 3:
            accounts.actions.revoke_role(Assignment.objects.get(user=agent), by=acm, reason="Moved on")
        take(run, line)

    monkeypatch.setattr(present.Import, "_take", take_after_revocation)
    with pytest.raises(CommandError, match="may no longer file, so the import stops"):
        bring(mapping(), ROW, OTHER_ROW)
    assert Report.objects.get().title == "ROBBERY at 100 MAIN ST"
    assert counts()["kept"] == 1


def test_a_row_that_breaks_halfway_leaves_nothing_behind(bring: Bringing, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **values: Any) -> None:
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(Revision.objects, "create", broken)
    said = bring(mapping(), ROW)
    assert "0 filed" in said
    assert "The database does not keep this row" in bring.rejected[0]["reason"]
    assert (Report.objects.count(), Draft.objects.count(), Submission.objects.count()) == (0, 0, 0)


def test_an_old_event_waits_in_the_inboxes_and_rings_no_bell(bring: Bringing) -> None:
    bring(mapping(), ROW)
    assert ReportNotice.objects.filter(report=Report.objects.get()).exists()
    assert jobs() == 0


def test_an_event_of_today_is_told_by_mail_as_any_other(bring: Bringing) -> None:
    fresh = timezone.now() - timedelta(minutes=5)
    bring(mapping(), (ROW[0], fresh.isoformat(), *ROW[2:]))
    assert jobs() == ReportNotice.objects.count() > 0


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%mail_notice'")
        return int(cursor.fetchone()[0])


def test_an_import_is_recorded_with_its_counts_and_each_report_by_itself(bring: Bringing) -> None:
    bring(mapping(), ROW, OTHER_ROW)
    began, done = (Event.objects.get(code=code) for code in ("reports.import_began", "reports.imported"))
    assert (began.actor, began.object_id) == ("agent", done.object_id)
    assert counts() == {"kept": 2, "there": 0, "left_out": 0, "rejected": 0, "masked": 0, "cut": 0}
    assert Event.objects.filter(code="report.submitted", actor="agent").count() == 2


def counts() -> dict[str, int]:
    payload: dict[str, dict[str, int]] = json.loads(Event.objects.get(code="reports.imported").payload)
    return payload["counts"]


def test_social_security_numbers_become_eight_bullets_and_are_counted(bring: Bringing) -> None:
    dice = random.Random(1)
    number = f"{dice.randint(101, 600)}-{dice.randint(10, 99)}-{dice.randint(1000, 9999)}"
    bare = number.replace("-", "")
    said = bring(
        mapping(settings="other_columns = true"),
        (*ROW[:-1], f"He gave {number} as his.", bare),
        columns=(*COLUMNS, "Suspect SSN"),
    )
    narrative = Report.objects.get().narrative
    assert narrative.count(BULLETS) == 2
    assert number not in narrative
    assert bare not in narrative
    assert "2 Social Security numbers in the texts became eight bullets." in said


def test_what_is_too_long_is_cut_and_stands_in_full_in_the_narrative(bring: Bringing) -> None:
    long = "Long " * 60
    said = bring(mapping(settings="cut = true"), (*ROW[:2], long, *ROW[3:]))
    report = Report.objects.get()
    assert len(report.title) <= 200
    assert report.title.endswith("…")
    assert f"Title in full: {long.strip()} at 100 MAIN ST" in report.narrative
    assert "1 answers were cut to fit" in said


def test_columns_that_nothing_uses_are_told_below_the_narrative(bring: Bringing) -> None:
    bring(mapping(settings='other_columns = true\nleave_out = ["race"]'), ROW)
    assert Report.objects.get().narrative == "He ran, and was found.\n\nOther columns of the source:\nCase: 24-1"


def test_lines_that_the_mapping_does_not_want_are_left_out_and_counted(bring: Bringing) -> None:
    said = bring(mapping(settings='when = { column = "Offense", not = ["arson"] }'), ROW, OTHER_ROW)
    assert "1 filed, 0 already there, 1 left out by the mapping" in said


FORCE = """
[[people]]
id = "suspect"
role = "subject"
last_name = { column = "Suspect", split = ",", part = 1 }

[[people]]
id = "officer"
each = { columns = ["Address", "Race"], split = ";" }
role = "employee"
last_name = "{Address}"

[[uses_of_force]]
for = "officer"
when = "{Race}"
employee = "officer"
subject = "suspect"
kind = { column = "Race", map = { "*taser*" = "ecw" }, default = "other" }
reason = "As told."
"""


def test_pieces_of_a_cell_become_people_and_rows_for_each_of_them(bring: Bringing) -> None:
    bring(
        mapping(rows=FORCE, more="").replace('"other"\nsyn', '"use-of-force"\nsyn'),
        (*ROW[:3], "Reyes; Okafor; Lindqvist", "DOE, ALEX", "X26 Taser;; Hands", ROW[-1]),
    )
    uses = [(use.employee.last_name, use.kind, use.subject.last_name) for use in UseOfForce.objects.all()]
    assert uses == [("Reyes", "ecw", "DOE"), ("Lindqvist", "other", "DOE")]
    assert Report.objects.get().people_count == 4


ARREST = """
[[arrests]]
when = { column = "Offense", is = ["ARREST"] }
person = "suspect"
kind = "criminal"
charge = "{Narrative}"
"""


def test_a_row_is_made_only_when_its_line_says_so(bring: Bringing) -> None:
    said = mapping(rows=FORCE.split('[[people]]\nid = "officer"')[0] + ARREST)
    bring(said, (*ROW[:2], "ARREST", *ROW[3:]), ROW)
    arrest = Arrest.objects.get()
    assert arrest.person.last_name == "DOE"
    assert arrest.report.title.startswith("ARREST")


def test_an_answer_that_is_needed_and_empty_is_told_for_its_row(bring: Bringing) -> None:
    rows = '\n[[people]]\nrole = "subject"\nfirst_name = "Sam"\nlast_name = "{Race}"\n\n[[people]]\nwhen = "x"\n'
    bring(mapping(rows=rows + 'role = "witness"\nlast_name = "{Race}"\n'), (*ROW[:5], "", ROW[-1]))
    assert "Person 1, Last name: This answer is needed." in bring.rejected[0]["reason"]


def test_what_cannot_be_read_is_not_said_to_be_missing_as_well(bring: Bringing) -> None:
    bring(mapping(), (ROW[0], "soon", *ROW[2:]))
    said = "When it happened: this is not read as a date; name its notation in dates (“soon”)"
    assert [rejected["reason"] for rejected in bring.rejected] == [said]


def test_an_encoding_and_a_delimiter_of_another_country_are_read(bring: Bringing) -> None:
    said = mapping(settings='encoding = "cp1252"\ndelimiter = "semicolon"')
    bring(said, (*ROW[:-1], "À la gare, “vite”."), encoding="cp1252", delimiter=";")
    assert Report.objects.get().narrative == "À la gare, “vite”."


def test_the_wrong_encoding_rejects_the_line_and_says_what_to_do(bring: Bringing) -> None:
    bring(mapping(), (*ROW[:-1], "À la gare."), OTHER_ROW, encoding="cp1252")
    assert "--encoding cp1252" in bring.rejected[0]["reason"]
    assert Report.objects.count() == 1


def test_a_title_above_the_columns_and_columns_without_a_name_or_named_twice_are_understood(bring: Bringing) -> None:
    rows = [["Incidents of the year"], [*COLUMNS, "Race", ""], [*ROW, "B", "last"]]
    with bring.file.open("w", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(rows)
    bring(mapping(settings='header_line = 2\nother_columns = true\nleave_out = ["Case", "Race"]'))
    assert Report.objects.get().narrative.endswith("Other columns of the source:\nRace (2): B\nColumn 9: last")


def test_json_lines_are_read_by_the_same_mapping(bring: Bringing) -> None:
    bring.file = bring.folder / "incidents.jsonl"
    bring.file.write_text(
        '{"Case": 1, "Date": 1709301900, "Offense": "FRAUD", "Address": null, "Race": "W"}\n'
        '{"Case": 2, "Date": "2024-03-01", "Offense": "FRAUD", "Suspect": "DOE, ALEX", "Narrative": "It was found."}\n'
    )
    said = mapping().replace('event_at = "{Date}"', 'event_at = { column = "Date", no_time = "12:00" }')
    assert "1 filed" in bring(said)
    assert Report.objects.get().event_precision == "day"


def test_html_entities_and_invisible_signs_are_read_as_what_they_mean(bring: Bringing) -> None:
    bring(mapping(), (*ROW[:2], "ASSAULT &amp; BATTERY\u200b", "1\u00a0MAIN ST", *ROW[4:]))
    assert Report.objects.get().title == "ASSAULT & BATTERY at 1 MAIN ST"


def test_coordinates_in_one_cell_are_taken_apart_and_rounded(bring: Bringing) -> None:
    more = "place_latitude = { column = \"Race\", find = '\\(([-0-9.]+)' }\n"
    more += "place_longitude = { column = \"Race\", find = ', *([-0-9.]+)' }"
    bring(mapping(more=more), (*ROW[:5], "(38.907192345678, -77.036871234567)", ROW[-1]))
    report = Report.objects.get()
    assert (str(report.place_latitude), str(report.place_longitude)) == ("38.907192", "-77.036871")


def test_more_rows_than_a_report_holds_are_refused_with_the_reason(bring: Bringing) -> None:
    many = ";".join(f"Person {number}" for number in range(201))
    bring(mapping(rows=FORCE), (*ROW[:3], many, *ROW[4:]))
    assert "A report holds at most 200 rows of people." in bring.rejected[0]["reason"]
    assert "A report holds at most # rows" in bring(mapping(rows=FORCE), check=True).replace("200", "#")
    assert not Draft.objects.exists()


def test_the_sample_in_the_documentation_can_be_brought_in(
    bring: Bringing, person: Callable[[str], Any], tmp_path: Path
) -> None:
    from io import StringIO

    from django.conf import settings
    from django.core.management import call_command

    samples, out = Path(settings.BASE_DIR) / "docs/samples", StringIO()
    call_command(
        "import_reports",
        str(samples / "incidents.csv"),
        kind="SIR",
        mapping=samples / "incidents.toml",
        user="agent",
        rejects=tmp_path / "rejects.csv",
        stdout=out,
    )
    assert "5 rows: 3 kept as drafts, 0 already there, 1 left out by the mapping, 1 refused" in out.getvalue()
    assert {draft.author for draft in Draft.objects.all()} == {person("agent")}


def test_an_empty_cell_leaves_what_the_form_offers_at_first(bring: Bringing, agent: Any) -> None:
    bring(mapping(more='office = "{Race}"\nplace_country = "{Race}"\nmarking = "{Race}"'), (*ROW[:5], "", ROW[-1]))
    report = Report.objects.get()
    assert (report.office, report.place_country) == (agent.office, "US")
    assert report.marking == "Law enforcement sensitive"


def test_a_database_that_goes_away_ends_the_import_and_rejects_no_row(
    bring: Bringing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **values: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(Revision.objects, "create", away)
    with pytest.raises(CommandError, match="The database is away, so the import stops"):
        bring(mapping(), ROW, OTHER_ROW)
    assert bring.rejected == []


def test_a_workbook_is_refused_with_what_to_do(bring: Bringing) -> None:
    bring.file = bring.folder / "incidents.xlsx"
    with pytest.raises(CommandError, match="save the sheet as “CSV UTF-8”"):
        bring(mapping(), ROW)


def test_two_values_that_mean_one_choice_give_it_once(bring: Bringing) -> None:
    bring(mapping().replace('event_types = "other"', 'event_types = ["other", "Other significant event"]'), ROW)
    assert Report.objects.get().event_types == ["other"]
