# SPDX-License-Identifier: EUPL-1.2
"""Starts the product's real processes for tests and benchmarks, and never leaves one behind.

Web, worker and beat run with the production settings on the database that is named; Redis is one of our own
on a free port, so that it can be killed without anybody else noticing.
"""

import ctypes
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1
READY_SECONDS = 40.0
#: Any 32 letters will do: what counts is that cookie and form say the same.
CSRF_TOKEN = "t" * 32


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(
    holds: Callable[[], Any], *, seconds: float = READY_SECONDS, what: str = "it"
) -> None:
    """Raises TimeoutError when ``holds`` is not true in time."""
    give_up = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.05)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """One program with its children in a group of their own; dies with us, even when we are killed."""

    def __init__(self, command: list[str], *, env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 - only a system call
            )

    @property
    def pid(self) -> int:
        return self.popen.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def ready(self, port: int) -> Self:
        wait_until(lambda: answers(port) or self._died(), what=f"port {port} ({self.log})")
        return self

    def said(self, text: str) -> Self:
        wait_until(lambda: text in self.output() or self._died(), what=f"{text!r} ({self.log})")
        return self

    def _died(self) -> bool:
        if self.popen.poll() is not None:
            raise RuntimeError(f"ended with {self.popen.returncode}:\n{self.output()[-2000:]}")
        return False

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self, number: int = signal.SIGKILL) -> None:
        """The signal to the whole group, at once."""
        try:
            os.killpg(self.popen.pid, number)
        except ProcessLookupError:
            return

    def stop(self) -> None:
        self.kill(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(timeout=8)
        self.kill()
        self.popen.wait()

    def family(self) -> list[int]:
        """Process ids: itself and everything below it."""
        found, rest = [], [self.popen.pid]
        while rest:
            pid = rest.pop()
            found.append(pid)
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                rest += [int(child) for child in task.read_text().split()]
        return found

    def resident(self) -> dict[int, float]:
        """MB resident (RSS) by process id."""
        return {pid: resident(pid) for pid in self.family()}


def resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def processor_seconds(pids: list[int]) -> float:
    """What these processes have used so far; one that is gone counts for nothing."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def backends_of(database: str) -> list[int]:
    """PostgreSQL's processes on this machine that serve this database."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f" {database} " in (folder / "cmdline").read_text().replace("\0", " "):
                found.append(int(folder.name))
    return found


def _die_with_parent() -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


@dataclass
class Site:
    """The product on one database, all of it below ``folder``. Leaving the ``with`` ends what it began."""

    folder: Path
    database_url: str
    secret_key: str
    email_url: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    running: list[Process] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *exc_info: object) -> None:
        for process in reversed(self.running):
            process.kill()  # no manners: nobody will want anything back
            process.popen.wait()

    @property
    def env(self) -> dict[str, str]:
        redis = f"redis://127.0.0.1:{self.redis_port}"
        return {
            "DJANGO_SETTINGS_MODULE": "tjc.settings.production",
            "TJC_VAR": str(self.folder),
            "DEBUG": "0",
            "SECRET_KEY": self.secret_key,
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
            "DATABASE_URL": self.database_url,
            "CACHE_URL": f"{redis}/0",
            "CELERY_BROKER_URL": f"{redis}/1",
            "EMAIL_URL": self.email_url or f"file://{self.folder / 'mail'}",
            "INVITE_FROM": "uitnodigingen@trainjecollega.example",
            "LOG_LEVEL": "WARNING",
            "OPERATOR_NAME": "Gemeente Voorbeeld",
            "MAIL_DOMAIN_RATE": "0",  # a sink needs no mercy; tests of the rate say otherwise
            **self.extra,
        }

    def start(self, name: str, command: list[str], **env: str) -> Process:
        process = Process(command, env=self.env | env, log=self.folder / f"{name}.log")
        self.running.append(process)
        return process

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end. Raises CalledProcessError with what it said."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ | self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def redis(self) -> Process:
        """Forgets everything when killed, which is the worst a broker can do."""
        command = ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        return self.start("redis", command).ready(self.redis_port)

    def web(self, *, workers: int = 2, threads: int = 4, **env: str) -> Process:
        """As in production: deploy/gunicorn.conf.py."""
        here = {
            "PORT": str(self.port),
            "WEB_CONCURRENCY": str(workers),
            "WEB_THREADS": str(threads),
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "tjc.wsgi"]
        return self.start("web", command, **(here | env)).ready(self.port)

    def worker(
        self, *, queues: str = "default,urgent", concurrency: int = 1, pool: str = "prefork"
    ) -> Process:
        """As in docker-compose.yml; it takes work as soon as it said so: ``.said(" ready.")``."""
        command = [*_celery("worker"), "-Q", queues, "--concurrency", str(concurrency)]
        command += ["--pool", pool]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return self.start("worker", [*command, "--loglevel", "INFO"])

    def beat(self) -> Process:
        schedule = ["--schedule", str(self.folder / "beat-schedule"), "--pidfile="]
        return self.start("beat", [*_celery("beat"), *schedule, "--loglevel", "INFO"])

    def start_worker_and_beat(self) -> tuple[Process, Process]:
        worker, beat = self.worker(), self.beat()
        return worker.said(" ready."), beat

    def call_task(self, name: str) -> None:
        """Ask the workers for it, through the broker of this site."""
        command = [*_celery("call"), name]
        subprocess.run(
            command, cwd=ROOT, env=os.environ | self.env, check=True, capture_output=True
        )

    def mails(self) -> list[Path]:
        return sorted((self.folder / "mail").glob("**/*.eml"))


