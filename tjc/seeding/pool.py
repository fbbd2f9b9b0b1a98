# SPDX-License-Identifier: EUPL-1.2
"""The trainer pool and open questions, in bulk. Nobody is asked and nobody is mailed."""

import datetime as dt

from accounts.models import Province
from base import clock
from courses.models import CourseTrainer, Theme
from matching.domain import words
from matching.domain.requests import OPEN_FOR
from matching.models import KnowledgeRequest, Support, TrainerProfile
from tjc.seeding import texts
from tjc.seeding.crowd import BATCH, Crowd
from tjc.seeding.volume import Dice

MOST_THEMES = 3
#: Which share of the questions others ask too, and by how many at most.
SUPPORTED, MOST_SUPPORT = 0.3, 5
_MINUTES = 60 * 24 * 60
_STUCK = (
    "Ik loop vast met {a}. Wie kan mij laten zien hoe het beter gaat?",
    "Ons team begint met {a}, maar niemand heeft er ervaring mee. Waar beginnen we?",
    "Hoe pakken jullie {a} aan? Bij ons kost het te veel tijd en de uitkomst is elke keer anders.",
    "Sinds kort hoort {a} bij mijn werk. Ik zoek een collega die het vaker deed.",
)


def profiles(trainers: int, crowd: Crowd, *, run: int) -> int:
    """One for each of the people who teach."""
    if not trainers:
        return 0
    dice = Dice(f"profiles {run}")
    taught: dict[int, set[int]] = {}
    pairs = CourseTrainer.objects.filter(course__slug__startswith=f"zaad-{run}-").order_by()
    for person, theme in pairs.values_list("person_id", "course__theme_id").iterator():
        if theme is not None:
            taught.setdefault(person, set()).add(theme)
    provinces = [p.value for p in Province if p != Province.CARIBISCH]
    rows = []
    for person in crowd.people[:trainers]:
        subject, other = dice.sample(texts.SUBJECTS, 2)
        rows.append(
            TrainerProfile(
                public_id=dice.public_id(),
                person=person,
                headline=f"{dice.choice(texts.VERBS)} {subject}"[:120],
                expertise=f"Ik werk al jaren met {subject} en help collega’s ook met {other}.",
                example_questions=[f"Hoe begin ik met {subject}?"],
                languages=["nl", "en"] if dice.chance(0.2) else ["nl"],
                provinces=dice.sample(provinces, dice.randint(1, 3)),
                online=dice.chance(0.9),
                requests_per_year=dice.choice((2, 4, 4, 6, 8)),
                may_be_called=dice.chance(0.3),
            )
        )
    TrainerProfile.objects.bulk_create(rows, batch_size=BATCH)
    link = TrainerProfile.themes.through
    link.objects.bulk_create(
        (
            link(trainerprofile_id=row.pk, theme_id=theme)
            for row in rows
            for theme in sorted(taught.get(row.person_id, ()))[:MOST_THEMES]
        ),
        batch_size=BATCH,
    )
    return len(rows)


def requests(number: int, crowd: Crowd, *, run: int) -> int:
    """Open questions of the last two months."""
    dice = Dice(f"requests {run}")
    themes = list(Theme.objects.order_by("slug"))
    now = clock.now()
    for first in range(0, number, BATCH):
        rows = [_question(dice, crowd, themes, now) for _ in range(min(BATCH, number - first))]
        KnowledgeRequest.objects.bulk_create(rows)
        for row in rows:
            row.created_at = now - dt.timedelta(minutes=dice.randrange(_MINUTES))
            row.closes_at = row.created_at + OPEN_FOR
        KnowledgeRequest.objects.bulk_update(rows, ["created_at", "closes_at"], batch_size=500)
        _supports(dice, crowd, rows)
    return number


def _question(dice: Dice, crowd: Crowd, themes: list[Theme], now: dt.datetime) -> KnowledgeRequest:
    asker = dice.choice(crowd.people)
    text = dice.choice(_STUCK).format(a=dice.choice(texts.SUBJECTS))
    theme = dice.choice(themes) if themes and dice.chance(0.8) else None
    title = words.title_of(text)
    team = dice.chance(0.4)
    said = theme.name if theme else ""
    return KnowledgeRequest(
        public_id=dice.public_id(),
        asker=asker,
        organisation_id=asker.organisation_id,
        title=title,
        text=text,
        theme=theme,
        audience="team" if team else "me",
        people=dice.randint(2, 12) if team else 1,
        where=dice.choice(("online", "online", "either", "on_site")),
        province=asker.province,
        open_to_others=dice.chance(0.8),
        state_changed_at=now,
        closes_at=now + OPEN_FOR,
        search_text=words.searchable(title, said),
        search_more=words.searchable(title, said, text),
    )


def _supports(dice: Dice, crowd: Crowd, rows: list[KnowledgeRequest]) -> None:
    most = min(MOST_SUPPORT, len(crowd.people))
    Support.objects.bulk_create(
        [
            Support(request=row, person=person, organisation_id=person.organisation_id)
            for row in rows
            if dice.chance(SUPPORTED)
            for person in dice.sample(crowd.people, dice.randint(1, most))
            if person.pk != row.asker_id
        ],
        batch_size=BATCH,
    )
