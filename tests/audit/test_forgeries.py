"""The stand-alone verifier: it accepts what is true, refuses every forgery, and needs each of its checks."""

from __future__ import annotations

import ast
import json
import subprocess
import sysconfig
import types
import venv
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from audit import evidence
from sen.postgres import CHECKOUT
from tests.audit import forged_input, forged_proofs, forged_segments
from tests.audit.forging import KINDS, Given, forgeries, true_ones
from tests.audit.made_log import Log

MODULES = forged_proofs, forged_segments, forged_input
SOURCE = CHECKOUT / "audit" / "evidence.py"


@cache
def every_forgery() -> tuple[tuple[str, Given], ...]:
    return tuple(forgeries())


def accepted(given: Given, verifier: Any = evidence) -> bool:
    """Whether the verifier takes it; any exception but its own refusal is a fault of the verifier, and goes on."""
    try:
        trusted = verifier.read_checkpoint(given.checkpoint, verifier.read_keys([given.key]))
        verifier.check(given.bundle, trusted, at_least=given.at_least, log=given.log)
    except verifier.Refused as reason:
        said = str(reason)
    else:
        return True
    assert said.endswith(".")
    assert len(said) < 500
    return False


def test_what_is_true_is_accepted() -> None:
    assert all(map(accepted, true_ones()))


def test_forgeries_are_of_many_kinds() -> None:
    assert {forge.__module__ for forge in KINDS.values()} == {module.__name__ for module in MODULES}
    assert len(KINDS) >= 20
    assert len(every_forgery()) >= 200


@pytest.mark.parametrize("kind", KINDS)
def test_every_forgery_is_refused(kind: str) -> None:
    assert [accepted(given) for name, given in every_forgery() if name == kind] == [False] * 10


def test_a_changed_byte_is_refused_unless_it_says_the_same() -> None:
    """In the bundle and in the checkpoint, 2,000 times."""
    rng, log = Random(8), Log()
    bundle, checkpoint = json.dumps(log.proof(5, 3)).encode(), log.file()
    for _ in range(1000):
        for data, other in ((bundle, checkpoint), (checkpoint, bundle)):
            at = rng.randrange(len(data))
            changed = data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
            pair = (changed, other) if data is bundle else (other, changed)
            if accepted(Given(*pair, log.public)):
                assert json.loads(changed) == json.loads(data)


# -- Positive control: without one of its checks the verifier lets something in ----------------------------------------
def checks() -> list[tuple[int, str]]:
    """Every `require` of the file by its line, with its condition."""
    calls = [node for node in ast.walk(ast.parse(SOURCE.read_text())) if isinstance(node, ast.Call)]
    found = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "require"]
    return [(call.lineno, ast.unparse(call.args[0])) for call in found]


def without(line: int) -> types.ModuleType:
    """The verifier with one check taken out."""
    tree = ast.parse(SOURCE.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.lineno == line and getattr(node.func, "id", "") == "require":
            node.args[0] = ast.Constant(True)
    module = types.ModuleType("audit.evidence")  # dataclasses look their module up by this name
    exec(compile(ast.fix_missing_locations(tree), str(SOURCE), "exec"), module.__dict__)  # noqa: S102
    return module


def lets_in(verifier: types.ModuleType) -> str:
    """The first kind that is accepted or makes it stumble."""
    for name, given in every_forgery():
        try:
            if accepted(given, verifier):
                return f"accepts: {name}"
        except Exception as fault:
            return f"stumbles over: {name} ({type(fault).__name__})"
    return ""


# The size of a file is no matter of its content; see the test of the command line.
OF_FILES = "len(data) <= LARGEST_FILE"


@pytest.mark.parametrize(("line", "condition"), [one for one in checks() if one[1] != OF_FILES])
def test_no_check_can_be_left_out(line: int, condition: str) -> None:
    assert lets_in(without(line)), f"nothing needs: {condition}"


# -- By itself: one file, Python and `cryptography` --------------------------------------------------------------------
@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has `cryptography` and nothing else of ours, beside a copy of the one file."""
    home = tmp_path_factory.mktemp("outsider")
    venv.create(home / "venv", with_pip=False, symlinks=True)
    packages = next((home / "venv" / "lib").glob("python*/site-packages"))
    ours = Path(sysconfig.get_path("platlib"))
    for one in [*ours.glob("cryptography"), *ours.glob("*cffi*")]:
        (packages / one.name).symlink_to(one)
    (home / "evidence.py").write_bytes(SOURCE.read_bytes())
    return home


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    python = home / "venv" / "bin" / "python"
    return subprocess.run(
        [python, "-I", *words], check=False, cwd=home, env={}, capture_output=True, text=True, timeout=60
    )


def judged(home: Path, given: Given) -> subprocess.CompletedProcess[str]:
    for name, data in (("bundle", given.bundle), ("checkpoint", given.checkpoint), ("key", given.key)):
        (home / name).write_bytes(data)
    words = ["evidence.py", "bundle", "--checkpoint", "checkpoint", "--key", "key", "--at-least", str(given.at_least)]
    return run(home, *words, *(["--log", given.log] if given.log else []))


def test_it_runs_where_nothing_of_ours_is(bare: Path) -> None:
    assert "ModuleNotFoundError" in run(bare, "-c", "import django").stderr
    for given in list(true_ones())[-2:]:
        answer = judged(bare, given)
        assert (answer.returncode, answer.stderr) == (0, "")
        assert answer.stdout.startswith("ACCEPTED: ")


def test_it_refuses_there_too(bare: Path) -> None:
    for _, given in every_forgery()[::97]:
        answer = judged(bare, given)
        assert (answer.returncode, answer.stderr) == (1, "")
        assert answer.stdout.startswith("REFUSED: ")
        assert answer.stdout.count("\n") == 1


def test_a_file_that_is_missing_no_key_or_without_an_end_is_refused(tmp_path: Path, capsys: Any) -> None:
    key, log = tmp_path / "key", Log()
    key.write_bytes(log.public)
    (tmp_path / "checkpoint").write_bytes(log.file())
    for bundle, trusted in (("/dev/zero", key), (str(tmp_path / "none"), key), ("/dev/null", tmp_path / "checkpoint")):
        words = [bundle, "--checkpoint", str(tmp_path / "checkpoint"), "--key", str(trusted)]
        assert evidence.main(words) == 1
        assert capsys.readouterr().out.startswith("REFUSED: ")


def test_a_key_of_another_kind_is_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric import x25519
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    other = x25519.X25519PrivateKey.generate().public_key()
    with pytest.raises(evidence.Refused, match="Ed25519"):
        evidence.read_keys([other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)])
