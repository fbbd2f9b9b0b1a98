# SPDX-License-Identifier: EUPL-1.2
"""'Doe mee': the whole way, without JavaScript, and everything that can go wrong on it."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import signals
from accounts.models import EmailDomain, Organisation, Person
from base import clock
from courses.domain import registration
from courses.models import Registration, Session
from tests import caching
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
State = Registration.State


@pytest.fixture
def utrecht():
    return OrganisationFactory(name="Gemeente Utrecht", domain="utrecht.nl")


@pytest.fixture
def session():
    return SessionFactory(course=CourseFactory(title="Schrijf een brief", slug="brief"))


@pytest.fixture
def codes():
    """The codes that would be mailed, newest last."""
    heard = []

    def listen(sender, *, code, email, **_):
        heard.append((email, code))

    signals.signin_code_requested.connect(listen, weak=False)
    yield heard
    signals.signin_code_requested.disconnect(listen)


def typed(**changes):
    return {"naam": "Merel Jansen", "werkmail": "merel@utrecht.nl", "vraag": ""} | changes


def form_url(session):
    return reverse("courses:register", args=[session.public_id])


def code_url(session):
    return reverse("courses:register-code", args=[session.public_id])


def sign_up(client, session, **changes):
    return client.post(form_url(session), typed(**changes), follow=True)


def text(response):
    return response.content.decode()


def title(response):
    return re.search(r"<title>(.*?)</title>", text(response), re.DOTALL)[1].strip()


def buttons(response):
    """Submit buttons of the page's own form, in order; the first is what Enter presses."""
    form = text(response).partition("<main")[2].partition("</main")[0]
    return [said.strip() for said in re.findall(r'type="submit"[^>]*>([^<]+)</button>', form)]


def heading(response):
    return re.search(r"<h1[^>]*>(.*?)</h1>", text(response), re.DOTALL)[1].strip()


def fill(session):
    while (current := Session.objects.get(pk=session.pk)).free:
        registration.register(current, person=PersonFactory())


# --- who is new -------------------------------------------------------------------------------------


def test_from_nothing_to_a_seat(client, session, utrecht, codes):
    page = client.get(form_url(session))
    assert (
        len(re.findall(r"<(?:input|textarea)[^>]+name=\"(?:naam|werkmail|vraag)\"", text(page)))
        == 3
    )
    held = sign_up(client, session, vraag="Kort schrijven")
    assert held.redirect_chain == [(code_url(session), 302)]
    assert (
        text(held).count(
            "We stuurden een code naar je werkmail. Typ hem hier. Je plek is 30 minuten voor je vast."
        )
        == 1
    )
    row = Registration.objects.get()
    assert (row.state, row.typed_name, row.question) == (
        State.HELD,
        "Merel Jansen",
        "Kort schrijven",
    )
    assert codes[0][0] == "merel@utrecht.nl"

    done = client.post(code_url(session), {"code": codes[-1][1].lower()}, follow=True)

    row.refresh_from_db()
    person = Person.objects.get(email="merel@utrecht.nl")
    assert done.redirect_chain == [(reverse("courses:registered", args=[row.public_id]), 302)]
    assert heading(done) == "Leuk, je doet mee!"
    assert (
        text(done).count(
            "Je plek staat vast. De uitnodiging voor je agenda is onderweg naar je werkmail."
        )
        == 1
    )
    assert (row.state, row.person, row.organisation) == (State.REGISTERED, person, utrecht)
    assert (person.name, person.organisation_confirmed) == ("Merel Jansen", True)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert "aanmelding" not in client.session


def test_what_is_missing_is_said_at_the_field_and_in_the_summary(client, session):
    response = sign_up(client, session, naam=" ", werkmail="merel@")
    html = text(response)
    assert title(response).startswith("Fout: Doe mee")
    assert html.count("Nog 2 dingen aanvullen") == 1
    assert html.count("Vul je naam in.") == 2
    assert html.count("Dit is geen goed e-mailadres. Voorbeeld: naam@gemeente.nl") == 2
    assert html.count('value="merel@"') == 1
    empty = text(sign_up(client, session, werkmail=""))
    assert empty.count("Vul je werkmail in.") == 2
    assert empty.count("Nog 1 ding aanvullen") == 1
    assert not Registration.objects.exists()
    assert not Person.objects.filter(email__startswith="merel@utrecht").exists()


