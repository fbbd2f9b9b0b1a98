# SPDX-License-Identifier: EUPL-1.2
"""Why a change in this room did not happen, with the sentence that a person reads."""

from base.refusal import Refusal


class MatchingError(Refusal):
    """Of questions, trainers and rounds."""


class RequestRefused(MatchingError):
    """A question that cannot be asked, changed or closed like this."""


class MatchRefused(MatchingError):
    """This trainer cannot be asked, or cannot answer like this (any more)."""


class ProfileRefused(MatchingError):
    """A trainer profile that the pool cannot hold."""


class NominationRefused(MatchingError):
    """Somebody who cannot be pointed out, or an answer that comes too late."""


class RoundRefused(MatchingError):
    """A round that cannot start, be released or be thrown away now."""


class PoolNotRead(Exception):
    """Most of the trainer pool has no vectors yet: nobody can say that nobody fits. For the worker, not for people."""
