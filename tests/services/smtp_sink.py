# SPDX-License-Identifier: EUPL-1.2
"""A mail server of our own, in a process of its own, that can be rude. Every mail it takes becomes a file,
complete before the 250 is said.

    python -m tests.services.smtp_sink PORT FOLDER [--refuse CODE] [--greylist] [--mute-after N] [--slow SECONDS]
"""

import argparse
import asyncio
import itertools
import threading
from pathlib import Path

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, options):
        self.options = options
        self.folder = Path(options.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.count = itertools.count(len(list(self.folder.glob("*.eml"))))
        self.seen = set()
        self.lock = threading.Lock()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's
        if self.options.refuse and address.startswith("weg"):
            return f"{self.options.refuse} 5.1.1 no such user here"
        if self.options.greylist and address not in self.seen:
            self.seen.add(address)
            return "451 4.7.1 greylisted, try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's
        number = next(self.count)
        name = self.folder / f"{number:06d}.eml"
        unfinished = name.with_suffix(".tmp")
        unfinished.write_bytes(envelope.original_content)
        unfinished.rename(name)
        if self.options.slow:
            await asyncio.sleep(self.options.slow)
        if self.options.mute_after is not None and number >= self.options.mute_after:
            await asyncio.sleep(3600)
        return "250 taken"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("folder")
    parser.add_argument("--refuse", type=int)
    parser.add_argument("--greylist", action="store_true")
    parser.add_argument("--mute-after", type=int)
    parser.add_argument("--slow", type=float, default=0)
    options = parser.parse_args()
    Controller(Sink(options), hostname="127.0.0.1", port=options.port).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
