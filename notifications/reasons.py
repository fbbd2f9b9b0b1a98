# SPDX-License-Identifier: EUPL-1.2
"""Why a mail did not go out, in the language of who reads the outbox.

The row keeps the Dutch sentence that the worker marked: it works in the language of the receiver, not in that of
the coordinator who looks later. What a mail server said stays as it is.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as marked

NEWER_CODE = marked("er is een nieuwere code")
#: These stand before the words of a server, or of an error.
TRIED_A_DAY = marked("Een dag lang geprobeerd.")
UNWRITTEN = marked("Kon niet worden geschreven.")


def in_words(reason: str) -> str:
    for opening in (TRIED_A_DAY, UNWRITTEN):
        if reason.startswith(opening):
            return f"{gettext(opening)} {in_words(reason.removeprefix(opening).lstrip())}".rstrip()
    return gettext(reason) if reason else ""
