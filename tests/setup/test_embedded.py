"""The embedded database starts when asked, serves several users, and ends with the last of them however they end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from sen import embedded
from sen.postgres import CHECKOUT, Unavailable
from tests.setup import processes

USER = """
import sys, time
from pathlib import Path
from sen import embedded
cluster = embedded.ensure(Path(sys.argv[1]), durable=False)
print("using", flush=True)
sys.stdin.readline()
cluster.release()
"""


def user_of(data_dir: Path) -> subprocess.Popen[str]:
    """Another process that uses the cluster until a line is written to it, or it is killed."""
    command = [sys.executable, "-c", USER, str(data_dir)]
    user = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert user.stdout
    assert user.stdout.readline() == "using\n"
    return user


def end(user: subprocess.Popen[str]) -> None:
    user.communicate("done\n", timeout=20)


def kill(user: subprocess.Popen[str]) -> None:
    user.kill()
    user.communicate(timeout=5)


def ask(data_dir: Path, role: str, question: str) -> object:
    with psycopg.connect(host=str(embedded.socket_dir(data_dir)), user=role, dbname="sen") as connection:
        found = connection.execute(question.encode()).fetchone()
    return found and found[0]


def test_it_starts_with_its_two_roles_and_stops_when_released(data_dir):
    cluster = embedded.ensure(data_dir, durable=False)
    assert ask(data_dir, "sen_app", "SELECT current_user") == "sen_app"
    assert (
        ask(data_dir, "sen_owner", "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'sen'")
        == "sen_owner"
    )
    assert processes.of(data_dir)
    cluster.release()
    assert processes.left_after(data_dir, 1) == {}


def test_the_run_time_role_may_connect_and_no_more(data_dir):
    cluster = embedded.ensure(data_dir, durable=False)
    for statement in ("CREATE TABLE t ()", "CREATE SCHEMA s", "CREATE TEMPORARY TABLE t ()", "CREATE ROLE r"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(data_dir, "sen_app", statement)
    cluster.release()


def test_it_listens_on_its_private_socket_alone(data_dir):
    cluster = embedded.ensure(data_dir, durable=False)
    assert ask(data_dir, "postgres", "SHOW listen_addresses") == ""
    assert cluster.sockets.stat().st_mode & 0o777 == 0o700
    cluster.release()


def test_the_last_user_stops_it_and_no_user_before(data_dir):
    first, second = user_of(data_dir), user_of(data_dir)
    end(first)  # it started the server
    assert ask(data_dir, "sen_app", "SELECT 1") == 1
    end(second)
    assert processes.left_after(data_dir, 1) == {}


def test_a_user_killed_hard_leaves_nothing(data_dir):
    kill(user_of(data_dir))
    assert processes.left_after(data_dir, 10) == {}


def test_a_user_killed_hard_does_not_take_it_from_another(data_dir):
    first, second = user_of(data_dir), user_of(data_dir)
    kill(first)
    assert ask(data_dir, "sen_app", "SELECT 1") == 1
    end(second)


def test_a_keeper_killed_hard_takes_the_server_with_it_and_the_next_user_starts_it_again(data_dir):
    first = user_of(data_dir)
    keeper = next(process for process, command in processes.of(data_dir).items() if "sen.keeper" in command)
    os.kill(keeper, signal.SIGKILL)
    second = user_of(data_dir)  # at once: while the old server is still ending
    assert ask(data_dir, "sen_app", "SELECT 1") == 1
    end(first)
    end(second)
    assert processes.left_after(data_dir, 5) == {}


def test_data_survives_a_stop(data_dir):
    for expected in (0, 1):
        cluster = embedded.ensure(data_dir, durable=False)
        with psycopg.connect(host=str(cluster.sockets), user="sen_owner", dbname="sen") as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
            row = connection.execute("SELECT count(*) FROM kept").fetchone()
            assert row == (expected,)
            connection.execute("INSERT INTO kept VALUES (1)")
        cluster.release()


def test_a_deep_folder_does_not_make_the_socket_path_too_long(tmp_path):
    deep = tmp_path.joinpath(*["a-folder-with-a-rather-long-name"] * 6)
    assert len(str(embedded.socket_dir(deep) / ".s.PGSQL.5432")) < 107
    assert embedded.socket_dir(deep) == embedded.socket_dir(deep)


def test_another_shell_with_another_temporary_folder_finds_the_same_socket(data_dir, tmp_path, monkeypatch):
    cluster = embedded.ensure(data_dir, durable=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert embedded.socket_dir(data_dir) == cluster.sockets
    cluster.release()


def test_a_copied_data_folder_does_not_share_the_socket_of_the_original(data_dir, tmp_path):
    embedded.ensure(data_dir, durable=False).release()
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / embedded.SOCKETS_NOTE).write_text((data_dir / embedded.SOCKETS_NOTE).read_text())
    assert embedded.socket_dir(copy) != embedded.socket_dir(data_dir)


def test_a_socket_folder_that_others_can_open_is_refused(data_dir):
    sockets = embedded.socket_dir(data_dir)
    sockets.mkdir(mode=0o755)
    with pytest.raises(Unavailable, match="private folder"):
        embedded.ensure(data_dir)


def test_data_of_a_version_that_is_not_here_is_refused_in_one_sentence(data_dir):
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres/PG_VERSION").write_text("12\n")
    with pytest.raises(Unavailable, match=r"PostgreSQL 12 was not found: .* set PG_BIN"):
        embedded.ensure(data_dir)
    assert processes.left_after(data_dir, 1) == {}


def test_a_pg_bin_without_a_server_is_refused_in_one_sentence(data_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(Unavailable, match="PostgreSQL 15 to 18 was not found"):
        embedded.ensure(data_dir)