def test_a_private_address_gets_a_friendly_no(client, session):
    response = sign_up(client, session, werkmail="merel@gmail.com")
    assert (
        text(response).count(
            "Gebruik je werkmail. Met een privéadres kunnen we niet zien waar je werkt."
        )
        == 2
    )
    assert not Registration.objects.exists()


def test_an_unknown_domain_asks_where_you_work(client, session, codes):
    zwolle = OrganisationFactory(name="Gemeente Zwolle")
    asked = sign_up(client, session, werkmail="merel@onbekend.nl")
    html = text(asked)
    assert (
        html.count(
            "We kennen deze organisatie nog niet. Werk je voor de overheid? Kies je organisatie, dan "
            "kijkt een coördinator mee."
        )
        == 1
    )
    assert html.count('<option value="Gemeente Zwolle"></option>') == 1
    assert html.count('value="Merel Jansen"') == 1
    assert not title(asked).startswith("Fout:")
    assert not Registration.objects.exists()

    sign_up(
        client, session, werkmail="merel@onbekend.nl", stap="organisatie", andere="gemeente zwolle"
    )
    done = client.post(code_url(session), {"code": codes[-1][1]}, follow=True)
    person = Person.objects.get(email="merel@onbekend.nl")
    assert (person.organisation, person.organisation_confirmed) == (zwolle, False)
    assert heading(done) == "Leuk, je doet mee!"
    assert text(done).count("We gaan nog na of je bij Gemeente Zwolle werkt.") == 1


def test_an_organisation_that_is_not_in_the_list_must_be_said_to_be_new(client, session, codes):
    before = Organisation.objects.count()
    again = sign_up(
        client, session, werkmail="m@nieuw.nl", stap="organisatie", andere="Waterschap X"
    )
    assert text(again).count("Deze organisatie staat niet in de lijst.") == 2
    assert title(again).startswith("Fout:")
    sign_up(
        client,
        session,
        werkmail="m@nieuw.nl",
        stap="organisatie",
        andere="Waterschap X",
        nieuw="on",
    )
    # Nothing is made for who has not typed the code.
    assert Organisation.objects.count() == before
    client.post(code_url(session), {"code": codes[-1][1]})
    made = Organisation.objects.get(name="Waterschap X")
    assert made.confirmed is False
    assert Registration.objects.get().organisation == made


def test_a_shared_domain_asks_which_organisation(client, session, codes):
    rws, cjib = OrganisationFactory(name="Rijkswaterstaat"), OrganisationFactory(name="CJIB")
    for organisation in (rws, cjib):
        EmailDomain.objects.create(organisation=organisation, domain="rijksoverheid.nl")
    mail = "merel@rijksoverheid.nl"
    asked = sign_up(client, session, werkmail=mail)
    assert re.findall(r'name="organisatie" value="([^"]+)"', text(asked)) == [
        str(cjib.public_id),
        str(rws.public_id),
        "anders",
    ]
    nothing = sign_up(client, session, werkmail=mail, stap="organisatie")
    assert text(nothing).count("Kies je organisatie.") == 2
    sign_up(client, session, werkmail=mail, stap="organisatie", organisatie=str(cjib.public_id))
    client.post(code_url(session), {"code": codes[-1][1]})
    person = Person.objects.get(email=mail)
    assert (person.organisation, person.organisation_confirmed) == (cjib, True)


def test_who_works_elsewhere_than_the_domain_tells_can_say_so(client, session, utrecht, codes):
    zwolle = OrganisationFactory(name="Gemeente Zwolle")
    asked = sign_up(client, session, **{"andere-organisatie": "1"})
    assert text(asked).count("Hoe heet je organisatie?") == 1
    sign_up(
        client,
        session,
        stap="organisatie",
        andere="Gemeente Zwolle",
        **{"andere-organisatie": "1"},
    )
    client.post(code_url(session), {"code": codes[-1][1]})
    person = Person.objects.get(email="merel@utrecht.nl")
    assert (person.organisation, person.organisation_confirmed) == (zwolle, False)
    assert Registration.objects.get().organisation == zwolle


