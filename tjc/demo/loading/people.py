# SPDX-License-Identifier: EUPL-1.2
"""Organisations, mail domains, people and roles."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import EmailDomain, Organisation, Person, Role
from base import clock
from tjc.demo.loading.source import Source

#: Who the banner's buttons sign in as. The coordinator works for the trainer's organisation.
LEARNER = "merel-jansen"
TRAINER = "samira-el-idrissi"
COORDINATOR = "willemijn-bax"
NATIONAL = "jelle-bakema"
ADMIN = "latifa-amezian"
BIG_ORGANISATION = 5

_WITHOUT_ACCENT = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "ß": "ss", "đ": "d", "æ": "ae"})


@dataclass(frozen=True)
class People:
    organisations: dict[str, Organisation]
    by_key: dict[str, Person]

    def __getitem__(self, key: str) -> Person:
        return self.by_key[key]


def load(source: Source) -> People:
    organisations = _organisations(source)
    people = _people(source, organisations)
    _roles(source, people, organisations)
    return People(organisations, people)


def local_part(name: str) -> str:
    """'Samira El Idrissi' -> 'samira.el.idrissi': lower case ASCII, no dots at the ends."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_WITHOUT_ACCENT))
    kept = "".join(c for c in plain if c.isascii() and (c.isalnum() or c in " -"))
    return ".".join(kept.split())


def addresses(people: Iterable[tuple[str, str]]) -> list[str]:
    """A mail address for every (name, domain), in order; namesakes in one domain get 2, 3, …"""
    seen: Counter[str] = Counter()
    result = []
    for name, domain in people:
        local = local_part(name)
        seen[f"{local}@{domain}"] += 1
        count = seen[f"{local}@{domain}"]
        result.append(f"{local}{count if count > 1 else ''}@{domain}")
    return result


def _organisations(source: Source) -> dict[str, Organisation]:
    rows = {
        text["key"]: Organisation(
            slug=text["key"],
            name=text["name"],
            abbreviation=text["abbreviation"],
            kind=text["kind"],
            layer=text["layer"],
            province=text["province"],
            tooi=text["tooi"] or None,
            roo_id=text["roo_id"] or None,
            oin=text["oin"],
        )
        for text in source.organisations
    }
    Organisation.objects.bulk_create(rows.values())
    EmailDomain.objects.bulk_create(
        EmailDomain(organisation=rows[text["key"]], domain=domain.lower())
        for text in source.organisations
        for domain in text["domains"]
    )
    return rows


def _people(source: Source, organisations: dict[str, Organisation]) -> dict[str, Person]:
    domains = {text["key"]: text["domains"][0].lower() for text in source.organisations}
    emails = addresses((text["name"], domains[text["organisation"]]) for text in source.people)
    teaching = {course["trainer"] for course in source.courses}
    teaching |= {key for course in source.courses for key in course["co_trainers"]}
    at = clock.now()
    rows = {
        text["key"]: Person(
            email=email,
            name=text["name"],
            slug=text["key"] if text["key"] in teaching else None,
            organisation=organisations[text["organisation"]],
            organisation_confirmed=True,
            function=text["function"],
            province=text["province"],
            verified_at=at,
            password="!demo",  # noqa: S106 - Django's mark of an unusable password
        )
        for text, email in zip(source.people, emails, strict=True)
    }
    rows[ADMIN].is_staff = rows[ADMIN].is_superuser = True
    Person.objects.bulk_create(rows.values())
    return rows


def _roles(
    source: Source, people: dict[str, Person], organisations: dict[str, Organisation]
) -> None:
    """A coordinator for every organisation with more than five people, and one for the country."""
    national = people[NATIONAL]
    teaching = {course["trainer"] for course in source.courses}
    members: dict[str, list[str]] = {}
    for text in source.people:
        members.setdefault(text["organisation"], []).append(text["key"])
    roles = [Role(person=national, kind=Role.Kind.NATIONAL)]
    for key, keys in members.items():
        if len(keys) > BIG_ORGANISATION:
            others = [one for one in keys if one not in teaching and one != ADMIN]
            chosen = COORDINATOR if COORDINATOR in keys else others[-1]
            roles.append(
                Role(
                    person=people[chosen],
                    kind=Role.Kind.COORDINATOR,
                    organisation=organisations[key],
                    granted_by=national,
                )
            )
    Role.objects.bulk_create(roles)
