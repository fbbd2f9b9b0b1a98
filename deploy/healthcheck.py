# SPDX-License-Identifier: EUPL-1.2
"""The container's own health checks: ``healthcheck.py web`` and ``healthcheck.py beat``. Exit code 0 or 1.

Standard library only, so that a check costs tens of milliseconds. The worker is asked by Celery itself
(``celery inspect ping``, docker-compose.yml).
"""

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

TIMEOUT = 5
#: Beat writes its schedule every three minutes.
STALE_SECONDS = 600


def web(port: int) -> str:
    """Empty when /gezond/ answers 200, else what is wrong."""
    # Django refuses any other host name, and would send plain HTTP to https.
    host = urlsplit(os.environ.get("BASE_URL", "http://localhost")).hostname or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/gezond/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no answer on port {port}: {error}"
    finally:
        connection.close()
    return "" if status == http.client.OK else f"/gezond/ answered {status}"


def beat(schedule: Path) -> str:
    """Empty when beat wrote its schedule lately. Which suffix the file has depends on Python's dbm."""
    files = list(schedule.parent.glob(f"{schedule.name}*"))
    if not files:
        return f"{schedule} is not there"
    age = time.time() - max(file.stat().st_mtime for file in files)
    return "" if age < STALE_SECONDS else f"{schedule} was last written {age:.0f} seconds ago"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["web"]:
            wrong = web(int(os.environ.get("PORT", "8000")))
        case ["beat"]:
            wrong = beat(Path(os.environ.get("BEAT_SCHEDULE", "/tmp/celerybeat-schedule")))  # noqa: S108 - the container's own tmpfs
        case _:
            wrong = "usage: healthcheck.py web|beat"
    if wrong:
        sys.stderr.write(f"{wrong}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