def test_an_organisation_that_was_confirmed_stays_when_the_question_comes_again(
    client, session, codes
):
    zwolle = OrganisationFactory(name="Gemeente Zwolle")
    there = PersonFactory(email="merel@onbekend.nl", organisation=zwolle, name="Merel Jansen")
    OrganisationFactory(name="Gemeente Ede")
    sign_up(client, session, werkmail=there.email, stap="organisatie", andere="Gemeente Ede")
    client.post(code_url(session), {"code": codes[-1][1]})
    there.refresh_from_db()
    assert (there.organisation, there.organisation_confirmed) == (zwolle, True)


# --- the code -----------------------------------------------------------------------------------------


def test_a_wrong_code_keeps_the_seat(client, session, utrecht, codes):
    sign_up(client, session)
    wrong = client.post(code_url(session), {"code": "CCCCCCCC"})
    assert text(wrong).count("Deze code klopt niet. Kijk nog eens in je mail.") == 2
    assert Registration.objects.get().state == State.HELD
    client.post(code_url(session), {"code": codes[-1][1]})
    assert Registration.objects.get().state == State.REGISTERED


def test_reload_and_coming_back_lose_nothing(client, session, utrecht, codes):
    sign_up(client, session, vraag="Kort")
    assert heading(client.get(code_url(session))) == "Kijk in je mail"
    form = text(client.get(form_url(session)))
    assert form.count('value="Merel Jansen"') == 1
    assert form.count('value="merel@utrecht.nl"') == 1
    assert form.count("Je werkt bij Gemeente Utrecht.") == 1
    # Enter presses the first one.
    assert buttons(client.get(form_url(session))) == ["Meld me aan", "Klopt niet?", "Meld me aan"]
    client.post(code_url(session), {"code": codes[-1][1]})
    assert Registration.objects.get().question == "Kort"


def test_an_expired_code_is_followed_by_a_new_one(client, session, utrecht, codes):
    with time_machine.travel(clock.now(), tick=False) as moment:
        sign_up(client, session)
        moment.shift(dt.timedelta(minutes=11))
        again = client.post(code_url(session), {"code": codes[0][1]}, follow=True)
        assert text(again).count("Deze code is verlopen. We sturen een nieuwe.") == 1
        client.post(code_url(session), {"code": codes[-1][1]})
    assert len(codes) == 2
    assert Registration.objects.get().state == State.REGISTERED


def test_a_code_can_be_sent_again(client, session, utrecht, codes):
    sign_up(client, session)
    response = client.post(code_url(session), {"opnieuw": "1"}, follow=True)
    assert text(response).count("We hebben je een nieuwe code gestuurd.") == 1
    assert [email for email, _code in codes] == ["merel@utrecht.nl"] * 2


def test_another_address_gives_the_seat_back(client, session, utrecht, codes):
    sign_up(client, session)
    response = client.post(code_url(session), {"adres": "1"}, follow=True)
    assert heading(response) == "Doe mee"
    assert Registration.objects.get().state == State.CANCELLED
    assert Session.objects.get().taken == 0
    sign_up(client, session, werkmail="merel.jansen@utrecht.nl")
    client.post(code_url(session), {"code": codes[-1][1]})
    live = Registration.objects.exclude(state=State.CANCELLED).get()
    assert live.person.email == "merel.jansen@utrecht.nl"


def test_a_prank_with_somebody_elses_address_does_not_end_their_hold(
    client, session, utrecht, codes
):
    sign_up(client, session)
    prankster = Client()
    sign_up(prankster, session, naam="Grapjas")
    prankster.post(code_url(session), {"adres": "1"})
    assert Registration.objects.get().state == State.HELD
    client.post(code_url(session), {"code": codes[0][1]})
    row = Registration.objects.get()
    assert (row.state, row.person.name) == (State.REGISTERED, "Merel Jansen")


def test_a_prank_that_came_first_ends_no_hold_that_its_owner_asked_for_since(
    client, session, utrecht, codes
):
    with time_machine.travel(clock.now(), tick=False) as moment:
        prankster = Client()
        sign_up(prankster, session, naam="Grapjas")
        moment.shift(dt.timedelta(minutes=1))
        sign_up(client, session)
        prankster.post(code_url(session), {"adres": "1"})
        assert Registration.objects.get().state == State.HELD
        client.post(code_url(session), {"code": codes[-1][1]})
    row = Registration.objects.get()
    assert (row.state, row.person.name) == (State.REGISTERED, "Merel Jansen")


