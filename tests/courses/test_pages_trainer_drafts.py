# SPDX-License-Identifier: EUPL-1.2
"""A draft: saved as one types, found again, thrown away, nobody else's, and published once."""

import datetime as dt
import threading
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from base import clock
from courses.domain import courses, teaching
from courses.models import Course, CourseTrainer, Session
from tests.courses.teaching import edit_url, typed
from tests.courses.test_concurrency import at_once
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    ThemeFactory,
    coordinator,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer():
    return PersonFactory(name="Samira El Idrissi")


@pytest.fixture
def page(client, trainer) -> Client:
    """A browser in which the trainer is signed in."""
    client.force_login(trainer)
    ThemeFactory()
    return client


# --- save as you go ------------------------------------------------------------------------------


def save_url(public_id: uuid.UUID) -> str:
    return reverse("courses:teach-save", args=[public_id])


def test_first_save_makes_the_draft_and_says_where_it_is(page, trainer):
    public_id = uuid.uuid4()
    response = page.post(save_url(public_id), {"title": "Draai", "day": "2027-13-45"})
    course = Course.objects.get()
    now = clock.local(clock.now())
    assert response.json()["url"] == edit_url(public_id)
    assert response.json()["message"] in {
        f"Bewaard om {now:%H:%M}",
        f"Bewaard om {now - dt.timedelta(minutes=1):%H:%M}",
    }
    assert (course.status, course.title, course.draft["day"]) == ("draft", "Draai", "2027-13-45")
    assert course.trainer_rows.get().person == trainer


def test_saving_again_keeps_the_latest_words(page):
    public_id = uuid.uuid4()
    for title in ("D", "Draai", "Draaitabellen\0" + "x" * 30_000):
        page.post(save_url(public_id), {"title": title})
    course = Course.objects.get()
    assert course.draft["title"] == "Draaitabellen" + "x" * (20_000 - 13)
    assert CourseTrainer.objects.count() == 1


def test_save_that_comes_after_publishing_changes_nothing(page):
    public_id = uuid.uuid4()
    page.post(edit_url(public_id), typed())
    response = page.post(save_url(public_id), {"title": "Oud"})
    assert (response.status_code, response.json()) == (
        409,
        {"message": "Deze cursus is al gepubliceerd."},
    )
    assert Course.objects.get().title == "Draaitabellen in Excel"


def test_save_after_signing_out_says_so(client):
    response = client.post(save_url(uuid.uuid4()), {"title": "Draai"})
    assert (response.status_code, response.json()) == (
        403,
        {"message": "Niet bewaard: je bent uitgelogd. Log opnieuw in."},
    )
    assert Course.objects.count() == 0


def test_button_saves_without_script_and_the_draft_is_found_again(page):
    public_id = uuid.uuid4()
    response = page.post(edit_url(public_id), typed(title="Half af", day="", bewaar="1"))
    assert response.url == "/mijn/cursussen/"
    html = page.get("/mijn/cursussen/").content.decode()
    assert "Bewaard. Je vindt je cursus hier terug als concept." in html
    assert f'href="{edit_url(public_id)}">Half af</a>' in html
    assert Course.objects.get().status == "draft"


def test_draft_can_be_thrown_away_after_a_question(page):
    public_id = uuid.uuid4()
    page.post(save_url(public_id), {"title": "Weg ermee"})
    url = reverse("courses:teach-discard", args=[public_id])
    assert page.get(url).status_code == 200
    assert Course.objects.count() == 1
    assert page.post(url).url == "/mijn/cursussen/"
    assert Course.objects.count() == 0


# --- other people's drafts -----------------------------------------------------------------------


def test_draft_of_somebody_else_does_not_exist(page):
    organisation = OrganisationFactory()
    draft = CourseFactory(status="draft", published_at=None, organisation=organisation)
    coordinating = coordinator(organisation)
    for person in (None, coordinating):
        if person:
            page.force_login(person)
        for name in ("teach-edit", "teach-published", "teach-discard", "manage", "manage-text"):
            url = reverse(f"courses:{name}", args=[draft.public_id])
            assert (name, page.get(url).status_code) == (name, 404)
        assert page.post(edit_url(draft.public_id), typed()).status_code == 404
        assert page.post(save_url(draft.public_id), {"title": "Gekaapt"}).status_code == 404
    draft.refresh_from_db()
    assert draft.title != "Gekaapt"


def test_published_course_leaves_the_draft_address(page, trainer):
    course = CourseFactory(trainer=trainer, organisation=trainer.organisation)
    SessionFactory(course=course)
    assert page.get(edit_url(course.public_id)).url == f"/mijn/cursussen/{course.public_id}/"


# --- at the same time ----------------------------------------------------------------------------


def browsers(trainer, count):
    """The same person in several tabs."""
    tabs = []
    for _ in range(count):
        tab = Client()
        tab.force_login(trainer)
        tabs.append(tab)
    return tabs


@pytest.mark.django_db(transaction=True)
def test_button_pressed_four_times_at_once_publishes_once(page, trainer):
    public_id = uuid.uuid4()
    answers = at_once(
        [lambda tab=tab: tab.post(edit_url(public_id), typed()) for tab in browsers(trainer, 4)]
    )
    assert [answer.url for answer in answers] == [f"/geef-een-cursus/{public_id}/gelukt/"] * 4
    assert (Course.objects.count(), Session.objects.count()) == (1, 1)
    assert CourseTrainer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_saving_while_publishing_never_brings_the_old_title_back(page, trainer):
    public_id = uuid.uuid4()
    page.post(save_url(public_id), {"title": "Oud"})
    one, two, three = browsers(trainer, 3)
    at_once(
        [
            lambda: one.post(save_url(public_id), {"title": "Oud"}),
            lambda: two.post(edit_url(public_id), typed()),
            lambda: three.post(save_url(public_id), {"title": "Oud"}),
        ]
    )
    course = Course.objects.get()
    assert (course.status, course.title, course.draft) == (
        "published",
        "Draaitabellen in Excel",
        {},
    )


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_two_dates_appear(trainer):
    """What the test above guards against: both looked before either had published."""
    course = CourseFactory(
        organisation=trainer.organisation, trainer=trainer, status="draft", published_at=None
    )
    looked = threading.Barrier(2)

    def publish_unguarded():
        current = Course.objects.get(pk=course.pk)
        looked.wait(timeout=30)
        if current.status == Course.Status.DRAFT:
            moment = {"day": clock.today() + dt.timedelta(days=30), "time": dt.time(10)}
            moment |= {"minutes": 45, "capacity": 12, "format": "online"}
            teaching.plan(current, by=trainer, place=None, **moment)
            courses.publish(current, by=trainer)

    assert at_once([publish_unguarded, publish_unguarded]) == [None, None]
    assert Session.objects.count() == 2
