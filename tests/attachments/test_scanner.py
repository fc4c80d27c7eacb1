"""The scanner: asked in its own words, believed while it finds the test text, waited for while it is away."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from reports.attachments import release, scanner, sealing, waiting
from reports.models import Attachment
from reports.tasks import recheck_attachments
from sen import scanner as beside
from sen.postgres import CHECKOUT
from tests.attachments import broken, made
from tests.attachments.conftest import add


def test_it_finds_the_test_text_and_nothing_in_a_photo(clamd):
    assert scanner.scan([scanner.test_text()]).found.startswith("Test-Text")
    assert scanner.scan([made.picture()]) == scanner.Answer()
    assert scanner.is_there()


def test_it_finds_the_test_text_at_the_end_of_the_largest_file(clamd, settings):
    assert scanner.scan([*scanner._large()]).found


def test_what_is_larger_than_it_takes_is_never_clean(clamd):
    with pytest.raises(scanner.Unavailable):
        scanner.scan(bytes(1024 * 1024) for _ in range(70))


@pytest.fixture
def nobody(settings):
    settings.CLAMD, settings.CLAMD_SECONDS = "", 1
    scanner.forget()
    yield settings
    scanner.forget()


def test_without_one_the_reason_is_said(nobody):
    with pytest.raises(scanner.Unavailable, match="No virus scanner is set"):
        scanner.scan([b"seen"])
    assert not scanner.is_there()
    nobody.CLAMD = "somewhere"
    with pytest.raises(scanner.Unavailable, match="host:port"):
        scanner.scan([b"seen"])


def test_one_that_failed_is_left_alone_for_a_while(nobody, clamd):
    nobody.CLAMD = "127.0.0.1:9"
    with pytest.raises(scanner.Unavailable, match="cannot be used"):
        scanner.scan([b"seen"])
    with pytest.raises(scanner.Unavailable, match="a moment ago"):
        scanner.scan([b"seen"])


def test_one_that_hangs_is_left_alone_three_times_as_long_as_it_took(nobody, monkeypatch):
    monkeypatch.setattr(scanner, "LEFT_ALONE_SECONDS", 0.0)
    nobody.CLAMD_SECONDS = 0.2
    with broken.scanner(broken.WAYS["hangs"]) as nobody.CLAMD, pytest.raises(scanner.Unavailable):
        scanner.scan([b"seen"])
    assert 0.4 < scanner._STANDING.left_alone_until - time.monotonic() < 3


def test_one_that_is_believed_is_tried_again_after_a_while(nobody, clamd, monkeypatch):
    nobody.CLAMD, nobody.FILE_BYTES = clamd, 100_000
    scanner.scan([b"seen"])
    monkeypatch.setattr(scanner, "_control", lambda address: pytest.fail("tried again"))
    scanner.scan([b"seen"])
    scanner._STANDING.trusted_until = 0.0
    with pytest.raises(pytest.fail.Exception, match="tried again"):
        scanner.scan([b"seen"])


@pytest.mark.django_db
def test_a_file_waits_while_it_is_away_and_is_released_when_it_is_back(agent, sir, nobody, clamd):
    nobody.CLAMD = ""
    attachment = add(made.picture(), on=sir, by=agent)
    with pytest.raises(scanner.Unavailable):
        release.check(attachment.pk)
    attachment.refresh_from_db()
    assert attachment.state == "waiting"
    nobody.CLAMD = clamd
    scanner.forget()
    release.check(attachment.pk)
    release.check(attachment.pk)  # a job that was given out twice
    attachment.refresh_from_db()
    assert attachment.state == "released"


def decision(error, attempts):
    job = Job(id=1, queue="attachments", lock=None, queueing_lock=None, task_name=waiting.TASK, attempts=attempts)
    return waiting.UntilScanned().get_retry_decision(exception=error, job=job)


@pytest.mark.parametrize(
    "error", [scanner.Unavailable(), sealing.NoKey(), release.Interrupted()], ids=lambda e: type(e).__name__
)
def test_what_is_away_is_waited_for_without_end_ever_less_often(error):
    times = [decision(error, attempts).retry_at - timezone.now() for attempts in (0, 1, 3, 50, 1000)]
    assert [round(time.total_seconds()) for time in times] == [10, 20, 80, 600, 600]


def test_what_fails_otherwise_gets_five_tries():
    assert decision(ValueError(), 3) is not None
    assert decision(ValueError(), 4) is None


@pytest.mark.django_db
def test_a_file_whose_job_was_lost_gets_another_and_no_other_does(agent, sir):
    lost, young, has_one = (add(made.picture(), on=sir, by=agent) for _ in range(3))
    old = timezone.now() - timedelta(hours=1)
    Attachment.objects.filter(pk__in=[lost.pk, has_one.pk]).update(at=old)
    ProcrastinateJob.objects.filter(args__attachment_id__in=[str(lost.pk), str(young.pk)])._raw_delete("default")
    recheck_attachments(timestamp=0)
    jobs = ProcrastinateJob.objects.filter(task_name=waiting.TASK).values_list("args__attachment_id", flat=True)
    assert sorted(jobs) == sorted([str(lost.pk), str(has_one.pk)])


@pytest.mark.django_db
def test_a_check_of_what_is_gone_does_nothing():
    release.check(uuid4())


# Only what it finds tells these from a scanner that works; one that is hasty is tried below, as slowly as it takes.
USELESS = {"finds nothing in anything", "passes over what is large", "reads the beginning alone"}
HASTY = {"says OK before it has read"}


@pytest.mark.parametrize("way", sorted(set(broken.WAYS) - USELESS - HASTY))
def test_one_that_was_believed_and_breaks_lets_nothing_through(nobody, way):
    nobody.CLAMD_SECONDS = 0.2
    with broken.scanner(broken.WAYS[way]) as nobody.CLAMD:
        scanner._STANDING.trust(nobody.CLAMD)
        with pytest.raises(scanner.Unavailable):
            scanner.scan([made.picture()])


def test_an_answer_before_the_end_is_none(nobody):
    """Whoever says OK to the beginning has not read the end, though the end may be clean as well."""

    def hasty(line):
        line.recv(100_000)
        line.sendall(b"stream: OK\0")
        line.settimeout(5)
        while line.recv(100_000):
            pass

    def slowly():
        for _ in range(3):
            yield b"seen"
            time.sleep(0.1)

    with broken.scanner(hasty) as address, pytest.raises(scanner.Unavailable, match="before it had been sent"):
        scanner._ask(address, slowly())


LIMITS = ("StreamMaxLength", "MaxFileSize", "MaxScanSize")


@pytest.mark.parametrize("written", ["a server's", "the demonstration's"])
def test_a_scanner_of_ours_reads_more_than_we_take(written, settings, tmp_path):
    config = CHECKOUT / "docker/scanner/clamd.conf"
    if written != "a server's":
        config = beside.configure(tmp_path, signatures=None)
    said = dict(line.split() for line in config.read_text().splitlines() if line and not line.startswith("#"))
    assert [name for name in LIMITS if int(said[name].removesuffix("M")) * 1024**2 <= settings.FILE_BYTES] == []
    assert said["AlertExceedsMax"] == "yes"
