# SPDX-License-Identifier: EUPL-1.2
"""Who takes part where: full, nearly full and empty sessions, waiting lists, attendance, evaluations.

Rows are made in bulk, without signals and mails; ``taken`` is counted along and checked at the end against
the rows themselves.
"""

import datetime as dt
from collections.abc import Iterator
from random import Random

from django.db.models import Count, F, Q

from accounts.models import Person
from base import clock
from courses.models import AppliedAnswer, CourseInterest, Evaluation, Registration, Session
from tjc.demo.loading.people import LEARNER, People
from tjc.demo.loading.programme import KEPT_UNTIL_DAYS_BEFORE, Plan, Programme
from tjc.demo.loading.source import EvaluationText, Source

State = Registration.State
CancelReason = Registration.CancelReason

FULL = 14
NEARLY_FULL = 16
EMPTY = 12
#: One more coming session is called off through the domain (examples).
CANCELLED = {"coming": 2, "past": 2}
#: Full sessions are small or popular; a demo of 250 people fills few rooms of forty.
EASY_TO_FILL = 25
HOME_JOINS = 0.98
#: Who gives this mark is going to use it; from the second on «een beetje».
GOOD, FAIR = 8, 7
ASKED_AFTER = dt.timedelta(days=100)


class Filler:
    """Fills the planned sessions of a programme, and saves everything."""

    def __init__(
        self, source: Source, people: People, programme: Programme, random: Random
    ) -> None:
        self.texts: EvaluationText = source.evaluations
        self.people = people
        self.programme = programme
        self.random = random
        self.now = clock.now()
        self.everyone = list(people.by_key.values())
        self.agenda: dict[int, list[tuple[dt.datetime, dt.datetime]]] = {}
        self.registrations: list[Registration] = []

    def fill(self) -> None:
        self._block_trainers()
        self._decide()
        for plan in self.programme.plans:
            self._take_seats(plan)
        Session.objects.bulk_create(plan.session for plan in self.programme.plans)
        Registration.objects.bulk_create(self.registrations)
        evaluations = Evaluation.objects.bulk_create(self._evaluations())
        AppliedAnswer.objects.bulk_create(self._applied(evaluations))
        CourseInterest.objects.bulk_create(self._interests())

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    # --- what kind of session ---------------------------------------------------------------

    def _decide(self) -> None:
        """How full every session gets, which ones are off, and where seats are kept for others."""
        plans = self.programme.plans
        coming = [plan for plan in plans if plan.when == "coming"]
        small = [plan for plan in coming if plan.session.capacity <= EASY_TO_FILL]
        self.random.shuffle(small)
        full, nearly = small[:FULL], small[FULL : FULL + NEARLY_FULL]
        rest = [plan for plan in coming if plan not in full and plan not in nearly]
        self.random.shuffle(rest)
        off, empty, kept = rest[:3], rest[3 : 3 + EMPTY], rest[3 + EMPTY : 9 + EMPTY]
        for plan in plans:
            plan.fill = self.random.uniform(0.08, 0.3)
        for number, plan in enumerate(full):
            plan.fill, plan.waiting = 1.0, (number * 2) % 6
        for plan in nearly:
            capacity = plan.session.capacity
            plan.fill = (capacity - self.random.randrange(1, 4)) / capacity
        for plan in empty:
            plan.fill = 0.0
        for plan in kept:
            plan.session.reserved_seats = max(2, plan.session.capacity // 4)
            plan.session.reserved_until = plan.session.starts_at - dt.timedelta(
                days=KEPT_UNTIL_DAYS_BEFORE
            )
        past = [plan for plan in plans if plan.when == "past"]
        for plan in [*off[: CANCELLED["coming"]], *past[:: len(past) // 2][: CANCELLED["past"]]]:
            self._call_off(plan.session)

    def _call_off(self, session: Session) -> None:
        session.status = Session.Status.CANCELLED
        session.cancelled_at = min(self.now, session.starts_at) - dt.timedelta(days=2)
        session.cancel_reason = "De trainer is ziek."

    # --- who takes part ---------------------------------------------------------------------

    def _block_trainers(self) -> None:
        for plan in self.programme.plans:
            for key in (plan.text["trainer"], *plan.text["co_trainers"]):
                self._occupy(self.people[key], plan.session)

    def _occupy(self, person: Person, session: Session) -> None:
        self.agenda.setdefault(person.pk, []).append((session.starts_at, session.ends_at))

    def is_free(self, person: Person, session: Session) -> bool:
        return not any(
            begin < session.ends_at and session.starts_at < end
            for begin, end in self.agenda.get(person.pk, ())
        )

    def _candidates(self, plan: Plan) -> list[Person]:
        """Colleagues of the own organisation first, then from everywhere."""
        teaching = {plan.text["trainer"], *plan.text["co_trainers"]}
        mine = [self.people[key].pk for key in teaching]
        free = [
            person
            for person in self.random.sample(self.everyone, len(self.everyone))
            if person.pk not in mine and self.is_free(person, plan.session)
        ]
        organisation = plan.session.course.organisation_id
        home = [p for p in free if p.organisation_id == organisation]
        home = [p for p in home if self._chance(HOME_JOINS)]
        others = [p for p in free if p.organisation_id != organisation]
        return [*home, *others]

    def _take_seats(self, plan: Plan) -> None:
        session = plan.session
        seats = round(session.capacity * plan.fill)
        candidates = self._candidates(plan)
        called_off = session.status == Session.Status.CANCELLED
        for person in candidates[:seats]:
            row = self._row(plan, person)
            if called_off:
                self._cancel(row, session.cancelled_at, CancelReason.SESSION)
            else:
                session.taken += 1
                session.taken_home += int(row.is_home)
                self._occupy(person, session)
        if called_off:
            return
        for person in candidates[seats : seats + plan.waiting]:
            row = self._row(plan, person)
            row.state, row.queued_at, row.registered_at = State.WAITING, row.registered_at, None
            self._occupy(person, session)  # a seat may come free
        for person in candidates[seats + plan.waiting :][
            : int(seats * self.random.uniform(0, 0.15))
        ]:
            row = self._row(plan, person)
            self._cancel(row, row.registered_at, CancelReason.SELF)

    def _row(self, plan: Plan, person: Person) -> Registration:
        """A registration of the right state for the moment of its session."""
        session = plan.session
        published = session.course.published_at
        assert published is not None
        newest = min(self.now, session.starts_at - dt.timedelta(hours=20))
        oldest = max(published, newest - dt.timedelta(days=21))
        wants = self.random.choice(self.texts["wants"]) if self._chance(0.25) else ""
        row = Registration(
            session=session,
            person=person,
            organisation_id=person.organisation_id,
            is_home=person.organisation_id == session.course.organisation_id,
            state=State.REGISTERED,
            registered_at=oldest + (newest - oldest) * self.random.random(),
            question=wants,
        )
        if plan.when == "past" or (plan.when == "recent" and not self._left_unmarked(plan)):
            row.state = State.ABSENT if self._chance(0.1) else State.ATTENDED
            row.marked_at = session.ends_at + dt.timedelta(hours=1)
            row.marked_by = self.people[plan.text["trainer"]]
            session.attendance_marked_at = row.marked_at
        self.registrations.append(row)
        return row

    def _left_unmarked(self, plan: Plan) -> bool:
        """Given in the past days, and nobody has marked attendance yet."""
        return plan.session.ends_at > self.now - dt.timedelta(days=4)

    def _cancel(self, row: Registration, at: dt.datetime | None, reason: str) -> None:
        row.state, row.cancelled_at, row.cancel_reason = State.CANCELLED, at, reason
        row.marked_at = row.marked_by = None
        if reason == CancelReason.SELF:
            row.cancelled_by = row.person

    # --- afterwards -------------------------------------------------------------------------

    def _evaluations(self) -> Iterator[Evaluation]:
        """Of most who were there; the demo's learner still has one to write."""
        learner = self.people[LEARNER]
        for row in self.registrations:
            if row.state != State.ATTENDED or row.person == learner:
                continue
            if self._chance(0.65):
                score = min(10, max(4, round(self.random.gauss(8.1, 1.1))))
                says = self._chance(0.6)
                sentence = self.random.choice(self.texts["sentences"]) if says else ""
                # From the score, not from the dice: what comes after stays as it was.
                yield judged(row, score, sentence)

    def _applied(self, evaluations: list[Evaluation]) -> Iterator[AppliedAnswer]:
        """Two in three of who judged answered «Heb je het toegepast?» three months later."""
        asked_before = self.now - ASKED_AFTER
        for number, row in enumerate(evaluations):
            if row.registration.session.ends_at < asked_before and number % 3:
                applied = ("yes", "yes", "partly", "yes", "no")[number % 5]
                yield AppliedAnswer(registration=row.registration, applied=applied)

    def _interests(self) -> Iterator[CourseInterest]:
        """People who wait for the subject, of courses that have no coming date."""
        coming = {plan.text["key"] for plan in self.programme.plans if plan.when == "coming"}
        for key, course in self.programme.courses.items():
            if key in coming or course.status != course.Status.PUBLISHED:
                continue
            for person in self.random.sample(self.everyone, self.random.randrange(2, 9)):
                yield CourseInterest(course=course, person=person)


def judged(row: Registration, score: int, sentence: str) -> Evaluation:
    """Who liked it recommends it, and is going to use it."""
    return Evaluation(
        registration=row,
        score=score,
        sentence=sentence,
        recommend=min(10, score + 1),
        would_apply="yes" if score >= GOOD else "partly" if score >= FAIR else "no",
    )


def check_counters() -> None:
    """Raises ValueError when a session counts other seats than its registrations hold."""
    seated = Q(registrations__state__in=Registration.SEATED)
    wrong = (
        Session.objects.annotate(
            seats=Count("registrations", filter=seated),
            home=Count("registrations", filter=seated & Q(registrations__is_home=True)),
        )
        .exclude(taken=F("seats"), taken_home=F("home"))
        .count()
    )
    if wrong:
        raise ValueError(f"{wrong} sessions count their seats wrong")
