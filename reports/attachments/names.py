"""The name under which a file is kept and handed out: what the person called it, with nothing in it that misleads."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from privacy import guard
from reports.attachments.allowed import Kind, Unfit

LONGEST = 150
# No file system takes them, or they mean something to one.
SIGNS = re.compile(r'[<>:"|?*]+')
EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}$")


def cleaned(name: str, kind: Kind) -> str:
    """Without folders, control and direction signs, at most 150 characters, under the extension of its content."""
    plain = bare(name)
    stem = plain.removesuffix(extension_of(plain)).strip(" .")
    stem = stem or ("photo" if kind.is_picture else "document")
    return stem[: LONGEST - len(kind.extension)].rstrip(" .") + kind.extension


def bare(name: str) -> str:
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(sign if _is_shown(sign) else " " for sign in last)
    return " ".join(SIGNS.sub("_", shown).split()).strip(" .")


def _is_shown(sign: str) -> bool:
    """Neither a control character nor one that turns the direction of writing, joins or hides."""
    return not unicodedata.category(sign).startswith(("C", "Zl", "Zp"))


def extension_of(name: str) -> str:
    found = EXTENSION.search(name)
    return found[0] if found and PurePosixPath(name).stem else ""


def refuse_number(name: str) -> None:
    """Raise Unfit for a name that holds what looks like an SSN."""
    if guard.find(name) or guard.find(bare(name)):
        raise Unfit(
            "The name of this file looks like it holds a Social Security number. "
            "Rename the file, then add it again. Nothing was stored."
        )
