"""A further kind of report costs its module, its migration and its rows in the access table: no other file knows it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from sen.postgres import CHECKOUT

# A database of its own; what the parallel workers say to each other is not meant for it.
NOT_PASSED_ON = {"SEN_TEST_DATABASE", "DJANGO_SETTINGS_MODULE"}
# Its own checks, and what the house asks of every kind.
ASKED = ["tests/made_up/checks.py", "tests/test_kind_rules.py", "-k", "checks or memo"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The checks, in a process of their own, on the site that has one more kind."""
    passed_on = {
        name: value
        for name, value in os.environ.items()
        if name not in NOT_PASSED_ON and not name.startswith(("PYTEST_", "COV_"))
    }
    command = [sys.executable, "-m", "pytest", "--ds=tests.made_up.settings", "-n0", "-v", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *arguments], cwd=CHECKOUT, env=passed_on, capture_output=True, text=True, check=False
    )


def test_a_further_kind_gets_its_pages_lists_documents_and_matrix_rows_from_its_declaration() -> None:
    done = run(*ASKED)
    assert done.returncode == 0, done.stdout + done.stderr
    ran = set(re.findall(r"::(\w+\S*) PASSED", done.stdout))
    assert {
        "test_every_kind_is_filed_read_compared_and_shown[memo]",
        "test_its_permissions_are_there_and_granted",
    } <= ran


def test_nothing_of_the_site_names_the_kind() -> None:
    """It stands in its own folder alone: nothing was written for it elsewhere."""
    from tests import house

    assert [house.name_of(path) for path in house.files() if "memo" in house.text_in(path)] == []
