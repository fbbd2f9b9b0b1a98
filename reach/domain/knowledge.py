# SPDX-License-Identifier: EUPL-1.2
"""Knowledge capital: per theme who can teach it, here and elsewhere, how that grew, and what to do next.

Who can teach what is said by matching.domain.gaps; trainers are known by name to everybody, so their numbers need
no hiding. Names are told of the own organisation only, and viewing them is logged by the page.
"""

import dataclasses
import datetime as dt
from collections import defaultdict

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation
from base import clock
from courses.models import Course, CourseTrainer, Theme
from matching.domain import gaps
from matching.models import TrainerProfile

A_YEAR = dt.timedelta(days=365)
#: More next steps than these nobody takes.
MOST_STEPS = 5


@dataclasses.dataclass(frozen=True)
class Teacher:
    """A colleague of the own organisation, by name."""

    name: str
    #: When the theme first stood in the profile's owner or a course was published.
    since: dt.datetime | None


@dataclasses.dataclass(frozen=True)
class Knowledge:
    """One theme at the own organisation, beside the whole country."""

    country: gaps.ThemeRow
    teachers: list[Teacher]
    #: Trainers of other organisations, and how many organisations those are.
    elsewhere: int
    organisations: int
    #: Own trainers that came in the last year.
    new: int
    #: Questions and supports of own colleagues in the last year.
    asked_here: int

    @property
    def theme(self) -> Theme:
        return self.country.theme

    @property
    def is_single(self) -> bool:
        """Kennis bij één persoon: asked for by anybody, and one own colleague alone can teach it."""
        return self.country.asked > 0 and len(self.teachers) == 1

    @property
    def says_something(self) -> bool:
        return bool(self.teachers or self.asked_here)


@dataclasses.dataclass(frozen=True)
class Capital:
    """``rows``: of the own organisation; empty for who coordinates none. ``country``: most asked first."""

    rows: list[Knowledge]
    country: list[gaps.ThemeRow]
    steps: list[str]

    @property
    def own(self) -> list[Knowledge]:
        return [row for row in self.rows if row.says_something]

    @property
    def taught_themes(self) -> int:
        return sum(bool(row.teachers) for row in self.rows)

    @property
    def named(self) -> int:
        return len({teacher.name for row in self.rows for teacher in row.teachers})

    @property
    def singles(self) -> list[Knowledge]:
        """What leaves with one colleague, most asked first."""
        found = [row for row in self.rows if row.is_single]
        return sorted(found, key=lambda row: (-row.country.asked, row.theme.name))

    @property
    def missing(self) -> list[gaps.ThemeRow]:
        return [row for row in self.country if row.is_gap]

    @property
    def alone(self) -> list[gaps.ThemeRow]:
        """What one colleague in the whole country can teach."""
        return [row for row in self.country if row.hangs_on_one]


def capital(organisation: Organisation | None) -> Capital:
    """Of one organisation, beside the country; without one only the country. The number of queries does not depend
    on how much there is."""
    country = sorted(gaps.per_theme(), key=lambda row: (-row.asked, row.theme.name))
    rows = _rows(organisation, country) if organisation is not None else []
    return Capital(rows, country, _steps(rows))


def _rows(organisation: Organisation, country: list[gaps.ThemeRow]) -> list[Knowledge]:
    since = clock.now() - A_YEAR
    teaching, asked = _who_teaches(), gaps.asked_per_theme(organisation)
    rows = []
    for found in country:
        people = teaching.get(found.theme.pk, {})
        own = [(name, first) for name, place, first in people.values() if place == organisation.pk]
        others = {place for _name, place, _first in people.values() if place != organisation.pk}
        rows.append(
            Knowledge(
                country=found,
                teachers=[Teacher(*teacher) for teacher in sorted(own, key=lambda t: t[0])],
                elsewhere=len(people) - len(own),
                organisations=len(others),
                new=sum(first is not None and first >= since for _name, first in own),
                asked_here=asked.get(found.theme.pk, 0),
            )
        )
    return sorted(rows, key=lambda row: (-len(row.teachers), -row.country.asked, row.theme.name))


_Teaching = dict[int, dict[int, tuple[str, int, dt.datetime | None]]]


def _who_teaches() -> _Teaching:
    """Theme: person: name, organisation and since when. By profile, or by a published course."""
    found: _Teaching = defaultdict(dict)
    courses = (
        CourseTrainer.objects.filter(
            course__theme__isnull=False,
            course__status__in=(Course.Status.PUBLISHED, Course.Status.ARCHIVED),
            person__is_active=True,
            person__verified_at__isnull=False,
            person__organisation__isnull=False,
        )
        .exclude(person__trainer_profile__state=TrainerProfile.State.WITHDRAWN)
        .order_by()
        .values_list("course__theme", "person", "person__name", "person__organisation")
        .annotate(first=Min("course__published_at"))
    )
    profiles = (
        TrainerProfile.objects.exclude(state=TrainerProfile.State.WITHDRAWN)
        .filter(
            themes__isnull=False,
            person__is_active=True,
            person__verified_at__isnull=False,
            person__organisation__isnull=False,
        )
        .order_by()
        .values_list("themes", "person", "person__name", "person__organisation", "created_at")
    )
    for theme, person, name, place, first in (*courses, *profiles):
        known = found[theme].get(person)
        moments = [moment for moment in (first, known[2] if known else None) if moment is not None]
        found[theme][person] = (name, place, min(moments, default=None))
    return found


def _steps(rows: list[Knowledge]) -> list[str]:
    """What helps most first: nobody can teach it, one colleague can, others wait for what we can."""
    steps = []
    for row in sorted(rows, key=lambda row: -row.country.asked):
        words = {"theme": row.theme.name}
        if row.country.is_gap:
            steps.append(
                _(
                    "Zoek een collega die “%(theme)s” kan geven: er is vraag naar en niemand geeft het."
                )
                % words
            )
        elif row.country.asked and not row.teachers:
            steps.append(
                ngettext(
                    "Vraag een trainer van een andere organisatie voor “%(theme)s”: %(elsewhere)d collega kan het.",
                    "Vraag een trainer van een andere organisatie voor “%(theme)s”: %(elsewhere)d collega’s kunnen het.",
                    row.elsewhere,
                )
                % (words | {"elsewhere": row.elsewhere})
            )
        elif row.is_single:
            steps.append(
                _(
                    "Laat een tweede collega meekijken bij %(name)s: alleen zij of hij kan “%(theme)s” geven."
                )
                % (words | {"name": row.teachers[0].name})
            )
        elif row.teachers and row.country.waiting:
            steps.append(
                ngettext(
                    "Plan nog een keer “%(theme)s”: %(waiting)d collega wacht erop.",
                    "Plan nog een keer “%(theme)s”: %(waiting)d collega’s wachten erop.",
                    row.country.waiting,
                )
                % (words | {"waiting": row.country.waiting})
            )
    return steps[:MOST_STEPS]
