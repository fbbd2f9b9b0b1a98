# SPDX-License-Identifier: EUPL-1.2
"""The trainer pool: joining with a profile, pausing, leaving."""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Person, Province
from base import clock
from base.text import one_line
from courses.domain.courses import give_profile
from courses.models import Course, CourseTrainer, Theme
from matching import signals
from matching.domain import states, words
from matching.errors import ProfileRefused
from matching.models import KnowledgeRequest, Match, TrainerProfile
from matching.models.profile import MAX_EXAMPLE, MAX_EXAMPLES, MAX_EXPERTISE

LANGUAGES = ("nl", "en")
MAX_A_YEAR = 52
_COURSES_READ = 20


@dataclasses.dataclass(frozen=True)
class Start:
    """What a new profile begins with: taken from the courses somebody gives, changed as they like."""

    headline: str = ""
    expertise: str = ""
    themes: Sequence[Theme] = ()
    languages: tuple[str, ...] = ("nl",)
    provinces: tuple[str, ...] = ()
    online: bool = True


def start_for(person: Person) -> Start:
    """Two queries. Without courses: province and language of the person."""
    courses = list(
        Course.objects.filter(trainer_rows__person=person)
        .exclude(status=Course.Status.DRAFT)
        .select_related("theme")
        .order_by("-published_at", "-pk")[:_COURSES_READ]
    )
    provinces = (person.province,) if person.province in Province.values else ()
    if not courses:
        return Start(provinces=provinces)
    themes = Counter(course.theme for course in courses if course.theme)
    expertise = "\n".join(
        f"{course.title}. {course.promise}".strip() for course in courses[:5] if course.title
    )
    return Start(
        headline=courses[0].title[:120],
        expertise=expertise[:MAX_EXPERTISE],
        themes=[theme for theme, _number in themes.most_common(5)],
        languages=tuple(sorted({course.language for course in courses}, reverse=True)),
        provinces=provinces,
        online=any(course.format != "on_site" for course in courses),
    )


def save_profile(
    *,
    person: Person,
    headline: str,
    expertise: str = "",
    example_questions: Sequence[str] = (),
    themes: Sequence[Theme] = (),
    languages: Sequence[str] = ("nl",),
    provinces: Sequence[str] = (),
    online: bool = True,
    requests_per_year: int = 4,
    may_be_called: bool = False,
) -> TrainerProfile:
    """Join the pool, or change what is said there. A pause stays a pause; who had left is back.

    Raises ProfileRefused with the field it belongs to.
    """
    if person.organisation_id is None:
        raise ProfileRefused(_("Vertel ons eerst waar je werkt."), code="organisation_missing")
    if not person.is_verified:
        raise ProfileRefused(_("Typ eerst de code uit je mail."), code="code_first")
    headline = one_line(headline)
    examples = [text for text in map(one_line, example_questions) if text]
    _check(headline, expertise, examples, languages, provinces, online, requests_per_year)
    fields: dict[str, Any] = {
        "headline": headline,
        "expertise": expertise.replace("\0", "").strip(),
        "example_questions": examples,
        "languages": [code for code in LANGUAGES if code in languages],
        "provinces": [value for value in Province.values if value in provinces],
        "online": online,
        "requests_per_year": requests_per_year,
        "may_be_called": may_be_called,
    }
    with transaction.atomic():
        profile = _locked(person) or _make(person, fields)
        for name, value in fields.items():
            setattr(profile, name, value)
        if profile.state == TrainerProfile.State.WITHDRAWN:
            profile.state = TrainerProfile.State.ACTIVE
        profile.save()
        profile.themes.set(themes)
        give_profile(person)
        audit.record(
            "profile.saved", actor=person, subject=profile, organisation=person.organisation_id
        )
        signals.profile_changed.send(TrainerProfile, profile=profile)
    return profile


