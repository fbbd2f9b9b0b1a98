# SPDX-License-Identifier: EUPL-1.2
"""The running product, as a newcomer starts it, and the mails it wrote."""

import email
import email.policy
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY = "TrainJeCollega draait op "
START_SECONDS = 300
#: Until the worker has sent a mail, also when it shares its processor with others.
MAIL_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def chromium() -> str | None:
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


class Product:
    """What ``make demo`` starts, in a folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        ours = {
            name: value
            for name, value in os.environ.items()
            if name not in {"BASE_URL", "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"}
        }
        self.environment = ours | {
            "TJC_VAR": str(folder),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "tjc.settings.demo",
            "INVITE_DEBOUNCE_SECONDS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        }
        self.lines: list[str] = []

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready = threading.Event()

        def read() -> None:
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
                if line.startswith(READY):
                    ready.set()
            ready.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        if not ready.wait(START_SECONDS) or self.process.poll() is not None:
            self.stop()
            raise AssertionError("the demo did not start:\n" + "\n".join(self.lines))

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait(20)
        self.reader.join(20)
        self.process.stdout.close()

    def manage(self, *arguments: str) -> str:
        """Run a management command against the same database; its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    # --- mails ---

    def mails(self, to: str) -> list[EmailMessage]:
        """Every mail to that address so far, oldest first."""
        found = []
        for path in sorted((self.folder / "mail").glob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if to in str(message["To"]):
                found.append(message)
        return found

    def wait_for_mail(
        self, to: str, wanted: Callable[[EmailMessage], bool], *, seconds: float = MAIL_SECONDS
    ) -> EmailMessage:
        """The newest mail to that address that is wanted; waits for the worker."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            for message in reversed(self.mails(to)):
                if wanted(message):
                    return message
            time.sleep(0.2)
        subjects = [str(message["Subject"]) for message in self.mails(to)]
        raise AssertionError(f"no such mail to {to}; there are {subjects}")

    def code(self, to: str, *, after: int = 0) -> str:
        """The sign-in code in the newest mail to that address, of those after the first ``after``."""
        give_up = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < give_up:
            for message in reversed(self.mails(to)[after:]):
                found = re.search(r"^Code: ([A-Z0-9 -]{8,9})$", text_of(message), re.MULTILINE)
                if found:
                    return found.group(1)
            time.sleep(0.2)
        raise AssertionError(f"no code was mailed to {to}")


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def calendar_of(message: EmailMessage) -> bytes | None:
    """The octets of the calendar part, or None."""
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            return part.get_payload(decode=True)
    return None


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[Product]:
    product = Product(folder, **environment)
    product.start()
    try:
        yield product
    finally:
        product.stop()
