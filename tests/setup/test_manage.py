"""`manage.py` works in a checkout whether or not the site runs, and leaves things as it found them."""

import subprocess
import sys

from sen import embedded
from sen.postgres import CHECKOUT
from tests.setup import processes


def manage(data_dir, *arguments, **settings):
    command = [sys.executable, "manage.py", *arguments]
    environment = processes.environment(data_dir, **settings)
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)


def test_it_starts_the_database_when_none_runs_and_stops_it_again(data_dir):
    done = manage(data_dir, "showmigrations", SEN_MODE="demonstration")
    assert done.returncode == 0, done.stderr
    assert "[ ] 0001_initial" in done.stdout
    assert processes.left_after(data_dir, 1) == {}


def test_it_uses_the_database_that_runs_and_leaves_it_running(data_dir):
    cluster = embedded.ensure(data_dir, durable=False)
    assert manage(data_dir, "showmigrations", SEN_MODE="demonstration").returncode == 0
    assert embedded.keeper_runs(data_dir)
    cluster.release()


def test_help_needs_no_database(data_dir):
    for arguments in (["help"], ["migrate", "--help"], ["version"]):
        assert manage(data_dir, *arguments, SEN_MODE="demonstration").returncode == 0
    assert not (data_dir / "postgres").exists()


def test_production_without_a_database_is_refused_in_one_sentence(data_dir):
    done = manage(data_dir, "showmigrations", SEN_MODE="production", SEN_SECRET_KEY="for this test")
    assert done.returncode == 1
    assert "SEN_OWNER_DATABASE_URL is not set" in done.stderr
    assert "Traceback" not in done.stderr
    assert not data_dir.exists()


def test_an_embedded_database_that_cannot_start_is_said_in_one_sentence(data_dir, tmp_path):
    done = manage(data_dir, "showmigrations", SEN_MODE="demonstration", PG_BIN=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("PostgreSQL 15 to 18 was not found")


def test_demonstration_mode_on_a_named_server_needs_a_word(data_dir):
    done = manage(data_dir, "check", SEN_MODE="demonstration", DATABASE_URL="postgres://nobody@db.example.gov/sen")
    assert done.returncode == 1
    assert "SEN_DEMO_CONFIRM=yes" in done.stderr