def test_a_hold_that_ran_out_while_the_session_filled_up(client, session, utrecht, codes):
    Session.objects.update(capacity=1)
    with time_machine.travel(clock.now(), tick=False) as moment:
        sign_up(client, session)
        moment.shift(dt.timedelta(minutes=31))
        registration.release_expired_holds()
        fill(session)
        client.post(code_url(session), {"opnieuw": "1"})
        late = client.post(code_url(session), {"code": codes[-1][1]}, follow=True)
    assert (
        text(late).count(
            "Je plek is weer vrijgegeven, want de code kwam niet op tijd. Probeer het opnieuw."
        )
        == 1
    )
    assert text(late).count("Zet me op de wachtlijst") == 1
    # From here on one button: the person is signed in.
    client.post(form_url(session), {"wachtlijst": "1"})
    assert Registration.objects.get(person__email="merel@utrecht.nl", state=State.WAITING)


def test_a_hold_that_ran_out_still_gives_a_seat_when_there_is_one(client, session, utrecht, codes):
    with time_machine.travel(clock.now(), tick=False) as moment:
        sign_up(client, session)
        moment.shift(dt.timedelta(minutes=31))
        registration.release_expired_holds()
        client.post(code_url(session), {"opnieuw": "1"})
        done = client.post(code_url(session), {"code": codes[-1][1]}, follow=True)
    assert heading(done) == "Leuk, je doet mee!"


def test_beyond_the_holds_the_code_comes_first_and_then_the_seat(client, session, utrecht, codes):
    for number in range(4):
        sign_up(Client(), session, werkmail=f"eerst{number}@utrecht.nl")
    response = sign_up(client, session)
    assert (
        text(response).count(
            "We stuurden een code naar je werkmail. Typ hem hier. Daarna krijg je je plek."
        )
        == 1
    )
    assert Registration.objects.filter(state=State.HELD).count() == 4
    done = client.post(code_url(session), {"code": codes[-1][1]}, follow=True)
    assert heading(done) == "Leuk, je doet mee!"


def test_a_full_session_asks_the_code_first_and_then_puts_you_in_line(
    client, session, utrecht, codes
):
    fill(session)
    assert buttons(client.get(form_url(session))) == ["Zet me op de wachtlijst"] * 2
    response = sign_up(client, session, wachtlijst="1")
    assert text(response).count("Dan zetten we je op de wachtlijst.") == 1
    assert not Registration.objects.filter(person__email="merel@utrecht.nl").exists()
    done = client.post(code_url(session), {"code": codes[-1][1]}, follow=True)
    assert heading(done) == "Je staat op de wachtlijst"
    assert text(done).count("Je staat op plek 1. Komt er een plek vrij?") == 1


def test_who_takes_part_already_hears_it_after_the_code(client, session, utrecht, codes):
    person = PersonFactory(email="merel@utrecht.nl", organisation=utrecht)
    registration.register(session, person=person)
    sign_up(client, session)
    done = client.post(code_url(session), {"code": codes[-1][1]}, follow=True)
    assert text(done).count("Je deed al mee. Wil je de uitnodiging nog een keer?") == 1
    assert text(done).count("Stuur de uitnodiging opnieuw") == 1
    assert Registration.objects.count() == 1


def test_a_trainer_cannot_join_the_own_course(client, session, utrecht, codes):
    trainer = session.course.trainer_rows.get().person
    Person.objects.filter(pk=trainer.pk).update(email="merel@utrecht.nl")
    sign_up(client, session)
    done = client.post(code_url(session), {"code": codes[-1][1]}, follow=True)
    assert "Dit is je eigen cursus. Je hoeft je niet aan te melden." in text(done)
    assert Session.objects.get().taken == 0


# --- what nobody may learn -----------------------------------------------------------------------------


def masked(response, email):
    html = text(response).replace(email, "…")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


