# SPDX-License-Identifier: EUPL-1.2
"""A coordinator pastes a list: an answer per line, never more seats than there are."""

import time

import pytest

from accounts.models import AuditEvent, Person
from courses.domain.colleagues import _LINE, Answer, register_colleagues
from courses.domain.registration import cancel
from courses.errors import ChangeRefused
from courses.models import CourseTrainer, Registration
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    coordinator,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gemeente Gouda", domain="gouda.nl")


@pytest.fixture
def session():
    return SessionFactory(capacity=3)


def paste(session, organisation, text, *, by=None):
    by = by or coordinator(organisation, email=f"co{Person.objects.count()}@gouda.nl")
    found = register_colleagues(session, by=by, organisation=organisation, text=text)
    return [(outcome.label, outcome.answer, outcome.sentence) for outcome in found]


@pytest.mark.parametrize(
    "line",
    [
        "Merel de Jong, merel@gouda.nl",
        "Merel de Jong <merel@gouda.nl>",
        "Merel de Jong; merel@gouda.nl;",
        "Merel de Jong\tmerel@gouda.nl",
        "  Merel de Jong merel@gouda.nl  ",
        '"Merel de Jong" <MEREL@Gouda.nl>,',
        "Merel de Jong (merel@gouda.nl)",
    ],
)
def test_a_line_is_read_as_people_copy_it(session, gouda, line):
    ((label, answer, sentence),) = paste(session, gouda, line)
    assert (label.lower(), answer, sentence) == (
        "merel de jong (merel@gouda.nl)",
        Answer.REGISTERED,
        "Aangemeld.",
    )
    person = Person.objects.get(email="merel@gouda.nl")
    assert (person.name, person.organisation, person.verified_at) == ("Merel de Jong", gouda, None)


def test_one_bad_line_does_not_stop_the_others(session, gouda):
    text = "geen adres\n\nMerel, merel@gouda.nl\nJoris, joris@\nSamira, samira@gouda.nl\n, kaal@gouda.nl"
    example = (
        "Hier mist een naam of een e-mailadres. Schrijf het zo: Merel de Jong, merel@gemeente.nl"
    )
    assert paste(session, gouda, text) == [
        ("geen adres", Answer.REFUSED, example),
        ("Merel (merel@gouda.nl)", Answer.REGISTERED, "Aangemeld."),
        ("Joris, joris@", Answer.REFUSED, example),
        ("Samira (samira@gouda.nl)", Answer.REGISTERED, "Aangemeld."),
        (", kaal@gouda.nl", Answer.REFUSED, example),
    ]


def test_a_full_session_makes_a_line_and_is_never_oversold(session, gouda):
    text = "\n".join(f"Collega {n}, c{n}@gouda.nl" for n in range(5))
    assert [(answer, sentence) for _label, answer, sentence in paste(session, gouda, text)] == [
        *[(Answer.REGISTERED, "Aangemeld.")] * 3,
        (Answer.WAITING, "Staat op de wachtlijst, op plek 1."),
        (Answer.WAITING, "Staat op de wachtlijst, op plek 2."),
    ]
    session.refresh_from_db()
    assert session.taken == session.capacity == 3


def test_who_takes_part_already_is_said_and_not_registered_twice(session, gouda):
    text = "Merel, merel@gouda.nl\nMerel, merel@gouda.nl"
    assert [outcome[1:] for outcome in paste(session, gouda, text)] == [
        (Answer.REGISTERED, "Aangemeld."),
        (Answer.ALREADY, "Deed al mee."),
    ]
    assert Registration.objects.count() == 1


def test_who_waits_already_keeps_the_place(gouda):
    session = SessionFactory(capacity=1)
    paste(session, gouda, "Joris, joris@gouda.nl\nMerel, merel@gouda.nl")
    assert paste(session, gouda, "Merel, merel@gouda.nl")[0][1:] == (
        Answer.ALREADY,
        "Stond al op de wachtlijst, op plek 1.",
    )


def test_who_withdrew_can_be_registered_again(session, gouda):
    paste(session, gouda, "Merel, merel@gouda.nl")
    cancel(Registration.objects.get(), by=None)
    assert paste(session, gouda, "Merel, merel@gouda.nl")[0][1] == Answer.REGISTERED


