"""Set-up says in one sentence what the machine lacks, before it changes anything."""

import os
import subprocess

import pytest

from sen.postgres import CHECKOUT
from tests.setup import processes

OLD_PYTHON = 'if [ "$1" = --version ]; then echo Python 3.9.2; fi; exit 1'
NO_VENV = 'case "$2" in *ensurepip*) exit 1;; esac'
FULL_DISK = "echo head; echo '/dev/disk 1000 900 102400 99% /'"


@pytest.mark.parametrize(
    ("program", "script", "sentence"),
    [
        ("uname", "echo Darwin", "SEN runs on Linux; this machine is Darwin."),
        ("uname", 'if [ "$1" = -s ]; then echo Linux; else echo aarch64; fi', "this machine is aarch64: set PG_BIN"),
        ("python3", OLD_PYTHON, "Python 3.11 or newer is needed and python3 is Python 3.9.2"),
        ("python3", NO_VENV, "this Python has no venv module"),
        ("df", FULL_DISK, "MB of disk space are needed and 100 MB are free here"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(tmp_path, program, script, sentence):
    fake = tmp_path / program
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    for newer in ("python3.11", "python3.12", "python3.13", "python3.14"):  # the machine's own are not to help out
        (tmp_path / newer).symlink_to("/bin/false")
    environment = {**processes.environment(tmp_path), "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PG_BIN", None)
    command = ["sh", "scripts/setup.sh", "run"]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
