# SPDX-License-Identifier: EUPL-1.2
"""Choosing mails, a whole day in the calendar, another address, and being forgotten."""

import datetime as dt

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.domain import people, roles
from accounts.errors import PersonRefused
from base import clock
from courses.domain import editions
from courses.models import CourseInterest, Edition
from notifications import outbox
from notifications.domain import addresses, days, erasing
from notifications.domain.forget import forget_person
from notifications.mail import letters
from notifications.mail.desk import Desk
from notifications.models import Feed, Invitation, Message, Preference, ProgrammeInterest
from tests.factories import (
    EditionFactory,
    OrganisationFactory,
    PersonFactory,
    ThemeFactory,
    coordinator,
    national_coordinator,
)
from tests.notifications.conftest import SUMMER, change, plan, post, seat, the_invitation
from tests.notifications.scenes_news import a_day, a_week, wants_digest

PAGE = "/mijn/meldingen/"


@pytest.fixture(autouse=True)
def clock_in_summer():
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


# --- the page ---------------------------------------------------------------------------------------


def test_the_page_shows_the_defaults_and_changes_nothing(client, learner):
    client.force_login(learner)
    text = client.get(PAGE).text
    assert 'id="id_reminders" checked' in " ".join(text.split())
    assert "Deze kun je niet uitzetten." in text
    assert Preference.objects.count() == 0


def test_what_is_chosen_is_kept_and_the_language_follows(client, learner):
    data = ThemeFactory(slug="data", name="Data")
    client.force_login(learner)
    response = client.post(PAGE, {"language": "en", "digest": "on", "themes": [data.pk]})
    assert response.headers["Location"] == "/en/mijn/meldingen/"
    learner.refresh_from_db()
    row = Preference.objects.get()
    assert (learner.language, row.reminders, row.digest) == ("en", False, True)
    assert list(row.themes.all()) == [data]
    assert "checked" in client.get(PAGE).text


def test_a_digest_without_a_theme_is_asked_about(client, learner):
    client.force_login(learner)
    response = client.post(PAGE, {"language": "nl", "digest": "on"})
    assert response.status_code == 200
    assert "Kies minstens één thema." in response.text
    assert Preference.objects.count() == 0


def test_my_details_lead_to_it(client, learner):
    client.force_login(learner)
    assert f'href="{PAGE}"' in client.get("/mijn/gegevens/").text


def test_asking_for_a_programme_on_the_edition_page(client, learner):
    edition = a_week()
    edition.programme_published_at = None
    edition.save()
    address = "/edities/tjc-week-2026/"
    assert "Mail me als het programma bekend is" in client.get(address).text
    response = client.post(f"{address}bericht/")
    assert response.headers["Location"].startswith("/inloggen/?next=")
    client.force_login(learner)
    for _ in range(2):
        client.post(f"{address}bericht/")
    assert list(ProgrammeInterest.objects.values_list("person", "edition")) == [
        (learner.pk, edition.pk)
    ]
    assert "We mailen je zodra het programma bekend is." in client.get(address).text


# --- a whole day ------------------------------------------------------------------------------------


def test_a_tjc_day_is_a_free_all_day_event_and_comes_out_again(client, learner):
    edition = a_day()
    client.force_login(learner)
    assert "Zet de TJC-dag in mijn agenda" in client.get("/edities/tjc-dag/").text
    for _ in range(2):
        client.post("/edities/tjc-dag/in-mijn-agenda/")
    (mail,) = post()

    assert mail.shape == ("REQUEST", 0)
    lines = mail.calendar_octets.decode().split("\r\n")
    for line in (
        "DTSTART;VALUE=DATE:20261119",
        "DTEND;VALUE=DATE:20261120",
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "STATUS:CONFIRMED",
    ):
        assert line in lines
    assert not {"BEGIN:VTIMEZONE", "BEGIN:VALARM"} & set(lines)
    assert "Haal de TJC-dag uit mijn agenda" in client.get("/edities/tjc-dag/").text

    client.post("/edities/tjc-dag/in-mijn-agenda/", {"weg": "1"})
    (bye,) = post()
    assert bye.shape == ("CANCEL", 1)
    assert (bye.event["UID"], bye.event["DTSTART"].dt) == (
        mail.event["UID"],
        dt.date(2026, 11, 19),
    )
    assert days.of(learner, edition) is None


