"""The program that opens what others sent: in a process of its own, with little memory and time, and no settings.

`python -m reports.attachments.preparing KIND SOURCE SERVED THUMBNAIL PIXELS`: three open descriptors and a limit. It
writes the copies for readers and prints what it found as JSON. No module of Django is loaded here.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any, BinaryIO

from reports.attachments.allowed import DOCX, KINDS, PDF, XLSX, Kind, Unfit

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 60
LARGEST_COPY = 400 * 1024 * 1024
LONGEST_TEXT = 500_000
TOO_MUCH = "This file needs more memory or time to open than a file should. Save it anew or smaller, then add it again."


def main(code: str, source: str, served: str, thumbnail: str, pixels: str) -> None:
    _limit()
    kind = next(kind for kind in KINDS if kind.code == code)
    read, copy, small = os.fdopen(int(source), "rb"), os.fdopen(int(served), "wb"), os.fdopen(int(thumbnail), "wb")
    with read, copy, small:
        sys.stdout.write(json.dumps(prepared(kind, read, copy, small, int(pixels))))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_COPY, LARGEST_COPY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def prepared(kind: Kind, source: BinaryIO, served: BinaryIO, thumbnail: BinaryIO, pixels: int) -> dict[str, Any]:
    """What was found in the file, or why it is unfit."""
    try:
        source.seek(0)
        return _prepared(kind, source, served, thumbnail, pixels)
    except Unfit as unfit:
        return {"unfit": unfit.reason}
    except (MemoryError, RecursionError):
        return {"unfit": TOO_MUCH}


def _prepared(kind: Kind, source: BinaryIO, served: BinaryIO, thumbnail: BinaryIO, pixels: int) -> dict[str, Any]:
    if kind.is_picture:
        from reports.attachments import photos

        made = photos.clean(source, kind, served, thumbnail, most_pixels=pixels)
        return {"width": made.width, "height": made.height, "had_location": made.had_location}
    if kind is PDF:
        from reports.attachments import pdfs

        pages, reader = pdfs.clean(source, served)
        return {"pages": pages, "text": pdfs.text(reader, LONGEST_TEXT)}
    if kind in (DOCX, XLSX):
        return _office(kind, source, served)
    content = source.read()
    served.write(content)
    return {"text": content.decode("utf-8-sig", "replace")[:LONGEST_TEXT]}


def _office(kind: Kind, source: BinaryIO, served: BinaryIO) -> dict[str, Any]:
    import zipfile
    import zlib

    from reports.attachments import office

    try:
        office.clean(source, served)
        source.seek(0)
        return {"text": office.text(source, kind, LONGEST_TEXT)}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError):
        return {"unfit": "This document is damaged. Open and save it, then add it again."}


if __name__ == "__main__":
    main(*sys.argv[1:])
