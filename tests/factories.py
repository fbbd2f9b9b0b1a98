# SPDX-License-Identifier: EUPL-1.2
"""Rows for tests: small, valid, deterministic. Registrations are made by the domain functions, not here."""

import datetime as dt
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import EmailDomain, Organisation, Person, Role
from base import clock
from courses.models import Course, CourseTrainer, Edition, Location, Session, Theme
from matching.models import KnowledgeRequest, Match, TrainerProfile


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Gemeente Voorbeeld {n}")
    slug = factory.Sequence(lambda n: f"gemeente-voorbeeld-{n}")
    kind = "gemeente"
    layer = "gemeente"
    province = "utrecht"

    @factory.post_generation
    def domain(self: Organisation, create: bool, extracted: str | None, **_: Any) -> None:
        if create and extracted:
            EmailDomain.objects.create(organisation=self, domain=extracted)


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Merel de Jong {n}")
    email = factory.Sequence(lambda n: f"merel{n}@voorbeeld.nl")
    organisation = factory.SubFactory(OrganisationFactory)
    organisation_confirmed = True
    verified_at = factory.LazyFunction(clock.now)


def coordinator(organisation: Organisation | None = None, **fields: Any) -> Person:
    organisation = organisation or OrganisationFactory()
    person = PersonFactory(organisation=organisation, **fields)
    Role.objects.create(person=person, kind=Role.Kind.COORDINATOR, organisation=organisation)
    return person


def national_coordinator(**fields: Any) -> Person:
    person = PersonFactory(**fields)
    Role.objects.create(person=person, kind=Role.Kind.NATIONAL)
    return person


class ThemeFactory(DjangoModelFactory[Theme]):
    class Meta:
        model = Theme
        django_get_or_create = ("slug",)

    slug = "schrijven"
    name = "Schrijven"
    tint = "schrijven"
    icon = "pencil"


class EditionFactory(DjangoModelFactory[Edition]):
    """A TJC-week that starts next Monday, with its programme public."""

    class Meta:
        model = Edition

    slug = factory.Sequence(lambda n: f"tjc-week-{n}")
    name = factory.Sequence(lambda n: f"TJC-week {n}")
    kind = Edition.Kind.WEEK
    starts_on = factory.LazyFunction(
        lambda: clock.today() + dt.timedelta(days=7 - clock.today().weekday())
    )
    ends_on = factory.LazyAttribute(lambda e: e.starts_on + dt.timedelta(days=4))
    programme_published_at = factory.LazyFunction(lambda: clock.now() - dt.timedelta(days=1))
    slots = factory.LazyFunction(lambda: ["09:00", "10:00", "11:00", "13:30", "15:00"])
    max_minutes = 60


class CourseFactory(DjangoModelFactory[Course]):
    """A published course with one lead trainer of the same organisation."""

    class Meta:
        model = Course
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Schrijf een brief die iedereen snapt {n}")
    slug = factory.Sequence(lambda n: f"schrijf-een-brief-{n}")
    promise = "Je herschrijft je eigen brief in begrijpelijke taal."
    theme = factory.SubFactory(ThemeFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    status = Course.Status.PUBLISHED
    published_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def trainer(self: Course, create: bool, extracted: Person | None, **_: Any) -> None:
        if create:
            person = extracted or PersonFactory(organisation=self.organisation)
            CourseTrainer.objects.create(course=self, person=person)


class LocationFactory(DjangoModelFactory[Location]):
    class Meta:
        model = Location

    organisation = factory.SubFactory(OrganisationFactory)
    name = "Stadhuis"
    room = "Zaal 3"
    city = "Utrecht"


class SessionFactory(DjangoModelFactory[Session]):
    """An online hour with 20 seats, in a week at ten: an hour that every day has, whenever the tests run."""

    class Meta:
        model = Session

    course = factory.SubFactory(CourseFactory)
    starts_at = factory.LazyFunction(
        lambda: clock.from_wall_time(clock.today() + dt.timedelta(days=7), dt.time(10, 0))
    )
    ends_at = factory.LazyAttribute(lambda s: s.starts_at + dt.timedelta(minutes=60))
    format = "online"
    online_url = "https://vergadering.example/abc"
    capacity = 20


class TrainerProfileFactory(DjangoModelFactory[TrainerProfile]):
    """Somebody in the pool, online, with room for questions."""

    class Meta:
        model = TrainerProfile
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    headline = "Begrijpelijke brieven schrijven"
    expertise = "Ik help collega’s om moeilijke brieven in gewone taal te schrijven."
    languages = factory.LazyFunction(lambda: ["nl"])

    @factory.post_generation
    def themes(self: TrainerProfile, create: bool, extracted: list[Theme] | None, **_: Any) -> None:
        if create and extracted:
            self.themes.set(extracted)


class KnowledgeRequestFactory(DjangoModelFactory[KnowledgeRequest]):
    """An open question of one colleague, online."""

    class Meta:
        model = KnowledgeRequest

    asker = factory.SubFactory(PersonFactory)
    organisation = factory.LazyAttribute(lambda r: r.asker.organisation if r.asker else None)
    title = factory.Sequence(lambda n: f"Hoe schrijf ik een brief die iedereen snapt? {n}")
    text = "Inwoners bellen omdat ze onze brieven niet snappen. Hoe schrijf ik ze beter?"
    theme = factory.SubFactory(ThemeFactory)
    state_changed_at = factory.LazyFunction(clock.now)
    closes_at = factory.LazyFunction(lambda: clock.now() + dt.timedelta(days=90))


class MatchFactory(DjangoModelFactory[Match]):
    """A trainer who was asked just now."""

    class Meta:
        model = Match

    request = factory.SubFactory(KnowledgeRequestFactory)
    trainer = factory.SubFactory(PersonFactory)
    state = Match.State.ASKED
    asked_at = factory.LazyFunction(clock.now)
    answer_due_at = factory.LazyFunction(lambda: clock.now() + dt.timedelta(days=7))
