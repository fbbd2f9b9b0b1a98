# SPDX-License-Identifier: EUPL-1.2
"""Editions: planning a TJC-week, changing it, and doing it again next year. For the national coordinator.

Sessions hold a copy of their edition's minute limit and lie within its days, so a change that would leave a
session outside is refused.
"""

import datetime as dt
import re
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import audit
from accounts.models import Person
from base import clock
from courses import signals
from courses.errors import ChangeRefused
from courses.models import Edition, Session
from courses.models.edition import HALF_DAY_MINUTES, WEEK_OR_DAY_MINUTES

#: Not free for an edition: the values of ``?editie=`` that mean something else (reach.domain.scopes).
RESERVED_SLUGS = frozenset({"doorlopend", "alles"})
LIMITS = {
    Edition.Kind.WEEK: WEEK_OR_DAY_MINUTES,
    Edition.Kind.DAY: WEEK_OR_DAY_MINUTES,
    Edition.Kind.SERIES: HALF_DAY_MINUTES,
}
#: The same weekdays a year later.
A_YEAR = dt.timedelta(weeks=52)
LONGEST_WEEK, LONGEST_SERIES = 14, 366
SHORTEST_MINUTES = 5

EDITABLE = frozenset(
    {
        "name",
        "kind",
        "description",
        "starts_on",
        "ends_on",
        "registration_opens_at",
        "registration_closes_at",
        "programme_published_at",
        "slots",
        "max_minutes",
    }
)
_SLOT = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def parse_slots(text: str) -> list[str]:
    """«9:00, 13.30» -> ["09:00", "13:30"], sorted, each once. Wall-clock times. Raises ChangeRefused."""
    found = set()
    for part in re.split(r"[\s,;]+", text.strip()):
        if not part:
            continue
        match = _SLOT.fullmatch(part)
        if match is None:
            raise ChangeRefused(
                _("Schrijf starttijden zoals 09:00, 10:30. Dit lukte niet: %(text)s")
                % {"text": part[:20]},
                code="slot",
                field="slots",
            )
        found.add(f"{int(match[1]):02}:{match[2]}")
    return sorted(found)


def create_edition(*, by: Person, **fields: Any) -> Edition:
    """A new edition with an address made of its name. Raises ChangeRefused with the field's sentence."""
    edition = Edition(**_editable(fields))
    _check(edition)
    with transaction.atomic():
        edition.slug = free_slug(edition.name)
        edition.save()
        audit.record("edition.created", actor=by, subject=edition)
    return edition


def change_edition(edition: Edition, *, by: Person, **fields: Any) -> Edition:
    """Change it; the address stays, because programmes and feeds hang on it. Raises ChangeRefused."""
    with transaction.atomic():
        current = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
        before = {name: getattr(current, name) for name in EDITABLE}
        for name, value in _editable(fields).items():
            setattr(current, name, value)
        _check(current)
        changed = sorted(name for name in EDITABLE if getattr(current, name) != before[name])
        if not changed:
            return current
        planned = current.sessions.exclude(status=Session.Status.CANCELLED)
        _check_days(current, planned)
        _check_minutes(current, planned)
        current.save()
        if "max_minutes" in changed:
            current.sessions.filter(pk__in=planned.values("pk")).update(
                max_minutes=current.max_minutes
            )
        audit.record("edition.changed", actor=by, subject=current, fields=changed)
        signals.edition_changed.send(Edition, edition=current, changed=changed)
    return current


def clone_edition(edition: Edition, *, by: Person) -> Edition:
    """The same edition a year later, on the same weekdays, without sessions and with its programme unpublished."""
    fields = {name: getattr(edition, name) for name in EDITABLE}
    fields |= {
        "name": name_next_year(edition.name),
        "starts_on": edition.starts_on + A_YEAR,
        "ends_on": edition.ends_on + A_YEAR,
        "registration_opens_at": _a_year_later(edition.registration_opens_at),
        "registration_closes_at": _a_year_later(edition.registration_closes_at),
        "programme_published_at": None,
    }
    return create_edition(by=by, **fields)


def name_next_year(name: str) -> str:
    """«TJC-week 2026» -> «TJC-week 2027»; a name without a year stays."""
    years = list(re.finditer(r"\b20\d\d\b", name))
    if not years:
        return name
    last = years[-1]
    return f"{name[: last.start()]}{int(last[0]) + 1}{name[last.end() :]}"


def free_slug(name: str) -> str:
    base = slugify(name)[:50].strip("-") or "editie"
    taken = RESERVED_SLUGS | set(
        Edition.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _editable(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = fields.keys() - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    return fields


def _a_year_later(instant: dt.datetime | None) -> dt.datetime | None:
    """The same wall-clock time; an hour later where the clock skips it or shows it twice."""
    if instant is None:
        return None
    wall = clock.local(instant)
    try:
        return clock.from_wall_time(wall.date() + A_YEAR, wall.time())
    except clock.ImpossibleWallTime:
        return instant + A_YEAR


def _refuse(field: str, sentence: str) -> ChangeRefused:
    return ChangeRefused(sentence, code=field, field=field)


def _check(edition: Edition) -> None:
    """What an edition must be by itself."""
    if not edition.name.strip():
        raise _refuse("name", _("Geef de editie een naam."))
    if edition.kind == Edition.Kind.DAY:
        edition.ends_on = edition.starts_on
    if edition.ends_on < edition.starts_on:
        raise _refuse("ends_on", _("De laatste dag ligt voor de eerste. Kies een latere dag."))
    longest = LONGEST_SERIES if edition.kind == Edition.Kind.SERIES else LONGEST_WEEK
    if (edition.ends_on - edition.starts_on).days >= longest:
        raise _refuse(
            "ends_on", _("Zo’n editie duurt hooguit %(count)d dagen.") % {"count": longest}
        )
    limit = LIMITS[Edition.Kind(edition.kind)]
    if not SHORTEST_MINUTES <= edition.max_minutes <= limit:
        raise _refuse(
            "max_minutes",
            _("Kies een duur van 5 tot en met %(limit)d minuten.") % {"limit": limit},
        )
    opens, closes = edition.registration_opens_at, edition.registration_closes_at
    if opens and closes and closes <= opens:
        raise _refuse(
            "registration_closes_at",
            _("Het aanmelden sluit eerder dan het opengaat. Kies een later moment."),
        )


def _check_days(edition: Edition, planned: QuerySet[Session]) -> None:
    days = [clock.local(at).date() for at in planned.values_list("starts_at", flat=True)]
    outside = sorted(day for day in days if not edition.starts_on <= day <= edition.ends_on)
    if outside:
        raise _refuse(
            "starts_on" if outside[0] < edition.starts_on else "ends_on",
            ngettext(
                "Er is nog %(count)d bijeenkomst buiten deze dagen, op %(day)s. Verplaats die eerst.",
                "Er zijn nog %(count)d bijeenkomsten buiten deze dagen, de eerste op %(day)s. "
                "Verplaats die eerst.",
                len(outside),
            )
            % {"count": len(outside), "day": date_format(outside[0], "j F Y")},
        )


def _check_minutes(edition: Edition, planned: QuerySet[Session]) -> None:
    spans = planned.values_list("starts_at", "ends_at")
    longest = max(((end - start).seconds // 60 for start, end in spans), default=0)
    if longest > edition.max_minutes:
        raise _refuse(
            "max_minutes",
            _("Er is al een bijeenkomst van %(minutes)d minuten. Maak die eerst korter.")
            % {"minutes": longest},
        )
