"""The short form of each drill: the long one is `make drill-…`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.xdist_group("drills")
@pytest.mark.parametrize(
    ("drill", "times", "says"),
    [
        ("submit", "1", "0 acknowledged reports lost, 0 duplicates, 0 without event or job"),
        ("take_up", "10", "exactly one wins"),
    ],
)
def test_a_drill_passes_and_its_positive_control_fails(drill: str, times: str, says: str) -> None:
    settings = {
        name: value for name, value in os.environ.items() if not name.startswith(("SEN_", "DJANGO_", "PYTEST_"))
    }
    settings["SEN_DATA_DIR"] = os.environ["SEN_TEST_DATA_DIR"]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", f"drills.{drill}", times],
        cwd=CHECKOUT,
        env=settings,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert says in done.stdout
