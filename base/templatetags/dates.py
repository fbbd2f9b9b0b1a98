# SPDX-License-Identifier: EUPL-1.2
"""Dates and durations as the design shows them, always on the clock of Europe/Amsterdam.

{{ session.starts_at|day_time }}      di 13 okt, 10:00
{{ session.starts_at|long_day }}      dinsdag 13 oktober
{% when session %}                    di 13 okt, 10:00 (50 minuten)
{% when_long session %}               Dinsdag 13 oktober, 10:00 tot 10:50
{{ 90|duration }}                     anderhalf uur
"""

import datetime as dt
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from base import clock

register = template.Library()


@register.filter
def day_time(instant: dt.datetime) -> str:
    """Di 13 okt, 10:00; with the year when it is not this year."""
    moment = clock.local(instant)
    form = "D j b, H:i" if moment.year == clock.today().year else "D j b Y, H:i"
    return date_format(moment, form).lower()


@register.filter
def short_day(day: dt.date) -> str:
    """Di 13 okt."""
    return date_format(_day(day), "D j b").lower()


@register.filter
def long_day(day: dt.date | dt.datetime) -> str:
    """Dinsdag 13 oktober; with the year when it is not this year."""
    local = _day(day)
    form = "l j F" if local.year == clock.today().year else "l j F Y"
    return date_format(local, form)


@register.filter
def time_of(instant: dt.datetime) -> str:
    """10:00."""
    return date_format(clock.local(instant), "H:i")


@register.filter
def duration(minutes: int) -> str:
    """50 minuten, 1 uur, anderhalf uur, 2 uur."""
    whole, rest = divmod(int(minutes), 60)
    if rest == 0 and whole:
        return _("%(count)d uur") % {"count": whole}
    if minutes == 90:  # noqa: PLR2004 - one and a half hour has a name
        return _("anderhalf uur")
    if whole == 0:
        return ngettext("%(count)d minuut", "%(count)d minuten", rest) % {"count": rest}
    return _("%(hours)d uur en %(minutes)d minuten") % {"hours": whole, "minutes": rest}


@register.simple_tag
def when(session: Any) -> str:
    """Short form on cards. ``session`` has starts_at and ends_at."""
    minutes = int((session.ends_at - session.starts_at).total_seconds() // 60)
    return f"{day_time(session.starts_at)} ({duration(minutes)})"


@register.simple_tag
def when_long(session: Any) -> str:
    """Long form on facts panels: 'Dinsdag 13 oktober, 10:00 tot 10:50'."""
    text = _("%(day)s, %(start)s tot %(end)s") % {
        "day": long_day(session.starts_at),
        "start": time_of(session.starts_at),
        "end": time_of(session.ends_at),
    }
    return text[:1].upper() + text[1:]


@register.filter(name="day_range")
def day_range(edition: Any) -> str:
    """'12 tot en met 16 oktober', or one day. ``edition`` has starts_on and ends_on."""
    first, last = edition.starts_on, edition.ends_on
    end = date_format(last, "j F" if last.year == clock.today().year else "j F Y")
    if first == last:
        return end
    start = date_format(
        first, "j" if (first.month, first.year) == (last.month, last.year) else "j F"
    )
    return _("%(start)s tot en met %(end)s") % {"start": start, "end": end}


def _day(value: dt.date | dt.datetime) -> dt.date:
    return clock.local(value).date() if isinstance(value, dt.datetime) else value
