# SPDX-License-Identifier: EUPL-1.2
"""The hard rules: who may be asked a question at all. Here and nowhere else.

Wishes (another organisation, not asked recently) are no hard rules; they count as bonuses in a round and as
reasons on a page. Every rule is written once, as an expression that holds for one trainer and for a column
of a hundred thousand: numbers and booleans with ``&``, ``|`` and comparisons, sets as bits.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Province
from base import clock
from matching.models import Dismissal, KnowledgeRequest, Match, Support, TrainerProfile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LANGUAGES = {"nl": 1, "en": 2}
_PROVINCES = {str(value): 1 << at for at, value in enumerate(Province.values)}
_ANYWHERE = (1 << len(_PROVINCES)) - 1
_LAST_DAY = dt.date.max.toordinal()
#: What counts for the year: questions a trainer got and did not refuse or leave.
_COUNTS = (Match.State.ASKED, Match.State.ACCEPTED, Match.State.DONE)
#: Who was asked this question before and did not help is not asked again for it.
_SAID_NO = (Match.State.DECLINED, Match.State.EXPIRED)


class Rule(StrEnum):
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"
    GONE = "gone"
    FULL = "full"
    LANGUAGE = "language"
    PLACE = "place"
    DATES = "dates"
    OWN = "own"
    DISMISSED = "dismissed"
    SAID_NO = "said_no"


@dataclass(frozen=True)
class Trainer:
    """What the rules know of a trainer, or of many: then every field is a column (numpy)."""

    person: Any
    withdrawn: Any
    paused: Any
    gone: Any
    left: Any
    languages: Any
    provinces: Any
    online: Any


@dataclass(frozen=True)
class Asked:
    """What the rules know of a question. ``first`` and ``last``: days on which it can be answered, as
    ordinals; ``provinces`` is 0 when it must be online."""

    language: int
    online: bool
    provinces: int
    first: int
    last: int
    own: frozenset[int] = frozenset()
    dismissed: frozenset[int] = frozenset()
    said_no: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Window:
    """The days of a round: those of an edition, or from now on."""

    first: dt.date
    last: dt.date = dt.date.max


#: Per rule: does it keep this trainer from this question?
_FORBIDS: dict[Rule, Callable[[Trainer, Asked], Any]] = {
    Rule.WITHDRAWN: lambda trainer, _asked: trainer.withdrawn,
    Rule.PAUSED: lambda trainer, _asked: trainer.paused,
    Rule.GONE: lambda trainer, _asked: trainer.gone,
    Rule.FULL: lambda trainer, _asked: trainer.left <= 0,
    Rule.LANGUAGE: lambda trainer, asked: (trainer.languages & asked.language) == 0,
    Rule.PLACE: lambda trainer, asked: (
        ((trainer.provinces & asked.provinces) == 0) & ((trainer.online & asked.online) == 0)
    ),
    Rule.DATES: lambda trainer, asked: (
        (trainer.person == trainer.person) & (asked.first > asked.last)
    ),
    Rule.OWN: lambda trainer, asked: _among(trainer.person, asked.own),
    Rule.DISMISSED: lambda trainer, asked: _among(trainer.person, asked.dismissed),
    Rule.SAID_NO: lambda trainer, asked: _among(trainer.person, asked.said_no),
}
#: About the trainer alone; about the question's shape, which many share; the rest names persons.
_TRAINER_ONLY = (Rule.WITHDRAWN, Rule.PAUSED, Rule.GONE, Rule.FULL)
_SHAPE = (Rule.LANGUAGE, Rule.PLACE, Rule.DATES)
_PERSONS = (Rule.OWN, Rule.DISMISSED, Rule.SAID_NO)
#: What somebody who read the question and offers help has set aside; the rest holds for them too.
_OWN_CHOICE = frozenset(
    {Rule.PAUSED, Rule.FULL, Rule.LANGUAGE, Rule.PLACE, Rule.DATES, Rule.SAID_NO}
)


def _among(person: Any, ids: frozenset[int]) -> Any:
    if isinstance(person, int):
        return person in ids
    import numpy as np

    return np.isin(person, np.fromiter(ids, dtype=np.int64, count=len(ids)))


# --- one pair -------------------------------------------------------------------------------------


def obstacles(trainer: Trainer, asked: Asked) -> list[Rule]:
    """Every hard rule that keeps this trainer from this question; empty when there is none."""
    return [rule for rule, forbids in _FORBIDS.items() if forbids(trainer, asked)]


def why_not(
    request: KnowledgeRequest,
    profile: TrainerProfile,
    *,
    window: Window | None = None,
    offered: bool = False,
) -> list[str]:
    """The sentences that say why this trainer cannot be asked this question; empty when that may be.

    ``offered``: the trainer offered to help with it.
    """
    on = clock.today()
    trainer = trainer_of(profile, on=on, taken=taken_this_year([profile.person_id], on=on))
    asked = asked_of([request], window=window or Window(on))[0]
    return [
        sentence(rule, profile)
        for rule in obstacles(trainer, asked)
        if not (offered and rule in _OWN_CHOICE)
    ]


def sentence(rule: Rule, profile: TrainerProfile | None = None) -> str:
    if rule is Rule.PAUSED and profile is not None and profile.paused_until is not None:
        return _("Deze collega heeft pauze tot %(day)s.") % {
            "day": date_format(profile.paused_until, "j F")
        }
    return {
        Rule.WITHDRAWN: _("Deze collega staat niet meer in de trainerpool."),
        Rule.PAUSED: _("Deze collega heeft pauze."),
        Rule.GONE: _("Deze collega werkt niet meer bij de overheid of deze organisatie."),
        Rule.FULL: _("Deze collega kreeg dit jaar al genoeg vragen."),
        Rule.LANGUAGE: _("Deze collega geeft geen les in deze taal."),
        Rule.PLACE: _("Deze collega kan niet op deze plek lesgeven."),
        Rule.DATES: _("De vraag kan niet in deze periode."),
        Rule.OWN: _("Deze collega stelt de vraag zelf."),
        Rule.DISMISSED: _("De vrager zei dat deze collega niet past."),
        Rule.SAID_NO: _("Deze collega kreeg de vraag al en kon niet helpen."),
    }[rule]


# --- a round --------------------------------------------------------------------------------------


class Rows:
    """The hard rules for many questions (rows) and many trainers (columns), in blocks of rows.

    ``asked`` holds per row the questions that one session must answer: a trainer has to be allowed for each, and
    able to come where all of them can be.
    """

    def __init__(self, trainers: Trainer, asked: Sequence[Sequence[Asked]]) -> None:
        self.trainers = trainers
        self.asked = asked
        self._shapes: dict[tuple[int, bool, int, bool], NDArray[np.bool_]] = {}
        self._free = ~self._forbidden(_TRAINER_ONLY, Asked(0, False, 0, 0, 0))

    def allowed(self, rows: Sequence[int]) -> "NDArray[np.bool_]":
        """bool[len(rows), trainers]: who may be had by each of these rows."""
        import numpy as np

        found = np.empty((len(rows), len(self._free)), dtype=np.bool_)
        for at, row in enumerate(rows):
            found[at] = self._row(self.asked[row])
        return found

    @property
    def free(self) -> int:
        """How many trainers may be asked anything at all."""
        return int(self._free.sum())

    def free_persons(self) -> set[int]:
        return set(self.trainers.person[self._free].tolist())

    def counts(self, row: int) -> dict[str, int]:
        """How many trainers each rule keeps from the first question of this row; for "why not"."""
        asked = self.asked[row][0]
        found = {rule.value: int(self._forbidden((rule,), asked).sum()) for rule in _FORBIDS}
        return {rule: number for rule, number in found.items() if number}

    def _row(self, questions: Sequence[Asked]) -> "NDArray[np.bool_]":
        allowed = self._free
        if len(questions) > 1:
            allowed = allowed & self._shape(at_one_place(questions))
        for asked in questions:
            allowed = allowed & self._shape(asked)
            if asked.own or asked.dismissed or asked.said_no:
                allowed = allowed & ~self._forbidden(_PERSONS, asked)
        return allowed

    def _shape(self, asked: Asked) -> "NDArray[np.bool_]":
        key = (asked.language, asked.online, asked.provinces, asked.first > asked.last)
        if key not in self._shapes:
            self._shapes[key] = ~self._forbidden(_SHAPE, asked)
        return self._shapes[key]

    def _forbidden(self, rules: Iterable[Rule], asked: Asked) -> "NDArray[np.bool_]":
        import numpy as np

        found = np.zeros(len(self.trainers.person), dtype=np.bool_)
        for rule in rules:
            found |= _FORBIDS[rule](self.trainers, asked)
        return found


def at_one_place(questions: Sequence[Asked]) -> Asked:
    """The first of them, with the places that suit all."""
    online, provinces = all(asked.online for asked in questions), _ANYWHERE
    for asked in questions:
        provinces &= asked.provinces
    return replace(questions[0], online=online, provinces=provinces)


def columns(trainers: Iterable[Trainer]) -> Trainer:
    """Many trainers as columns, in the order given."""
    import numpy as np

    rows = list(trainers)

    def column(name: str, kind: type) -> Any:
        return np.fromiter((getattr(row, name) for row in rows), dtype=kind, count=len(rows))

    return Trainer(
        person=column("person", np.int64),
        withdrawn=column("withdrawn", np.bool_),
        paused=column("paused", np.bool_),
        gone=column("gone", np.bool_),
        left=column("left", np.int64),
        languages=column("languages", np.int64),
        provinces=column("provinces", np.int64),
        online=column("online", np.bool_),
    )


# --- out of the database --------------------------------------------------------------------------


def trainer_of(
    profile: TrainerProfile, *, on: dt.date, taken: Mapping[int, int] | None = None
) -> Trainer:
    """``profile`` with its person; ``taken`` as ``taken_this_year`` counts it."""
    person = profile.person
    used = (taken or {}).get(profile.person_id, 0)
    return Trainer(
        person=profile.person_id,
        withdrawn=profile.state == TrainerProfile.State.WITHDRAWN,
        paused=profile.is_paused(on),
        gone=not (person.is_active and person.is_verified and person.organisation_id),
        left=profile.requests_per_year - used,
        languages=language_bits(profile.languages),
        provinces=province_bits(profile.provinces),
        online=profile.online,
    )


def language_bits(languages: Iterable[str]) -> int:
    return sum({_LANGUAGES.get(name, 0) for name in languages})


def province_bits(provinces: Iterable[str]) -> int:
    return sum({_PROVINCES.get(name, 0) for name in provinces})


def taken_this_year(person_ids: Collection[int] | None = None, *, on: dt.date) -> dict[int, int]:
    """Per trainer the questions of this calendar year that count for the number a year they chose.

    None asks for everybody. Who does not appear has none.
    """
    start = clock.from_wall_time(dt.date(on.year, 1, 1), dt.time())
    matches = Match.objects.filter(state__in=_COUNTS, trainer__isnull=False)
    if person_ids is not None:
        matches = matches.filter(trainer_id__in=person_ids)
    return dict(
        matches.annotate(since=Coalesce("asked_at", "created_at"))
        .filter(since__gte=start)
        .order_by()
        .values("trainer_id")
        .annotate(number=Count("pk"))
        .values_list("trainer_id", "number")
    )


def asked_of(requests: Sequence[KnowledgeRequest], *, window: Window) -> list[Asked]:
    """Three queries, however many questions. Needs ``organisation`` joined in."""
    keys = [request.pk for request in requests]
    supporters = _pairs(Support.objects.filter(request__in=keys), "person_id")
    dismissed = _pairs(Dismissal.objects.filter(request__in=keys), "trainer_id")
    said_no = _pairs(
        Match.objects.filter(
            request__in=keys, state__in=_SAID_NO, trainer__isnull=False
        ).order_by(),
        "trainer_id",
    )
    found = []
    for request in requests:
        own = supporters.get(request.pk, set())
        if request.asker_id is not None:
            own = own | {request.asker_id}
        found.append(
            Asked(
                language=language_bits([request.language]),
                online=request.where != KnowledgeRequest.Where.ON_SITE,
                provinces=_provinces_asked(request),
                first=max(window.first, request.not_before or window.first).toordinal(),
                last=min(window.last, request.not_after or window.last).toordinal(),
                own=frozenset(own),
                dismissed=frozenset(dismissed.get(request.pk, ())),
                said_no=frozenset(said_no.get(request.pk, ())),
            )
        )
    return found


def _provinces_asked(request: KnowledgeRequest) -> int:
    """Where a trainer would have to come; anywhere in the country when nobody said which province."""
    if request.where == KnowledgeRequest.Where.ONLINE:
        return 0
    home = request.organisation.province if request.organisation else ""
    return province_bits([request.province or home]) or _ANYWHERE


def _pairs(rows: Any, column: str) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for request_id, person_id in rows.values_list("request_id", column):
        found.setdefault(request_id, set()).add(person_id)
    return found


def pool(*, on: dt.date, persons: Collection[int] | None = None) -> tuple[list[int], Trainer]:
    """Everybody (or these persons) with a profile that is not withdrawn, by person id: (profile ids, columns).

    For a hundred thousand rows, so without model instances. Two queries.
    """
    taken = taken_this_year(persons, on=on)
    rows = (
        TrainerProfile.objects.exclude(state=TrainerProfile.State.WITHDRAWN)
        .order_by("person_id")
        .values_list(
            "pk",
            "person_id",
            "state",
            "paused_until",
            "requests_per_year",
            "languages",
            "provinces",
            "online",
            "person__is_active",
            "person__verified_at",
            "person__organisation_id",
        )
    )
    if persons is not None:
        rows = rows.filter(person__in=persons)
    profiles, trainers = [], []
    for pk, person, state, until, yearly, languages, provinces, online, *there in rows.iterator(
        chunk_size=5000
    ):
        profiles.append(pk)
        trainers.append(
            Trainer(
                person=person,
                withdrawn=False,
                paused=state == TrainerProfile.State.PAUSED and (until is None or until > on),
                gone=not all(there),
                left=yearly - taken.get(person, 0),
                languages=language_bits(languages),
                provinces=province_bits(provinces),
                online=online,
            )
        )
    return profiles, columns(trainers)
