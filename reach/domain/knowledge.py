# SPDX-License-Identifier: EUPL-1.2
"""Knowledge capital: per theme who can teach it, here and elsewhere, how that grew, and what to do next.

Who can teach what is said by matching.domain.gaps; trainers are known by name to everybody, so their numbers need
no hiding. Names are told of the own organisation only, and viewing them is logged by the page.
"""

import dataclasses
import datetime as dt
from collections import Counter, defaultdict

from django.db.models import Min, QuerySet
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
#: So many names of one theme are shown; of the others how many there are.
MOST_NAMES = 12


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
    def shown(self) -> list[Teacher]:
        return self.teachers[:MOST_NAMES]

    @property
    def not_shown(self) -> int:
        return max(0, len(self.teachers) - MOST_NAMES)

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
        return len({teacher.name for row in self.rows for teacher in row.shown})

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
    teachers, asked = _own_teachers(organisation), gaps.asked_per_theme(organisation)
    others = _organisations_elsewhere(organisation)
    rows = []
    for found in country:
        own = teachers.get(found.theme.pk, [])
        rows.append(
            Knowledge(
                country=found,
                teachers=own,
                elsewhere=found.trainers - len(own),
                organisations=others[found.theme.pk],
                new=sum(one.since is not None and one.since >= since for one in own),
                asked_here=asked.get(found.theme.pk, 0),
            )
        )
    return sorted(rows, key=lambda row: (-len(row.teachers), -row.country.asked, row.theme.name))


def _givers() -> "QuerySet[CourseTrainer]":
    return CourseTrainer.objects.filter(
        course__theme__isnull=False,
        course__status__in=(Course.Status.PUBLISHED, Course.Status.ARCHIVED),
        person__is_active=True,
        person__verified_at__isnull=False,
        person__organisation__isnull=False,
    ).exclude(person__trainer_profile__state=TrainerProfile.State.WITHDRAWN)


def _profiles() -> "QuerySet[TrainerProfile]":
    return TrainerProfile.objects.exclude(state=TrainerProfile.State.WITHDRAWN).filter(
        themes__isnull=False,
        person__is_active=True,
        person__verified_at__isnull=False,
        person__organisation__isnull=False,
    )


def _own_teachers(organisation: Organisation) -> dict[int, list[Teacher]]:
    """Theme: own colleagues by name, and since when. By profile, or by a published course."""
    found: dict[int, dict[int, Teacher]] = defaultdict(dict)
    courses = (
        _givers()
        .filter(person__organisation=organisation)
        .order_by()
        .values_list("course__theme", "person", "person__name")
        .annotate(first=Min("course__published_at"))
    )
    profiles = (
        _profiles()
        .filter(person__organisation=organisation)
        .order_by()
        .values_list("themes", "person", "person__name", "created_at")
    )
    for theme, person, name, first in (*courses, *profiles):
        known = found[theme].get(person)
        moments = [moment for moment in (first, known.since if known else None) if moment]
        found[theme][person] = Teacher(name, min(moments, default=None))
    return {
        theme: sorted(teachers.values(), key=lambda teacher: teacher.name)
        for theme, teachers in found.items()
    }


def _organisations_elsewhere(organisation: Organisation) -> Counter[int]:
    """Theme: how many other organisations have somebody who can teach it. The database makes the pairs: of a
    hundred thousand trainers no row comes here."""
    given = _givers().exclude(person__organisation=organisation).order_by()
    named = _profiles().exclude(person__organisation=organisation).order_by()
    pairs = given.values_list("course__theme", "person__organisation").union(
        named.values_list("themes", "person__organisation")
    )
    return Counter(theme for theme, _organisation in pairs)


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
