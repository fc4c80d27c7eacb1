"""`make run` serves, says where, stops on Ctrl-C, and leaves no process however it is ended."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from sen import serve
from sen.postgres import CHECKOUT
from tests.setup import processes

START_SECONDS = 120
BESIDE = ("procrastinate worker", "audit seal")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def heed_interrupts():
    """As in a terminal: who runs the tests in the background has told every process to ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(data_dir, port):
    """Start the site and wait until it says where it is; test mode, which has the same start without the data."""
    log = data_dir.parent / "output"
    with log.open("wb") as output:
        site = subprocess.Popen(
            ["make", "run"],
            cwd=CHECKOUT,
            env=processes.environment(data_dir, SEN_PORT=str(port), SEN_MODE="test"),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=heed_interrupts,
        )
    deadline = time.monotonic() + START_SECONDS
    while "SEN is at" not in log.read_text():
        assert site.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return site


def status(port, path="/healthz"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse().status
    connection.close()
    return answer


def find(data_dir, words):
    return next(process for process, command in processes.of(data_dir).items() if words in command)


def test_it_serves_restarts_what_died_beside_it_and_an_interrupt_stops_all_of_it(site_dir):
    port = free_port()
    site = start(site_dir, port)
    assert status(port) == 200
    commands = " ".join(processes.of(site_dir).values())
    assert [word for word in ("sen.serve", "gunicorn", "postgres", *BESIDE) if word not in commands] == []
    for words in BESIDE:
        died = find(site_dir, words)
        os.kill(died, signal.SIGKILL)
        assert another_than(died, words, site_dir)
    os.killpg(site.pid, signal.SIGINT)  # what a terminal does on Ctrl-C
    site.wait(timeout=20)
    assert processes.left_after(site_dir, 0) == {}
    assert "Stopped." in (site_dir.parent / "output").read_text()


def another_than(died, words, site_dir):
    for _ in range(100):
        if any(words in said for found, said in processes.of(site_dir).items() if found != died):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("victim", ["make run", "sen.serve"])
def test_a_hard_kill_leaves_no_process(site_dir, victim):
    site = start(site_dir, free_port())
    os.kill(find(site_dir, victim), signal.SIGKILL)
    site.wait(timeout=10)
    assert processes.left_after(site_dir, 20) == {}


def test_an_interrupt_of_make_alone_stops_it_too(site_dir):
    site = start(site_dir, free_port())
    site.send_signal(signal.SIGINT)
    site.wait(timeout=20)
    assert processes.left_after(site_dir, 1) == {}


def refusal(data_dir, **settings):
    environment = processes.environment(data_dir, **settings)
    done = subprocess.run(
        [sys.executable, "-m", "sen.serve"], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_port_in_use_is_said_in_one_sentence(data_dir):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert f"port {port} is in use" in refusal(data_dir, SEN_PORT=str(port))


def test_a_port_that_is_none_is_said_in_one_sentence(data_dir):
    assert "SEN_PORT is 'x'" in refusal(data_dir, SEN_PORT="x")


def test_a_named_server_without_a_word_is_refused(data_dir):
    assert "SEN_DEMO_CONFIRM=yes" in refusal(data_dir, DATABASE_URL="postgres://nobody@db.example.gov/sen")


def test_the_sign_in_table_is_aligned_and_names_one_person_of_each_role():
    agent = {"username": "agent", "password": "a-long-one", "role": "Field Agent", "office": "SAC Miami"}
    people = [agent, {**agent, "username": "colleague"}, {**agent, "username": "duty", "role": "Duty Manager"}]
    lines = serve.sign_in_table(people).splitlines()
    header, person = lines[2], lines[3]
    assert header.split() == ["Username", "Password", "Role", "Office"]
    assert [header.index("Office"), header.index("Role")] == [person.index("SAC Miami"), person.index("Field Agent")]
    assert [line.split()[0] for line in lines[3:5]] == ["agent", "duty"]
    assert "colleague" not in "".join(lines)
