# SPDX-License-Identifier: EUPL-1.2
"""Who goes where: popular dates fill up, others wait, past ones were attended and judged."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise

from base import clock
from courses.models import Course, CourseInterest, Evaluation, Registration, Session
from tjc.seeding import texts
from tjc.seeding.crowd import BATCH, Crowd
from tjc.seeding.programme import Plan
from tjc.seeding.volume import Dice

State = Registration.State
CancelReason = Registration.CancelReason

FROM_HOME = 0.15
WITHDRAWN = 0.12
PRESENT = 0.88
JUDGED = 0.55
#: So often somebody else is looked for when a colleague is elsewhere at that time.
TRIES = 8


def demand(plans: list[Plan], *, registrations: int, people: int) -> list[int]:
    """How many people ask for each date: by weight, at most everyone but its trainers, in all exactly
    ``registrations``."""
    whole = sum(plan.weight for plan in plans)
    edges, so_far = [0], 0.0
    for plan in plans:
        so_far += plan.weight
        edges.append(round(registrations * so_far / whole))
    asked = [after - before for before, after in pairwise(edges)]
    most = [people - len(plan.trainers) for plan in plans]
    asked = [min(number, limit) for number, limit in zip(asked, most, strict=True)]
    left = registrations - sum(asked)
    for n, limit in enumerate(most):
        more = min(left, limit - asked[n])
        asked[n] += more
        left -= more
    return asked


class Filler:
    """Fills dates chunk by chunk; remembers who is busy when."""

    def __init__(self, crowd: Crowd, *, run: int) -> None:
        self.crowd = crowd
        self.dice = Dice(f"seats {run}")
        self.now = clock.now()
        #: Starts at which the person in that position has something already.
        self.busy: list[set[dt.datetime]] = [set() for _ in crowd.people]

    def fill(self, dates: list[tuple[Plan, Session, int]]) -> int:
        """Save these dates and everything that hangs on them. Returns how many registrations."""
        rows: list[Registration] = []
        for plan, session, number in dates:
            rows += self._take(session, self._who(plan, session, number))
        Session.objects.bulk_create([session for _, session, _ in dates], batch_size=BATCH)
        Registration.objects.bulk_create(rows, batch_size=BATCH)
        Evaluation.objects.bulk_create(self._evaluations(rows), batch_size=BATCH)
        return len(rows)

    def interests(self, courses: Iterable[Course]) -> int:
        """A few people wait for the subject of every course without a coming date."""
        waiting = [course for course in courses if not course.sessions.upcoming(self.now).exists()]
        rows = [
            CourseInterest(course=course, person=person)
            for course in waiting
            for person in self.dice.sample(self.crowd.people, min(4, len(self.crowd.people)))
        ]
        CourseInterest.objects.bulk_create(rows, batch_size=BATCH)
        return len(rows)

    def _who(self, plan: Plan, session: Session, number: int) -> list[int]:
        """Positions of people, each once, in the order in which they came."""
        dice, everyone = self.dice, self.crowd.people
        home = self.crowd.members[plan.course.organisation_id]
        chosen: dict[int, None] = {}
        trainers = plan.trainers

        def take(position: int, *, busy_is_fine: bool = False) -> None:
            if everyone[position].pk not in trainers and position not in chosen:
                if not busy_is_fine and session.starts_at in self.busy[position]:
                    return
                chosen[position] = None

        for _ in range(number * TRIES):
            if len(chosen) >= number:
                break
            pool_is_home = dice.random() < FROM_HOME
            take(dice.choice(home) if pool_is_home else dice.randrange(len(everyone)))
        for position in range(len(everyone)):  # nearly everybody comes: then in order
            if len(chosen) >= number:
                break
            take(position, busy_is_fine=True)
        for position in chosen:
            self.busy[position].add(session.starts_at)
        return list(chosen)

    def _take(self, session: Session, positions: list[int]) -> Iterator[Registration]:
        dice = self.dice
        newest = min(self.now, session.starts_at - dt.timedelta(hours=20))
        moments = sorted(newest - dt.timedelta(days=dice.uniform(0, 30)) for _ in positions)
        over = session.ends_at <= self.now
        if over and session.status == Session.Status.PLANNED:
            session.attendance_marked_at = session.ends_at + dt.timedelta(hours=1)
        kept = session.reserved_now(self.now)
        for position, at in zip(positions, moments, strict=True):
            person = self.crowd.people[position]
            row = Registration(
                public_id=dice.public_id(),
                session=session,
                person=person,
                organisation_id=person.organisation_id,
                is_home=person.organisation_id == session.course.organisation_id,
                state=State.REGISTERED,
                registered_at=at,
                question=dice.choice(texts.QUESTIONS) if dice.chance(0.1) else "",
            )
            if session.status == Session.Status.CANCELLED:
                _cancel(row, session.cancelled_at, CancelReason.SESSION)
            elif dice.chance(WITHDRAWN):
                _cancel(row, at, CancelReason.SELF)
                row.cancelled_by = person
            elif session.taken >= session.capacity or (
                row.is_home and session.taken_home >= session.capacity - kept
            ):
                row.queued_at, row.registered_at = at, None
                row.state = State.WAITING
                if session.starts_at <= self.now:
                    _cancel(row, session.starts_at, CancelReason.STARTED)
            else:
                session.taken += 1
                session.taken_home += int(row.is_home)
                if over:
                    row.state = State.ATTENDED if dice.chance(PRESENT) else State.ABSENT
                    row.marked_at = session.attendance_marked_at
            yield row

    def _evaluations(self, rows: list[Registration]) -> list[Evaluation]:
        dice = self.dice
        made = [
            Evaluation(
                public_id=dice.public_id(),
                registration=row,
                score=min(10, max(4, round(dice.gauss(8.1, 1.1)))),
                sentence=dice.choice(texts.SENTENCES),
            )
            for row in rows
            if row.state == State.ATTENDED and dice.chance(JUDGED)
        ]
        for number, row in enumerate(made):
            row.recommend = min(10, row.score + number % 2)
            row.would_apply = ("yes", "partly", "yes", "no")[number % 4]
        return made


def _cancel(row: Registration, at: dt.datetime | None, reason: str) -> None:
    row.state, row.cancelled_at, row.cancel_reason = State.CANCELLED, at, reason
