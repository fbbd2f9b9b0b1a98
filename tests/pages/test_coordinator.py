# SPDX-License-Identifier: EUPL-1.2
"""The coordinator's pages: the own organisation by name, everything else as a count or not at all."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, Role
from base import clock
from courses.domain.registration import hold, register
from courses.models import Registration
from notifications.models import Message
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    coordinator,
    national_coordinator,
)

pytestmark = pytest.mark.django_db

PEOPLE = "/coordinatie/collegas/"
COURSES = "/coordinatie/cursussen/"
REGISTER = "/coordinatie/collegas/aanmelden/"


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gemeente Gouda", slug="gouda", domain="gouda.nl")


@pytest.fixture
def delft():
    return OrganisationFactory(name="Gemeente Delft", slug="delft", domain="delft.nl")


@pytest.fixture
def hosted(gouda):
    """A date of a course that Gouda gives."""
    return SessionFactory(course=CourseFactory(title="Beter vergaderen", organisation=gouda))


@pytest.fixture
def samira(gouda):
    """Coordinator of Gouda, signed in nowhere yet."""
    return coordinator(gouda, name="Samira Bos", email="samira@gouda.nl")


@pytest.fixture
def merel(gouda):
    return PersonFactory(name="Merel de Jong", email="merel@gouda.nl", organisation=gouda)


@pytest.fixture
def joris(delft):
    """Somebody of another organisation: what could leak."""
    return PersonFactory(name="Joris Vreemd", email="joris@delft.nl", organisation=delft)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def began(session):
    session.starts_at = clock.now() - dt.timedelta(minutes=5)
    session.ends_at = session.starts_at + dt.timedelta(hours=1)
    session.save()


def addresses(session, registration):
    return {
        "front": "/coordinatie/",
        "people": PEOPLE,
        "courses": COURSES,
        "choose": REGISTER,
        "register": f"{REGISTER}{session.public_id}/",
        "withdraw": f"/coordinatie/aanmeldingen/{registration.public_id}/afmelden/",
        "cancel": f"/coordinatie/bijeenkomsten/{session.public_id}/afzeggen/",
    }


def test_addresses(hosted, merel):
    row = register(hosted, person=merel)
    named = {
        "front": reverse("pages:coordinator"),
        "people": reverse("pages:coordinator-people"),
        "courses": reverse("pages:coordinator-courses"),
        "choose": reverse("pages:coordinator-register"),
        "register": reverse("pages:coordinator-register-session", args=[hosted.public_id]),
        "withdraw": reverse("pages:coordinator-withdraw", args=[row.public_id]),
        "cancel": reverse("pages:coordinator-cancel-session", args=[hosted.public_id]),
    }
    assert named == addresses(hosted, row)


@pytest.mark.parametrize(
    ("page", "get", "post"),
    [
        # visitor, colleague, coordinator of another organisation, national, admin, coordinator
        ("front", (302, 403, 302, 302, 403, 302), (302, 403, 405, 405, 403, 405)),
        ("people", (302, 403, 200, 403, 403, 200), (302, 403, 405, 403, 403, 405)),
        ("courses", (302, 403, 200, 403, 403, 200), (302, 403, 405, 403, 403, 405)),
        ("choose", (302, 403, 200, 403, 403, 200), (302, 403, 405, 403, 403, 405)),
        ("register", (302, 403, 200, 403, 403, 200), (302, 403, 200, 403, 403, 200)),
        ("withdraw", (302, 403, 404, 403, 403, 200), (302, 403, 404, 403, 403, 302)),
        ("cancel", (302, 403, 404, 403, 403, 200), (302, 403, 404, 403, 403, 302)),
    ],
)
def test_who_may_do_what(client, hosted, merel, samira, delft, page, get, post):
    address = addresses(hosted, register(hosted, person=merel))[page]
    people = [
        None,
        PersonFactory(),
        coordinator(delft),
        national_coordinator(),
        PersonFactory(is_staff=True, is_superuser=True),
        samira,
    ]
    found: dict[str, list[int]] = {"get": [], "post": []}
    for person in people:
        client.logout()
        if person is not None:
            client.force_login(person)
        found["get"].append(client.get(address).status_code)
        found["post"].append(client.post(address, {}).status_code)
    assert (tuple(found["get"]), tuple(found["post"])) == (get, post)


# --- people -----------------------------------------------------------------------------------------


def test_people_of_the_own_organisation_with_what_they_do_elsewhere(
    client, samira, merel, joris, delft
):
    elsewhere = SessionFactory(course=CourseFactory(title="Elders leren", organisation=delft))
    register(elsewhere, person=merel)
    register(elsewhere, person=joris)
    client.force_login(samira)
    answer = client.get(PEOPLE)
    assert [row.person for row in answer.context["colleagues"]] == [merel, samira]
    text = text_of(answer)
    assert "Elders leren" in text
    assert "merel@gouda.nl" in text
    assert "Joris" not in text
    assert "joris@delft.nl" not in text


def test_what_somebody_did_for_another_employer_stays_there(client, samira, merel, gouda, delft):
    merel.organisation = delft
    merel.save()
    register(SessionFactory(course=CourseFactory(title="Bij Delft gekozen")), person=merel)
    merel.organisation = gouda
    merel.save()
    client.force_login(samira)
    text = text_of(client.get(PEOPLE))
    assert "merel@gouda.nl" in text
    assert "Bij Delft gekozen" not in text


def test_a_colleague_who_left_is_gone(client, samira, merel, delft, hosted):
    row = register(hosted, person=merel)
    merel.organisation = delft
    merel.save()
    client.force_login(samira)
    assert "merel@gouda.nl" not in text_of(client.get(PEOPLE))
    assert client.get(addresses(hosted, row)["withdraw"]).status_code == 404


def test_an_address_that_a_stranger_typed_is_no_colleague(client, samira, gouda, hosted):
    typed = PersonFactory(name="", email="getypt@gouda.nl", organisation=gouda, verified_at=None)
    hold(hosted, person=typed, organisation=gouda, name="Grappenmaker")
    client.force_login(samira)
    text = text_of(client.get(PEOPLE))
    assert "getypt@gouda.nl" not in text
    assert "Grappenmaker" not in text


def test_looking_at_names_is_in_the_audit_trail(client, samira, merel, gouda):
    client.force_login(samira)
    client.get(PEOPLE)
    event = AuditEvent.objects.get(verb="people.viewed")
    assert (event.actor, event.organisation, event.detail) == (samira, gouda, {"count": 2})


def test_search_and_sort(client, samira, merel, gouda):
    anna = PersonFactory(name="Anna Bos", email="anna@gouda.nl", organisation=gouda)
    register(SessionFactory(), person=merel)
    client.force_login(samira)

    def names(**query):
        return [row.person.name for row in client.get(PEOPLE, query).context["colleagues"]]

    assert names() == ["Anna Bos", "Merel de Jong", "Samira Bos"]
    assert names(q="bos") == ["Anna Bos", "Samira Bos"]
    assert names(q="bos ANNA@") == [anna.name]
    assert names(q="b\0os ANNA@") == [anna.name]  # PostgreSQL takes no NUL
    assert names(q="Joris") == []
    assert names(sorteer="actief") == ["Merel de Jong", "Anna Bos", "Samira Bos"]
    assert names(sorteer="laatst") == ["Merel de Jong", "Anna Bos", "Samira Bos"]
    assert names(sorteer="onzin", page="999") == ["Anna Bos", "Merel de Jong", "Samira Bos"]


def test_coming_and_past_courses_are_told_apart(client, samira, merel):
    old, new = SessionFactory(), SessionFactory()
    register(new, person=merel)
    past = register(old, person=merel)
    began(old)
    client.force_login(samira)
    row = client.get(PEOPLE).context["colleagues"][0]
    assert ([r.session for r in row.coming], row.past) == ([new], [past])


@pytest.mark.parametrize("number", [1, 3])
def test_people_cost_the_same_queries(client, samira, gouda, django_assert_num_queries, number):
    for _number in range(number):
        person = PersonFactory(organisation=gouda)
        for _times in range(number):
            register(SessionFactory(), person=person)
    client.force_login(samira)
    client.get(PEOPLE)
    with django_assert_num_queries(8):
        client.get(PEOPLE)


def test_the_coordinator_of_two_organisations_sees_both(client, samira, merel, joris, delft):
    Role.objects.create(person=samira, kind="coordinator", organisation=delft)
    stranger = PersonFactory(name="Derde Partij")
    client.force_login(samira)
    found = [row.person for row in client.get(PEOPLE).context["colleagues"]]
    assert found == [joris, merel, samira]
    assert stranger not in found


# --- registering and withdrawing ----------------------------------------------------------------------


def test_colleagues_are_registered_and_each_gets_a_mail(client, samira, hosted, joris):
    client.force_login(samira)
    answer = client.post(
        f"{REGISTER}{hosted.public_id}/",
        {
            "colleagues": "Merel, merel@gouda.nl\nfout\nJoris Vreemd, joris@delft.nl\nAnna <anna@gouda.nl>"
        },
    )
    assert [(o.label, o.answer.value) for o in answer.context["outcomes"]] == [
        ("Merel (merel@gouda.nl)", "registered"),
        ("fout", "refused"),
        ("Joris Vreemd (joris@delft.nl)", "refused"),
        ("Anna (anna@gouda.nl)", "registered"),
    ]
    page = text_of(answer)
    assert "<title>Zo ging het" in page
    assert "Aangemeld: 2</strong>, <strong>Niet gelukt: 2" in page
    # Only what did not work has to be typed again.
    assert answer.context["form"]["colleagues"].value() == "fout\nJoris Vreemd, joris@delft.nl"
    mails = Message.objects.filter(kind="registered").values_list("person__email", flat=True)
    assert sorted(mails) == ["anna@gouda.nl", "merel@gouda.nl"]


def test_an_empty_list_says_what_to_do(client, samira, hosted):
    client.force_login(samira)
    answer = client.post(f"{REGISTER}{hosted.public_id}/", {"colleagues": "  "})
    assert dict(answer.context["form"].errors) == {"colleagues": ["Vul minstens één collega in."]}
    assert "<title>Fout:" in answer.content.decode()


def test_who_coordinates_two_organisations_says_which_one(client, samira, hosted, delft):
    Role.objects.create(person=samira, kind="coordinator", organisation=delft)
    third = OrganisationFactory(slug="derde", domain="derde.nl")
    client.force_login(samira)
    path = f"{REGISTER}{hosted.public_id}/"
    data = {"colleagues": "Nieuw, nieuw@delft.nl", "organisation": "delft"}
    assert [o.sentence for o in client.post(path, data).context["outcomes"]] == ["Aangemeld."]
    answer = client.post(path, data | {"organisation": third.slug})
    assert list(answer.context["form"].errors) == ["organisation"]
    assert Registration.objects.count() == 1


def test_a_session_to_register_for_is_found_by_words(client, samira, hosted):
    SessionFactory(course=CourseFactory(title="Excel"))
    SessionFactory(course=CourseFactory(title="Excel, afgezegd"), status="cancelled")
    client.force_login(samira)

    def titles(**query):
        return [row.course.title for row in client.get(REGISTER, query).context["page_obj"]]

    assert sorted(titles()) == ["Beter vergaderen", "Excel"]
    assert titles(q="excel") == ["Excel"]


@pytest.mark.parametrize("number", [1, 3])
def test_choosing_costs_the_same_queries(client, samira, django_assert_num_queries, number):
    for _number in range(number):
        SessionFactory()
    client.force_login(samira)
    client.get(REGISTER)
    with django_assert_num_queries(5):
        client.get(REGISTER)


def test_withdrawing_a_colleague_asks_first_and_gives_the_seat_to_the_next(
    client, samira, merel, gouda
):
    session = SessionFactory(capacity=1)
    row = register(session, person=merel)
    waiting = register(session, person=PersonFactory(organisation=gouda))
    path = f"/coordinatie/aanmeldingen/{row.public_id}/afmelden/"
    client.force_login(samira)
    assert "Merel de Jong afmelden?" in text_of(client.get(path))
    row.refresh_from_db()
    assert row.state == "registered"
    for _twice in range(2):
        assert client.post(path)["Location"] == PEOPLE
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.state, row.cancel_reason, row.cancelled_by) == (
        "cancelled",
        "coordinator",
        samira,
    )
    assert waiting.state == "registered"


def test_after_the_start_nobody_is_withdrawn(client, samira, merel, hosted):
    row = register(hosted, person=merel)
    began(hosted)
    client.force_login(samira)
    path = f"/coordinatie/aanmeldingen/{row.public_id}/afmelden/"
    text = text_of(client.post(path, follow=True))
    assert "Deze bijeenkomst is al begonnen. Afmelden kan niet meer." in text
    row.refresh_from_db()
    assert row.state == "registered"


# --- courses ------------------------------------------------------------------------------------------


def test_hosted_courses_show_counts_and_no_participant(client, samira, merel, joris, hosted):
    third = PersonFactory(name="Derde Partij", email="derde@rijk.nl")
    for person in (merel, joris, third):
        register(hosted, person=person)
    other = SessionFactory(course=CourseFactory(title="Van een ander"))
    client.force_login(samira)
    answer = client.get(COURSES)
    text = text_of(answer)
    assert [item.course for item in answer.context["courses"]] == [hosted.course]
    assert "3 van 20 plekken bezet, waarvan 2 van 2 andere organisaties" in text
    for name in ("Merel", "Joris", "Derde", "Gemeente Delft", other.course.title):
        assert name not in text
    assert reverse("courses:manage", args=[hosted.course.public_id]) in text


def test_a_draft_is_between_its_trainers(client, samira, gouda):
    CourseFactory(organisation=gouda, title="Nog niet af", status="draft")
    client.force_login(samira)
    assert client.get(COURSES).context["courses"] == []


@pytest.mark.parametrize("number", [1, 3])
def test_courses_cost_the_same_queries(client, samira, gouda, django_assert_num_queries, number):
    for _number in range(number):
        course = CourseFactory(organisation=gouda)
        for _times in range(number):
            register(SessionFactory(course=course), person=PersonFactory())
    client.force_login(samira)
    client.get(COURSES)
    with django_assert_num_queries(7):
        client.get(COURSES)


def test_cancelling_a_session_asks_first_and_tells_everyone(client, samira, merel, joris, hosted):
    rows = [register(hosted, person=merel), register(hosted, person=joris)]
    path = f"/coordinatie/bijeenkomsten/{hosted.public_id}/afzeggen/"
    client.force_login(samira)
    text = text_of(client.get(path))
    assert "Er doen 2 collega’s mee." in text
    assert "Joris" not in text
    hosted.refresh_from_db()
    assert hosted.status == "planned"
    assert client.post(path, {"reason": "De trainer is ziek."})["Location"] == COURSES
    hosted.refresh_from_db()
    assert (hosted.status, hosted.cancel_reason) == ("cancelled", "De trainer is ziek.")
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.cancel_reason) == ("cancelled", "session")


def test_a_started_session_is_not_cancelled(client, samira, hosted):
    began(hosted)
    client.force_login(samira)
    path = f"/coordinatie/bijeenkomsten/{hosted.public_id}/afzeggen/"
    assert "Deze bijeenkomst is al begonnen." in text_of(client.post(path, follow=True))
    hosted.refresh_from_db()
    assert hosted.status == "planned"
