# SPDX-License-Identifier: EUPL-1.2
"""One holder at a time, by a row in the database: the one thing that all processes share, with or without
Redis. Whoever dies while holding it, holds it until it runs out."""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from base import clock
from notifications.models import Lease


class Held:
    """A lease that is ours until ``keep`` says otherwise."""

    def __init__(self, name: str, token: uuid.UUID, seconds: int) -> None:
        self._mine = Lease.objects.filter(name=name, token=token)
        self._seconds = seconds

    def keep(self) -> bool:
        """Start the time anew. False when another took over, because we were away for too long."""
        return bool(self._mine.update(until=_end(self._seconds)))


@contextmanager
def one_at_a_time(name: str, *, seconds: int) -> Iterator[Held | None]:
    """None when somebody else holds it."""
    now, token = clock.now(), uuid.uuid4()
    Lease.objects.get_or_create(name=name, defaults={"until": now, "token": uuid.uuid4()})
    taken = Lease.objects.filter(name=name, until__lte=now).update(token=token, until=_end(seconds))
    if not taken:
        yield None
        return
    try:
        yield Held(name, token, seconds)
    finally:
        Lease.objects.filter(name=name, token=token).update(until=clock.now())


def _end(seconds: int) -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=seconds)
