# SPDX-License-Identifier: EUPL-1.2
"""Mail as files, for the demo and for machines without a mail server."""

import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from base import clock

_counter = itertools.count()


class EmlFileBackend(BaseEmailBackend):
    """One .eml file per mail in EMAIL_FILE_PATH, with exactly the octets an SMTP server would get.

    Names sort by the moment of sending; a file appears whole or not at all.
    """

    def __init__(self, *args: Any, file_path: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(file_path or settings.EMAIL_FILE_PATH)  # type: ignore[misc]

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            octets: bytes = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
            self._write(octets)
        return len(email_messages)

    def _write(self, octets: bytes) -> None:
        moment = clock.now().strftime("%Y%m%dT%H%M%S.%fZ")
        name = f"{moment}-{os.getpid()}-{next(_counter):06d}"
        unfinished = self.folder / f".{name}.tmp"
        unfinished.write_bytes(octets)
        unfinished.replace(self.folder / f"{name}.eml")
