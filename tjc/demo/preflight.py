# SPDX-License-Identifier: EUPL-1.2
"""What must be true before the demo touches anything. Every refusal is one Dutch sentence."""

import contextlib
import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

WRONG_USE = 2
PORT_TAKEN = 3
PORTS_TO_TRY = 100
HIGHEST_PORT = 65535


class DemoRefusedError(Exception):
    """Stops the demo with this sentence; ``code`` is the exit code."""

    def __init__(self, sentence: str, *, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def port_from(text: str) -> int:
    """The port number. Raises DemoRefusedError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= HIGHEST_PORT:
        raise DemoRefusedError(
            f"PORT={text} kan niet: kies een getal van 1 tot en met {HIGHEST_PORT}.", code=WRONG_USE
        )
    return int(text)


def is_free(port: int) -> bool:
    """Whether gunicorn will be able to listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise DemoRefusedError(
                f"Poort {port} mag je niet gebruiken: kies er een boven 1023, "
                "bijvoorbeeld met PORT=8000 make demo.",
                code=WRONG_USE,
            ) from None
        except OSError:
            return False
    return True


def check_port(port: int) -> None:
    """Raises DemoRefusedError (exit code 3) that names the next free port."""
    if is_free(port):
        return
    candidates = range(port + 1, min(port + PORTS_TO_TRY, HIGHEST_PORT) + 1)
    free = next((other for other in candidates if is_free(other)), None)
    advice = (
        f"start met PORT={free} make demo." if free else "kies een andere met PORT=… make demo."
    )
    raise DemoRefusedError(f"Poort {port} is bezet: {advice}", code=PORT_TAKEN)


def check_folder(folder: Path) -> None:
    """Makes the folder for database, mail and static files. Raises DemoRefusedError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise DemoRefusedError(
            f"In {folder} mag niet geschreven worden ({error.strerror}): "
            "kies een andere map met TJC_VAR=/pad/naar/map make demo."
        ) from None


@contextlib.contextmanager
def only_demo_in(folder: Path) -> Iterator[None]:
    """One demo per folder: two would share beat's schedule. Raises DemoRefusedError."""
    handle = os.open(folder / "demo.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DemoRefusedError(
                f"Er draait al een demo met de gegevens in {folder}: "
                "stop die eerst, of kies een andere map met TJC_VAR=/pad/naar/map make demo."
            ) from None
        yield
    finally:
        os.close(handle)
