# SPDX-License-Identifier: EUPL-1.2
"""Which data is in the database, and whether it is still good for a demo.

The marker is an audit line, so that no table of the product knows about the demo. Rule for an older demo:
once its TJC-week is over it is loaded anew; and also when the week has begun or the data is more than ten
days old, unless somebody did something by hand. A database without the marker is never touched.
"""

import datetime as dt
import enum

from accounts.models import AuditEvent, Organisation, Person
from base import clock

LOADED = "demo.loaded"
STALE_AFTER = dt.timedelta(days=10)


class State(enum.Enum):
    EMPTY = "empty"
    FRESH = "fresh"
    STALE = "stale"
    FOREIGN = "foreign"


def marker() -> AuditEvent | None:
    return AuditEvent.objects.filter(verb=LOADED).order_by("-pk").first()


def state() -> State:
    loaded = marker()
    if loaded is None:
        has_rows = Person.objects.exists() or Organisation.objects.exists()
        return State.FOREIGN if has_rows else State.EMPTY
    today = clock.today()
    if today > dt.date.fromisoformat(loaded.detail["week_ends_on"]):
        return State.STALE
    begun = today >= dt.date.fromisoformat(loaded.detail["week_starts_on"])
    if (begun or clock.now() - loaded.at > STALE_AFTER) and not _changed_by_hand(loaded):
        return State.STALE
    return State.FRESH


def _changed_by_hand(loaded: AuditEvent) -> bool:
    """Somebody acted since; what beat does by itself has no actor."""
    return AuditEvent.objects.filter(pk__gt=loaded.pk, actor__isnull=False).exists()
