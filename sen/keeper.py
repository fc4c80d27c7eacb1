"""The process that keeps the embedded server: starts it, waits until nobody uses it, stops it. Run by sen.embedded."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import psycopg

from sen.embedded import START_SECONDS, socket_dir
from sen.postgres import Programs, Unavailable, create_cluster, environment, find, server_command
from sen.processes import ending_with_parent

# A server that was killed hard leaves its last processes behind for a moment; a new one may not start before.
PATIENCE_SECONDS = 10.0


def main() -> None:
    data_dir, durable = Path(sys.argv[1]), sys.argv[2] == "durable"
    keeper = os.open(data_dir / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(keeper, fcntl.LOCK_EX)
    try:
        programs = _programs_for(data_dir / "postgres", durable=durable)
        server = _start(programs, data_dir, durable=durable)
        create_roles(socket_dir(data_dir))
    except Unavailable as reason:
        print(reason, flush=True)
        sys.exit(1)
    print("ready", flush=True)
    _keep(server, data_dir)


def _programs_for(cluster: Path, *, durable: bool) -> Programs:
    made_by = cluster / "PG_VERSION"
    if made_by.exists():
        return find(int(made_by.read_text()))
    programs = find()
    create_cluster(programs, cluster, durable=durable)
    return programs


def _start(programs: Programs, data_dir: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        server = subprocess.Popen(
            server_command(programs, data_dir / "postgres", socket_dir(data_dir), durable=durable),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            env=environment(),
            cwd="/",
            start_new_session=True,
            # SIGINT is PostgreSQL's fast shutdown: the server ends cleanly even when this keeper is killed hard.
            preexec_fn=ending_with_parent(signal.SIGINT, as_server=True),
        )
        if _becomes_ready(server, data_dir / "postgres"):
            return server
        if time.monotonic() > deadline:
            raise Unavailable(f"The embedded database did not start: {_last_words(data_dir)}")
        time.sleep(0.3)


def _becomes_ready(server: subprocess.Popen[bytes], cluster: Path) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if _status(cluster) == (server.pid, "ready"):
            return True
        time.sleep(0.02)
    server.kill()
    server.wait()
    return False


def _status(cluster: Path) -> tuple[int, str]:
    """What the server says of itself: its process and its state (lines 1 and 8 of its pid file)."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return 0, ""
    return (int(lines[0]), lines[7].strip()) if len(lines) > 7 else (0, "")


def _last_words(data_dir: Path) -> str:
    lines = (data_dir / "postgres.log").read_text(errors="replace").strip().splitlines()
    fatal = [line for line in lines if "FATAL" in line or "could not" in line]
    return (fatal or lines or ["it said nothing"])[-1]


def create_roles(sockets: Path) -> None:
    """The two roles and the database: one owns and migrates, the other has no rights but those it is granted."""
    with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        if "sen_owner" not in known:
            connection.execute("CREATE ROLE sen_owner LOGIN CREATEDB")
        if "sen_app" not in known:
            connection.execute("CREATE ROLE sen_app LOGIN")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'sen'").fetchone():
            connection.execute("CREATE DATABASE sen OWNER sen_owner")
        connection.execute("REVOKE ALL ON DATABASE sen FROM PUBLIC")
        connection.execute("GRANT CONNECT ON DATABASE sen TO sen_app")


def _keep(server: subprocess.Popen[bytes], data_dir: Path) -> None:
    """Wait for the lock that every user shares: it is ours only when all have let go or died. Then stop."""

    def server_ended(_signal: int, _frame: FrameType | None) -> None:
        if server.poll() is not None:
            sys.exit(1)

    def told_to_stop(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _stop(server)
        shutil.rmtree(socket_dir(data_dir), ignore_errors=True)
        sys.exit(0)

    signal.signal(signal.SIGCHLD, server_ended)
    signal.signal(signal.SIGTERM, told_to_stop)
    users = os.open(data_dir / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    server_ended(0, None)  # it may have ended before the handler stood
    fcntl.flock(users, fcntl.LOCK_EX)
    told_to_stop(0, None)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()


if __name__ == "__main__":
    main()