def _check(
    headline: str,
    expertise: str,
    examples: list[str],
    languages: Sequence[str],
    provinces: Sequence[str],
    online: bool,  # noqa: FBT001 - one of many
    a_year: int,
) -> None:
    refusals = (
        (
            not words.has_words(headline),
            _("Vertel in een paar woorden wat je goed kunt."),
            "headline",
        ),
        (len(headline) > 120, _("Maak dit korter: hooguit 120 tekens."), "headline"),  # noqa: PLR2004
        (len(expertise) > MAX_EXPERTISE, _("Maak dit korter: hooguit 2.000 tekens."), "expertise"),
        (len(examples) > MAX_EXAMPLES, _("Noem hooguit drie vragen."), "example_questions"),
        (
            any(len(text) > MAX_EXAMPLE for text in examples),
            _("Maak elke vraag hooguit 200 tekens lang."),
            "example_questions",
        ),
        (not set(languages) & set(LANGUAGES), _("Kies minstens één taal."), "languages"),
        (
            not online and not set(provinces) & set(Province.values),
            _("Kies online, of minstens één provincie waar je heen wilt."),
            "provinces",
        ),
        (
            not 1 <= a_year <= MAX_A_YEAR,
            _("Kies een aantal van 1 tot en met 52."),
            "requests_per_year",
        ),
    )
    for wrong, sentence, field in refusals:
        if wrong:
            raise ProfileRefused(sentence, code="invalid", field=field)


def pause(profile: TrainerProfile, *, until: dt.date | None, by: Person) -> TrainerProfile:
    """No questions until that day, or until the trainer ends the pause. Raises ProfileRefused."""
    if until is not None and until <= clock.today():
        raise ProfileRefused(_("Kies een dag na vandaag."), code="past", field="until")
    return _move(profile, TrainerProfile.State.PAUSED, by=by, until=until)


def resume(profile: TrainerProfile, *, by: Person) -> TrainerProfile:
    return _move(profile, TrainerProfile.State.ACTIVE, by=by)


def withdraw(profile: TrainerProfile, *, by: Person) -> TrainerProfile:
    """Out of the pool: text and examples go at once, and so do proposals nobody acted on.

    A question that was asked already can still be answered.
    """
    with transaction.atomic():
        # Questions before the profile: the order in which a trainer is asked (matches.ask_trainer) locks them.
        for match in Match.objects.filter(
            trainer=profile.person_id, state__in=(Match.State.SUGGESTED, Match.State.PROPOSED)
        ).order_by("request_id"):
            match.request = states.lock(match.request_id)
            states.move_match(match, Match.State.WITHDRAWN, by=by)
            if match.request.state == KnowledgeRequest.State.PROPOSED:
                states.settle(match.request, by=by)
        current = _move(profile, TrainerProfile.State.WITHDRAWN, by=by)
        current.expertise = ""
        current.example_questions = []
        current.may_be_called = False
        current.save()
        signals.profile_changed.send(TrainerProfile, profile=current)
    return current


def _move(
    profile: TrainerProfile, to: str, *, by: Person, until: dt.date | None = None
) -> TrainerProfile:
    with transaction.atomic():
        current = TrainerProfile.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=profile.pk
        )
        if (current.state, current.paused_until) == (to, until):
            return current
        current.state, current.paused_until = to, until
        current.save(update_fields=["state", "paused_until", "updated_at"])
        audit.record(f"profile.{to}", actor=by, subject=current, organisation=by.organisation_id)
        signals.profile_changed.send(TrainerProfile, profile=current)
    return current


def _locked(person: Person) -> TrainerProfile | None:
    return (
        TrainerProfile.objects.select_for_update(no_key=True, of=("self",))
        .filter(person=person)
        .first()
    )


def _make(person: Person, fields: dict[str, Any]) -> TrainerProfile:
    try:
        with transaction.atomic():
            return TrainerProfile.objects.create(person=person, **fields)
    except IntegrityError:  # the same form twice at once
        made = _locked(person)
        if made is None:
            raise
        return made


def teaches_or_wants_to(person: Person) -> bool:
    """Gives a course, or stands in the pool."""
    return (
        CourseTrainer.objects.filter(person=person).exists()
        or TrainerProfile.objects.filter(person=person)
        .exclude(state=TrainerProfile.State.WITHDRAWN)
        .exists()
    )
