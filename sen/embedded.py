"""The embedded PostgreSQL as its users see it: ask for it, use it, let it go; the last to let go stops it."""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sen.postgres import CHECKOUT, Unavailable, give_to_server
from sen.processes import server_user

START_SECONDS = 40.0
SOCKETS_NOTE = "sockets"


def socket_dir(data_dir: Path) -> Path:
    """The folder of the server's socket: short (a socket's path holds 107 bytes), ours alone, the same every time.

    Where it was first made is noted in the data folder: another shell may have another temporary folder.
    """
    digest = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    name = f"sen-{os.geteuid()}-{digest}"
    noted = data_dir / SOCKETS_NOTE
    if noted.exists() and (kept := Path(noted.read_text())).name == name and kept.parent.is_dir():
        return kept  # the name is compared because a copied data folder brings the note of the original
    session = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere")
    return (session if os.access(session, os.W_OK) else Path(tempfile.gettempdir())) / name


@dataclass
class Cluster:
    """A running cluster that this process uses; the lock in `hold` says so, also when the process dies hard."""

    data_dir: Path
    sockets: Path
    hold: int

    def release(self) -> None:
        """Stop using the cluster; when nobody else uses it, wait until its keeper has stopped the server."""
        if self.hold < 0:
            return
        os.close(self.hold)
        self.hold = -1
        _wait_until_stopped_or_used(self.data_dir)


def ensure(data_dir: Path, *, durable: bool = True) -> Cluster:
    """The cluster of `data_dir`, created and started when need be, with its roles and its database `sen`."""
    data_dir.mkdir(parents=True, exist_ok=True)
    hold = _lock(data_dir / "users.lock", fcntl.LOCK_SH)  # waits while a keeper is stopping the server
    starting = _lock(data_dir / "start.lock", fcntl.LOCK_EX)  # one process starts it, the others wait
    try:
        if not keeper_runs(data_dir):
            sockets = socket_dir(data_dir)
            _make_socket_folder(sockets)
            (data_dir / SOCKETS_NOTE).write_text(str(sockets))
            _start_keeper(data_dir, durable=durable)
    except BaseException:
        os.close(hold)
        raise
    finally:
        os.close(starting)
    return Cluster(data_dir, socket_dir(data_dir), hold)


def keeper_runs(data_dir: Path) -> bool:
    """Whether a keeper holds the server of `data_dir`; it keeps its lock as long as it lives."""
    if not (data_dir / "keeper.lock").exists():
        return False
    return _locked(data_dir / "keeper.lock", fcntl.LOCK_EX)


def _make_socket_folder(sockets: Path) -> None:
    sockets.mkdir(mode=0o700, exist_ok=True)
    # In a shared temporary folder somebody else could have made it first, to listen in.
    found = sockets.lstat()
    if found.st_uid not in (os.geteuid(), server_user()) or found.st_mode & 0o077 or sockets.is_symlink():
        raise Unavailable(f"{sockets} must be a private folder of this user: remove it and start again.")
    give_to_server(sockets)


def _lock(path: Path, how: int) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, how)
    return handle


def _locked(path: Path, how: int) -> bool:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _start_keeper(data_dir: Path, *, durable: bool) -> None:
    """Start the keeper in a session of its own (a Ctrl-C in our terminal is not for it) and wait for its word."""
    command = [sys.executable, "-m", "sen.keeper", str(data_dir), "durable" if durable else "unsynced"]
    with (data_dir / "postgres.log").open("wb") as log:
        keeper = subprocess.Popen(
            command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    assert keeper.stdout  # noqa: S101
    with keeper.stdout as word:
        said = word.readline().decode().strip()  # "ready", or a sentence; ends at once when the keeper does
    if said != "ready":
        keeper.wait()
        raise Unavailable(said or f"The embedded database did not start: see {data_dir / 'postgres.log'}.")
    # Its parent will never wait for it: it outlives us when others use the cluster. Silences Popen's warning.
    keeper.returncode = 0


def _wait_until_stopped_or_used(data_dir: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while keeper_runs(data_dir) and time.monotonic() < deadline:
        if _used(data_dir):
            return
        time.sleep(0.05)


def _used(data_dir: Path) -> bool:
    """Whether a user holds the cluster; a keeper on its way out holds the lock alone, and that is no user."""
    return not _locked(data_dir / "users.lock", fcntl.LOCK_SH) and _locked(data_dir / "users.lock", fcntl.LOCK_EX)