def _celery(what: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "tjc", what]


def has_redis_server() -> bool:
    return shutil.which("redis-server") is not None


def database_url_of(connection: Any) -> str:
    """The address of a Django connection, for processes that must use the same database."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(config['NAME']).resolve()}"
    password = f":{config['PASSWORD']}" if config["PASSWORD"] else ""
    address = f"{config['HOST'] or '127.0.0.1'}:{config['PORT'] or 5432}"
    return f"postgresql://{config['USER']}{password}@{address}/{config['NAME']}"


# HTTP, as bytes: nothing between the test and the server


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: bytes
    seconds: float


class Visitor:
    """A browser's cookies over one kept-open connection."""

    def __init__(self, port: int, *, session_key: str = "", timeout: float = 60) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self.headers: dict[str, str] = {}
        self.become(session_key)

    def become(self, session_key: str) -> None:
        """Somebody else on the same connection, as through a proxy that keeps its connections open."""
        cookies = f"csrftoken={CSRF_TOKEN}"
        self.headers["Cookie"] = f"{cookies}; sessionid={session_key}" if session_key else cookies

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": CSRF_TOKEN, **fields}))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, body=body, headers=headers)
        response = self.connection.getresponse()
        content = response.read()
        took = time.perf_counter() - began
        return Answer(response.status, response.getheader("Location") or "", content, took)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.connection.close()


def session_key_of(person: Any) -> str:
    """Sign somebody in without a browser: a row in the session table, as signing in makes it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    assert store.session_key is not None
    return store.session_key


def sign_up(site: Site, session: Any, person: Any, **fields: str) -> Answer:
    """The signed-in learner's one button, over HTTP."""
    with Visitor(site.port, session_key=session_key_of(person)) as visitor:
        return visitor.post(f"/bijeenkomsten/{session.public_id}/aanmelden/", **fields)


@contextmanager
def stopped(process: Process) -> Iterator[None]:
    """SIGSTOP: it holds its connections and says nothing, like a machine that hangs."""
    process.kill(signal.SIGSTOP)
    try:
        yield
    finally:
        process.kill(signal.SIGCONT)
