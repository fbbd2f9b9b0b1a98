# SPDX-License-Identifier: EUPL-1.2
"""Starts the whole product on this machine: web, worker and beat, with made-up data.

Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 something failed, 2 wrong use, 3 port taken, 130 stopped
during set-up. Environment: PORT, TJC_VAR, DATABASE_URL, CELERY_BROKER_URL.
"""

import logging
import os
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections

from tjc.demo import preflight, prepare
from tjc.demo.supervisor import Child, ChildDiedError, StopRequested, StopSignals, Supervisor
from tjc.settings.base import VAR

STOPPED_IN_SETUP = 130


class Command(BaseCommand):
    help = "Start the demo: web, worker and beat on this machine (PORT=8000)."
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        signals = StopSignals()
        logging.disable(logging.WARNING)  # our own start-up talks in sentences
        try:
            port = preflight.port_from(os.environ.get("PORT", "8000"))
            preflight.check_port(port)
            preflight.check_folder(VAR)
            with preflight.only_demo_in(VAR):
                for line in prepare.prepare():
                    self._say(line)
                connections.close_all()
                url = f"http://localhost:{port}"
                Supervisor(children(port), signals).run(
                    f"{url}/", on_ready=lambda: self._ready(url, time.monotonic() - began)
                )
        except StopRequested:
            self._refuse("Gestopt; er is niets half achtergebleven.", STOPPED_IN_SETUP)
        except preflight.DemoRefusedError as refused:
            self._refuse(str(refused), refused.code)
        except ChildDiedError as died:
            self._refuse(str(died), 1)
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else "onbekend"
            self._refuse(f"De database werkt niet mee: {reason}", 1)
        self._say("Gestopt.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _ready(self, url: str, seconds: float) -> None:
        self._say(f"TrainJeCollega draait op {url}")
        self._say(f"De mails staan op {url}/demo/postbus/ · stoppen met Ctrl-C · {seconds:.1f} s")

    def _refuse(self, sentence: str, code: int) -> None:
        self.stderr.write(sentence)
        sys.exit(code)


def children(port: int) -> list[Child]:
    """Web (one process, eight threads), a worker with beat inside and one for matching, logging to var/log."""
    logs = VAR / "log"
    logs.mkdir(exist_ok=True)
    web = [sys.executable, "-m", "gunicorn", "tjc.wsgi", "--bind", f"127.0.0.1:{port}"]
    web += ["--workers", "1", "--worker-class", "gthread", "--threads", "8"]
    web += ["--timeout", "60", "--graceful-timeout", "2", "--no-control-socket"]
    web += ["--log-level", "warning", "--chdir", str(settings.ROOT)]
    worker = _celery("urgent,default", "2")
    worker += ["--beat", "--schedule", str(VAR / "celerybeat-schedule")]
    # Three at a time: beside a round and new vectors, which take long, a question of a page goes on.
    matching = _celery("matching", "3")
    return [
        Child("De website", web, logs / "web.log"),
        Child("De mailverwerker", worker, logs / "worker.log"),
        Child("De koppelaar", matching, logs / "matching.log"),
    ]


def _celery(queues: str, at_once: str) -> list[str]:
    command = [sys.executable, "-m", "celery", "--app", "tjc.celery"]
    command += ["--workdir", str(settings.ROOT), "worker"]
    command += ["--queues", queues, "--pool", "threads", "--concurrency", at_once]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [*command, "--loglevel", "WARNING"]
