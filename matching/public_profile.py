# SPDX-License-Identifier: EUPL-1.2
"""What the public page of a trainer says of the pool (``settings.TRAINER_PROFILE``)."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person, Province
from base import clock
from matching.models import TrainerProfile


def of(person: Person) -> dict[str, Any] | None:
    """Two queries; None for who is not in the pool."""
    profile = (
        TrainerProfile.objects.filter(person=person)
        .exclude(state=TrainerProfile.State.WITHDRAWN)
        .prefetch_related("themes")
        .first()
    )
    if profile is None or not person.is_verified:
        return None
    places = [str(Province(value).label) for value in profile.provinces]
    return {
        "template": "matching/delen/openbaar_profiel.html",
        "row": profile,
        "themes": list(profile.themes.all()),
        "where": ", ".join([*([_("Online")] if profile.online else []), *places]),
        "paused": profile.is_paused(clock.today()),
    }
