# SPDX-License-Identifier: EUPL-1.2
r"""Reads the mailbox of INVITE_FROM (and of the bounces) over IMAP.

A mail is marked \Seen after its transaction was committed. When the process dies between the two, the next
run meets the mail again and finds its Message-ID: the end is the same.
"""

import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from imap_tools import ImapToolsError, MailBox, MailMessageFlags
from imap_tools.mailbox import BaseMailBox

from notifications.inbound import reading
from notifications.inbound.lease import Held, one_at_a_time
from notifications.inbound.receiving import receive

logger = logging.getLogger(__name__)

#: Mails per run; what is left, the next run takes. One mail is in memory at a time.
PER_RUN = 500
_LEASE = "imap"
_LEASE_SECONDS = 300
#: Seconds that one step of the talk with the server may take.
_TIMEOUT = 30
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass
class Tally:
    handled: int = 0
    again: int = 0
    trouble: str = ""

    def __str__(self) -> str:
        return f"{self.handled} verwerkt, {self.again} al eerder" + (
            f"; {self.trouble}" if self.trouble else ""
        )


def poll(mailbox: dict[str, Any], *, limit: int = PER_RUN) -> Tally:
    """Handle what is unseen, oldest first. Never raises for what a server or a mail does: ``trouble`` says."""
    tally = Tally()
    with one_at_a_time(_LEASE, seconds=_LEASE_SECONDS) as held:
        if held is None:
            tally.trouble = "een ander is al bezig"
            return tally
        try:
            with _open(mailbox) as box:
                _read(box, held, tally, limit)
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
            tally.trouble = f"IMAP: {type(error).__name__}: {error}"[:300]
        except (OperationalError, InterfaceError) as error:
            tally.trouble = f"de database is er even niet: {error}"[:300]
    if tally.trouble:
        logger.error("receiving mail stopped: %s", tally.trouble)
    return tally


@contextmanager
def _open(mailbox: dict[str, Any]) -> Iterator[BaseMailBox]:
    """Without a context of our own, imaplib would trust any certificate."""
    box = MailBox(
        mailbox["host"],
        port=mailbox["port"],
        timeout=_TIMEOUT,
        ssl_context=ssl.create_default_context(),
    )
    try:
        yield box.login(mailbox["user"], mailbox["password"], initial_folder=mailbox["folder"])
    finally:
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            box.logout()  # closes the line, also when the server does not answer


def _read(box: BaseMailBox, held: Held, tally: Tally, limit: int) -> None:
    for uid in _unseen(box)[:limit]:
        if not held.keep():
            tally.trouble = "een ander nam het over"
            return
        for raw, complete in _fetch(box, uid):
            receipt = receive(raw, complete=complete)
            if receipt.again:
                tally.again += 1
            else:
                tally.handled += 1
            box.flag(uid, MailMessageFlags.SEEN, value=True)


def _unseen(box: BaseMailBox) -> list[str]:
    return sorted(box.uids("UNSEEN"), key=int)


def _fetch(box: BaseMailBox, uid: str) -> Iterator[tuple[bytes, bool]]:
    """The octets, not yet parsed by anybody, and whether they are the whole mail. Nothing when it is gone."""
    size = _SIZE.search(b" ".join(_lines(box, uid, "(RFC822.SIZE)")))
    if size is None:
        return
    complete = int(size[1]) <= reading.MAX_BYTES
    wanted = "(BODY.PEEK[])" if complete else f"(BODY.PEEK[HEADER]<0.{reading.MAX_HEADER_BYTES}>)"
    _status, data = box.client.uid("FETCH", uid, wanted)
    for item in data:
        if isinstance(item, tuple):
            yield item[1], complete
            return


def _lines(box: BaseMailBox, uid: str, wanted: str) -> list[bytes]:
    _status, data = box.client.uid("FETCH", uid, wanted)
    return [item for item in data if isinstance(item, bytes)]
