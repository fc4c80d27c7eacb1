"""Locks name every package by its hash and no address, and agree with what the project asks for."""

import json
import re
import tomllib

import pytest

from sen.postgres import CHECKOUT

LOCKS = sorted((CHECKOUT / "requirements").glob("*.txt"))
ADDRESS = re.compile(r"://|--(extra-)?index-url|--find-links|@ file:")


def faults(lock: str) -> list[str]:
    """What is wrong with a Python lock, a sentence each."""
    entries = re.split(r"\n(?=\S)", lock.strip())
    bare = [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry]
    return [f"{name} has no hash" for name in bare] + [
        f"address: {line}" for line in lock.splitlines() if ADDRESS.search(line)
    ]


def npm_faults(lock: dict[str, dict[str, dict[str, object]]]) -> list[str]:
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    bare = [f"{name} has no hash" for name, entry in packages.items() if "integrity" not in entry]
    return bare + [f"address: {name}" for name, entry in packages.items() if "resolved" in entry]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_python_lock_holds_hashes_and_no_addresses(lock):
    assert faults(lock.read_text()) == []


def test_the_npm_lock_holds_hashes_and_no_addresses():
    assert npm_faults(json.loads((CHECKOUT / "package-lock.json").read_text())) == []


def test_a_lock_with_a_fault_is_seen():
    assert faults("django==5.2.19") == ["django==5.2.19 has no hash"]
    assert faults("--index-url x\ndjango==5.2.19 \\\n    --hash=sha256:00") != []
    assert faults("django @ https://example.gov/django.whl \\\n    --hash=sha256:00") != []
    assert npm_faults({"packages": {"": {}, "a": {"resolved": "somewhere"}}}) == ["a has no hash", "address: a"]


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=~! ]", requirement)[0].lower()


@pytest.mark.parametrize(
    ("group", "lock"), [("run", "run"), ("run", "dev"), ("dev", "dev"), ("node", "node"), ("uv", "uv")]
)
def test_every_package_that_the_project_asks_for_is_locked(group, lock):
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"] if group == "run" else project["dependency-groups"][group]
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (CHECKOUT / f"requirements/{lock}.txt").read_text(), re.MULTILINE))
    assert {_name(requirement) for requirement in asked} <= locked


def test_tests_and_server_use_the_same_versions():
    read = {name: (CHECKOUT / f"requirements/{name}.txt").read_text() for name in ("run", "dev")}
    versions = {name: set(re.findall(r"^(\S+==\S+)", text, re.MULTILINE)) for name, text in read.items()}
    assert versions["run"] <= versions["dev"]


def test_npm_runs_no_script_of_a_package():
    assert "ignore-scripts=true" in (CHECKOUT / ".npmrc").read_text()
