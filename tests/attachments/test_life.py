"""An attachment from the upload to the end: added, checked, filed, described, withdrawn, discarded, handed over."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction
from django.http import Http404
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.access import Refused
from audit.models import Event
from reports import actions, drafts
from reports.actions import attachments as acts
from reports.attachments import filing, reading, release, waiting
from reports.attachments.scanner import test_text as malware
from reports.models import Attachment, AttachmentPiece, Draft, Report, SearchDocument
from tests.attachments import made
from tests.attachments.conftest import add, released, served
from tests.fake import FAKE
from tests.reports.filing import make_draft

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (made.picture(), "a.jpg", "image/jpeg"),
        (made.picture("PNG"), "a.png", "image/png"),
        (made.picture("WEBP"), "a.webp", "image/webp"),
        (made.picture("GIF"), "a.gif", "image/png"),
        (made.pdf(), "a.pdf", "application/pdf"),
        (b"Seen at the pier.\n", "a.txt", "text/plain; charset=utf-8"),
        (made.docx(), "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (made.xlsx(), "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
    ids=["jpeg", "png", "webp", "gif", "pdf", "text", "docx", "xlsx"],
)
def test_every_kind_that_is_taken_is_released_and_handed_out(clamd, agent, sir, content, name, media_type):
    attachment = released(content, name, on=sir, by=agent)
    assert (attachment.state, attachment.refused_because) == ("released", "")
    headers = reading.headers(attachment)
    assert headers["Content-Type"] == media_type
    assert headers["Content-Disposition"].startswith("attachment")
    assert served(attachment)
    assert reading.length(attachment) == len(served(attachment))
    assert reading.has_thumbnail(attachment) == media_type.startswith("image/")
    if reading.has_thumbnail(attachment):
        assert served(attachment, "thumbnail").startswith(b"\xff\xd8\xff")


# -- Added -------------------------------------------------------------------------------------------------------------
def test_the_same_upload_sent_again_is_the_same_attachment(agent, draft):
    key = uuid4()
    first, again = (add(made.picture(), on=draft, by=agent, key=key) for _ in range(2))
    assert first.pk == again.pk == key
    assert Attachment.objects.count() == AttachmentPiece.objects.count() == 1


def test_a_key_of_another_of_another_place_or_with_another_file_is_refused(agent, colleague, draft, sir):
    key = uuid4()
    add(made.picture(), on=draft, by=agent, key=key)
    theirs = make_draft(colleague)
    for content, place, by in (
        (made.picture(), theirs, colleague),
        (made.picture(), sir, agent),
        (b"seen", draft, agent),
    ):
        with pytest.raises(Refused, match="sent before"):
            add(content, "a", on=place, by=by, key=key)
    assert Attachment.objects.get().draft_id == draft.pk


def test_a_report_holds_so_many_files_and_those_of_its_amendment_count(agent, sir, settings):
    settings.FILES_A_REPORT = 2
    add(made.picture(), on=sir, by=agent)
    amendment = drafts.open_amendment(sir, by=agent)
    add(made.picture(), on=amendment, by=agent)
    with pytest.raises(Refused, match="at most 2 files"):
        add(made.picture(), on=amendment, by=agent)


def test_only_who_may_amend_adds_to_a_report_and_only_its_author_to_a_draft(agent, colleague, hq, outsider, sir, draft):
    for by in (colleague, hq):
        assert not reading.may_add(sir, by)
        with pytest.raises(Refused):
            add(made.picture(), on=sir, by=by)
    with pytest.raises(Report.DoesNotExist):
        add(made.picture(), on=sir, by=outsider)
    with pytest.raises(Draft.DoesNotExist):
        add(made.picture(), on=draft, by=colleague)
    assert not reading.may_add(draft, colleague)
    assert not Attachment.objects.exists()


def test_a_caption_with_a_number_is_refused_and_nothing_is_stored(agent, draft):
    with pytest.raises(Refused, match="Social Security number"):
        add(made.picture(), on=draft, by=agent, caption=f"His card, {FAKE.ssn}")
    assert not Attachment.objects.exists()


def test_its_check_is_queued_with_it_and_not_without_it(agent, draft):
    made_ = add(made.picture(), on=draft, by=agent)
    with pytest.raises(Refused):
        add(b"", on=draft, by=agent)
    job = ProcrastinateJob.objects.get(task_name=waiting.TASK)
    assert job.args == {"attachment_id": str(made_.pk)}
    assert job.priority < 0


# -- Until it is released ----------------------------------------------------------------------------------------------
def test_nobody_gets_a_byte_of_what_waits_was_refused_or_withdrawn(clamd, agent, supervisor, sir):
    waits = add(made.picture(), on=sir, by=agent)
    refused = released(malware(), "a.txt", on=sir, by=agent)
    withdrawn = acts.withdraw(released(made.picture(), on=sir, by=agent).pk, "The wrong man", by=agent)
    assert "malware" in refused.refused_because
    for attachment, why in ((waits, "waits for the virus scanner"), (refused, "was refused"), (withdrawn, "withdrawn")):
        for copy in ("served", "thumbnail"):
            with pytest.raises(Refused, match=why):
                reading.stream(attachment, copy)
        with pytest.raises(Refused, match="recorded first"):
            reading.stream(attachment, "original")
    for attachment in (waits, refused):
        with pytest.raises(Refused):
            acts.take_original(attachment.pk, "For the court", by=supervisor)


def test_the_original_is_taken_for_a_reason_on_record_by_who_may(clamd, agent, supervisor, sir):
    photo = made.picture(comment=b"as the camera made it")
    attachment = released(photo, on=sir, by=agent)
    assert b"camera" not in served(attachment)
    for by, reason in ((agent, "For the court"), (supervisor, " ")):
        with pytest.raises(Refused):
            acts.take_original(attachment.pk, reason, by=by)
    assert not Event.objects.filter(code="attachment.original_taken").exists()
    taken = acts.take_original(attachment.pk, "For the court", by=supervisor)
    event = Event.objects.get(code="attachment.original_taken")
    assert (event.object_id, event.actor) == (str(attachment.pk), "supervisor")
    assert served(taken, "original") == photo
    assert reading.headers(taken, "original")["Content-Type"] == "application/octet-stream"
    with pytest.raises(Refused):
        served(attachment, "original")


def test_a_withdrawn_file_is_evidence_still(clamd, agent, supervisor, sir):
    attachment = acts.withdraw(released(made.picture(), on=sir, by=agent).pk, "The wrong man", by=agent)
    assert served(acts.take_original(attachment.pk, "For the court", by=supervisor), "original") == made.picture()


def test_a_download_is_of_a_known_type_under_its_own_name_and_in_no_page(clamd, agent, sir):
    attachment = released(made.picture("GIF"), 'Año "x".html', on=sir, by=agent)
    headers = reading.headers(attachment)
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''A%C3%B1o%20_x_.png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]


def test_a_file_whose_key_is_away_is_refused_before_its_first_byte(clamd, agent, sir, as_, settings, tmp_path):
    attachment = released(made.picture(), on=sir, by=agent)
    settings.FILE_KEYS = tmp_path
    answer = as_(agent).get(f"/reports/{sir.number}/attachments/{attachment.pk}/")
    assert (answer.status_code, "cannot be opened" in answer.content.decode()) == (403, True)


@pytest.mark.parametrize("page", ["original", "withdraw"])
def test_a_page_that_names_one_file_is_recorded_as_a_look(clamd, agent, supervisor, sir, as_, page):
    file = released(made.picture(), on=sir, by=agent, caption="The wharf")
    answer = as_(supervisor).get(f"/reports/{sir.number}/attachments/{file.pk}/{page}/")
    assert (answer.status_code, file.name in answer.content.decode()) == (200, True)
    looked = Event.objects.get(code="attachments.listed")
    assert (looked.actor_id, looked.object_id) == (supervisor.pk, str(sir.pk))


# -- Changed -----------------------------------------------------------------------------------------------------------
def test_who_uploaded_it_or_may_amend_says_what_it_shows_and_the_report_is_found_by_it(
    clamd, agent, colleague, supervisor, outsider, sir
):
    attachment = released(made.picture(), on=sir, by=agent)
    acts.describe(attachment.pk, "Zanzibar wharf at night", by=supervisor)
    assert "Zanzibar wharf" in SearchDocument.objects.get(report_id=sir.pk).text
    with pytest.raises(Refused):
        acts.describe(attachment.pk, "Something else", by=colleague)
    with pytest.raises(Attachment.DoesNotExist):
        acts.describe(attachment.pk, "Something else", by=outsider)
    with pytest.raises(Refused):
        acts.withdraw(attachment.pk, "No reason of his", by=colleague)
    acts.withdraw(attachment.pk, "The wrong wharf", by=supervisor)
    assert "Zanzibar" not in SearchDocument.objects.get(report_id=sir.pk).text
    with pytest.raises(Refused, match="already"):
        acts.withdraw(attachment.pk, "Again", by=agent)


def test_what_a_withdrawn_file_shows_is_said_no_more(agent, sir):
    attachment = add(made.picture(), on=sir, by=agent, caption="The wharf")
    acts.withdraw(attachment.pk, "The wrong wharf", by=agent)
    with pytest.raises(Refused, match="was withdrawn"):
        acts.describe(attachment.pk, "Another wharf", by=agent)
    assert Attachment.objects.get().caption == "The wharf"


def test_a_file_of_a_draft_goes_for_good_and_one_of_a_report_does_not(agent, colleague, draft, sir):
    on_draft, on_report = (add(made.picture(), on=place, by=agent) for place in (draft, sir))
    with pytest.raises(Attachment.DoesNotExist):
        acts.discard(on_draft.pk, by=colleague)
    with pytest.raises(Refused, match="Withdraw it"):
        acts.discard(on_report.pk, by=agent)
    with pytest.raises(Refused, match="Remove it there"):
        acts.withdraw(on_draft.pk, "No reason", by=agent)
    acts.discard(on_draft.pk, by=agent)
    assert set(Attachment.objects.values_list("pk", flat=True)) == {on_report.pk}
    assert not AttachmentPiece.objects.filter(attachment_id=on_draft.pk).exists()


# -- With its draft ----------------------------------------------------------------------------------------------------
def file(draft, by):
    return actions.submit(draft.pk, by=by, key=uuid4(), body_hash="x", attested=True).report


def test_files_go_along_when_a_draft_is_filed_also_those_that_wait(clamd, agent, draft):
    checked = released(made.pdf("Zanzibar wharf"), "a.pdf", on=draft, by=agent)
    waits = add(b"Mombasa wharf", "b.txt", on=draft, by=agent)
    assert not SearchDocument.objects.filter(text__contains="Zanzibar").exists()
    report = file(draft, agent)
    assert {one.pk: one.state for one in reading.of(report)} == {checked.pk: "released", waits.pk: "waiting"}
    document = SearchDocument.objects.get(report_id=report.pk)
    assert "Zanzibar" in document.text
    assert "Mombasa" not in document.text
    release.check(waits.pk)
    document.refresh_from_db()
    assert "Mombasa" in document.text


def test_an_amendment_may_bring_files_alone(agent, sir):
    amendment = drafts.open_amendment(sir, by=agent)
    attachment = add(made.picture(), on=amendment, by=agent)
    drafts.give_reason(amendment.pk, {"reason": ["A photo of the boat"]}, by=agent)
    report = file(amendment, agent)
    assert (report.version, [one.pk for one in reading.of(report)]) == (2, [attachment.pk])


def test_files_go_with_a_draft_that_is_discarded(agent, draft):
    add(made.picture(), on=draft, by=agent)
    drafts.discard(draft.pk, by=agent)
    assert not Attachment.objects.exists()
    assert not AttachmentPiece.objects.exists()
    assert Event.objects.filter(code="attachment.discarded").count() == 1


def test_files_stay_with_a_draft_that_is_handed_over(agent, colleague, draft):
    attachment = add(made.picture(), on=draft, by=agent)
    with transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(author=colleague)
        filing.hand_over(draft, by=None)
    assert Event.objects.filter(code="attachment.handed_over", object_id=str(attachment.pk)).exists()
    draft.refresh_from_db()
    assert reading.visible(attachment.pk, draft, colleague).by_id == agent.pk
    with pytest.raises(Http404):
        reading.visible(attachment.pk, draft, agent)
    acts.discard(attachment.pk, by=colleague)


def test_a_file_is_seen_on_its_own_report_by_those_who_see_the_report(agent, colleague, outsider, sir):
    from tests.reports.filing import file_sir

    attachment, other = add(made.picture(), on=sir, by=agent), file_sir(agent)
    assert reading.visible(attachment.pk, sir, colleague).pk == attachment.pk
    for place, user in ((sir, outsider), (other, agent)):
        with pytest.raises(Http404):
            reading.visible(attachment.pk, place, user)


def test_the_list_of_a_report_is_one_statement(agent, sir, django_assert_num_queries):
    for _ in range(3):
        add(made.picture(), on=sir, by=agent)
    with django_assert_num_queries(1):
        assert [one.by.name for one in reading.of(sir)] == [agent.name] * 3
