# SPDX-License-Identifier: EUPL-1.2
"""What goes to production as files: image, compose file, health checks. No engine is needed to read them."""

import os
import re
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["web", "worker", "worker-urgent", "worker-matching", "beat", "migrate"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def instructions(name):
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(None, 1)[1] for line in joined.splitlines() if line.startswith(f"{name} ")]


def command(service):
    return service.get("command", "")


def test_every_part_of_production_is_there():
    assert sorted(SERVICES) == sorted([*OURS, "postgres", "redis", "mail"])


def test_exactly_one_beat():
    beats = [name for name, row in SERVICES.items() if " beat " in command(row)]
    assert beats == ["beat"]
    assert SERVICES["beat"]["deploy"] == {"replicas": 1}


def test_every_queue_that_tasks_go_to_has_a_worker(settings):
    served = set(re.findall(r" -Q (\S+)", " ".join(command(row) for row in SERVICES.values())))
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert served == routed | {settings.CELERY_TASK_DEFAULT_QUEUE}


def test_workers_are_quiet_as_measured():
    for name in ("worker", "worker-urgent", "worker-matching"):
        flags = set(command(SERVICES[name]).split())
        assert {"--without-gossip", "--without-mingle", "--without-heartbeat"} <= flags


def test_every_service_has_a_health_check():
    without = [name for name, row in SERVICES.items() if "test" not in row.get("healthcheck", {})]
    assert without == ["migrate"]  # ends by itself; the others wait for its exit code
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_service_runs_as_root_or_may_write_outside_its_volumes(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    user = instructions("USER")[-1] if name in OURS else service["user"]
    assert user.split(":")[0] not in {"", "0", "root"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_stands_in_the_file(name):
    """A value that is secret comes from the environment, and its absence stops the start."""
    environment = SERVICES[name].get("environment", {})
    secret = {
        key: value
        for key, value in environment.items()
        if re.search("KEY|PASSWORD|SECRET|EMAIL_URL|DATABASE_URL", key) and "CONTACT" not in key
    }
    literal = {
        key: value for key, value in secret.items() if not re.search(r"\$\{[A-Z_]+:\?", value)
    }
    assert literal == {}
    assert ("SECRET_KEY" in secret) == (name in OURS)


def test_the_example_environment_holds_names_without_values():
    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    assert set(given) == asked
    assert set(given.values()) == {""}


def test_every_variable_in_the_compose_file_is_one_the_settings_read():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings_text()))
    given = set(SERVICES["web"]["environment"])
    assert given - read == {"WEB_CONCURRENCY", "WEB_THREADS"}  # gunicorn's


def test_every_variable_that_operations_tells_of_comes_into_the_containers():
    """Said in .env, it counts: all but what the image settles itself."""
    told = re.findall(
        r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE
    )
    settled = {"DJANGO_SETTINGS_MODULE", "DEBUG", "TJC_VAR"}
    for name in OURS:
        assert set(told) - set(SERVICES[name]["environment"]) == settled


def settings_text():
    return "".join(path.read_text() for path in (ROOT / "tjc" / "settings").glob("*.py"))


