"""Where the browser of the tests is: the one that npm brought, unpacked once, else the system's Chromium."""

import io
import os
import shutil
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import brotli

from sen.postgres import CHECKOUT

PACKAGE = CHECKOUT / "node_modules/@sparticuz/chromium/bin"
UNPACKED = CHECKOUT / "node_modules/.cache/test-browser"
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # The tests' browser knows this machine and no other.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir></fontconfig>
"""


class Missing(RuntimeError):
    """There is no browser for the tests; the message says how to get one."""


@dataclass
class Browser:
    """A Chromium to start: its program and what it needs in its environment, and in nobody else's."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)

    def launch_arguments(self) -> dict[str, object]:
        flags = QUIET + (["--no-sandbox"] if os.geteuid() == 0 else [])
        return {"executable_path": str(self.program), "args": flags, "env": {**os.environ, **self.environment}}


def find() -> Browser:
    """SEN_TEST_BROWSER names another program. The packaged one has no windows: it takes a quarter less of the time."""
    if wanted := os.environ.get("SEN_TEST_BROWSER", ""):
        return Browser(Path(wanted))
    system = next((found for name in ON_PATH if (found := shutil.which(name))), None)
    return Browser(Path(system)) if system and not (PACKAGE / "chromium.br").exists() else packaged()


def packaged() -> Browser:
    if not (PACKAGE / "chromium.br").exists():
        raise Missing("No Chromium for the browser tests: run `make setup`, or install one (Debian: chromium).")
    if not UNPACKED.exists():
        _unpack()
    environment = {
        "LD_LIBRARY_PATH": str(UNPACKED / "lib"),
        "FONTCONFIG_FILE": str(UNPACKED / "fonts.conf"),  # without one the packaged browser hangs
        "FONTCONFIG_PATH": str(UNPACKED),
        "HOME": tempfile.gettempdir(),
    }
    return Browser(UNPACKED / "chromium", environment)


def _unpack() -> None:
    """Unpack beside the final place, then rename: two test processes may begin at the same moment."""
    UNPACKED.parent.mkdir(parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(dir=UNPACKED.parent, prefix="test-browser-"))
    (target / "chromium").write_bytes(brotli.decompress((PACKAGE / "chromium.br").read_bytes()))
    (target / "chromium").chmod(0o755)
    for archive in ("swiftshader", "al2023", "fonts"):
        content = brotli.decompress((PACKAGE / f"{archive}.tar.br").read_bytes())
        with tarfile.open(fileobj=io.BytesIO(content)) as files:
            if hasattr(tarfile, "data_filter"):  # Debian 12's Python 3.11.2 does not know it yet
                files.extraction_filter = tarfile.data_filter
            files.extractall(target)  # noqa: S202 (locked by its hash)
    paths = {"fonts": UNPACKED / "fonts", "cache": UNPACKED / "font-cache"}
    (target / "fonts.conf").write_text(FONTS_CONF.format(**paths))
    try:
        target.rename(UNPACKED)
    except OSError:  # the other process was first
        shutil.rmtree(target)
