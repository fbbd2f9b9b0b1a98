# SPDX-License-Identifier: EUPL-1.2
"""Starts the demo's processes, keeps an eye on them and stops them together.

Each child leads a process group of its own: Ctrl-C reaches only us, and a child that must go takes its
own children along. On Linux the kernel ends them when we die (PR_SET_PDEATHSIG).
"""

import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import urljoin, urlsplit

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.1
GRACE_SECONDS = 4.0
READY_SECONDS = 60.0
MAX_REDIRECTS = 5


class ChildDiedError(Exception):
    """A process ended by itself; the text is the sentence for the user."""


class StopRequested(BaseException):
    """Ctrl-C or SIGTERM while nothing was running yet."""


class StopSignals:
    """Ctrl-C, SIGTERM and SIGHUP. Before ``soften`` they raise StopRequested, after it they only count."""

    def __init__(self) -> None:
        self.count = 0
        self.raises = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.raises:
            raise StopRequested

    def soften(self) -> None:
        self.raises = False


@dataclass
class Child:
    label: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 - we have no threads
            )

    def signal_group(self, number: int) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def last_line(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""


def _die_with_parent() -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def status_of(url: str) -> int | None:
    """The status of the page a browser ends on, redirects followed; None when nobody answers yet."""
    for _ in range(MAX_REDIRECTS):
        parts = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=30)
        try:
            connection.request("GET", parts.path or "/", headers={"Host": parts.netloc})
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        location = response.getheader("Location")
        if location is None:
            return response.status
        url = urljoin(url, location)
    return http.client.LOOP_DETECTED


class Supervisor:
    def __init__(self, children: list[Child], signals: StopSignals) -> None:
        self.children = children
        self.signals = signals

    @property
    def must_stop(self) -> bool:
        return self.signals.count > 0

    def run(self, url: str, *, on_ready: Callable[[], None]) -> None:
        """Start all, say so when pages are served, and return when asked to stop.

        Raises ChildDiedError when a process ends by itself. All are stopped either way.
        """
        self.signals.soften()
        try:
            for child in self.children:
                child.start()
            if self._wait_until_served(url):
                on_ready()
                while not self.must_stop:
                    self._check()
                    time.sleep(POLL_SECONDS)
        finally:
            self._stop()

    def _wait_until_served(self, url: str) -> bool:
        """False when asked to stop meanwhile."""
        give_up = time.monotonic() + READY_SECONDS
        while not self.must_stop:
            self._check()
            status = status_of(url)
            self._check()
            if status == http.client.OK:
                return True
            if status is not None:
                log = self.children[0].log
                raise ChildDiedError(f"De beginpagina geeft fout {status}; zie {log}")
            if time.monotonic() > give_up:
                raise ChildDiedError(f"De site antwoordt niet binnen {READY_SECONDS:.0f} seconden")
            time.sleep(POLL_SECONDS)
        return False

    def _check(self) -> None:
        for child in self.children:
            if child.process is None or (code := child.process.poll()) is None:
                continue
            how = f"signaal {-code}" if code < 0 else f"code {code}"
            last = child.last_line()
            raise ChildDiedError(
                f"{child.label} is gestopt ({how}), dus alles is gestopt; zie {child.log}"
                + (f": {last}" if last else "")
            )

    def _stop(self) -> None:
        """SIGTERM to all; SIGKILL to what is left after the grace, or at once on a second Ctrl-C."""
        asked_before = self.signals.count
        for child in self.children:
            child.signal_group(signal.SIGTERM)
        give_up = time.monotonic() + GRACE_SECONDS
        while any(child.is_running for child in self.children):
            if time.monotonic() > give_up or self.signals.count > max(1, asked_before):
                break
            time.sleep(POLL_SECONDS / 2)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
