"""The virus scanner beside the demonstration: a clamd of its own, where the machine has one.

With the signatures of the system where there are some. Else with a single one, which finds the test text of scanners
and nothing else: then files are let through, and the terminal says with which eyes.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from sen import demonstration

PATHS = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
SYSTEM = Path("/var/lib/clamav")
FOLDER = "scanner"
MEGABYTES = 64
# The test text (eicar.org) as a signature: in hexadecimal and in two halves, so that no scanner finds this file.
TEST = (
    "58354f2150254041505b345c505a58353428505e2937434329377d24"
    "45494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a"
)
CONFIG = """\
LocalSocket {socket}
LocalSocketMode 600
DatabaseDirectory {signatures}
TemporaryDirectory {temporary}
Foreground yes
MaxThreads 4
StreamMaxLength {megabytes}M
MaxFileSize {megabytes}M
MaxScanSize {scan}M
AlertExceedsMax yes
CommandReadTimeout 30
SelfCheck 3600
ExitOnOOM yes
"""


def program() -> str | None:
    """Where clamd is on this machine, if it is."""
    return shutil.which("clamd", path=os.pathsep.join([os.environ.get("PATH", os.defpath), PATHS]))


def signatures_of_system() -> Path | None:
    """The folder of the system's signatures, if it has some."""
    try:
        has_some = any(path.suffix in {".cvd", ".cld", ".cud"} for path in SYSTEM.iterdir())
    except OSError:
        return None
    return SYSTEM if has_some else None


def with_which_eyes() -> str:
    """Whether files are let through, and by what, for whoever starts the demonstration."""
    if not os.environ.get("SEN_CLAMD"):
        return "Attached files wait: there is no virus scanner (install clamd, or set SEN_CLAMD)."
    if os.environ["SEN_CLAMD"] != own_address() or signatures_of_system():
        return "Attached files are checked by clamd."
    return f"Attached files are checked by clamd, which knows the test text alone: {SYSTEM} has no signatures."


def own_address() -> str:
    return str(socket_of(demonstration.data_dir() / FOLDER))


def configure(folder: Path, *, signatures: Path | None) -> Path:
    """Write what clamd needs into a folder of ours; returns its configuration."""
    own, temporary = folder / "signatures", folder / "temporary"
    for made in (folder, own, temporary):
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    (own / "test.ndb").write_text(f"Test-Text:0:*:{TEST}\n")
    socket_of(folder).unlink(missing_ok=True)
    config = folder / "clamd.conf"
    config.write_text(
        CONFIG.format(
            socket=socket_of(folder),
            signatures=signatures or own,
            temporary=temporary,
            megabytes=MEGABYTES,
            scan=4 * MEGABYTES,
        )
    )
    return config


def socket_of(folder: Path) -> Path:
    """Its socket, whose path must be short: in the folder itself, or where that is too long, in a temporary one."""
    inside = folder / "clamd.sock"
    if len(str(inside)) < 100:
        return inside
    short = Path(tempfile.gettempdir()) / f"sen-clamd-{os.geteuid()}"
    short.mkdir(mode=0o700, exist_ok=True)
    # In a shared temporary folder somebody else could have made it first, to say that everything is clean.
    if short.is_symlink() or short.stat().st_uid != os.geteuid():
        raise OSError(errno.EPERM, "Not ours", str(short))
    return short / f"{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}.sock"