def test_who_is_erased_leaves_no_day_in_the_calendar(learner, clock_in_summer):
    days.put_in_calendar(a_day(), person=learner)
    post()
    erasing.erase(learner)
    assert [mail.shape for mail in post()] == [("CANCEL", 1)]
    assert erasing.finish_erasures() == 1
    assert not Invitation.objects.exclude(address="").exists()


def test_the_address_on_a_day_is_forgotten_thirty_days_after_it(learner, clock_in_summer):
    days.put_in_calendar(a_day(), person=learner)
    post()
    for moment, kept in ((dt.date(2026, 12, 19), True), (dt.date(2026, 12, 20), False)):
        clock_in_summer.move_to(clock.from_wall_time(moment, dt.time(12)))
        outbox.forget_sent_bytes()
        assert bool(Invitation.objects.get().address) is kept


def test_taken_out_before_it_left_nothing_is_mailed(learner):
    edition = a_day()
    days.put_in_calendar(edition, person=learner)
    days.take_out(edition, person=learner)
    assert post() == []


def test_a_day_that_moves_takes_the_calendars_along(learner):
    edition = a_day()
    days.put_in_calendar(edition, person=learner)
    (first,) = post()
    new = dt.date(2026, 11, 26)
    editions.change_edition(edition, by=national_coordinator(), starts_on=new, ends_on=new)
    (update,) = post()
    assert update.shape == ("REQUEST", 1)
    assert (update.event["UID"], update.event["DTSTART"].dt) == (first.event["UID"], new)
    assert update["In-Reply-To"] == first["Message-ID"]
    editions.change_edition(
        Edition.objects.get(), by=national_coordinator(), description="Meer tekst"
    )
    assert post() == []


def test_a_day_that_has_been_is_not_put_in_a_calendar(learner):
    past = EditionFactory(
        slug="oud", kind="day", starts_on=dt.date(2026, 10, 1), ends_on=dt.date(2026, 10, 1)
    )
    assert days.put_in_calendar(past, person=learner) is None
    assert Invitation.objects.count() == 0


# --- another address ---------------------------------------------------------------------------------


def told():
    """(to, mail) of what was sent about the move, without the word of warning to the old address."""
    found = [(mail["To"].addresses[0].addr_spec, mail) for mail in post()]
    warned = [to for to, mail in found if "werkmail is veranderd" in mail.subject]
    assert warned == ["merel@cjib.example"]
    return [(to, mail) for to, mail in found if "werkmail is veranderd" not in mail.subject]


def test_a_new_address_gets_a_new_uid_and_the_old_one_a_cancel(rows, learner):
    seat(rows, learner)
    days.put_in_calendar(a_day(), person=learner)
    first, first_day = post()
    people.change_email(learner, email="Merel@Nieuw.example", by=learner)

    found = [(to, mail.shape, mail.event["UID"]) for to, mail in told()]

    assert [shape for _to, shape, _uid in found] == [
        ("CANCEL", 1),
        ("CANCEL", 1),
        ("REQUEST", 0),
        ("REQUEST", 0),
    ]
    assert [to for to, _shape, _uid in found] == ["merel@cjib.example"] * 2 + [
        "merel@nieuw.example"
    ] * 2
    assert {uid for _to, _shape, uid in found[:2]} == {first.event["UID"], first_day.event["UID"]}
    assert not {uid for *_, uid in found[2:]} & {first.event["UID"], first_day.event["UID"]}


def test_a_change_after_the_move_goes_to_the_new_address_only(rows, learner):
    seat(rows, learner)
    post()
    people.change_email(learner, email="merel@nieuw.example", by=learner)
    post()
    hour = dt.timedelta(hours=1)
    change(rows, starts_at=rows.starts_at + hour, ends_at=rows.ends_at + hour)
    assert [mail["To"].addresses[0].addr_spec for mail in post()] == ["merel@nieuw.example"]


def test_what_never_left_simply_goes_to_the_new_address(rows, learner):
    row = seat(rows, learner)
    people.change_email(learner, email="merel@nieuw.example", by=learner)
    assert [to for to, _mail in told()] == ["merel@nieuw.example"]
    assert row.invitations.count() == 1