@pytest.mark.parametrize("case", ["free", "full", "holds", "started"])
def test_answers_are_the_same_for_known_registered_and_unknown_addresses(session, utrecht, case):
    known = PersonFactory(email="bekend@utrecht.nl", organisation=utrecht, name="Bekend")
    there = PersonFactory(email="erbijj@utrecht.nl", organisation=utrecht)
    registration.register(session, person=there)
    unverified = PersonFactory(email="halfff@utrecht.nl", organisation=utrecht, verified_at=None)
    if case == "full":
        fill(session)
    if case == "holds":
        for number in range(4):
            sign_up(Client(), session, werkmail=f"eerst{number}@utrecht.nl")
    if case == "started":
        start = clock.now() - dt.timedelta(minutes=1)
        Session.objects.update(starts_at=start, ends_at=start + dt.timedelta(hours=1))
    seen = set()
    for email in (known.email, there.email, unverified.email, "niemand@utrecht.nl"):
        client = Client()
        caching.empty()
        response = client.post(form_url(session), typed(werkmail=email))
        after = client.get(response.get("Location", form_url(session)))
        seen.add((response.status_code, masked(response, email), masked(after, email)))
    assert len(seen) == 1


def test_the_line_under_the_field_knows_organisations_and_no_people(client, utrecht):
    url = reverse("courses:register-organisation")
    PersonFactory(email="bekend@utrecht.nl", organisation=OrganisationFactory(name="Anders"))
    answers = {
        masked(client.post(url, {"werkmail": email}), email)
        for email in ("bekend@utrecht.nl", "niemand@utrecht.nl")
    }
    assert len(answers) == 1
    assert answers.pop().count("Je werkt bij Gemeente Utrecht.") == 1
    assert text(client.post(url, {"werkmail": "m@gmail.com"})).count("Gebruik je werkmail.") == 1
    assert text(client.post(url, {"werkmail": "x" * 5000})) == ""
    assert client.get(url).status_code == 405


def test_the_code_page_of_another_browser_is_empty(client, session, utrecht):
    sign_up(Client(), session)
    assert client.get(code_url(session))["Location"] == form_url(session)


def test_the_done_page_is_only_for_the_person(client, session, utrecht):
    mine = registration.register(session, person=PersonFactory())
    url = reverse("courses:registered", args=[mine.public_id])
    assert client.get(url)["Location"] == f"/inloggen/?next={url}"
    client.force_login(PersonFactory())
    assert client.get(url).status_code == 404


# --- signed in ------------------------------------------------------------------------------------------


@pytest.fixture
def learner(client):
    person = PersonFactory(name="Merel Jansen")
    client.force_login(person)
    return person


def test_signed_in_it_is_one_button(client, session, learner):
    page = text(client.get(form_url(session)))
    assert "naam" not in re.findall(r'name="(\w+)"', page)
    assert page.count(">Meld me aan<") == 1
    for _ in range(3):  # a double click, and the same request from the history
        done = client.post(form_url(session), follow=True)
        assert heading(done) == "Leuk, je doet mee!"
    assert Registration.objects.count() == 1
    assert Session.objects.get().taken == 1


def test_getting_pages_changes_nothing(client, session, learner):
    client.get(form_url(session))
    client.get(code_url(session))
    assert not Registration.objects.exists()


def test_who_takes_part_already_is_told_so(client, session, learner):
    registration.register(session, person=learner)
    response = client.get(form_url(session), follow=True)
    assert text(response).count("Je deed al mee. Wil je de uitnodiging nog een keer?") == 1


def test_another_course_at_the_same_time_warns_and_does_not_block(client, session, learner):
    other = SessionFactory(course=CourseFactory(title="Iets anders"), starts_at=session.starts_at)
    registration.register(other, person=learner)
    start = clock.local(session.starts_at)
    page = text(client.get(form_url(session)))
    assert page.count(f"Let op: je gaat om {start:%H:%M} al naar “Iets anders”.") == 1
    assert heading(client.post(form_url(session), follow=True)) == "Leuk, je doet mee!"


