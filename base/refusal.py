# SPDX-License-Identifier: EUPL-1.2
"""Why a change did not happen, in a sentence that a person reads. Every room refuses in these words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest


class Refusal(Exception):
    """``sentence`` is ready for the page and the API's ``detail``; ``code`` is for programs.

    ``field`` names the form field it belongs to, or is empty.
    """

    code = "refused"

    def __init__(self, sentence: str, *, code: str = "", field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or self.code
        self.field = field


@contextmanager
def told(request: HttpRequest, done: str) -> Iterator[None]:
    """Says on the next page that it is done, or why it was refused. Other errors go on."""
    try:
        yield
    except Refusal as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, done)
