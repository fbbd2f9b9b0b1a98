# SPDX-License-Identifier: EUPL-1.2
"""Hands finished octets to whatever EMAIL_BACKEND says, and says in our words what came of it."""

import email
import logging
import smtplib
from email.message import EmailMessage as ParsedMessage
from email.policy import default as modern
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger(__name__)

#: RFC 5321: the server is about to hang up; from 500 on a refusal is for good.
_CLOSING = 421
_PERMANENT = 500


class Refused(Exception):
    """The server answered: not this mail. Nothing was delivered. ``permanent``: asking again is no use."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class OutcomeUnknown(Exception):
    """The connection broke or the server fell silent: the mail may or may not have arrived.

    ``hung_up``: the server closed the line, as some do after a number of mails.
    """

    def __init__(self, reason: str, *, hung_up: bool = False) -> None:
        super().__init__(reason)
        self.hung_up = hung_up


class ServerUnavailable(Exception):
    """There is no server to talk to, or it refuses us altogether. No mail was handed over."""


class _Octets:
    """What Django's backends call a message: it has ``as_bytes``. Ours are final."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def as_bytes(self, *args: Any, **kwargs: Any) -> bytes:
        return self._octets

    def as_string(self, *args: Any, **kwargs: Any) -> str:
        return self._octets.decode()

    def __getattr__(self, name: str) -> Any:
        """Everything else (headers, walk) as the parsed message has it; for the console and for tests."""
        return getattr(email.message_from_bytes(self._octets), name)


class WireMessage(EmailMessage):
    """An EmailMessage whose octets were made before. ``subject`` and ``body`` are read back from them."""

    def __init__(self, octets: bytes, *, to: str, sender: str) -> None:
        self.octets = octets
        self.to = [to]
        self.cc: list[str] = []
        self.bcc: list[str] = []
        self.reply_to: list[str] = []
        self.from_email = sender
        self.attachments: list[Any] = []
        self.extra_headers: dict[str, str] = {}
        self.encoding = None
        self.connection = None

    def message(self, **kwargs: Any) -> Any:
        return _Octets(self.octets)

    @cached_property
    def parsed(self) -> ParsedMessage:
        return email.message_from_bytes(self.octets, policy=modern)

    @cached_property
    def subject(self) -> str:  # type: ignore[override]
        return str(self.parsed["Subject"])

    @cached_property
    def body(self) -> str:  # type: ignore[override]
        part = self.parsed.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""


class Postman:
    """One connection for a batch of mails; opened when first needed, reopened when it broke.

    Use as a context manager. EMAIL_TIMEOUT bounds every step of the conversation.
    """

    def __init__(self) -> None:
        self._connection: Any = get_connection(fail_silently=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.hang_up()

    def open(self) -> None:
        """Raises ServerUnavailable."""
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            raise ServerUnavailable(_reason(error)) from error

    def hang_up(self) -> None:
        try:
            self._connection.close()
        except (OSError, smtplib.SMTPException) as error:
            logger.debug("closing the mail connection: %s", error)
            self._connection = get_connection(fail_silently=False)

    def deliver(self, octets: bytes, *, to: str, sender: str = "") -> None:
        """Returns when the server took the mail. Raises Refused, OutcomeUnknown, ServerUnavailable.

        ``sender`` is the envelope's, where bounces go; From stands in the octets.
        """
        message = WireMessage(octets, to=to, sender=sender or settings.INVITE_FROM)
        try:
            self._connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            self._refused(code, text, cause=error)
        except smtplib.SMTPSenderRefused as error:
            self.hang_up()
            raise ServerUnavailable(_reason(error)) from error  # about us, not about this mail
        except smtplib.SMTPServerDisconnected as error:
            self.hang_up()
            # smtplib calls a time-out a disconnection as well.
            silent = isinstance(error.__context__, TimeoutError)
            raise OutcomeUnknown(_reason(error), hung_up=not silent) from error
        except smtplib.SMTPResponseException as error:
            self._refused(error.smtp_code, error.smtp_error, cause=error)
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            raise OutcomeUnknown(_reason(error)) from error

    def _refused(self, code: int, text: bytes | str, *, cause: Exception) -> None:
        if code == _CLOSING:
            self.hang_up()
        raise Refused(_sentence(code, text), permanent=code >= _PERMANENT) from cause


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _sentence(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}".strip(": ")


def _sentence(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {words}"
