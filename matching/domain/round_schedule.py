# SPDX-License-Identifier: EUPL-1.2
"""When rounds run by themselves: every night, and some weeks before an edition for that edition."""

import datetime as dt

from courses.models import Edition
from matching.models import MatchRun

#: So many days before its first day an edition gets the night's round: time enough to plan, and once more.
DAYS_BEFORE = (21, 7)


def tonight(today: dt.date) -> tuple[str, Edition | None]:
    """(kind, edition) of the round of this night."""
    days = [today + dt.timedelta(days=before) for before in DAYS_BEFORE]
    edition = Edition.objects.filter(starts_on__in=days).order_by("starts_on", "pk").first()
    return (MatchRun.Kind.EDITION if edition else MatchRun.Kind.NIGHTLY), edition
