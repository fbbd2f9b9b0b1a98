# SPDX-License-Identifier: EUPL-1.2
"""``manage.py seed``: exact numbers, true counters, nobody mailed, nothing of others touched."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q

from accounts.models import EmailDomain, Organisation, Person, Role
from base import clock
from courses.models import Course, CourseTrainer, Edition, Evaluation, Registration, Session
from matching.models import KnowledgeRequest, Support, TrainerProfile
from notifications.models import Invitation, Message
from tests.factories import CourseFactory, EditionFactory, PersonFactory
from tjc.seeding.management.commands import seed as seed_command

pytestmark = pytest.mark.django_db
State = Registration.State

NUMBERS = {
    "people": 150,
    "organisations": 12,
    "courses": 15,
    "sessions": 60,
    "registrations": 900,
    "trainers": 11,
}


def seed(**options):
    call_command("seed", verbosity=0, **(NUMBERS | options))


def refusal(**options):
    with pytest.raises(CommandError) as caught:
        seed(**options)
    return caught.value.returncode, str(caught.value)


def numbers():
    return {
        "people": Person.objects.count(),
        "organisations": Organisation.objects.count(),
        "courses": Course.objects.count(),
        "sessions": Session.objects.count(),
        "registrations": Registration.objects.count(),
        "trainers": Person.objects.filter(trainer_rows__isnull=False).distinct().count(),
    }


def test_makes_exactly_what_was_asked():
    seed()
    assert numbers() == NUMBERS
    assert EmailDomain.objects.count() == 12
    assert Course.objects.annotate(n=Count("sessions")).filter(n=0).count() == 0
    assert Course.objects.filter(status="published").exclude(search_text="").count() == 15


def test_makes_profiles_and_open_questions():
    seed(requests=40)
    assert TrainerProfile.objects.in_pool(clock.today()).count() == 11
    assert KnowledgeRequest.objects.open().count() == 40
    assert TrainerProfile.objects.filter(themes=None).count() == 0
    assert Support.objects.filter(person=F("request__asker")).count() == 0
    assert 0 < Support.objects.count() < 120
    assert KnowledgeRequest.objects.filter(closes_at__lte=clock.now()).count() == 0
    assert Message.objects.count() == 0


def test_counters_are_true_and_no_session_is_oversold():
    seed()
    seated = Q(registrations__state__in=Registration.SEATED)
    home = seated & Q(registrations__organisation=F("course__organisation"))
    sessions = Session.objects.annotate(
        seats=Count("registrations", filter=seated), own=Count("registrations", filter=home)
    )
    assert sessions.exclude(taken=F("seats"), taken_home=F("own")).count() == 0
    assert sessions.filter(seats__gt=F("capacity")).count() == 0


def test_popular_sessions_are_full_and_only_then_people_wait():
    seed()
    waits = Q(registrations__state=State.WAITING)
    with_line = Session.objects.annotate(line=Count("registrations", filter=waits), n=F("taken"))
    with_line = with_line.filter(line__gt=0)
    assert with_line.count() > 0
    assert with_line.filter(reserved_seats=0).exclude(taken=F("capacity")).count() == 0


def test_what_is_over_was_attended_and_judged():
    seed()
    now = clock.now()
    over = Registration.objects.filter(session__ends_at__lt=now)
    coming = Registration.objects.filter(session__starts_at__gt=now)
    assert set(over.values_list("state", flat=True)) == {"attended", "absent", "cancelled"}
    assert set(coming.values_list("state", flat=True)) == {"registered", "waiting", "cancelled"}
    judged = Evaluation.objects.all()
    assert judged.count() > 50
    assert judged.exclude(registration__state=State.ATTENDED).count() == 0


def test_nobody_goes_to_the_own_course_or_twice_to_one_session():
    seed()
    rows = Registration.objects.exclude(state=State.CANCELLED)
    assert rows.filter(person__in=F("session__course__trainers")).count() == 0
    twice = rows.values("session", "person").annotate(n=Count("pk")).filter(n__gt=1)
    assert twice.count() == 0


def test_nobody_is_mailed_and_no_address_exists():
    seed()
    assert (Message.objects.count(), Invitation.objects.count()) == (0, 0)
    assert Person.objects.exclude(email__endswith=".zaad.example").count() == 0
    assert EmailDomain.objects.exclude(domain__endswith=".zaad.example").count() == 0


def test_everybody_works_somewhere_with_the_domain_of_the_own_address():
    seed()
    for person in Person.objects.select_related("organisation"):
        domain = person.email.partition("@")[2]
        assert person.organisation.email_domains.get().domain == domain
    big = Organisation.objects.annotate(n=Count("people")).filter(n__gt=5)
    assert Role.objects.filter(kind="coordinator").count() == big.count()


def picture():
    return (
        sorted(Person.objects.values_list("public_id", "email", "organisation__slug")),
        sorted(CourseTrainer.objects.values_list("course__slug", "person__email", "part")),
        sorted(Session.objects.values_list("public_id", "starts_at", "capacity", "taken")),
        sorted(Registration.objects.values_list("public_id", "person__email", "state")),
        sorted(Evaluation.objects.values_list("public_id", "score", "sentence")),
    )


def test_the_same_numbers_give_the_same_data(noon):
    pictures = []
    for _ in range(2):
        with transaction.atomic():
            seed()
            pictures.append(picture())
            transaction.set_rollback(True)
    assert pictures[0] == pictures[1]
    assert len(pictures[0][3]) == 900


@pytest.fixture
def noon():
    import time_machine

    with time_machine.travel(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False):
        yield


def test_a_second_time_adds_as_much_in_the_same_weeks():
    seed()
    seed()
    assert numbers() == {name: 2 * number for name, number in NUMBERS.items()}
    assert Edition.objects.count() == 2


def test_with_edition_all_sessions_are_in_it():
    edition = EditionFactory(slug="najaar", slots=["09:30", "14:00"])
    seed(edition="najaar")
    assert edition.sessions.count() == 60
    assert Edition.objects.count() == 1
    starts = {
        clock.local(at).strftime("%H:%M")
        for at in edition.sessions.values_list("starts_at", flat=True)
    }
    assert starts == {"09:30", "14:00"}


def test_with_an_edition_that_is_not_there_a_coming_week_is_made():
    seed(edition="tjc-week-nieuw")
    edition = Edition.objects.get()
    assert (edition.slug, edition.kind, edition.sessions.count()) == ("tjc-week-nieuw", "week", 60)
    assert edition.starts_on > clock.today()


def test_everybody_everywhere_is_possible_and_one_more_is_not():
    few = {"people": 10, "organisations": 1, "courses": 1, "sessions": 3, "trainers": 1}
    seed(**few, registrations=27)
    assert Registration.objects.count() == 27
    assert refusal(**few, registrations=28) == (
        2,
        "--registrations 28 kan niet: 10 mensen passen hooguit 27 keer in 3 bijeenkomsten.",
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"people": -1}, "--people -1 kan niet: geef nul of meer."),
        (
            {
                "requests": 5,
                "people": 0,
                "registrations": 0,
                "trainers": 0,
                "courses": 0,
                "sessions": 0,
            },
            "--requests 5 kan niet zonder --people: geef minstens 1.",
        ),
        ({"trainers": 151}, "--trainers 151 kan niet: er zijn maar 150 mensen."),
        ({"organisations": 0}, "--people 150 kan niet zonder --organisations: geef minstens 1."),
        ({"sessions": 0}, "--registrations 900 kan niet zonder --sessions: geef minstens 1."),
    ],
)
def test_numbers_that_cannot_be_are_refused_in_one_sentence(options, sentence):
    assert refusal(**options) == (2, sentence)
    assert Organisation.objects.count() == 0


def test_without_options_it_makes_a_little():
    call_command("seed", verbosity=0)
    assert numbers() == {
        "people": 200,
        "organisations": 20,
        "courses": 40,
        "sessions": 80,
        "registrations": 640,
        "trainers": 40,
    }


@pytest.mark.parametrize("make", [PersonFactory, CourseFactory])
def test_a_database_with_data_of_others_is_left_alone_unless_one_insists(settings, make):
    settings.DEMO_MODE = False
    make()
    before = numbers()
    code, sentence = refusal()
    assert (code, sentence) == (2, seed_command.FOREIGN)
    assert numbers() == before
    seed(into_existing=True)
    assert numbers()["people"] == before["people"] + 150


def test_its_own_data_is_nobody_elses(settings):
    settings.DEMO_MODE = False
    seed()
    seed()
    assert Person.objects.count() == 300
