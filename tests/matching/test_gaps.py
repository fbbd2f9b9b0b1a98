# SPDX-License-Identifier: EUPL-1.2
"""Demand, supply and waiting per theme, and what hangs on one person."""

import datetime as dt

import pytest
from django.utils import timezone

from courses.models import CourseInterest, Registration
from matching.domain import gaps
from matching.models import KnowledgeRequest, Support, TrainerProfile
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def themes():
    return [ThemeFactory(slug=slug, name=slug.title()) for slug in ("data", "recht", "schrijven")]


def question(theme, organisation, **fields) -> KnowledgeRequest:
    days = fields.pop("days_ago", 0)
    row = KnowledgeRequest.objects.create(
        **{
            "title": "Hoe?",
            "text": "Hoe dan?",
            "theme": theme,
            "organisation": organisation,
            "state_changed_at": timezone.now(),
            "closes_at": timezone.now(),
            **fields,
        }
    )
    KnowledgeRequest.objects.filter(pk=row.pk).update(
        created_at=timezone.now() - dt.timedelta(days=days)
    )
    return row


def profile(organisation, *themes, **fields) -> TrainerProfile:
    person = PersonFactory(organisation=organisation, **fields.pop("person", {}))
    row = TrainerProfile.objects.create(person=person, **{"headline": "Kan dit", **fields})
    row.themes.set(themes)
    return row


def figures(rows) -> dict[str, tuple[int, int, int, int]]:
    return {
        row.theme.slug: (row.open_questions, row.asked, row.trainers, row.waiting) for row in rows
    }


def test_per_theme_counts_demand_supply_and_waiting(themes) -> None:
    data, recht, schrijven = themes
    gouda, delft = OrganisationFactory(), OrganisationFactory()
    asked = question(data, gouda)
    Support.objects.create(request=asked, person=PersonFactory(), organisation=delft)
    question(data, delft, state="done")
    question(data, delft, state="expired", days_ago=400)
    question(None, gouda)
    question(recht, gouda, state="planned")
    teacher = profile(delft, data, schrijven).person
    CourseFactory(theme=data, organisation=delft, trainer=teacher)  # the same person, counted once
    giver = PersonFactory(organisation=gouda)
    course = CourseFactory(theme=data, organisation=gouda, trainer=giver)
    CourseFactory(theme=data, organisation=gouda, trainer=giver, status="archived")
    session = SessionFactory(course=course)
    Registration.objects.create(
        session=session,
        person=PersonFactory(),
        organisation=delft,
        state="waiting",
        queued_at=timezone.now(),
    )
    CourseInterest.objects.create(course=course, person=PersonFactory(organisation=delft))
    assert figures(gaps.per_theme()) == {
        "data": (1, 3, 2, 2),
        "recht": (0, 1, 0, 0),
        "schrijven": (0, 0, 1, 0),
    }
    assert gaps.asked_per_theme(delft) == {data.pk: 2}
    assert gaps.asked_per_theme(gouda) == {data.pk: 1, recht.pk: 1}
    assert [row.theme.slug for row in gaps.per_theme() if row.is_gap] == ["recht"]


def test_who_left_cannot_teach_and_who_pauses_can(themes) -> None:
    data = themes[0]
    home = OrganisationFactory()
    profile(home, data, state="paused")
    withdrawn = profile(home, data, state="withdrawn").person
    CourseFactory(theme=data, organisation=home, trainer=withdrawn)
    profile(home, data, person={"is_active": False})
    profile(home, data, person={"verified_at": None})
    profile(None, data)
    CourseFactory(theme=data, trainer=PersonFactory(), status="draft", published_at=None)
    assert gaps.trainers_per_theme() == {data.pk: 1}


def test_what_hangs_on_one_is_asked_for_and_one_person_can_teach_it(themes) -> None:
    data, recht, schrijven = themes
    home, other = OrganisationFactory(), OrganisationFactory()
    for theme in (data, recht):
        question(theme, other)
    profile(home, data, schrijven)
    profile(other, data)
    CourseFactory(theme=recht, organisation=home, trainer=PersonFactory(organisation=home))
    assert [row.theme for row in gaps.per_theme() if row.hangs_on_one] == [recht]


@pytest.mark.parametrize("size", [1, 3])
def test_queries_do_not_grow(themes, size, django_assert_num_queries) -> None:
    home = OrganisationFactory()
    for theme in themes[:size]:
        question(theme, home)
        profile(home, theme)
    with django_assert_num_queries(8):
        gaps.per_theme()
    with django_assert_num_queries(2):
        gaps.asked_per_theme(home)
