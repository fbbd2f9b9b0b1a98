# SPDX-License-Identifier: EUPL-1.2
"""`make demo` on a machine where something is wrong: one sentence, non-zero, nothing half-done."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent.parent
# A registry that refuses every connection, for uv and for pip; nothing cached.
NOWHERE = {
    "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
    "UV_HTTP_RETRIES": "0",
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "1",
    "PIP_NO_CACHE_DIR": "1",
}
NO_REGISTRY = (
    "De pakketten zijn niet op te halen: er is geen verbinding met het pakketregister. "
    "Kijk je netwerk of proxy na en probeer het opnieuw."
)


@pytest.fixture
def tree(tmp_path):
    """A clone's Makefile and requirements, nothing else."""
    folder = tmp_path / "tree"
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copy(ROOT / "Makefile", folder)
    return folder


def python_only(tmp_path):
    """A PATH with this Python and the ordinary tools, without uv."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"


def make(tree, target, *arguments, **env):
    cache = {"UV_CACHE_DIR": str(tree.parent / "uv-cache")}
    # As a newcomer's own shell: the suite itself may run under make, which counts its levels.
    shell = {
        name: value
        for name, value in os.environ.items()
        if name not in {"MAKELEVEL", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES"}
    }
    return subprocess.run(
        ["make", "--no-print-directory", target, *arguments],
        cwd=tree,
        env=shell | cache | env,
        capture_output=True,
        text=True,
        check=False,
    )


def sentence(done):
    """What was said, without make's own last line."""
    return [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_an_old_python_is_refused_in_one_sentence(tree, tmp_path):
    old = script(tmp_path / "python3.9", 'test "$1" = --version && echo "Python 3.9.2" || exit 1')
    done = make(tree, "demo", f"PYTHON={old}")
    assert done.returncode == 2
    expected = (
        "TrainJeCollega heeft Python 3.11 of nieuwer nodig, en dit is Python 3.9.2; "
        "kies een andere met: make demo PYTHON=/pad/naar/python3."
    )
    assert sentence(done) == [expected]
    assert not (tree / ".venv").exists()


def test_no_python_is_said_in_one_sentence(tree):
    done = make(tree, "demo", "PYTHON=no-such-python")
    assert done.returncode == 2
    assert sentence(done) == [
        "Python ontbreekt: installeer Python 3.11 of nieuwer (gezocht: no-such-python)."
    ]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("uv") is None, reason="no uv on PATH")
def test_no_network_with_uv_leaves_nothing(tree):
    done = make(tree, "demo", f"PYTHON={sys.executable}", **NOWHERE)
    assert done.returncode == 2
    assert done.stdout == "Python-pakketten installeren (uv) …\n"
    assert sentence(done) == [NO_REGISTRY]
    assert not (tree / ".venv").exists()


@pytest.mark.slow
def test_no_network_with_pip_leaves_nothing(tree, tmp_path):
    done = make(tree, "demo", PATH=python_only(tmp_path), **NOWHERE)
    assert done.returncode == 2
    assert done.stdout == "Python-pakketten installeren (pip) …\n"
    assert sentence(done) == [NO_REGISTRY]
    assert not (tree / ".venv").exists()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="no Node.js on PATH")
def test_no_network_for_the_front_end_leaves_nothing(tree, tmp_path):
    (tree / ".venv" / "bin").mkdir(parents=True)
    (tree / ".venv" / "bin" / "python").symlink_to(sys.executable)
    stamped = "import install; install.stamp('full').write_text(install.wanted('full'))"
    subprocess.run([sys.executable, "-c", stamped], cwd=tree / "requirements", check=True)
    (tree / "base" / "frontend").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "base/frontend/build.py"):
        shutil.copy(ROOT / name, tree / name)
    cache = {"npm_config_cache": str(tmp_path / "npm")}
    nowhere = {
        "npm_config_registry": "http://127.0.0.1:9",
        "npm_config_fetch_retry_mintimeout": "1",
    }
    done = make(tree, "frontend", f"PYTHON={sys.executable}", **cache, **nowhere)
    assert done.returncode == 2
    expected = (
        "De voorkant is niet te bouwen: er is geen verbinding met het npm-register. "
        "Kijk je netwerk of proxy na en probeer het opnieuw."
    )
    assert sentence(done) == [expected]
    assert not (tree / "node_modules").exists()
    assert not (tree / "base" / "frontend" / "dist").exists()


@pytest.mark.slow
def test_an_interrupted_set_up_leaves_nothing(tree, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "requirements/install.py", "full"],
        cwd=tree,
        env=os.environ | NOWHERE | {"PATH": python_only(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    give_up = time.monotonic() + 20
    while not (tree / ".venv").exists() and time.monotonic() < give_up:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 143
    process.stderr.close()
    assert not (tree / ".venv").exists()


def test_something_else_called_venv_is_left_alone(tree):
    (tree / ".venv").mkdir()
    (tree / ".venv" / "keep").write_text("mine")
    done = make(tree, "demo", f"PYTHON={sys.executable}")
    assert done.returncode == 2
    assert sentence(done) == [
        f"{tree}/.venv bestaat, maar is geen Python-omgeving: verwijder of hernoem die map."
    ]
    assert (tree / ".venv" / "keep").read_text() == "mine"


def test_lock_files_name_no_host_and_hash_everything():
    for name in ("base", "full", "dev", "frontend"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        assert "://" not in text
        packages = [line for line in lines if not line.startswith(" ")]
        assert packages
        assert all("==" in line and line.endswith("\\") for line in packages)
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_each_lock_holds_every_line_of_the_smaller_one():
    def pins(name):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        return {line.split(" ")[0] for line in text.splitlines() if "==" in line}

    assert pins("base") < pins("full") < pins("dev")


def test_help_documents_every_target():
    done = make(ROOT, "help")
    shown = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    assert shown >= {"demo", "test", "lint", "bench", "audit", "lock", "screens", "clean"}
