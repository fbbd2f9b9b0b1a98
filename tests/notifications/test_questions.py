# SPDX-License-Identifier: EUPL-1.2
"""Mails of matching: who gets which, who does not, and what is left of who was pointed out."""

import datetime as dt

import pytest
import time_machine

from base import clock
from matching.domain import matches, nominations, planning, requests
from notifications.models import Message
from tests.factories import (
    KnowledgeRequestFactory,
    OrganisationFactory,
    PersonFactory,
    TrainerProfileFactory,
)
from tests.notifications.conftest import post

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def addresses(mails):
    return sorted(mail["To"].addresses[0].addr_spec for mail in mails)


@pytest.fixture
def asked():
    request = KnowledgeRequestFactory()
    trainer = TrainerProfileFactory().person
    return matches.ask_trainer(request, trainer=trainer, by=request.asker)


def pick(match):
    plan = planning.Plan("Brieven", "Korter.", "schrijven", 60, "online", 12)
    moments = [(clock.today() + 14 * DAY, dt.time(10))]
    planning.offer_dates(match, by=match.trainer, plan=plan, moments=moments)
    post()
    return planning.pick_date(match.options.get(), by=match.request.asker)


def test_a_question_taken_back_before_its_mail_left_mails_nobody(asked):
    matches.stop_asking(asked, by=asked.request.asker)
    (mail,) = post()
    assert mail.subject.startswith("Je hoeft niet meer te helpen")


def test_addresses_are_in_no_mail(asked):
    """Of any step: they stand on the page, after a yes."""
    sent = post()
    refuses = TrainerProfileFactory().person
    matches.offer_help(asked.request, trainer=refuses)
    matches.say_yes(asked, by=asked.trainer)
    sent += post()
    session = pick(asked)
    sent += [mail for mail in post() if mail.shape is None]
    assert session.pk
    assert len(sent) >= 3
    everybody = {asked.trainer.email, asked.request.asker.email, refuses.email}
    for mail in sent:
        for other in everybody - {mail["To"].addresses[0].addr_spec}:
            assert other not in mail.text + mail.html
            assert other not in " ".join(
                str(mail[name] or "") for name in ("From", "Reply-To", "Cc")
            )


def test_picking_a_date_sends_real_invitations_and_offers_seats_to_who_asked_the_same(asked):
    supporter = PersonFactory()
    requests.support(asked.request, person=supporter)
    matches.say_yes(asked, by=asked.trainer)
    session = pick(asked)
    mails = post()
    invited = [mail for mail in mails if mail.shape == ("REQUEST", 0)]
    offered = [mail for mail in mails if mail.shape is None]
    assert addresses(invited) == sorted([asked.trainer.email, asked.request.asker.email])
    assert addresses(offered) == [supporter.email]
    assert f"/bijeenkomsten/{session.public_id}/aanmelden/" in offered[0].text


def test_who_took_the_seat_meanwhile_is_not_offered_it(asked):
    from courses.domain.registration import register

    supporter = PersonFactory()
    requests.support(asked.request, person=supporter)
    matches.say_yes(asked, by=asked.trainer)
    register(pick(asked), person=supporter)
    assert [mail for mail in post() if mail.subject.startswith("Er is een plek")] == []


@pytest.fixture
def nomination():
    OrganisationFactory(domain="gemeente.example")
    return nominations.nominate(
        by=PersonFactory(), name="Karim Yıldız", email="karim@gemeente.example", why="Kent de Woo."
    )


def test_a_nominee_without_account_is_mailed_and_gets_none(nomination):
    from accounts.models import Person

    (mail,) = post()
    assert addresses([mail]) == ["karim@gemeente.example"]
    assert "Hoi Karim," in mail.text
    assert not Person.objects.filter(email="karim@gemeente.example").exists()


def test_the_link_asks_and_only_the_button_answers(nomination, client):
    import re
    from urllib.parse import urlsplit

    (mail,) = post()
    path = urlsplit(re.search(r"https?://\S+/voordracht/\S+", mail.text)[0]).path
    assert client.get(path).status_code == 200
    nomination.refresh_from_db()
    assert nomination.state == "sent"
    assert client.post(path, {"antwoord": "nee"}).status_code == 200
    nomination.refresh_from_db()
    assert (nomination.state, nomination.email) == ("declined", "")
    assert client.get("/voordracht/verzonnen/").status_code == 404


def test_after_thirty_days_nothing_of_the_nominee_is_left_anywhere(nomination):
    post()
    assert Message.objects.get().to_address == "karim@gemeente.example"
    with time_machine.travel(clock.now() + 30 * DAY, tick=False):
        nominations.erase_unanswered()
    row = Message.objects.get()
    assert (row.to_address, row.rendered) == ("", None)


def test_an_answered_nomination_is_not_reminded(nomination):
    nominations.answer(nomination, yes=False)
    post()
    with time_machine.travel(clock.now() + 11 * DAY, tick=False):
        assert nominations.remind() == 0
    assert post() == []
