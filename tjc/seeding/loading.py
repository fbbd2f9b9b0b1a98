# SPDX-License-Identifier: EUPL-1.2
"""Makes the volume, in one transaction: all of it is there, or nothing."""

import dataclasses
from collections.abc import Callable

from django.db import connection, transaction

from accounts.domain import audit
from accounts.models import Organisation, Person
from courses.models import Course, CourseInterest, CourseTrainer, Evaluation, Registration, Session
from matching.models import KnowledgeRequest, Support, TrainerProfile
from tjc.seeding import crowd, pool, programme, seats
from tjc.seeding.volume import LOADED, Volume, next_run

_FILLED = (
    Organisation,
    Person,
    Course,
    CourseTrainer,
    CourseInterest,
    Session,
    Registration,
    TrainerProfile,
    KnowledgeRequest,
    Support,
)


def load(volume: Volume, *, edition_slug: str = "", say: Callable[[str], None]) -> None:
    """``say`` gets a line for every step that is done. Raises SeedRefused before anything is written."""
    volume.check()
    with transaction.atomic():
        run = next_run()
        people = crowd.load(
            people=volume.people,
            organisations=volume.organisations,
            trainers=volume.trainers,
            run=run,
        )
        say(f"{volume.organisations} organisaties, {volume.people} mensen")
        courses = programme.courses(volume.courses, people, trainers=volume.trainers, run=run)
        say(f"{volume.courses} cursussen van {volume.trainers} trainers")
        _dates(volume, people, courses, run, edition_slug, say)
        trainers = pool.profiles(volume.trainers, people, run=run)
        asked = pool.requests(volume.requests, people, run=run)
        say(f"{trainers} trainerprofielen, {asked} kennisvragen")
        audit.record(LOADED, actor=None, **dataclasses.asdict(volume))
    _analyse()


def _dates(
    volume: Volume,
    people: crowd.Crowd,
    courses: list[Course],
    run: int,
    edition_slug: str,
    say: Callable[[str], None],
) -> None:
    planner = programme.Planner(courses, run=run, edition_slug=edition_slug)
    filler = seats.Filler(people, run=run)
    plans = planner.plan(volume.sessions) if volume.sessions else []
    asked = seats.demand(plans, registrations=volume.registrations, people=volume.people)
    mean = volume.registrations / max(1, volume.sessions)
    sessions = registrations = 0
    pairs = list(zip(plans, asked, strict=True))
    for begin in range(0, len(pairs), programme.CHUNK):
        chunk = pairs[begin : begin + programme.CHUNK]
        registrations += filler.fill(
            [(plan, planner.session(plan, mean_demand=mean), number) for plan, number in chunk]
        )
        sessions += len(chunk)
        say(f"{sessions} bijeenkomsten met {registrations} aanmeldingen")
    filler.interests(courses)


def _analyse() -> None:
    """Let the database count what it has now; it would plan for empty tables until it does."""
    tables = (*_FILLED, Evaluation)
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
