# SPDX-License-Identifier: EUPL-1.2
"""Organisations, their mail domains, people and coordinators."""

import dataclasses
import itertools

from django.utils.text import slugify

from accounts.models import EmailDomain, Organisation, Person, Province, Role
from base import clock
from tjc.seeding import texts
from tjc.seeding.volume import DOMAIN, Dice

BATCH = 2000
#: An organisation with more people than this has a coordinator.
SMALL = 5


@dataclasses.dataclass
class Crowd:
    organisations: list[Organisation]
    people: list[Person]
    #: Positions in ``people`` by key of the organisation.
    members: dict[int, list[int]]


def load(*, people: int, organisations: int, trainers: int, run: int) -> Crowd:
    """The first ``trainers`` people teach, so they have a slug."""
    dice = Dice(f"crowd {run}")
    rows = _organisations(organisations, run, dice)
    persons = _people(people, trainers, rows, run, dice)
    members: dict[int, list[int]] = {}
    for position, person in enumerate(persons):
        assert person.organisation_id is not None
        members.setdefault(person.organisation_id, []).append(position)
    _roles(persons, members)
    return Crowd(rows, persons, members)


def _organisations(number: int, run: int, dice: Dice) -> list[Organisation]:
    kinds = [kind for *kind, share in texts.ORGANISATIONS for _ in range(share)]
    dice.shuffle(kinds)
    places = [a + b for a, b in itertools.product(texts.PLACE_STARTS, texts.PLACE_ENDS)]
    dice.shuffle(places)
    provinces = [p for p in Province if p != Province.CARIBISCH]
    rows = []
    for n in range(number):
        kind, layer, pattern = kinds[n % len(kinds)]
        again = n // len(places)
        name = pattern.format(place=places[n % len(places)] + (f" {again + 1}" if again else ""))
        rows.append(
            Organisation(
                public_id=dice.public_id(),
                name=name,
                slug=f"zaad-{run}-{n + 1}-{slugify(name)}",
                kind=kind,
                layer=layer,
                province="" if layer == "rijk" else dice.choice(provinces),
            )
        )
    Organisation.objects.bulk_create(rows, batch_size=BATCH)
    EmailDomain.objects.bulk_create(
        [
            EmailDomain(organisation=row, domain=f"org{n}.r{run}.{DOMAIN}")
            for n, row in enumerate(rows, start=1)
        ],
        batch_size=BATCH,
    )
    return rows


def _people(
    number: int, trainers: int, organisations: list[Organisation], run: int, dice: Dice
) -> list[Person]:
    """A few organisations are big, most are small."""
    if not number:
        return []
    weights = list(itertools.accumulate((n + 3) ** -0.8 for n in range(len(organisations))))
    homes = dice.choices(range(len(organisations)), cum_weights=weights, k=number)
    at = clock.now()
    provinces = [p for p in Province if p != Province.CARIBISCH]
    rows = []
    for n, home in enumerate(homes, start=1):
        name = f"{dice.choice(texts.FIRST_NAMES)} {dice.choice(texts.LAST_NAMES)}"
        local = slugify(name).replace("-", ".")
        rows.append(
            Person(
                public_id=dice.public_id(),
                email=f"{local}.{n}@org{home + 1}.r{run}.{DOMAIN}",
                name=name,
                slug=f"zaad-{run}-{n}-{slugify(name)}" if n <= trainers else None,
                organisation=organisations[home],
                organisation_confirmed=True,
                language="en" if dice.chance(0.03) else "nl",
                function=dice.choice(texts.FUNCTIONS),
                province=organisations[home].province or dice.choice(provinces),
                verified_at=at,
                password="!seed",  # noqa: S106 - Django's mark of an unusable password
            )
        )
    Person.objects.bulk_create(rows, batch_size=BATCH)
    return rows


def _roles(people: list[Person], members: dict[int, list[int]]) -> None:
    """The last of every organisation that is not small coordinates it."""
    Role.objects.bulk_create(
        [
            Role(
                person=people[positions[-1]],
                kind=Role.Kind.COORDINATOR,
                organisation_id=organisation_id,
            )
            for organisation_id, positions in members.items()
            if len(positions) > SMALL
        ],
        batch_size=BATCH,
    )
