# SPDX-License-Identifier: EUPL-1.2
"""`manage.py demo` as a user runs it: real web, worker and beat."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.demo.test_supervisor import family

#: The demo is SQLite and the file broker, whatever engine is tested.
pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.once]
ROOT = Path(__file__).resolve().parent.parent.parent
#: MB resident with demo data (issue: web under 130, worker under 150).
WEB_LIMIT, WORKER_LIMIT, MATCHING_LIMIT = 130, 150, 700


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    def __init__(self, var, port):
        self.url = f"http://localhost:{port}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "TJC_"))}
        env = kept | {"TJC_VAR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        for name in ("DATABASE_URL", "CELERY_BROKER_URL", "BASE_URL", "EMAIL_URL"):
            env.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""

    def wait_until_ready(self):
        for line in self.process.stdout:
            self.output += line
            if line == f"TrainJeCollega draait op {self.url}\n":
                return
        pytest.fail(self.output)

    def finish(self, within):
        self.output += self.process.communicate(timeout=within)[0]
        return self.process.returncode

    def children(self):
        return [
            int(pid)
            for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            .read_text()
            .split()
        ]

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.status, answer.read().decode()


@pytest.fixture
def demo(tmp_path):
    started = []

    def start(*, var=tmp_path / "var", port=None):
        demo = Demo(var, port or free_port())
        started.append(demo)
        return demo

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(15)
        one.process.stdout.close()


def resident_mb(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def test_first_start_second_start_and_a_clean_stop(demo, tmp_path):
    first = demo()
    first.wait_until_ready()
    assert "Demogegevens laden" in first.output
    assert first.get("/cursussen/")[0] == 200
    assert first.get("/demo/postbus/")[0] == 200
    give_up = time.monotonic() + 30
    while not (mails := list((tmp_path / "var" / "mail").glob("*.eml"))):
        assert time.monotonic() < give_up, "the worker sent none of the example mails"
        time.sleep(0.2)
    assert mails
    children = first.children()
    web, worker, matching = children
    assert max(resident_mb(int(pid)) for pid in family([web])) < WEB_LIMIT
    assert resident_mb(worker) < WORKER_LIMIT
    assert resident_mb(matching) < MATCHING_LIMIT
    first.process.send_signal(signal.SIGTERM)
    assert first.finish(8) == 0
    assert first.output.endswith("Gestopt.\n")
    assert family(children) == []

    second = demo()
    second.wait_until_ready()
    # How soon: a line of make bench. Here: nothing is made that is there already.
    assert second.output == f"TrainJeCollega draait op {second.url}\n"
    second.process.send_signal(signal.SIGINT)
    assert second.finish(8) == 0


def test_a_taken_port_stops_with_3_before_anything_is_made(demo, tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        refused = demo(port=listener.getsockname()[1])
        assert refused.finish(20) == 3
    assert re.fullmatch(r"Poort \d+ is bezet: start met PORT=\d+ make demo\.\n", refused.output)
    assert not (tmp_path / "var" / "tjc.sqlite3").exists()


def test_a_folder_without_permission_stops_with_one_sentence(demo, tmp_path):
    (tmp_path / "file").write_text("")
    refused = demo(var=tmp_path / "file" / "var")
    assert refused.finish(20) == 1
    assert len(refused.output.splitlines()) == 1


def test_a_worker_that_is_killed_stops_the_site_too(demo):
    running = demo()
    running.wait_until_ready()
    children = running.children()
    os.kill(children[1], signal.SIGKILL)
    assert running.finish(10) == 1
    assert "De mailverwerker is gestopt (signaal 9), dus alles is gestopt" in running.output
    assert family(children) == []


def test_stopping_while_data_is_loaded_leaves_nothing_half_done(demo, tmp_path):
    running = demo()
    for line in running.process.stdout:
        if line.startswith("Demogegevens laden"):
            break
    running.process.send_signal(signal.SIGINT)
    assert running.finish(10) == 130
    assert running.output == "Gestopt; er is niets half achtergebleven.\n"
    assert list((tmp_path / "var").glob("tjc.sqlite3*")) == []
