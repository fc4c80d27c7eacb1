"""Hostile files, broken scanners, and photos that say where they were taken (`make drill-attachments`).

Hundreds of hostile files are added and checked as in earnest: none is handed out before the scanner has let it through,
none as a page or drawing, none with what it was made to bring. Scanners that are away, hang or lie release nothing. No
place is left in photos. Then the positive controls: each counter must count once what it counts is let through.
`python -m drills.attachments VARIANTS PHOTOS` sets how many variants of each kind (10) and how many photos (200).
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

from bench.ground import manage, prepared


def main() -> None:
    variants, photos = (int(said) for said in (*sys.argv[1:], *("10", "200")[len(sys.argv) - 1 :]))
    with prepared("drill"):
        manage("demo", "--ensure")
        manage("attachments", "status")
        by = _somebody()
        with _clamd():
            hostile = try_hostile(_place(by), by, variants)
            found = try_photos(_place(by), by, photos)
            controls = {"a scanner of no use is believed": _believed(by), "photos are kept as they are": _kept(by)}
        ways = try_scanners(_place(by), by)
    _tell(hostile, ways, found, photos, controls)


def _tell(hostile: Counter[str], ways: dict[str, int], found: list[str], photos: int, controls: dict[str, int]) -> None:
    print(f"hostile files: {dict(sorted(hostile.items()))}")
    print(f"{len(ways)} broken scanners: {sum(ways.values())} files released")
    print(f"{photos} photos: {len(found)} marks left in what readers get")
    print(f"positive controls, each of which must count: {controls}")
    if hostile["bad"] or sum(ways.values()) or found:
        sys.exit("The drill failed.")
    if not all(controls.values()):
        sys.exit("A positive control did not count: the drill proves nothing.")


def _somebody() -> Any:
    from accounts.models import User

    return User.objects.filter(assignments__role="field_hsi", status="active").order_by("pk").first()


def _place(by: Any) -> Any:
    """A draft of its own: it holds as many files as are needed."""
    from reports.models import Draft

    return Draft.objects.create(author=by, kind="sir", version=1)


@contextmanager
def _clamd() -> Iterator[None]:
    """A clamd that finds the test text, as long as it is needed."""
    from django.test import override_settings

    from reports.attachments import scanner
    from sen import scanner as beside

    program = beside.program()
    if program is None:
        sys.exit("clamd is not installed, so nothing can be shown. Install it (Debian: clamav-daemon).")
    with tempfile.TemporaryDirectory(prefix="sen-clamd-") as folder:
        config = beside.configure(Path(folder), signatures=None)
        child = subprocess.Popen(
            [program, f"--config-file={config}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while not beside.socket_of(Path(folder)).exists():
                time.sleep(0.05)
            scanner.forget()
            with override_settings(CLAMD=str(beside.socket_of(Path(folder))), FILES_A_REPORT=10**6):
                yield
        finally:
            child.kill()
            child.wait()


# -- Hostile files -----------------------------------------------------------------------------------------------------
def try_hostile(on: Any, by: Any, variants: int) -> Counter[str]:
    """What became of each: `bad` counts what must not be, and says so on the terminal."""
    from tests.attachments import hostile

    counted: Counter[str] = Counter()
    for one in hostile.every(variants):
        fate, wrong = _fate(one, on, by)
        counted["files"] += 1
        counted[fate] += 1
        if wrong:
            counted["bad"] += 1
            print(f"{one.kind}: {wrong}", file=sys.stderr)
    return counted


def _fate(one: Any, on: Any, by: Any) -> tuple[str, str]:
    """Where it ended, and what is wrong with that; "" for nothing."""
    from accounts.access import Refused
    from reports.actions import attachments
    from reports.attachments import release

    try:
        attachment = attachments.add(io.BytesIO(one.content), one.name, key=uuid4(), on=on, by=by)
    except Refused as refused:
        return "refused at once", "" if refused.reason.endswith((".", "stored.")) else "no sentence"
    if is_handed_out(attachment):
        return "handed out before it was scanned", "out of quarantine"
    release.check(attachment.pk)
    attachment.refresh_from_db()
    if attachment.state == "refused":
        return "refused by the worker", "handed out all the same" if is_handed_out(attachment) else ""
    if attachment.state != "released" or one.fate == "refused":
        return attachment.state, f"it is {attachment.state}"
    return "cleaned", _wrong_with(attachment, one.marks)


def is_handed_out(attachment: Any) -> bool:
    """Whether anybody gets a byte of any copy without having taken the original for a reason."""
    from accounts.access import Refused
    from reports.attachments import reading

    for copy in ("served", "thumbnail", "original"):
        try:
            if b"".join(reading.stream(attachment, copy)):
                return True
        except Refused:
            continue
    return False


INLINE = ("html", "svg", "xml;", "javascript")


def _wrong_with(attachment: Any, marks: tuple[bytes, ...]) -> str:
    """What is wrong with what readers get of a released file."""
    from reports.attachments import allowed, reading

    headers = reading.headers(attachment)
    if not headers["Content-Disposition"].startswith("attachment"):
        return "served inline"
    if headers["Content-Type"] not in {kind.served_type for kind in allowed.KINDS}:
        return "served under another type"
    if any(sign in headers["Content-Disposition"] for sign in "\r\n\u202e/\\<"):
        return "served under a name that misleads"
    content = b"".join(reading.stream(attachment, "served"))
    return next((f"{mark!r} is handed out" for mark in marks if mark in content), "")


# -- Broken scanners ---------------------------------------------------------------------------------------------------
def try_scanners(on: Any, by: Any, seconds: float = 1) -> dict[str, int]:
    """How many files each kind of broken scanner let through: a photo and the test text."""
    from django.test import override_settings

    from tests.attachments import broken

    released = {}
    with override_settings(CLAMD_SECONDS=seconds, FILE_BYTES=2_000_000, FILES_A_REPORT=10**6):
        for way, behave in broken.WAYS.items():
            with broken.scanner(behave) as address:
                released[way] = _released_by(address, on, by)
        released |= {
            f"at {where or 'none'}": _released_by(where, on, by) for where in ("127.0.0.1:9", "/nowhere/s", "")
        }
    return released


def _released_by(address: str, on: Any, by: Any) -> int:
    from django.test import override_settings

    from reports.actions import attachments
    from reports.attachments import release, scanner
    from tests.attachments import made

    count = 0
    with override_settings(CLAMD=address):
        for content in (made.picture(), scanner.test_text()):
            scanner.forget()
            attachment = attachments.add(io.BytesIO(content), "a", key=uuid4(), on=on, by=by)
            with suppress(scanner.Unavailable):
                release.check(attachment.pk)
            attachment.refresh_from_db()
            count += attachment.state == "released" or is_handed_out(attachment)
        scanner.forget()
    return count


def _believed(by: Any) -> int:
    """With the test of the scanner left out, one that finds nothing lets everything through."""
    from tests.attachments import broken

    with (
        mock.patch("reports.attachments.scanner._control"),
        broken.scanner(broken.WAYS["finds nothing in anything"]) as at,
    ):
        return _released_by(at, _place(by), by)


# -- Photos ------------------------------------------------------------------------------------------------------------
def try_photos(on: Any, by: Any, count: int) -> list[str]:
    """What is left in the copies for readers of what the cameras wrote; every photo is in fact released."""
    from reports.attachments import reading
    from tests.attachments import camera

    found: list[str] = []
    for photo in camera.photos(count):
        attachment = _released(photo, on, by)
        if not attachment.had_location:
            found.append("nobody noted that it said where")
        for copy in ("served", "thumbnail"):
            found += camera.left(b"".join(reading.stream(attachment, copy)), photo.planted)
    return found


def _released(photo: Any, on: Any, by: Any) -> Any:
    from reports.actions import attachments
    from reports.attachments import release

    attachment = attachments.add(io.BytesIO(photo.content), photo.name, key=uuid4(), on=on, by=by)
    release.check(attachment.pk)
    attachment.refresh_from_db()
    return attachment


def _kept(by: Any) -> int:
    """With the cleaning left out, the counter of what is left counts."""
    from reports.attachments import release

    def careless(code: str, files: Any) -> dict[str, Any]:
        source, served, thumbnail = files
        source.seek(0)
        served.write(source.read())
        served.flush()
        return {"had_location": True} | dict.fromkeys(("width", "height"), 9) | _small(thumbnail)

    with mock.patch.object(release, "_run", careless):
        return len(try_photos(_place(by), by, 3))


def _small(thumbnail: Any) -> dict[str, Any]:
    from tests.attachments import made

    thumbnail.write(made.picture())
    thumbnail.flush()
    return {}


if __name__ == "__main__":
    main()