def test_the_last_seat_went_while_you_looked(client, session, learner):
    client.get(form_url(session))
    fill(session)
    late = client.post(form_url(session))
    assert (
        text(late).count(
            "Net te laat: de laatste plek is weg. Zet je op de wachtlijst of kies een ander moment."
        )
        == 1
    )
    assert text(late).count(">Zet me op de wachtlijst<") == 1
    assert not Registration.objects.filter(person=learner).exists()
    done = client.post(form_url(session), {"wachtlijst": "1"}, follow=True)
    assert text(done).count("Je staat op plek 1.") == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": "cancelled"}, "Deze bijeenkomst gaat niet door."),
        ({"starts_at": "past"}, "Deze bijeenkomst is al begonnen. Kies een ander moment."),
        ({"registration_closes_at": "past"}, "Aanmelden kan niet meer. Kies een ander moment."),
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_what_cannot_be_says_why(client, session, utrecht, changes, sentence, signed_in):
    past = clock.now() - dt.timedelta(minutes=1)
    changes = {key: past if value == "past" else value for key, value in changes.items()}
    if "starts_at" in changes:
        changes["ends_at"] = past + dt.timedelta(hours=1)
    Session.objects.update(**changes)
    SessionFactory(course=session.course, starts_at=clock.now() + dt.timedelta(days=9))
    if signed_in:
        client.force_login(PersonFactory())
    for response in (client.get(form_url(session)), client.post(form_url(session), typed())):
        assert text(response).count(sentence) == 1
        assert text(response).count("Kies een ander moment</h2>") == 1
    assert not Registration.objects.exists()


def test_the_own_course_says_so(client, session):
    client.force_login(session.course.trainer_rows.get().person)
    response = client.post(form_url(session))
    assert text(response).count("Dit is je eigen cursus. Je hoeft je niet aan te melden.") == 1


def test_without_an_organisation_that_question_comes_first(client, session):
    client.force_login(PersonFactory(organisation=None))
    response = client.post(form_url(session))
    assert (
        response["Location"] == f"/mijn/organisatie/?next={form_url(session).replace('/', '%2F')}"
    )


def test_without_a_name_that_question_comes_first(client, session):
    """Somebody who signed in and left at the question; the trainer would see an empty line."""
    client.force_login(PersonFactory(name=""))
    answers = [client.get(form_url(session)), client.post(form_url(session))]
    back = form_url(session).replace("/", "%2F")
    assert [answer["Location"] for answer in answers] == [f"/mijn/gegevens/?next={back}"] * 2
    assert not session.registrations.exists()


def test_unknown_and_draft_sessions_are_not_found(client, session):
    assert (
        client.get("/bijeenkomsten/00000000-0000-0000-0000-000000000000/aanmelden/").status_code
        == 404
    )
    Session.objects.update(status="draft")
    assert client.get(form_url(session)).status_code == 404


# --- bad input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["naam", "vraag", "werkmail"])
def test_ten_thousand_characters_are_refused_with_a_sentence(client, session, utrecht, field):
    response = sign_up(client, session, **{field: "x" * 10_000})
    assert response.status_code == 200
    assert title(response).startswith("Fout:")
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Merel 😀 Jansen", "Merel 😀 Jansen"),
        ("مريم", "مريم"),
        ('"><script>alert(1)</script>', '"><script>alert(1)</script>'),
        ("Merel\r\nBcc: iedereen@utrecht.nl", "Merel Bcc: iedereen@utrecht.nl"),
        ("Merel\u202eneslaJ", "MerelneslaJ"),
    ],
)
def test_strange_names_are_kept_on_one_line_and_shown_as_text(
    client, session, utrecht, codes, name, kept
):
    sign_up(client, session, naam=name, vraag=name)
    assert Registration.objects.get().typed_name == kept
    client.post(code_url(session), {"code": codes[-1][1]})
    assert Person.objects.get(email="merel@utrecht.nl").name == kept
    for page in ("/mijn/", form_url(session), "/cursussen/brief/"):
        assert "<script>alert" not in text(client.get(page, follow=True))


@pytest.mark.parametrize(
    "mail", ["a@utrecht.nl\r\nBcc: b@c.nl", "a@b@utrecht.nl", "x" * 300 + "@utrecht.nl"]
)
def test_strange_addresses_are_refused(client, session, utrecht, mail, codes):
    response = sign_up(client, session, werkmail=mail)
    assert title(response).startswith("Fout:")
    assert codes == []


def test_asking_too_often_is_told_to_wait(client, session, utrecht, codes):
    for _ in range(5):
        sign_up(client, session)
    refused = client.post(form_url(session), typed())
    assert refused.status_code == 429
    assert "Je probeert het vaak achter elkaar. Wacht een minuut." in text(refused)
    assert len(codes) == 5
