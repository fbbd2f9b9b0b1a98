# SPDX-License-Identifier: EUPL-1.2
"""The file broker of the embedded default: kombu's, with messages that appear whole or not at all.

kombu 5.7 opens a message file first and locks and fills it after; a worker that looks in between moves an
empty file away, cannot read it and stops ("Unrecoverable error: JSONDecodeError", seen in the browser
tests on a busy machine). Here a message is written under another name and renamed, which is atomic. An
exchange table that is being written reads as not there yet.
"""

import os
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu import transport
from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

SCHEME = "tjc-filesystem"


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Names sort in the order of putting, as kombu's do; ``.part`` is nobody's queue."""
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        part = folder / f"{name}.part"
        try:
            part.write_text(dumps(payload))  # type: ignore[no-untyped-call]
            part.rename(folder / name)
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {os.fspath(folder)}") from error

    def get_table(self, exchange: str) -> list[Any]:
        try:
            return list(super().get_table(exchange))  # type: ignore[no-untyped-call]
        except ValueError:
            return []


class Transport(filesystem.Transport):
    Channel = Channel


transport.TRANSPORT_ALIASES[SCHEME] = "tjc.broker:Transport"
