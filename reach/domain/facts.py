# SPDX-License-Identifier: EUPL-1.2
"""Every registration that a figure looks at, read once and held in columns of numbers: 20 bytes a row.

In order of person, so that different people are counted without remembering who was where. What a row means
is said in reach.domain.figures.
"""

import dataclasses
import datetime as dt
import itertools
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils.functional import cached_property

from accounts.domain.organisations import current
from accounts.models import Organisation, Role
from base import clock
from courses.models import Edition, Session, Theme
from matching.models import KnowledgeRequest
from reach.domain import figures, periods
from reach.domain.periods import Part

CHUNK = 10_000
#: Column of the session in a row; what it is when there is nothing left of a chunk.
SESSION, NO_ROWS = 1, ((),) * 8
#: Bytes that tell what a row says.
SAID = 5
#: ``recommend`` and ``would apply`` of who did not say.
UNSAID = 255


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """An organisation as it is counted today: what ended counts with its successor."""

    pk: int
    layer: str
    province: str


NOWHERE = Place(0, "", "")


@dataclasses.dataclass(frozen=True, slots=True)
class Taught:
    """One session, as far as figures look at it. ``part``: position in ``World.parts``."""

    pk: int
    part: int
    theme: str
    day: str
    hour: int
    host: Place
    minutes: int
    capacity: int
    trainers: int
    on_site: bool
    cancelled: bool
    unmarked: bool

    @property
    def month(self) -> str:
        return self.day[:7]


