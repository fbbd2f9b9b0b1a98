# SPDX-License-Identifier: EUPL-1.2
"""A finished TJC-week with every case that figures must survive, and the figures counted again by hand."""

import dataclasses
import datetime as dt
import random
from collections.abc import Iterable

from accounts.models import Organisation, Person
from base import clock
from courses.models import Course, Edition, Evaluation, Registration, Session
from tests.factories import (
    CourseFactory,
    EditionFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
)

State = Registration.State
LAYERS = ("gemeente", "rijk", "waterschap", "provincie")


def finished_week(**fields) -> Edition:
    monday = clock.today() - dt.timedelta(days=clock.today().weekday() + 14)
    return EditionFactory(starts_on=monday, **fields)


def running_week(**fields) -> Edition:
    return EditionFactory(
        starts_on=clock.today() - dt.timedelta(days=2),
        ends_on=clock.today() + dt.timedelta(days=2),
        **fields,
    )


def session_on(
    day: dt.date, *, course: Course, edition: Edition | None, hour: int = 10, minutes: int = 60
) -> Session:
    starts = clock.from_wall_time(day, dt.time(hour))
    return SessionFactory(
        course=course,
        edition=edition,
        starts_at=starts,
        ends_at=starts + dt.timedelta(minutes=minutes),
        capacity=5000,
        attendance_marked_at=clock.now(),
    )


def place(
    session: Session,
    person: Person | None,
    *,
    state: str = State.ATTENDED,
    organisation: Organisation | None = None,
    score: int | None = None,
    **fields,
) -> Registration:
    organisation = organisation or (person.organisation if person else None)
    row = Registration.objects.create(
        session=session,
        person=person,
        organisation=organisation,
        is_home=organisation == session.course.organisation,
        state=state,
        registered_at=session.starts_at - dt.timedelta(days=3),
        **fields,
    )
    if score is not None:
        Evaluation.objects.create(registration=row, score=score)
    return row


def colleagues(organisation: Organisation, count: int) -> list[Person]:
    return [PersonFactory(organisation=organisation) for _ in range(count)]


def busy_week(*, seed: int = 1) -> Edition:
    """Twelve organisations of four layers, 240 people, ten sessions on five days, every state."""
    choose = random.Random(seed)
    edition = finished_week()
    organisations = [
        OrganisationFactory(layer=layer, name=f"{layer} {number}", tooi=f"tooi:{layer}{number}")
        for layer in LAYERS
        for number in range(3)
    ]
    people = [person for o in organisations for person in colleagues(o, 20)]
    for number in range(10):
        course = CourseFactory(organisation=organisations[number])
        day = edition.starts_on + dt.timedelta(days=number % 5)
        session = session_on(
            day, course=course, edition=edition, minutes=choose.choice([30, 45, 60])
        )
        for person in choose.sample(people, 60):
            _one(session, person, choose, organisations)
        place(session, None, organisation=organisations[0])  # an erased colleague
    return edition


def _one(session, person, choose, organisations) -> None:
    state = choose.choices(
        [State.ATTENDED, State.ABSENT, State.CANCELLED, State.WAITING], [70, 10, 10, 10]
    )[0]
    if state == State.CANCELLED:
        cancelled(session, person)
        if choose.random() < 0.5:  # and thought better of it
            place(session, person, score=choose.randint(5, 10))
    elif state == State.WAITING:
        place(session, person, state=state, queued_at=clock.now())
    else:
        employer = choose.choice(organisations) if choose.random() < 0.1 else None
        score = choose.randint(5, 10) if state == State.ATTENDED else None
        place(session, person, state=state, organisation=employer, score=score)


def cancelled(session: Session, person: Person, **fields) -> Registration:
    return place(
        session,
        person,
        state=State.CANCELLED,
        cancelled_at=session.starts_at - dt.timedelta(days=1),
        cancel_reason="self",
        **fields,
    )


@dataclasses.dataclass
class ByHand:
    """The same figures with plain loops over the rows."""

    people: int
    organisations: int
    hours: float
    sessions: int
    elsewhere_share: float
    attendance_share: float
    score: float
    layers: dict[str, int]
    days: dict[str, int]
    flow: dict[tuple[str, str], int]


def count_by_hand(rows: Iterable[Registration]) -> ByHand:
    rows = list(rows)
    there = [row for row in rows if row.state == "attended"]
    absent = [row for row in rows if row.state == "absent"]
    scores = [row.evaluation.score for row in there if hasattr(row, "evaluation")]
    elsewhere = [r for r in there if r.organisation_id != r.session.course.organisation_id]
    layers: dict[str, set] = {}
    days: dict[str, set] = {}
    flow: dict[tuple[str, str], set] = {}
    for row in there:
        who = row.person_id or f"erased {row.pk}"
        layer = row.organisation.layer
        layers.setdefault(layer, set()).add(who)
        day = row.session.starts_at.astimezone(clock.AMSTERDAM).date().isoformat()
        days.setdefault(day, set()).add(who)
        flow.setdefault((row.session.course.organisation.layer, layer), set()).add(who)
    return ByHand(
        people=len({row.person_id or f"erased {row.pk}" for row in there}),
        organisations=len({row.organisation_id for row in there}),
        hours=sum((r.session.ends_at - r.session.starts_at).total_seconds() for r in there) / 3600,
        sessions=len({row.session_id for row in there}),
        elsewhere_share=len(elsewhere) / len(there),
        attendance_share=len(there) / (len(there) + len(absent)),
        score=sum(scores) / len(scores),
        layers={key: len(who) for key, who in layers.items()},
        days={key: len(who) for key, who in days.items()},
        flow={key: len(who) for key, who in flow.items()},
    )


def all_rows(edition: Edition):
    return Registration.objects.filter(session__edition=edition).select_related(
        "session__course__organisation", "organisation", "evaluation"
    )
