# SPDX-License-Identifier: EUPL-1.2
"""Names that people type: one line, no tricks, every script and emoji welcome."""

import re
import unicodedata

from django.utils.translation import gettext as _

from accounts.errors import InvalidName

# Marks that turn the direction of text around: harmless inside Arabic or Hebrew words (which need none of
# them), but they let a name rewrite the sentence it stands in. U+200D and U+FE0F stay: emoji need them.
_DIRECTION = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def one_line(text: str, *, limit: int) -> str:
    """The text on one line without control characters, for names that also stand in mail headers.

    Raises InvalidName when it is longer than ``limit`` characters.
    """
    if len(text) <= 20 * limit:
        text = _DIRECTION.sub("", unicodedata.normalize("NFC", text))
        text = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
        text = " ".join(text.split())
    if len(text) > limit:
        raise InvalidName(
            _("Dit is te lang. Gebruik hooguit %(limit)d tekens.") % {"limit": limit},
            code="too_long",
        )
    return text


def clean_name(text: str) -> str:
    """A person's name. Raises InvalidName when nothing is left or it is too long."""
    name = one_line(text, limit=120)
    if not any(c.isalnum() for c in name):
        raise InvalidName(_("Vul je naam in."))
    return name
