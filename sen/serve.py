"""The supervisor of `make run`: database, migrations, demonstration data, then web server, worker and sealer."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from sen import demonstration, embedded, scanner
from sen.postgres import CHECKOUT, Unavailable
from sen.processes import die_with_parent, ending_with_parent
from sen.progress import step

PYTHON = sys.executable
WEB = [PYTHON, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
# What runs beside the web server and is started again when it dies. The sealer first: reveals wait for it.
BESIDE = {
    "sealer": [PYTHON, "manage.py", "audit", "seal"],
    "worker": [PYTHON, "manage.py", "procrastinate", "worker"],
}
SCANNER = "scanner"
START_SECONDS = 60.0
BROKEN_SECONDS = 10.0
MORE_PEOPLE = "All of them: .venv/bin/python manage.py demo --sign-ins\n"
STOP_SECONDS = 10.0
# A process that cannot live is not started for ever.
RESTARTS_A_MINUTE = 5


class Failed(Exception):
    """The site cannot be served; the message is one sentence for the person at the keyboard."""


def main() -> None:
    began = time.monotonic()
    die_with_parent()  # `make`, when it is killed hard
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if name == signal.SIGINT or signal.getsignal(name) != signal.SIG_IGN:  # `nohup` ignores SIGHUP on purpose
            signal.signal(name, _interrupt)
    os.environ.update(DJANGO_SETTINGS_MODULE="sen.settings", PYTHONUNBUFFERED="1", SEN_GRACEFUL_SECONDS="5")
    os.environ.setdefault("SEN_MODE", "demonstration")
    try:
        _serve(began)
    except KeyboardInterrupt:
        pass
    except (Failed, Unavailable, demonstration.Refused) as reason:
        sys.exit(f"\nNot started: {reason}")
    except OSError as reason:
        sys.exit(f"\nNot started: {reason.strerror} ({reason.filename}).")
    print("\nStopped.", flush=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _serve(began: float) -> None:
    print("Starting", flush=True)
    demonstration.refuse_unconfirmed_database()
    _refuse_busy_port()
    # Asked before anything is said: whoever reads that the site is ready may interrupt `make` the moment after.
    made_by_make = catches_interrupts(os.getppid())
    cluster = None if demonstration.names_a_server() else _start_database()
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        _prepare()
        if command := _scanner():
            children[SCANNER] = _start(command, silent=True)
        for name, command in {**BESIDE, "web": WEB}.items():
            children[name] = _start(command)
        _await_first_page(children["web"])
        _say_where(time.monotonic() - began)
        _watch(children, made_by_make)
    finally:
        _stop(children)
        if cluster:
            cluster.release()


def port() -> int:
    said = os.environ.get("SEN_PORT", "8000")
    if not said.isdecimal() or not 0 < int(said) < 65536:
        raise Failed(f"SEN_PORT is {said!r}: it must be a number from 1 to 65535.")
    return int(said)


def _refuse_busy_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port()))
        except PermissionError:
            raise Failed(f"port {port()} needs root: choose one above 1023, as in `SEN_PORT=8001 make run`.") from None
        except OSError:
            raise Failed(
                f"port {port()} is in use: stop what uses it, or choose another, as in `SEN_PORT=8001 make run`."
            ) from None


def _start_database() -> embedded.Cluster:
    with step("Database"):
        return embedded.ensure(demonstration.data_dir())


def _prepare() -> None:
    _command([PYTHON, "-m", "sen.prepare"], role="owner")
    if demonstration.on() and _demo_exists():
        with step("Demonstration data"):
            _command([PYTHON, "manage.py", "demo", "--ensure"])


def _demo_exists() -> bool:
    return any(CHECKOUT.glob("*/management/commands/demo.py"))


def _command(command: list[str], *, role: str = "app") -> None:
    environment = {**os.environ, "SEN_DATABASE_ROLE": role}
    child = subprocess.Popen(command, cwd=CHECKOUT, env=environment, process_group=0, preexec_fn=ending_with_parent())
    try:
        status = child.wait()
    except KeyboardInterrupt:
        os.killpg(child.pid, signal.SIGTERM)  # the group: a command may have children of its own
        child.wait()
        raise
    if status:
        raise Failed("the step above failed; its message says why.")


def _scanner() -> list[str] | None:
    """A virus scanner of the demonstration's own, where the machine has one and no other is named."""
    program = scanner.program()
    if program is None or os.environ["SEN_MODE"] == "production" or "SEN_CLAMD" in os.environ:
        return None
    folder = demonstration.data_dir() / scanner.FOLDER
    config = scanner.configure(folder, signatures=scanner.signatures_of_system())
    os.environ["SEN_CLAMD"] = str(scanner.socket_of(folder))
    return [program, f"--config-file={config}"]


