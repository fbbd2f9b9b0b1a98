# SPDX-License-Identifier: EUPL-1.2
"""Colleagues who only took part in the TJC-week of a year ago: so many that its reach page has a story.

They take seats that the others left free there, with dice of their own, so that the rest of the demo does not change.
"""

from collections import Counter, deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from accounts.models import Person
from base import clock
from courses.models import AppliedAnswer, Evaluation, Registration, Session
from tjc.demo.loading.people import People, addresses
from tjc.demo.loading.programme import Plan, Programme
from tjc.demo.loading.seats import ASKED_AFTER, judged
from tjc.demo.loading.source import Source

State = Registration.State

SEED = 1851
#: Part of the seats of a session that is taken in the end, and of those the part for the own organisation.
FILLED, HOME = (0.48, 0.68), 0.47
#: Sessions this small were full, and for some colleagues no seat came free.
SMALL, IN_VAIN = 16, (5, 9)
#: Wish lists: most come once, some three times.
TIMES = (1, 1, 1, 1, 2, 3)
ABSENT, MARKS, SAYS = 0.11, 0.2, 0.5


def load(source: Source, people: People, programme: Programme) -> None:
    """Make the people, give them seats, attendance and marks; all in bulk. Who got no seat is not kept."""
    _Week(source, people, programme).fill()


class _Week:
    def __init__(self, source: Source, people: People, programme: Programme) -> None:
        self.random = Random(SEED)  # noqa: S311 - a demo, not a secret
        self.texts = source.evaluations
        self.people = people
        self.plans = [
            plan
            for plan in programme.plans
            if plan.when == "past" and plan.session.status == Session.Status.PLANNED
        ]
        self.visitors = list(_persons(source, people, self.random))
        self.wishes = {who.email: self.random.choice(TIMES) for who in self.visitors}
        self.agenda: set[tuple[str, datetime]] = set()
        self.rows: list[Registration] = []

    def fill(self) -> None:
        everyone = deque(self.random.sample(self.visitors, len(self.visitors)))
        home: dict[int | None, deque[Person]] = {}
        for person in everyone:
            home.setdefault(person.organisation_id, deque()).append(person)
        for plan in self.random.sample(self.plans, len(self.plans)):
            session, host = plan.session, plan.session.course.organisation_id
            full = session.capacity <= SMALL
            filled = 1.0 if full else self.random.uniform(*FILLED)
            seats = round(session.capacity * filled) - session.taken
            own = round((seats + session.taken) * HOME) - session.taken_home
            mine = self._take(plan, home.get(host, deque()), min(own, seats))
            self._take(plan, everyone, seats - mine, elsewhere=True)
            if full:
                self._wait(plan, everyone)
        Session.objects.bulk_update(
            [plan.session for plan in self.plans], ["taken", "taken_home", "attendance_marked_at"]
        )
        came = {row.person.email for row in self.rows if row.person}
        Person.objects.bulk_create(who for who in self.visitors if who.email in came)
        Registration.objects.bulk_create(self.rows)
        evaluations = Evaluation.objects.bulk_create(self._evaluations())
        AppliedAnswer.objects.bulk_create(self._applied(evaluations))

    def _take(self, plan: Plan, line: deque[Person], seats: int, *, elsewhere: bool = False) -> int:
        """Seats for the first in line who can come; who got one goes to the end. Returns how many."""
        session, taken = plan.session, 0
        for _ in range(len(line)):
            if taken >= seats:
                break
            person = line.popleft()
            line.append(person)
            host = person.organisation_id == session.course.organisation_id
            moment = (person.email, session.starts_at)
            if not self.wishes[person.email] or moment in self.agenda or (elsewhere and host):
                continue
            self.wishes[person.email] -= 1
            self.agenda.add(moment)
            self.rows.append(self._row(plan, person, is_home=host))
            taken += 1
            session.taken += 1
            session.taken_home += int(host)
        return taken

    def _wait(self, plan: Plan, line: deque[Person]) -> None:
        """Who stood in line to the end. Most of them found a seat elsewhere in the week."""
        session = plan.session
        late = [who for who in line if (who.email, session.starts_at) not in self.agenda]
        for person in self.random.sample(late, self.random.randint(*IN_VAIN)):
            row = self._row(plan, person, is_home=False)
            row.is_home = person.organisation_id == session.course.organisation_id
            row.state, row.cancelled_at = State.CANCELLED, session.starts_at
            row.cancel_reason = Registration.CancelReason.STARTED
            row.queued_at, row.registered_at = row.registered_at, None
            row.marked_at = row.marked_by = None
            self.rows.append(row)

    def _row(self, plan: Plan, person: Person, *, is_home: bool) -> Registration:
        session = plan.session
        session.attendance_marked_at = session.ends_at + timedelta(hours=1)
        return Registration(
            session=session,
            person=person,
            organisation_id=person.organisation_id,
            is_home=is_home,
            state=State.ABSENT if self.random.random() < ABSENT else State.ATTENDED,
            registered_at=session.starts_at
            - timedelta(hours=20)
            - timedelta(days=21) * self.random.random(),
            marked_at=session.attendance_marked_at,
            marked_by=self.people[plan.text["trainer"]],
        )

    def _evaluations(self) -> Iterator[Evaluation]:
        for row in self.rows:
            if row.state == State.ATTENDED and self.random.random() < MARKS:
                score = min(10, max(4, round(self.random.gauss(8.2, 1.1))))
                says = self.random.random() < SAYS
                yield judged(
                    row, score, self.random.choice(self.texts["sentences"]) if says else ""
                )

    def _applied(self, evaluations: list[Evaluation]) -> Iterator[AppliedAnswer]:
        asked_before = clock.now() - ASKED_AFTER
        for number, row in enumerate(evaluations):
            if row.registration.session.ends_at < asked_before and number % 3:
                applied = ("yes", "partly", "yes", "no", "yes", "yes", "partly")[number % 7]
                yield AppliedAnswer(registration=row.registration, applied=applied)


def _persons(source: Source, people: People, random: Random) -> Iterator[Person]:
    """As many of every organisation as the texts say, not yet saved; each with a name of its own."""
    texts = source.visitors
    wanted = [key for key, count in texts["organisations"].items() for _ in range(count)]
    taken = {text["name"] for text in source.people}
    names = [f"{first} {last}" for first in texts["first_names"] for last in texts["last_names"]]
    names = random.sample([name for name in names if name not in taken], len(wanted))
    functions: dict[str, list[str]] = {}
    for text in source.people:
        functions.setdefault(text["organisation"], []).append(text["function"])
    domains = {text["key"]: text["domains"][0].lower() for text in source.organisations}
    known = Counter(person.email for person in people.by_key.values())
    emails = addresses((name, domains[key]) for name, key in zip(names, wanted, strict=True))
    at = clock.now()
    for name, email, key in zip(names, emails, wanted, strict=True):
        if known[email]:
            continue  # written the same without accents
        organisation = people.organisations[key]
        yield Person(
            email=email,
            name=name,
            organisation=organisation,
            organisation_confirmed=True,
            function=random.choice([*texts["functions"], *functions.get(key, [])]),
            province=organisation.province,
            verified_at=at,
            password="!demo",  # noqa: S106 - Django's mark of an unusable password
        )
