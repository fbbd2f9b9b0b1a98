# SPDX-License-Identifier: EUPL-1.2
"""What pages of other rooms show of this one."""

from typing import Any

from django import template

from accounts.models import Person
from courses.models import Edition
from notifications.domain import days, preferences

register = template.Library()


@register.inclusion_tag("notifications/delen/editie.html", takes_context=True)
def editie_mail(context: Any, edition: Edition) -> dict[str, Any]:
    """The button for a whole TJC-dag, or «Wil je bericht?» before the programme is public. One query."""
    user = context["request"].user
    person = user if isinstance(user, Person) else None
    public = edition.programme_is_public
    found: dict[str, Any] = {
        "edition": edition,
        "person": person,
        "csrf_token": context.get("csrf_token"),
        "address": context["request"].path,
        "ask": not public and not edition.is_over,
        "day": public and edition.kind == Edition.Kind.DAY and not edition.is_over,
    }
    if person is not None and found["ask"]:
        found["asked"] = preferences.wants_programme(edition, person)
    if person is not None and found["day"]:
        found["in_calendar"] = days.of(person, edition) is not None
    return found
