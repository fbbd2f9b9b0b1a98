# SPDX-License-Identifier: EUPL-1.2
"""Text of people that goes into mail headers and calendar lines: one line, no tricks, RFC 2047."""

import unicodedata
from email.header import Header
from email.utils import quote

#: Characters that turn the reading direction of what follows; a name could make an address look different.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_LINE_LENGTH = 76


def one_line(text: str) -> str:
    """``text`` without line breaks, control characters and direction overrides; runs of space become one."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    kept = (
        " " if char.isspace() or unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} else char
        for char in text
        if char not in _DIRECTION
    )
    return " ".join("".join(kept).split())


def _is_plain(text: str) -> bool:
    """ASCII, and nothing that a mail program would decode into something else."""
    return text.isascii() and "=?" not in text


def text_header(name: str, text: str) -> str:
    """The value of an unstructured header such as Subject, folded with CRLF, encoded words where needed."""
    text = one_line(text)
    plain = _is_plain(text)
    if plain and len(name) + 2 + len(text) <= _LINE_LENGTH:
        return text
    charset = "us-ascii" if plain else "utf-8"
    return Header(text, charset, _LINE_LENGTH, header_name=name).encode(linesep="\r\n")


def address_header(name: str, display: str, address: str) -> str:
    """'Display <address>' for a header called ``name``. ``address`` is ASCII: its domain may be IDNA."""
    display = one_line(display)
    if not display:
        return address
    if _is_plain(display) and len(name) + len(display) + len(address) + 8 <= _LINE_LENGTH:
        return f'"{quote(display)}" <{address}>'
    encoded = Header(display, "utf-8", _LINE_LENGTH, header_name=name).encode(linesep="\r\n")
    return f"{encoded}\r\n <{address}>"
