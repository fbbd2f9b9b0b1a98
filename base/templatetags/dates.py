# SPDX-License-Identifier: EUPL-1.2
"""Dates and durations as the design shows them, always on the clock of Europe/Amsterdam.

Dutch writes days and months small, English with a capital: «di 13 okt, 10:00», «Tue 13 Oct, 10:00».

{{ session.starts_at|day_time }}      di 13 okt, 10:00
{{ session.starts_at|long_day }}      dinsdag 13 oktober
{{ session.starts_at|day_in_full }}   Dinsdag 13 oktober 2026
{{ day|weekday_number }}              di 13
{% when session %}                    di 13 okt, 10:00 (50 minuten)
{% when_long session %}               Dinsdag 13 oktober, 10:00 tot 10:50
{{ 90|duration }}                     anderhalf uur
"""

import datetime as dt
import functools
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from base import clock

register = template.Library()


def written(day: dt.date | dt.datetime, form: str) -> str:
    """The date in Django's format ``form``, days and months with or without a capital as the language has it."""
    return _written(day, form, get_language() or "nl")


@functools.lru_cache(maxsize=4096)
def _written(day: dt.date | dt.datetime, form: str, language: str) -> str:
    # A page of cards has the dates of the page before; writing one takes Django some 30 lookups.
    text = date_format(day, form)
    return text if language.startswith("en") else text.lower()


@register.filter
def day_time(instant: dt.datetime) -> str:
    """Di 13 okt, 10:00; with the year when it is not this year."""
    moment = clock.local(instant)
    return written(moment, "D j M, H:i" if moment.year == clock.today().year else "D j M Y, H:i")


@register.filter
def short_day(day: dt.date) -> str:
    """Di 13 okt."""
    return written(_day(day), "D j M")


@register.filter
def weekday_number(day: dt.date) -> str:
    """Di 13."""
    return written(_day(day), "D j")


@register.filter
def long_day(day: dt.date | dt.datetime) -> str:
    """Dinsdag 13 oktober; with the year when it is not this year."""
    local = _day(day)
    form = "l j F" if local.year == clock.today().year else "l j F Y"
    return date_format(local, form)


@register.filter
def day_in_full(instant: dt.datetime) -> str:
    """Dinsdag 13 oktober 2026, always with its year: for what is kept."""
    text = date_format(_day(instant), "l j F Y")
    return text[:1].upper() + text[1:]


@register.filter
def time_of(instant: dt.datetime) -> str:
    """10:00."""
    return date_format(clock.local(instant), "H:i")


@register.filter
def duration(minutes: int) -> str:
    """50 minuten, 1 uur, anderhalf uur, 2 uur, 1 uur en 10 minuten."""
    whole, rest = divmod(int(minutes), 60)
    if minutes == 90:  # noqa: PLR2004 - one and a half hour has a name
        return _("anderhalf uur")
    hours = ngettext("%(count)d uur", "%(count)d uur", whole) % {"count": whole}
    over = ngettext("%(count)d minuut", "%(count)d minuten", rest) % {"count": rest}
    if not (whole and rest):
        return hours if whole else over
    return _("%(hours)s en %(minutes)s") % {"hours": hours, "minutes": over}


@register.simple_tag
def when(session: Any) -> str:
    """Short form on cards. ``session`` has starts_at and ends_at."""
    minutes = int((session.ends_at - session.starts_at).total_seconds() // 60)
    return f"{day_time(session.starts_at)} ({duration(minutes)})"


@register.filter
def period(session: Any) -> str:
    """In a sentence: 'dinsdag 13 oktober, 10:00 tot 10:50'."""
    return _("%(day)s, %(start)s tot %(end)s") % {
        "day": long_day(session.starts_at),
        "start": time_of(session.starts_at),
        "end": time_of(session.ends_at),
    }


@register.simple_tag
def when_long(session: Any) -> str:
    """Long form on facts panels: 'Dinsdag 13 oktober, 10:00 tot 10:50'."""
    text = period(session)
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
