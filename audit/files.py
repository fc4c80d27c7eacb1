"""Writing a file once: whole or not at all, on the disk before it counts, and never over another."""

import os
import tempfile
from pathlib import Path


def write_once(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a new file. One that holds the very same bytes is left; raises FileExistsError when it holds others.

    Raises OSError when the folder cannot take it; then nothing of it remains.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)  # unlike a renaming, it fails when the name is taken
    except FileExistsError:
        if path.read_bytes() != data:
            raise
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """The name too is on the disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
