# SPDX-License-Identifier: EUPL-1.2
"""Makes .venv from a lock file: ``install.py full`` for the demo, ``install.py dev`` for the tests as well,
``install.py base`` for a web process alone (no ranking by meaning, no spreadsheets or PDF), ``install.py frontend`` for a Node.js of our own when the machine has none that will do.

Uses uv when it is on PATH, else the standard venv and pip; both check the hashes of the lock file. A stamp
is written last, so a second run takes no time and an interrupted one is done again. A .venv that this run
began is removed when it fails. The Makefile has seen to the Python version.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
#: dev.txt holds every line of full.txt, and that one every line of base.txt
CONTAINS = {"dev": ["full", "base"], "full": ["base"]}
OLDEST_NODE = 20
NO_NETWORK = (
    "dns error",
    "failed to lookup address",
    "name resolution",
    "name or service not known",
    "nodename nor servname",
    "network is unreachable",
    "connection refused",
    "connection reset",
    "connection error",
    "failed to fetch",
    "failed to connect",
    "error sending request",
    "newconnectionerror",
    "proxyerror",
    "max retries exceeded",
    "connecttimeout",
    "timed out",
    "tunnel error",
    "no route to host",
    "(from versions: none)",  # pip, when its retries are hidden
)


class SetupError(Exception):
    """Ends the run with this one sentence."""


def run(*command: str | Path) -> None:
    """Runs quietly; raises SetupError with a sentence when it fails."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    words = done.stdout.lower()
    if any(sign in words for sign in NO_NETWORK):
        raise SetupError(
            "De pakketten zijn niet op te halen: er is geen verbinding met het pakketregister. "
            "Kijk je netwerk of proxy na en probeer het opnieuw."
        )
    if "ensurepip" in words:
        raise SetupError(
            "Deze Python kan geen omgeving maken: installeer eerst het pakket python3-venv, of uv."
        )
    if "permission denied" in words or "read-only file system" in words:
        raise SetupError(f"Er mag niet geschreven worden in {ROOT}.")
    sys.stderr.write("\n".join(done.stdout.splitlines()[-15:]) + "\n")
    raise SetupError("De pakketten installeren lukt niet (zie hierboven).")


def has_node() -> bool:
    """Node.js 20 or newer with npm, as base/frontend/build.py wants it."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    version = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    ).stdout
    major = version.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def find_uv() -> str | None:
    """uv, when it is there and really runs (a version manager's shim may not)."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    check = subprocess.run([uv, "--version"], capture_output=True, check=False)
    return uv if check.returncode == 0 else None


def wanted(name: str) -> str:
    """The stamp's text: lock file, Python and place, so that a moved or changed tree is installed again."""
    digest = hashlib.sha256((HERE / f"{name}.txt").read_bytes()).hexdigest()
    return f"{digest} {sys.version_info.major}.{sys.version_info.minor} {VENV}\n"


def stamp(name: str) -> Path:
    return VENV / f"tjc-{name}.stamp"


def is_done(name: str) -> bool:
    return PYTHON.exists() and stamp(name).exists() and stamp(name).read_text() == wanted(name)


def install(name: str) -> None:
    if is_done(name):
        return
    began_here = not PYTHON.exists()
    if began_here and VENV.exists():
        raise SetupError(
            f"{VENV} bestaat, maar is geen Python-omgeving: verwijder of hernoem die map."
        )
    uv = find_uv()
    print(f"Python-pakketten installeren ({'uv' if uv else 'pip'}) …", flush=True)
    lock = HERE / f"{name}.txt"
    try:
        stamp(name).unlink(missing_ok=True)
        if uv:
            if began_here:
                run(uv, "venv", "--quiet", "--python", sys.executable, VENV)
            run(uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock)
        else:
            # Also in an existing environment that uv made: it has no pip of its own.
            run(sys.executable, "-m", "venv", VENV)
            pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            run(*pip, "--require-hashes", "-r", lock)
        for done in (name, *CONTAINS.get(name, [])):
            stamp(done).write_text(wanted(done))
    except BaseException:
        if began_here:
            shutil.rmtree(VENV, ignore_errors=True)
        raise


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two runs in one tree wait for each other."""
    handle = os.open(HERE, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with one_at_a_time():
        for name in sys.argv[1:] or ["full"]:
            if name == "frontend" and has_node():
                continue
            if not is_done(name) and not os.access(ROOT, os.W_OK):
                raise SetupError(f"Er mag niet geschreven worden in {ROOT}.")
            install(name)


if __name__ == "__main__":
    try:
        main()
    except SetupError as reason:
        sys.exit(str(reason))
    except OSError as error:
        sys.exit(f"De installatie lukt niet: {error}.")
    except KeyboardInterrupt:
        sys.exit("Gestopt; er is niets half achtergebleven.")
