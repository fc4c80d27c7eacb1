"""Starting programs in a data folder of their own, and finding their processes, to see that none is left behind."""

import os
import time
from pathlib import Path


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a newcomer: nothing set but the data folder, and what the test says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SEN_", "DJANGO_", "DATABASE_"))}
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):  # the tests may themselves run under make
        kept.pop(name, None)
    return {**kept, "SEN_DATA_DIR": str(data_dir), **settings}


def of(data_dir: Path) -> dict[int, str]:
    """Every live process that names the folder in its command or environment, or works in it."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid() and _belongs(entry, str(data_dir)):
            found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()[:120]
    return found


def _belongs(process: Path, folder: str) -> bool:
    try:
        if "State:\tZ" in (process / "status").read_text():
            return False
        said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        return folder.encode() in said or str((process / "cwd").readlink()).startswith(folder)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


def left_after(data_dir: Path, seconds: float) -> dict[int, str]:
    """The processes still there after at most `seconds`; empty as soon as all are gone."""
    deadline = time.monotonic() + seconds
    while (left := of(data_dir)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left