class World:
    """Parts, sessions in order of time, themes and places. Four queries."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        #: By key of the part its position.
        self.numbers: dict[str, int] = {}
        self.sessions: list[Taught] = []
        self.position: dict[int, int] = {}
        self.themes = dict(Theme.objects.values_list("slug", "name"))
        rows = {o.pk: o for o in Organisation.objects.all()}
        for organisation in rows.values():  # saves `current` a query a step
            if organisation.successor_id is not None:
                organisation.successor = rows[organisation.successor_id]
        self.places = {pk: _place(organisation) for pk, organisation in rows.items()}
        self.merged_into = {
            pk: place.pk for pk, place in self.places.items() if pk != place.pk and place.pk
        }
        self._read_sessions()

    def _read_sessions(self) -> None:
        editions = {edition.pk: edition for edition in Edition.objects.all()}
        for edition in editions.values():
            self._part(periods.of_edition(edition))
        for row in figures.session_rows().iterator(chunk_size=CHUNK):
            pk, edition_pk, starts, ends, theme, host, capacity, form, status, *more = row
            at = clock.local(starts)
            part = (
                periods.of_edition(editions[edition_pk])
                if edition_pk
                else periods.of_offer(at.date())
            )
            self.position[pk] = len(self.sessions)
            self.sessions.append(
                Taught(
                    pk=pk,
                    part=self._part(part),
                    theme=theme or "",
                    day=at.date().isoformat(),
                    hour=at.hour,
                    host=self.places[host],
                    minutes=round((ends - starts) / dt.timedelta(minutes=1)),
                    capacity=capacity,
                    trainers=more[0],
                    on_site=form != "online",
                    cancelled=status == Session.Status.CANCELLED,
                    unmarked=bool(more[1]),
                )
            )

    def _part(self, part: Part) -> int:
        key = part.key
        if key not in self.numbers:
            self.numbers[key] = len(self.parts)
            self.parts.append(part)
        return self.numbers[key]

    @cached_property
    def coalitions(self) -> tuple[frozenset[int], ...]:
        """Organisations that one person coordinates together."""
        together: dict[int, set[int]] = {}
        for person, organisation in Role.objects.filter(
            kind=Role.Kind.COORDINATOR, organisation__isnull=False
        ).values_list("person_id", "organisation_id"):
            together.setdefault(person, set()).add(self.places[organisation].pk)
        return tuple(sorted({frozenset(o) for o in together.values() if len(o) > 1}, key=sorted))


def _place(organisation: Organisation) -> Place:
    now = current(organisation) or organisation
    return Place(now.pk, now.layer, now.province)


class Facts:
    """The rows, person by person. A person whose account is gone is somebody else in every row."""

    def __init__(self, world: World) -> None:
        self.person = array("q")
        self.session = array("i")
        self.place = array("q")
        self.said = bytearray()
        position = world.position
        places = {pk: place.pk for pk, place in world.places.items()}
        answers = _Answers()
        with _all_at_once():
            rows = figures.fact_rows().iterator(chunk_size=CHUNK)
            # Column by column: a million rows are too many to look at one by one.
            while chunk := list(itertools.islice(rows, CHUNK)):
                if not all(row[SESSION] in position for row in chunk):
                    # Made after the sessions were read.
                    chunk = [row for row in chunk if row[SESSION] in position]
                who, sessions, organisations, *said = zip(*chunk, strict=True) if chunk else NO_ROWS
                self.person.extend(who)
                self.session.extend(map(position.__getitem__, sessions))
                self.place.extend([places.get(organisation, 0) for organisation in organisations])
                self.said += b"".join(map(answers.__getitem__, zip(*said, strict=True)))

    def __len__(self) -> int:
        return len(self.person)

    def runs(self) -> Iterator[tuple[int, int]]:
        """Of every person the first row and the one after the last."""
        return runs(self.person)

    def people(self) -> Iterator[tuple[int, list[int]]]:
        """Every person with the positions of the rows; in order of time within a person."""
        sessions = self.session
        for start, stop in self.runs():
            if stop == start + 1:
                yield self.person[start], [start]
            else:
                yield self.person[start], sorted(range(start, stop), key=sessions.__getitem__)

    @cached_property
    def is_first(self) -> bytearray:
        """1 for the first course that this person ever was at; that cannot be known of who has no account any more."""
        found, sessions, kinds = bytearray(len(self)), self.session, self.kinds
        for start, stop in self.runs():
            if self.person[start] > 0:
                there = [row for row in range(start, stop) if kinds[row] == figures.THERE]
                if there:
                    found[min(there, key=sessions.__getitem__)] = 1
        return found

    @cached_property
    def kinds(self) -> bytearray:
        """``THERE``, ``AWAY`` or ``IN_VAIN`` of every row."""
        return self.said[::SAID]

    def kind(self, position: int) -> int:
        return self.said[SAID * position]

    def score(self, position: int) -> int:
        """The mark, nought for none."""
        return self.said[SAID * position + 1]

    def all_said(self, position: int) -> bytes:
        """Kind, mark, recommends, would apply, applied."""
        return bytes(self.said[SAID * position : SAID * (position + 1)])


def runs(values: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where the same value stands in a row: begin and end."""
    start = 0
    for _value, same in itertools.groupby(values):
        stop = start + sum(1 for _one in same)
        yield start, stop
        start = stop


class _Answers(dict[tuple[Any, ...], bytes]):
    """What a row says in five bytes; there are few different ones."""

    def __missing__(self, said: tuple[Any, ...]) -> bytes:
        kind, score, recommend, would, applied = said
        self[said] = found = bytes(
            (
                kind,
                score or 0,
                UNSAID if recommend is None else recommend,
                figures.ANSWERS.get(would or "", UNSAID),
                figures.ANSWERS.get(applied or "", UNSAID),
            )
        )
        return found


@contextmanager
def _all_at_once() -> Iterator[None]:
    """PostgreSQL plans a cursor for its first rows, and sorts in 4 MB; this is for who reads a million."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        yield


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """One question to colleagues. Questions are listed publicly, so they need no hiding."""

    on: dt.date
    part: str
    theme: str
    matched: bool
    done: bool
    days: int | None


def questions(world: World) -> list[Asked]:
    found = []
    for created, first_yes, state, theme, session in figures.question_rows():
        on = clock.local(created).date()
        where = world.position.get(session) if session else None
        part = (
            world.parts[world.sessions[where].part] if where is not None else periods.of_offer(on)
        )
        found.append(
            Asked(
                on=on,
                part=part.key,
                theme=theme or "",
                matched=first_yes is not None,
                done=state == KnowledgeRequest.State.DONE,
                days=(clock.local(first_yes).date() - on).days if first_yes else None,
            )
        )
    return found