def _start(command: list[str], *, silent: bool = False) -> subprocess.Popen[bytes]:
    # Its own process group: a Ctrl-C reaches this supervisor alone, which then stops the others in order.
    output = subprocess.DEVNULL if silent else None
    return subprocess.Popen(
        command, cwd=CHECKOUT, process_group=0, preexec_fn=ending_with_parent(), stdout=output, stderr=output
    )


def _await_first_page(web: subprocess.Popen[bytes]) -> None:
    with step("Web server, worker and sealer"):
        silent_until = time.monotonic() + START_SECONDS
        broken_until = time.monotonic() + BROKEN_SECONDS
        while (status := _answer()) != 200:
            now = time.monotonic()
            if web.poll() is not None or now > silent_until or (status and now > broken_until):
                raise Failed("the web server does not answer as it should; its message above says why.")
            time.sleep(0.1)


def _answer() -> int | None:
    """The status with which the site says that it is alive; None while it says nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", port(), timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _say_where(seconds: float) -> None:
    print(f"\nSEN is at http://localhost:{port()}/ (ready in {seconds:.0f} s). Ctrl-C stops it.", flush=True)
    print(scanner.with_which_eyes(), flush=True)
    if not (demonstration.on() and _demo_exists()):
        return
    done = subprocess.run(
        [PYTHON, "manage.py", "demo", "--sign-ins"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        process_group=0,
        preexec_fn=ending_with_parent(),
    )
    if done.returncode == 0:
        print(sign_in_table(one_a_role(json.loads(done.stdout))), flush=True)


def one_a_role(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The first of each role, in their order; the command lists everybody."""
    first: dict[str, dict[str, str]] = {}
    for row in rows:
        first.setdefault(row["role"], row)
    return list(first.values())


def sign_in_table(people: list[dict[str, str]]) -> str:
    """The first demonstration person of each role, as aligned text."""
    columns = ["username", "password", "role", "office"]
    first = {person["role"]: person for person in reversed(people)}
    rows = [person for person in people if first[person["role"]] is person]
    table = [[name.capitalize() for name in columns], *[[str(row.get(name, "")) for name in columns] for row in rows]]
    widths = [max(len(line[i]) for line in table) for i in range(len(columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
    return "\n".join(["", "Sign in as one of these invented people:", *[f"  {line}" for line in lines], MORE_PEOPLE])


def _watch(children: dict[str, subprocess.Popen[bytes]], made_by_make: bool) -> None:
    """Stay until told to stop; start again what died beside the web server, and give up when that itself has died."""
    restarts: dict[str, list[float]] = {name: [] for name in BESIDE}
    while True:
        time.sleep(0.5)
        if made_by_make and not catches_interrupts(os.getppid()):
            return
        if children["web"].poll() is not None:
            raise Failed(f"the web server ended (status {children['web'].returncode}).")
        if SCANNER in children and children[SCANNER].poll() is not None:
            del children[SCANNER]
            print("The virus scanner ended, so attached files wait. Reports do not.", flush=True)
        for name, command in BESIDE.items():
            if children[name].poll() is not None:
                restarts[name] = _one_more(name, restarts[name])
                children[name] = _start(command)


def _one_more(name: str, earlier: list[float]) -> list[float]:
    """The restarts of the last minute with this one; raises Failed when they are too many."""
    now = time.monotonic()
    recent = [at for at in earlier if at > now - 60] + [now]
    if len(recent) > RESTARTS_A_MINUTE:
        raise Failed(f"the {name} ends again and again; its message above says why.")
    return recent


def catches_interrupts(process: int) -> bool:
    """Whether a process has a handler for SIGINT.

    An interrupt sent to `make` alone is not passed on: make drops its handler and waits for us. That is how we know.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) & 1 << (signal.SIGINT - 1))


def _stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave half of it running
    for child in children.values():
        with suppress(ProcessLookupError):
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children.values():
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


if __name__ == "__main__":
    main()