def test_a_second_move_before_the_mail_left_still_warns_the_first_address(learner):
    people.change_email(learner, email="merel@nieuw.example", by=learner)
    people.change_email(learner, email="merel@nieuwer.example", by=learner)
    assert [mail["To"].addresses[0].addr_spec for mail in post()] == [
        "merel@cjib.example",
        "merel@nieuw.example",
    ]


def test_an_address_that_bounced_once_and_is_proven_now_gets_mail(rows, learner):
    addresses.refuse("merel@nieuw.example", reason="550 5.1.1 unknown")
    seat(rows, learner)
    people.change_email(learner, email="merel@nieuw.example", by=learner)
    assert [to for to, _mail in told()] == ["merel@nieuw.example"]


def test_what_is_over_is_left_alone(rows, learner, clock_in_summer):
    seat(rows, learner)
    post()
    clock_in_summer.move_to(rows.ends_at)
    people.change_email(learner, email="merel@nieuw.example", by=learner)
    assert told() == []
    assert the_invitation(person=learner).state == "active"


def test_somebody_elses_address_is_refused_and_nothing_moves(rows, learner):
    PersonFactory(email="bezet@cjib.example")
    seat(rows, learner)
    post()
    with pytest.raises(PersonRefused):
        people.change_email(learner, email="bezet@cjib.example", by=learner)
    assert post() == []


def test_the_organisation_follows_the_new_domain(learner):
    other = OrganisationFactory(domain="utrecht.example")
    row = people.change_email(learner, email="merel@utrecht.example", by=learner)
    assert (row.organisation, row.organisation_confirmed) == (other, True)
    row = people.change_email(row, email="merel@onbekend.example", by=learner)
    assert (row.organisation, row.organisation_confirmed) == (other, False)


# --- being forgotten, and the rest -----------------------------------------------------------------------


def test_forgetting_blanks_addresses_texts_and_choices(rows, learner):
    seat(rows, learner)
    wants_digest(learner, "data")
    Feed.objects.create(person=learner, digest="x", sealed=b"x")
    post()
    forget_person(learner)
    assert list(Message.objects.values_list("to_address", "rendered", "domain")) == [("", None, "")]
    assert list(Invitation.objects.values_list("address", "sent_facts")) == [("", None)]
    assert (Preference.objects.count(), Feed.objects.count()) == (0, 0)


def test_forgetting_lets_the_last_mail_go_first(rows, learner):
    from tests.notifications.conftest import leave

    row = seat(rows, learner)
    post()
    leave(row)
    forget_person(learner)
    assert [mail.shape for mail in post()] == [("CANCEL", 1)]


def test_who_waited_for_a_subject_is_noted_as_told(rows, learner):
    interest = CourseInterest.objects.create(course=rows.course, person=learner)
    plan(rows)
    interest.refresh_from_db()
    assert interest.notified_at == SUMMER


def test_a_new_date_costs_the_same_queries_for_one_and_for_many(rows):
    def count(number):
        for _ in range(number):
            CourseInterest.objects.create(course=rows.course, person=PersonFactory())
        Message.objects.all().delete()
        plan(rows)
        Message.objects.exclude(kind="new_date").delete()
        Message.objects.update(not_before=SUMMER)
        batch = outbox.claim(50)
        desk = Desk(batch)
        with CaptureQueriesContext(connection) as queries:
            subjects = [letters.values(row, desk, "nl")["title"] for row in batch]
        assert subjects == [rows.course.title] * CourseInterest.objects.count()
        return len(queries)

    assert count(1) == count(9)


def test_a_request_for_access_goes_to_who_decides(learner):
    utrecht = OrganisationFactory(name="Gemeente Utrecht")
    learner.organisation = utrecht
    learner.save()
    deciders = {coordinator(utrecht).email, national_coordinator().email}
    coordinator()
    with transaction.atomic():
        roles.request_access(learner, organisation=utrecht)
    mails = post()
    assert {mail["To"].addresses[0].addr_spec for mail in mails} == deciders
    assert mails[0].subject == "Merel de Jong vraagt toegang: Gemeente Utrecht"
