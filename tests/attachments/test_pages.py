"""The pages of attachments: who sees what of them, what each file is answered, and what is handed out."""

from __future__ import annotations

import io
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from reports import actions, attachment_upload
from reports.actions import attachments as acts
from reports.models import Draft, Report
from reports.models.attachments import Attachment, AttachmentPiece
from reports.views import attachments as attachment_views
from tests.attachments.given import photo, released
from tests.cast import PASSWORD
from tests.privacy import made as numbers
from tests.reports.filing import file_sir, make_draft

pytestmark = pytest.mark.django_db
State, Copy = Attachment.State, AttachmentPiece.Copy
JSON = {"Accept": "application/json"}
NEWS = {"X-Background": "1", **JSON}
ROOM = 30 * 1024 * 1024


# -- What they share ---------------------------------------------------------------------------------------------------
def upload(name: str = "pier.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo() if content is None else content)


def page_of(place: Report | Draft) -> str:
    return (
        f"/reports/drafts/{place.pk}/attachments/"
        if isinstance(place, Draft)
        else f"/reports/{place.number}/attachments/"
    )


def send(client: Client, place: Report | Draft, *files: Any, key: Any = None, end: str = "all", **more: Any) -> Any:
    sent = {"act": "add", "key": str(key or uuid4()), "chosen": list(files), "end": end}
    return client.post(page_of(place), {name: value for name, value in sent.items() if value}, **more)


def text(response: HttpResponse) -> str:
    return response.content.decode()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def events(code: str) -> int:
    return Event.objects.filter(code=code).count()


# -- Sending -----------------------------------------------------------------------------------------------------------
def test_several_files_of_a_plain_form_are_each_taken_or_refused_by_itself(agent: Any, as_: Any) -> None:
    report, client = file_sir(agent), as_(agent)
    bad = upload("page.jpg", b"<html><script>1</script></html>")
    answer = send(client, report, upload("one.jpg"), bad, upload("two.jpg", photo("teal")))
    assert answer.status_code == 422
    assert sorted(one.name for one in report.attachments.all()) == ["one.jpg", "two.jpg"]
    group = text(answer).partition('id="id_chosen_group"')[2].partition("</form>")[0]
    assert "page.jpg: " in group.partition("usa-error-message")[2]
    assert "one.jpg: " not in text(answer)
    assert "2 files are added." in text(answer)


def test_a_form_that_is_sent_twice_makes_nothing_twice_and_another_file_of_the_same_page_is_another(
    agent: Any, as_: Any
) -> None:
    report, client, key = file_sir(agent), as_(agent), uuid4()
    for _ in range(2):
        assert send(client, report, upload(), key=key).status_code == 303
    assert report.attachments.count() == 1
    send(client, report, upload("other.jpg", photo("teal")), key=key)
    assert report.attachments.count() == 2


def test_the_script_is_answered_with_the_row_and_a_retry_is_the_same_attachment(agent: Any, as_: Any) -> None:
    report, client, key = file_sir(agent), as_(agent), uuid4()
    answers = [send(client, report, upload(), key=key, headers=JSON) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert report.attachments.get().pk == key
    assert "Waiting for the virus scanner" in answers[1].json()["html"]


def test_a_form_whose_end_did_not_arrive_leaves_nothing(agent: Any, as_: Any) -> None:
    """The parser takes the first half of a text for all of it."""
    report, client = file_sir(agent), as_(agent)
    answer = send(client, report, upload("note.txt", b"The first half of a sen"), end="", headers=JSON)
    assert (answer.status_code, answer.json()["cut"]) == (400, True)
    assert send(client, report, upload("note.txt", b"The first half"), end="").status_code == 422
    assert not report.attachments.exists()


def test_a_number_in_a_file_name_is_refused_without_being_said_again(agent: Any, as_: Any) -> None:
    ssn = numbers.ssn()
    report, client = file_sir(agent), as_(agent)
    answer = send(client, report, upload(f"{ssn}.jpg"), upload("good.jpg", photo("teal")))
    assert answer.status_code == 422
    assert "Social Security number" in text(answer)
    assert ssn not in text(answer)
    assert report.attachments.get().name == "good.jpg"
    told = send(client, report, upload(f"{ssn}.jpg"), headers=JSON)
    assert told.status_code == 422
    assert ssn not in text(told)


def test_what_is_too_large_is_said_of_that_file_alone(agent: Any, as_: Any, settings: Any) -> None:
    settings.FILE_BYTES, settings.REQUEST_BYTES = 40_000, 60_000
    report, client = file_sir(agent), as_(agent)
    large, good = upload("large.txt", b"large " * 10_000), upload("good.txt", b"good " * 7_000)
    answer = send(client, report, large, good, upload("last.txt", b"last " * 7_000))
    words = text(answer).replace("&quot;", "")
    assert "large.txt: It has 0.1 MB" in words
    assert "last.txt: The files together have more than" in words
    assert [one.name for one in report.attachments.all()] == ["good.txt"]


def test_no_file_is_left_behind_and_no_more_is_kept_than_may_be(
    agent: Any, as_: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.FILE_BYTES = 1_300_000
    report, client = file_sir(agent), as_(agent)
    seen = []

    def watched(request: Any, place: Any) -> Any:
        file = request.FILES["chosen"]
        seen.append((file.size, len(file.read()), [one.name for one in tmp_path.iterdir()]))
        file.seek(0)
        return attachment_upload.receive(request, place)

    monkeypatch.setattr(attachment_views, "receive", watched)
    for size in (1_200_000, 1_500_000):
        send(client, report, upload("long.txt", b"x" * size))
    (whole, read, there), (told, part, _) = seen
    assert (whole, read, there) == (1_200_000, 1_200_000, [])
    assert told == 1_500_000
    assert part <= 1_300_000
    assert list(tmp_path.iterdir()) == []


def test_whoever_may_only_read_adds_nothing_and_is_told_why(agent: Any, analyst: Any, as_: Any) -> None:
    report, client = file_sir(agent), as_(analyst)
    assert "data-upload" not in text(client.get(page_of(report)))
    answer = send(client, report, upload())
    assert answer.status_code == 403
    assert not report.attachments.exists()


# -- The list ----------------------------------------------------------------------------------------------------------
def test_the_list_says_of_each_file_what_it_is_and_how_it_stands(agent: Any, as_: Any, settings: Any) -> None:
    settings.CLAMD = "/nowhere"
    report = file_sir(agent)
    shown = released(report, agent, "pier.jpg", "The pier from the east")
    bare = released(report, agent, "house.jpg")
    acts.add(io.BytesIO(b"Notes of the evening"), "notes.txt", key=uuid4(), on=report, by=agent)
    page = text(as_(agent).get(page_of(report)))
    assert 'alt="The pier from the east"' in page
    assert 'alt="Photo, house.jpg"' in page
    assert 'width="64" height="48" loading="lazy"' in page
    assert f"/attachments/{shown.pk}/thumbnail/" in page
    assert f"/attachments/{bare.pk}/" in page
    waiting = page.partition("notes.txt")[2]
    assert "Waiting for the virus scanner" in waiting
    assert "Nobody can open it before it is checked." in waiting
    assert "/thumbnail/" not in waiting
    assert events("attachments.listed") == 1


def test_the_page_says_when_there_is_no_scanner_or_it_takes_long(agent: Any, as_: Any, settings: Any) -> None:
    settings.CLAMD = ""
    report = file_sir(agent)
    acts.add(io.BytesIO(photo()), "pier.jpg", key=uuid4(), on=report, by=agent)
    assert "No virus scanner is set up here" in text(as_(agent).get(page_of(report)))
    settings.CLAMD = "/nowhere"
    assert "may be down" not in text(as_(agent).get(page_of(report)))
    Attachment.objects.update(at=timezone.now() - timedelta(minutes=3))
    assert "may be down" in text(as_(agent).get(page_of(report)))


def test_the_page_that_asks_by_itself_hears_only_news_and_only_those_are_a_look(agent: Any, as_: Any) -> None:
    report, client = file_sir(agent), as_(agent)
    made = released(report, agent)
    url = page_of(report)
    first = client.get(url, headers=NEWS).json()
    assert "pier.jpg" in first["html"]
    assert client.get(url, {"state": first["state"]}, headers=NEWS).status_code == 204
    assert events("attachments.listed") == 1
    acts.describe(made.pk, "The pier", by=agent)
    second = client.get(url, {"state": first["state"]}, headers=NEWS).json()
    assert "The pier" in second["html"]
    assert second["state"] != first["state"]


def test_the_statements_of_the_list_do_not_grow_with_it_and_it_is_small(agent: Any, supervisor: Any, as_: Any) -> None:
    """Asked by one who may change and take all of them, and has sent none."""
    report, client = file_sir(agent), as_(supervisor)
    released(report, agent)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(page_of(report))
        return len([one for one in found if "SAVEPOINT" not in one["sql"]])

    asked()
    few = asked()
    for _ in range(5):
        released(report, agent, caption="The pier from the east side, before the search")
    assert asked() == few
    assert few <= 8, few
    # With what those who sent them may do, it stays below 40 KB for ten.
    assert len(as_(agent).get(page_of(report)).content) <= 24_000


def test_what_it_shows_is_said_and_a_number_in_it_is_not_kept(agent: Any, as_: Any) -> None:
    ssn = numbers.ssn()
    report, client = file_sir(agent), as_(agent)
    made = released(report, agent)
    url, sent = page_of(report), {"act": "describe", "file": str(made.pk)}
    answer = client.post(url, {**sent, "caption": "The pier"})
    assert answer.headers["Location"] == f"{url}#file-{str(made.pk)[:8]}"
    for headers in ({}, JSON):
        refused = client.post(url, {**sent, "caption": f"He is {ssn}"}, headers=headers)
        assert refused.status_code == 422
    assert client.post(url, {**sent, "caption": "x" * 201}).status_code == 422
    made.refresh_from_db()
    assert made.caption == "The pier"
    assert client.post(url, {**sent, "file": str(uuid4()), "caption": "Another"}).status_code == 404


def test_the_page_of_the_report_shows_the_first_six_and_nothing_where_there_is_none(
    agent: Any, hq: Any, as_: Any
) -> None:
    report = file_sir(agent)
    address = f"/reports/{report.number}/"
    assert "Photos and documents" not in text(as_(hq).get(address))
    assert "Add photos or documents" in text(as_(agent).get(address))
    for _ in range(8):
        released(report, agent)
    page = text(as_(hq).get(address))
    assert page.count("/thumbnail/") == 6
    assert "All 8 attachments" in page
    assert "add more" not in page


# -- Handing out -------------------------------------------------------------------------------------------------------
def test_a_file_is_handed_out_as_a_download_and_never_shown_in_the_page(agent: Any, hq: Any, as_: Any) -> None:
    report = file_sir(agent)
    made = released(report, agent)
    client = as_(hq)
    for address, end, code in (
        (f"{page_of(report)}{made.pk}/", b"served", "attachment.downloaded"),
        (f"{page_of(report)}{made.pk}/thumbnail/", b"thumbnail", "attachment.glanced"),
    ):
        answer = client.get(address)
        given = body(answer)
        assert given.endswith(end)
        assert answer.headers["Content-Length"] == str(len(given))
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert Event.objects.filter(code=code, actor="hq", object_id=str(made.pk)).count() == 1
        head = client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == answer.headers["Content-Length"]
        assert client.post(address).status_code == 405


def test_nothing_is_handed_out_that_is_not_released(agent: Any, as_: Any) -> None:
    report, client = file_sir(agent), as_(agent)
    made = released(report, agent)
    for state in (State.WAITING, State.REFUSED, State.WITHDRAWN):
        checked = None if state == State.WAITING else timezone.now()
        Attachment.objects.filter(pk=made.pk).update(state=state, checked_at=checked)
        for name in ("", "thumbnail/"):
            assert client.get(f"{page_of(report)}{made.pk}/{name}").status_code == 404, state
    assert events("attachment.downloaded") == events("attachment.glanced") == 0
    assert "/thumbnail/" not in text(as_(agent).get(page_of(report)))


def test_another_office_finds_neither_list_nor_file_nor_one_under_the_number_of_its_own_report(
    agent: Any, outsider: Any, as_: Any
) -> None:
    report, theirs = file_sir(agent), file_sir(outsider)
    made, client = released(report, agent), as_(outsider)
    for name in ("", f"{made.pk}/", f"{made.pk}/thumbnail/", f"{made.pk}/withdraw/"):
        assert client.get(page_of(report) + name).status_code == 404
        if name:
            assert client.get(page_of(theirs) + name).status_code == 404
    assert as_(agent).get(f"{page_of(report)}{made.pk}/").status_code == 200


def test_an_original_is_taken_for_a_reason_with_the_password_and_on_record_first(
    agent: Any, analyst: Any, as_: Any, settings: Any
) -> None:
    report = file_sir(agent)
    made = released(report, agent)
    address = f"{page_of(report)}{made.pk}/original/"
    settings.CONFIRM_AFTER_SECONDS = -60  # however fresh the sign-in, the password is asked for
    client = as_(analyst)
    assert as_(agent).get(address).status_code == 403
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    asked = client.post(address, {"reason": "Evidence for the grand jury"})
    assert asked.status_code == 401
    assert events("attachment.original_taken") == 0
    answer = client.post(address, {"reason": "Evidence for the grand jury", "confirm_password": PASSWORD})
    assert body(answer) == photo()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert Event.objects.get(code="attachment.original_taken").object_id == str(made.pk)


def test_a_file_is_withdrawn_for_a_reason_and_then_opened_by_nobody(agent: Any, analyst: Any, as_: Any) -> None:
    report, client = file_sir(agent), as_(agent)
    made = released(report, agent)
    address = f"{page_of(report)}{made.pk}/withdraw/"
    assert as_(analyst).get(address).status_code == 403
    assert "Withdraw pier.jpg" in text(client.get(address))
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "It shows a bystander"}).headers["Location"] == page_of(report)
    assert client.get(f"{page_of(report)}{made.pk}/").status_code == 404
    page = text(client.get(page_of(report)))
    assert "It shows a bystander" in page
    assert f"{made.pk}/withdraw/" not in page
    assert client.post(address, {"reason": "Once more"}).status_code == 302


# -- On a draft --------------------------------------------------------------------------------------------------------
def test_files_of_a_draft_are_its_authors_alone_and_counted_where_it_is_written(
    agent: Any, colleague: Any, as_: Any
) -> None:
    draft, client = make_draft(agent), as_(agent)
    assert "Photos and documents" in text(client.get(f"/reports/drafts/{draft.pk}/"))
    made = released(draft, agent)
    assert "One file" in text(client.get(f"/reports/drafts/{draft.pk}/"))
    assert "One file will go with the report." in text(client.get(f"/reports/drafts/{draft.pk}/check/"))
    assert events("attachments.draft_listed") == 0
    assert "pier.jpg" in text(client.get(page_of(draft)))
    assert events("attachments.draft_listed") == 1
    assert body(client.get(f"{page_of(draft)}{made.pk}/")).endswith(b"served")
    for name in ("", f"{made.pk}/", f"{made.pk}/thumbnail/", f"{made.pk}/remove/"):
        assert as_(colleague).get(page_of(draft) + name).status_code == 404


def test_a_file_is_taken_out_of_a_draft_for_good(agent: Any, as_: Any) -> None:
    draft, client = make_draft(agent), as_(agent)
    send(client, draft, upload())
    made = draft.attachments.get()
    address = f"{page_of(draft)}{made.pk}/remove/"
    assert "Remove pier.jpg" in text(client.get(address))
    assert draft.attachments.exists()
    assert client.post(address).headers["Location"] == page_of(draft)
    assert not AttachmentPiece.objects.exists()
    assert client.post(address).status_code == 404


def test_files_go_with_the_report_and_what_comes_too_late_is_told(agent: Any, as_: Any) -> None:
    draft, client = make_draft(agent), as_(agent)
    made = released(draft, agent)
    address = page_of(draft)
    report = actions.submit(draft.pk, by=agent, key=uuid4(), body_hash="x", attested=True).report
    assert report.attachments.get().pk == made.pk
    late = send(client, draft, upload("late.jpg"), headers=JSON)
    assert late.status_code == 409
    assert report.number in late.json()["message"]
    assert client.get(address).headers["Location"] == f"/reports/{report.number}/"
