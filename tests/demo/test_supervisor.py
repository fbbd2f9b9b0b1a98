# SPDX-License-Identifier: EUPL-1.2
"""The supervisor with small processes of our own instead of the product."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.services, pytest.mark.once]
ROOT = Path(__file__).resolve().parent.parent.parent

WEB = """
import http.server, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/":
            self.send_response(302); self.send_header("Location", "/cursussen/")
        else:
            self.send_response({status})
        self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *args): pass
http.server.HTTPServer(("127.0.0.1", {port}), Page).serve_forever()
"""
#: Has a child of its own, like a worker with beat inside.
WORKER = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
time.sleep(60)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(60)
"""
MAIN = """
import sys
from pathlib import Path
from tjc.demo.supervisor import Child, ChildDiedError, StopSignals, Supervisor
folder, url = Path({folder!r}), {url!r}
children = [
    Child("De website", [sys.executable, "-c", Path(folder / "web.py").read_text()], folder / "web.log"),
    Child("De werker", [sys.executable, "-c", Path(folder / "worker.py").read_text()], folder / "w.log"),
]
def ready():
    print("ready", *(child.process.pid for child in children), flush=True)
try:
    Supervisor(children, StopSignals()).run(url, on_ready=ready)
    print("stopped", flush=True)
except ChildDiedError as died:
    print(died, flush=True)
    sys.exit(1)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start(tmp_path):
    started = []

    def run(*, worker=WORKER, status=200):
        port = free_port()
        (tmp_path / "web.py").write_text(WEB.format(port=port, status=status))
        (tmp_path / "worker.py").write_text(worker)
        main = MAIN.format(folder=str(tmp_path), url=f"http://localhost:{port}/")
        process = subprocess.Popen(
            [sys.executable, "-c", main], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def pids(process):
    word, *numbers = process.stdout.readline().split()
    assert word == "ready"
    return [int(number) for number in numbers]


def family(numbers):
    """The processes in the groups that these lead."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, NotADirectoryError):
            continue
        if int(fields[2]) in numbers and fields[0] != "Z":
            found.append(entry.name)
    return found


def all_gone(numbers, *, within):
    give_up = time.monotonic() + within
    while family(numbers):
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


def has_started(numbers, *, processes, within):
    """The child of a child takes a moment on a busy machine."""
    give_up = time.monotonic() + within
    while len(family(numbers)) != processes:
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_everything_with_code_0(start, number):
    process = start()
    children = pids(process)
    assert has_started(children, processes=3, within=5)
    process.send_signal(number)
    assert process.wait(5) == 0
    assert process.stdout.read() == "stopped\n"
    assert family(children) == []


def test_a_child_that_dies_stops_the_rest(start, tmp_path):
    process = start()
    children = pids(process)
    os.kill(children[1], signal.SIGKILL)
    assert process.wait(8) == 1
    assert process.stdout.read() == (
        f"De werker is gestopt (signaal 9), dus alles is gestopt; zie {tmp_path}/w.log\n"
    )
    assert family(children) == []


def test_a_child_that_never_starts_tells_its_last_line(start, tmp_path):
    process = start(worker="raise SystemExit('geen broker')")
    assert process.wait(15) == 1
    assert process.stdout.read() == (
        f"De werker is gestopt (code 1), dus alles is gestopt; zie {tmp_path}/w.log: geen broker\n"
    )


def test_an_error_page_is_not_ready(start, tmp_path):
    process = start(status=500)
    assert process.wait(15) == 1
    assert process.stdout.read() == f"De beginpagina geeft fout 500; zie {tmp_path}/web.log\n"


def test_kill_9_of_the_parent_leaves_no_process(start):
    process = start(worker="import time; time.sleep(60)")
    children = pids(process)
    process.kill()
    process.wait()
    assert all_gone(children, within=5)


def test_a_second_ctrl_c_does_not_wait(start):
    process = start(worker=STUBBORN)
    children = pids(process)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(3) == 0
    assert time.monotonic() - began < 3
    assert family(children) == []


def test_a_child_that_will_not_listen_is_killed_after_the_grace(start):
    process = start(worker=STUBBORN)
    children = pids(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(8) == 0
    assert family(children) == []
