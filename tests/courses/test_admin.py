# SPDX-License-Identifier: EUPL-1.2
"""The Django admin of this room: every list and form opens, and nothing that people must be told of is done there."""

import pytest

from courses.domain.registration import register
from courses.models import Course, Material, Registration
from tests.factories import EditionFactory, LocationFactory, PersonFactory, SessionFactory

pytestmark = pytest.mark.django_db
#: Model -> may it be added, changed, deleted here.
MODELS = {
    "theme": (True, True, True),
    "location": (True, True, True),
    "course": (False, True, False),
    "edition": (False, False, False),
    "session": (False, False, False),
    "registration": (False, False, False),
}


@pytest.fixture
def admin(client):
    client.force_login(PersonFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def rows():
    session = SessionFactory(edition=EditionFactory(), location=LocationFactory())
    registration = register(session, person=PersonFactory(name="Geheime Naam"))
    Material.objects.create(course=session.course, title="Uitleg", url="https://gouda.nl/uitleg")
    return {
        "theme": session.course.theme,
        "location": session.location,
        "course": session.course,
        "edition": session.edition,
        "session": session,
        "registration": registration,
    }


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_forms_open(admin, rows, model):
    add, change, delete = MODELS[model]
    url = f"/beheer/courses/{model}/"
    row = f"{url}{rows[model].pk}/"
    assert admin.get(f"{url}?q=a").status_code in ({200} if model != "session" else {200, 302})
    assert admin.get(f"{url}add/").status_code == (200 if add else 403)
    assert admin.get(f"{row}change/").status_code == 200
    assert admin.get(f"{row}delete/").status_code == (200 if delete else 403)
    assert (admin.post(f"{row}change/", {}).status_code == 200) is change


def test_a_course_is_not_deleted_with_its_registrations(admin, rows):
    admin.post(f"/beheer/courses/course/{rows['course'].pk}/delete/", {"post": "yes"})
    many = {"action": "delete_selected", "_selected_action": rows["course"].pk, "post": "yes"}
    admin.post("/beheer/courses/course/", many)
    assert Course.objects.count() == 1
    assert Registration.objects.get().state == "registered"


def test_a_text_can_be_repaired_and_trainers_and_materials_only_looked_at(admin, rows):
    course = rows["course"]
    form = {
        "title": "Hersteld",
        "slug": course.slug,
        "promise": course.promise,
        "level": course.level,
        "language": course.language,
        "format": course.format,
        "minutes": course.minutes,
        "theme": course.theme_id,
        "organisation": course.organisation_id,
        "licence": course.licence,
        "goals": "[]",
        "min_participants": course.min_participants,
        "max_participants": course.max_participants,
        "trainer_rows-TOTAL_FORMS": 1,
        "trainer_rows-INITIAL_FORMS": 1,
        "trainer_rows-0-DELETE": "on",
        "materials-TOTAL_FORMS": 0,
        "materials-INITIAL_FORMS": 0,
    }
    answer = admin.post(f"/beheer/courses/course/{course.pk}/change/", form)
    assert answer.status_code == 302, answer.context["errors"]
    course.refresh_from_db()
    assert course.title == "Hersteld"
    assert course.trainers.count() == 1
    page = admin.get(f"/beheer/courses/course/{course.pk}/change/").content.decode()
    assert "https://gouda.nl/uitleg" in page
    assert 'name="materials-0-url"' not in page
    assert 'name="trainer_rows-0-person"' not in page


def test_lists_of_registrations_hold_no_names(admin, rows):
    assert "Geheime Naam" not in admin.get("/beheer/courses/registration/").content.decode()