def test_people_of_another_organisation_are_refused_and_leave_no_trace(session, gouda):
    delft = OrganisationFactory(name="Gemeente Delft", domain="delft.nl")
    PersonFactory(email="bekend@delft.nl", organisation=delft)
    text = "Bekend, bekend@delft.nl\nNieuw, nieuw@delft.nl\nVreemd, vreemd@onbekend.nl"
    before = Person.objects.count()
    sentence = (
        "Je kunt alleen collega’s van Gemeente Gouda aanmelden. Werkt iemand ergens anders? Die kan zich zelf "
        "aanmelden."
    )
    refused = (Answer.REFUSED, sentence)
    by = coordinator(gouda)
    assert [outcome[1:] for outcome in paste(session, gouda, text, by=by)] == [refused] * 3
    assert Person.objects.count() == before + 1  # the coordinator
    assert Registration.objects.count() == 0


def test_a_colleague_without_a_seat_leaves_no_row(gouda):
    session = SessionFactory(status="cancelled")
    assert paste(session, gouda, "Merel, merel@gouda.nl")[0][1:] == (
        Answer.REFUSED,
        "Deze bijeenkomst gaat niet door.",
    )
    assert not Person.objects.filter(email="merel@gouda.nl").exists()
    assert not AuditEvent.objects.filter(verb="person.invited").exists()


def test_the_trainer_is_spoken_about_and_not_to(gouda):
    trainer = PersonFactory(organisation=gouda, email="samira@gouda.nl")
    course = CourseFactory(organisation=gouda, trainer=trainer)
    assert CourseTrainer.objects.get().person == trainer
    session = SessionFactory(course=course)
    assert paste(session, gouda, "Samira, samira@gouda.nl")[0][1:] == (
        Answer.REFUSED,
        "Geeft deze cursus zelf.",
    )


def test_a_private_address_is_not_called_the_coordinators_own(session, gouda):
    assert paste(session, gouda, "Merel, merel@gmail.com")[0][1:] == (
        Answer.REFUSED,
        "Dit is een privéadres. Gebruik de werkmail van je collega.",
    )


def test_the_audit_trail_says_who_registered_whom(session, gouda):
    by = coordinator(gouda)
    paste(session, gouda, "Merel, merel@gouda.nl", by=by)
    row = Registration.objects.get()
    assert (row.registered_by, row.organisation) == (by, gouda)
    event = AuditEvent.objects.get(verb="registration.registered")
    assert (event.actor, event.organisation) == (by, gouda)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Vul minstens één collega in."),
        (" \n\t\n", "Vul minstens één collega in."),
        ("A, a@gouda.nl\n" * 101, "Meld hooguit 100 collega’s tegelijk aan."),
    ],
)
def test_nobody_or_too_many_is_refused_as_a_whole(session, gouda, text, sentence):
    with pytest.raises(ChangeRefused) as refused:
        paste(session, gouda, text)
    assert (refused.value.sentence, refused.value.field) == (sentence, "colleagues")
    assert Registration.objects.count() == 0


@pytest.mark.parametrize(
    "name",
    [
        "x" * 10_000,
        '"><script>alert(1)</script>',
        "Merel\rBcc: iedereen@gouda.nl",
        "😀 Merel",
        "\u202eleiM",
    ],
)
def test_strange_names_do_no_harm(session, gouda, name):
    found = paste(session, gouda, f"{name}, merel@gouda.nl")
    assert len(found) <= 2
    person = Person.objects.filter(email="merel@gouda.nl").first()
    assert person is None or ("\r" not in person.name and "\u202e" not in person.name)


def test_a_very_long_line_is_read_in_no_time(session, gouda):
    assert paste(session, gouda, "a, " * 5000)[0][1] == Answer.REFUSED


@pytest.mark.parametrize("line", ["@" * 497 + " x", "a@" * 249 + "(", "a" + " " * 498, "\"'" * 249])
def test_a_strange_line_is_read_quickly(line):
    """Forty of these fit in the form; none may keep a web process busy for seconds."""
    began = time.process_time()
    for _ in range(40):
        assert _LINE.match(line) is None
    assert time.process_time() - began < 5  # a slip in the pattern costs minutes
