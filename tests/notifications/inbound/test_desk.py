# SPDX-License-Identifier: EUPL-1.2
"""The page of the service desk: who may see it, what it shows, one click per mail."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from courses.domain import registration
from courses.models import Registration
from notifications.inbound import desk
from notifications.models import InboundMessage, Invitation
from tests.factories import PersonFactory, coordinator, national_coordinator
from tests.notifications.inbound import shapes
from tests.notifications.inbound.conftest import GONE, UNTOUCHED, only_row, outcome

PAGE = "/coordinatie/post/"


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def desk_worker(db):
    return PersonFactory(is_staff=True)


def decide(client, choice, row=None):
    row = row or only_row()
    url = reverse("notifications:desk-decide", args=[row.public_id])
    answer = client.post(url, {"besluit": choice}, follow=True)
    row.refresh_from_db()
    return answer, [str(one) for one in answer.context["messages"]]


def test_only_administrators_get_in(world):
    outcome(shapes.free_text(world.envelope))
    row = only_row()
    people = {
        "anonymous": None,
        "learner": world.merel,
        "trainer": world.session.course.trainers.get(),
        "coordinator": coordinator(),
        "national": national_coordinator(),
        "administrator": PersonFactory(is_staff=True),
    }
    calls = [
        ("get", PAGE),
        ("post", PAGE),
        ("get", reverse("notifications:desk-decide", args=[row.public_id])),
        ("post", reverse("notifications:desk-decide", args=[row.public_id])),
    ]
    seen = {}
    for role, person in people.items():
        client = signed_in(person) if person else Client()
        seen[role] = [getattr(client, method)(url).status_code for method, url in calls]
    outside, inside = [403] * 4, [200, 405, 405, 400]
    assert seen == {
        "anonymous": [302] * 4,
        "learner": outside,
        "trainer": outside,
        "coordinator": outside,
        "national": outside,
        "administrator": inside,
    }
    assert only_row().state == "queued"


def test_it_shows_what_we_understood_and_escapes_what_people_wrote(world, desk_worker):
    outcome(shapes.stranger_declines(world.envelope.but(name="a")))
    outcome(
        shapes.free_text(world.envelope.but(name="b")).replace(b"lift</b>", b"lift</b>&lt;i&gt;")
    )
    html = signed_in(desk_worker).get(PAGE).content.decode()
    for text in (
        "Een ander dan de genodigde geeft antwoord",
        "Het antwoord is nee. De uitnodiging is van Merel de Jong, voor “Schrijf een brief die iedereen snapt”.",
        "Van boef@elders.example, ",
        "Verwerk als antwoord van Merel de Jong",
        "Onderwerp: Vraag én een groet",
        "Is er een lift&amp;lt;i&amp;gt;?alert(1)",
    ):
        assert text in html, text
    assert "<script>alert" not in html
    assert AuditEvent.objects.filter(verb="inbound.viewed", actor=desk_worker).get().detail == {
        "count": 2
    }


def test_an_answer_applied_counts_as_the_invited_persons_own(world, desk_worker):
    outcome(shapes.stranger_declines(world.envelope))
    _answer, said = decide(signed_in(desk_worker), "verwerk")
    assert said == ["Verwerkt: Komt niet."]
    assert world.state == GONE
    row = only_row()
    assert (row.state, row.decision, row.decided_by) == ("decided", "applied", desk_worker)
    event = AuditEvent.objects.get(verb="inbound.applied")
    assert (event.actor, event.subject, event.detail) == (
        desk_worker,
        f"inboundmessage:{row.public_id}",
        {"outcome": "declined"},
    )


def test_a_mail_laid_aside_changes_nothing(world, desk_worker):
    outcome(shapes.dmarc_failed(world.envelope))
    _answer, said = decide(signed_in(desk_worker), "weg")
    assert said == ["Weggelegd. Er is niets veranderd."]
    assert (world.state, only_row().decision) == (UNTOUCHED, "dropped")
    assert AuditEvent.objects.filter(verb="inbound.dropped", actor=desk_worker).count() == 1


def test_a_question_answered_by_hand_is_off_the_list(world, desk_worker):
    outcome(shapes.free_text(world.envelope))
    client = signed_in(desk_worker)
    answer, said = decide(client, "zelf")
    assert said == ["Genoteerd: je hebt zelf geantwoord."]
    assert "Alles is gelezen" in answer.content.decode()
    assert only_row().decision == "by_hand"


def test_who_said_yes_after_no_can_be_registered_again(world, desk_worker):
    outcome(shapes.declined(world.envelope.but(name="a")))
    later = world.envelope.but(name="b", stamp="20261010T091000Z")
    outcome(shapes.plain_accept(later))
    row = InboundMessage.objects.get(outcome="yes_again")
    registration.cancel(
        Registration.objects.get(person=world.wen, session=world.session), by=world.wen
    )
    html = signed_in(desk_worker).get(PAGE).content.decode()
    assert "Meld weer aan" in html
    _answer, said = decide(signed_in(desk_worker), "verwerk", row)
    assert said == ["Weer aangemeld. De uitnodiging gaat per mail."]
    live = Registration.objects.exclude(state="cancelled").get(session=world.session)
    assert (live.person, live.state, live.registered_by) == (world.merel, "registered", desk_worker)
    assert Invitation.objects.filter(registration=live).exclude(uid=world.invitation.uid).exists()


@pytest.mark.parametrize("shape", [shapes.free_text, shapes.unknown_uid, shapes.two_calendars])
def test_what_was_not_understood_cannot_be_applied(shape, world, desk_worker):
    outcome(shape(world.envelope))
    client = signed_in(desk_worker)
    assert 'value="verwerk"' not in client.get(PAGE).content.decode()
    _answer, said = decide(client, "verwerk")
    assert said == ["Dit antwoord kun je niet voor iemand verwerken."]
    assert (only_row().state, world.state) == ("queued", UNTOUCHED)


def test_two_people_decide_once(world, desk_worker):
    outcome(shapes.stranger_declines(world.envelope))
    decide(signed_in(desk_worker), "weg")
    _answer, said = decide(signed_in(PersonFactory(is_staff=True)), "verwerk")
    assert said == ["Een collega heeft hier al over besloten."]
    assert (only_row().decision, world.state) == ("dropped", UNTOUCHED)


def test_an_unknown_choice_is_refused(world, desk_worker):
    outcome(shapes.free_text(world.envelope))
    url = reverse("notifications:desk-decide", args=[only_row().public_id])
    assert signed_in(desk_worker).post(url, {"besluit": "alles"}).status_code == 400
    assert only_row().state == "queued"


def test_the_page_asks_as_much_for_twenty_mails_as_for_two(
    world, desk_worker, django_assert_num_queries
):
    client = signed_in(desk_worker)
    for number in range(20):
        outcome(shapes.stranger_declines(world.envelope.but(name=f"m{number}")))
        if number in {1, 19}:
            client.get(PAGE)
            with django_assert_num_queries(7):
                client.get(PAGE)


def test_text_and_sender_are_erased_after_thirty_days_and_the_row_stays(world, clock_in_summer):
    import datetime as dt

    outcome(shapes.free_text(world.envelope))
    clock_in_summer.shift(dt.timedelta(days=29))
    assert desk.forget_texts() == 0
    clock_in_summer.shift(dt.timedelta(days=2))
    assert desk.forget_texts() == 1
    row = only_row()
    assert (row.sender, row.subject, row.body, row.state) == ("", "", "", "queued")
    assert desk.forget_texts() == 0