def test_database_and_broker_cannot_be_reached_from_outside():
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["data"]
        assert "ports" not in SERVICES[name]
    assert COMPOSE["networks"]["data"] == {"internal": True}
    ports = [port for row in SERVICES.values() for port in row.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_redis_keeps_what_it_has_and_refuses_when_full():
    words = command(SERVICES["redis"])
    assert "--appendonly yes" in words
    assert "--maxmemory-policy noeviction" in words


def test_nothing_starts_before_the_database_has_its_tables():
    for name in ("web", "worker", "worker-urgent", "worker-matching", "beat"):
        assert SERVICES[name]["depends_on"] == {
            "postgres": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
            "migrate": {"condition": "service_completed_successfully"},
        }


def test_the_mail_catcher_only_comes_when_asked():
    assert SERVICES["mail"]["profiles"] == ["mail"]
    assert [name for name, row in SERVICES.items() if "profiles" in row] == ["mail"]


@pytest.mark.parametrize(
    "task",
    [
        "reach.tasks.make_export",
        "reach.tasks.clear_exports",
        "notifications.tasks.finish_erasures",
    ],
)
def test_who_carries_out_a_task_with_files_can_reach_them(settings, task):
    from tjc.celery import app

    app.loader.import_default_modules()
    assert task in app.tasks
    queue = settings.CELERY_TASK_ROUTES.get(task, {}).get(
        "queue", settings.CELERY_TASK_DEFAULT_QUEUE
    )
    [worker] = [row for row in SERVICES.values() if f" -Q {queue} " in f"{command(row)} "]
    assert worker["volumes"] == SERVICES["web"]["volumes"] == ["media:/srv/tjc/var/media"]
    assert "TJC_VAR=/srv/tjc/var" in instructions("ENV")[-1]


def test_every_named_volume_is_used_and_declared():
    used = {volume.split(":")[0] for row in SERVICES.values() for volume in row.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_the_image_is_built_in_stages_and_keeps_no_tools():
    stages = instructions("FROM")
    assert [stage.split(" AS ")[1:] for stage in stages] == [["frontend"], ["build"], []]
    assert [stage for stage in stages if ":" not in stage or ":latest" in stage] == []
    last = DOCKERFILE.split("\nFROM ")[-1]
    assert re.findall(r"\b(?:pip|npm|apt-get|curl) ", last) == []


def test_packages_are_installed_with_their_hashes():
    assert [run for run in instructions("RUN") if "pip install" in run] == [
        "pip install --require-hashes --only-binary :all: -r /tmp/${LOCK}.txt"
    ]
    assert "npm ci --omit=dev --ignore-scripts" in instructions("RUN")


def test_the_image_starts_production_and_looks_after_itself():
    assert "DJANGO_SETTINGS_MODULE=tjc.settings.production" in instructions("ENV")[-1]
    assert instructions("USER") == ["10001:10001"]
    assert instructions("CMD") == [
        '["gunicorn", "--config", "deploy/gunicorn.conf.py", "tjc.wsgi"]'
    ]
    assert len(instructions("HEALTHCHECK")) == 1


def test_all_that_is_copied_exists_and_may_enter_the_build():
    allowed = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    sources = {
        source
        for copy in instructions("COPY")
        if not copy.startswith("--from")
        for source in copy.split()[:-1]
    }
    missing = [source for source in sources if not (ROOT / source).exists()]
    barred = [source for source in sources if not {source, source.split("/")[0]} & allowed]
    assert (missing, barred) == ([], [])


def test_gunicorn_reads_its_settings_from_the_environment():
    done = subprocess.run(
        [Path(sys.executable).parent / "gunicorn", "--config", "deploy/gunicorn.conf.py", "--print-config", "--check-config", "wsgiref.simple_server:demo_app"],
        cwd=ROOT, env=os.environ | {"PORT": "8123", "BIND": "0.0.0.0", "WEB_CONCURRENCY": "3"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    shown = dict(re.findall(r"^(\w+) += (.*)$", done.stdout, re.MULTILINE))
    assert (shown["bind"], shown["workers"], shown["threads"]) == ("['0.0.0.0:8123']", "3", "4")
    assert shown["control_socket_disable"] == "True"


# The health check itself, against a server that answers only as production would.


class Strict(BaseHTTPRequestHandler):
    def do_GET(self):
        right = (self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"])
        self.send_response(200 if right == ("/gezond/", "tjc.test", "https") else 400)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Strict) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_address[1]
        running.shutdown()


def check(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "deploy/healthcheck.py", *arguments], cwd=ROOT, env=os.environ | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_healthy_web_process_is_healthy(server):
    done = check("web", PORT=str(server), BASE_URL="https://tjc.test")
    assert (done.returncode, done.stderr) == (0, "")


def test_an_ill_web_process_is_not(server):
    done = check("web", PORT=str(server), BASE_URL="https://other.test")
    assert (done.returncode, done.stderr) == (1, "/gezond/ answered 400\n")


def test_no_web_process_is_not_healthy():
    done = check("web", PORT="1", BASE_URL="https://tjc.test")
    assert (done.returncode, done.stderr.startswith("no answer on port 1: ")) == (1, True)


def test_beat_is_healthy_while_it_writes_its_schedule(tmp_path):
    schedule = tmp_path / "celerybeat-schedule"
    assert check("beat", BEAT_SCHEDULE=str(schedule)).returncode == 1
    written = tmp_path / "celerybeat-schedule.db"
    written.touch()
    assert check("beat", BEAT_SCHEDULE=str(schedule)).returncode == 0
    long_ago = time.time() - 601
    os.utime(written, (long_ago, long_ago))
    assert check("beat", BEAT_SCHEDULE=str(schedule)).returncode == 1


def test_beat_only_asks_for_tasks_that_exist(settings):
    from tjc.celery import app

    app.loader.import_default_modules()
    asked = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert asked - set(app.tasks) == set()
    routed = set(settings.CELERY_TASK_ROUTES)
    assert routed - set(app.tasks) == set()
