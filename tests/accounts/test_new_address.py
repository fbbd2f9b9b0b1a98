# SPDX-License-Identifier: EUPL-1.2
"""Another work address, through the pages: the code goes there, and until it is typed nothing changes."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.models import AuditEvent, Person, Role
from accounts.signals import address_code_requested
from tests.accounts.conftest import Sent, data_queries
from tests.factories import OrganisationFactory, PersonFactory, coordinator

pytestmark = pytest.mark.django_db

PAGE = "/mijn/gegevens/werkmail/"
CODE_PAGE = f"{PAGE}code/"
OLD, NEW = "merel@utrecht.nl", "merel@zeist.nl"
WRONG = "CCCCCCCC"
TOO_OFTEN = "Je probeert het vaak achter elkaar. Wacht een minuut."


@pytest.fixture
def sent():
    codes: list[Sent] = []

    def receive(sender, *, person, email, code, language, **kwargs) -> None:
        codes.append(Sent(person, email, code, language))

    address_code_requested.connect(receive)
    yield codes
    address_code_requested.disconnect(receive)


@pytest.fixture
def utrecht():
    return OrganisationFactory(name="Utrecht", domain="utrecht.nl")


@pytest.fixture
def zeist():
    return OrganisationFactory(name="Zeist", domain="zeist.nl")


@pytest.fixture
def merel(utrecht) -> Person:
    return PersonFactory(email=OLD, name="Merel", organisation=utrecht)


@pytest.fixture
def client(merel) -> Client:
    browser = Client()
    browser.force_login(merel)
    return browser


def ask(client, email=NEW):
    return client.post(PAGE, {"email": email})


def test_a_cache_that_does_not_answer_is_our_fault(client, sent, monkeypatch):
    """What cannot be counted is not let through (accounts.domain.limits), as at signing in."""

    def broken(*_args, **_kwargs):
        raise RedisConnectionError

    monkeypatch.setattr("accounts.domain.limits.cache.add", broken)
    answer = ask(client)
    assert (answer.status_code, "dat ligt aan ons" in answer.content.decode()) == (503, True)
    assert f'value="{NEW}"' in answer.content.decode()
    assert sent == []


def type_code(client, code):
    return client.post(CODE_PAGE, {"code": code})


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def email_of(person) -> str:
    return Person.objects.get(pk=person.pk).email


def test_a_code_at_the_new_address_makes_it_ones_own(client, merel, zeist, sent) -> None:
    asked = ask(client, "Merel@Zeist.nl")
    assert (asked.status_code, asked.url) == (302, CODE_PAGE)
    assert [(row.person, row.email) for row in sent] == [(merel, NEW)]
    assert email_of(merel) == OLD
    done = type_code(client, sent[0].code.lower())
    assert (done.status_code, done.url) == (302, "/mijn/gegevens/")
    row = Person.objects.get(pk=merel.pk)
    assert (row.email, row.organisation, row.organisation_confirmed) == (NEW, zeist, True)
    assert "Je werkmail is nu merel@zeist.nl." in text(client.get(done.url))
    event = AuditEvent.objects.get(verb="person.email_changed")
    assert (event.actor, NEW in str(event.detail)) == (merel, False)


def test_the_old_address_no_longer_signs_in_as_this_person(client, merel, zeist, sent) -> None:
    ask(client)
    type_code(client, sent[0].code)
    assert not Person.objects.filter(email=OLD).exists()
    assert client.get("/mijn/gegevens/").status_code == 200  # and this browser stays signed in


def test_the_second_half_of_a_double_click_changes_nothing(client, merel, zeist, sent) -> None:
    ask(client)
    first, second = type_code(client, sent[0].code), type_code(client, sent[0].code)
    assert (first.url, second.url) == ("/mijn/gegevens/", "/mijn/gegevens/")
    assert AuditEvent.objects.filter(verb="person.email_changed").count() == 1


def test_two_requests_that_read_the_same_session_change_it_once(client, merel, zeist, sent) -> None:
    ask(client)
    twin = Client()
    twin.cookies = client.cookies
    before = dict(client.session)
    type_code(client, sent[0].code)
    session = client.session
    session["new_address"] = before["new_address"]
    session.save()
    assert type_code(twin, sent[0].code).url == "/mijn/gegevens/"
    assert AuditEvent.objects.filter(verb="person.email_changed").count() == 1
    assert email_of(merel) == NEW


def test_the_code_for_another_address_does_not_work(client, merel, sent) -> None:
    ask(client, "eerste@zeist.nl")
    ask(client, NEW)
    assert "Deze code klopt niet." in text(type_code(client, sent[0].code))
    assert email_of(merel) == OLD
    type_code(client, sent[1].code)
    assert email_of(merel) == NEW


def test_the_code_works_only_in_the_browser_and_for_the_person_that_asked(
    client, merel, sent
) -> None:
    ask(client)
    other = PersonFactory(email="jan@utrecht.nl")
    browser = Client()
    browser.force_login(other)
    assert type_code(browser, sent[0].code).url == PAGE
    ask(browser)
    assert "Deze code klopt niet." in text(type_code(browser, sent[0].code))
    assert (email_of(merel), email_of(other)) == (OLD, "jan@utrecht.nl")


def page_after(email, sent) -> tuple:
    browser = Client()
    browser.force_login(Person.objects.get(email=OLD))
    asked = ask(browser, email)
    wrong = type_code(browser, WRONG)

    def plain(response):
        body = re.sub(rb'csrfmiddlewaretoken" value="[^"]+"', b"", response.content)
        return body.replace(email.encode(), b"EMAIL")

    return asked.status_code, asked.url, plain(browser.get(asked.url)), plain(wrong), len(sent)


def test_known_and_unknown_addresses_get_the_same_answer(merel, sent) -> None:
    PersonFactory(email="bezet@zeist.nl")
    PersonFactory(email="nooit@zeist.nl", verified_at=None)
    answers = [
        page_after(email, sent) for email in ("vrij@zeist.nl", "bezet@zeist.nl", "nooit@zeist.nl")
    ]
    assert [answer[:-1] for answer in answers] == [answers[0][:-1]] * 3
    assert [answer[-1] for answer in answers] == [1, 2, 3]


def test_asking_takes_as_many_queries_for_known_as_for_unknown(client, merel, sent) -> None:
    PersonFactory(email="bezet@zeist.nl")
    ask(client, "warm@zeist.nl")
    assert data_queries(lambda: ask(client, "bezet@zeist.nl")) == data_queries(
        lambda: ask(client, "vrij@zeist.nl")
    )


def test_an_address_of_somebody_else_is_refused_after_the_code(client, merel, sent) -> None:
    PersonFactory(email=NEW)
    ask(client)
    done = type_code(client, sent[0].code)
    assert done.url == PAGE
    assert "Dit adres is al van iemand." in text(client.get(PAGE))
    assert email_of(merel) == OLD


def test_an_address_that_was_only_typed_once_makes_room(client, merel, sent) -> None:
    """Somebody tried to sign in with the new address first: that row is nobody."""
    PersonFactory(email=NEW, verified_at=None, organisation=None)
    ask(client)
    type_code(client, sent[0].code)
    assert email_of(merel) == NEW
    assert Person.objects.filter(email=NEW).count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Vul je werkmail in."),
        ("merel", "Dit is geen goed e-mailadres."),
        ("merel@gmail.com", "Gebruik je werkmail."),
        ("MEREL@utrecht.nl", "Dit is je werkmail al."),
        ("a@b.nl\r\nBcc: c@d.nl", "Dit is geen goed e-mailadres."),
    ],
)
def test_a_bad_address_is_explained(client, merel, sent, typed, sentence) -> None:
    response = ask(client, typed)
    assert (response.status_code, sent) == (200, [])
    assert sentence in text(response)


def test_a_wrong_code_may_be_tried_again_but_not_for_ever(client, merel, zeist, sent) -> None:
    ask(client)
    for _ in range(4):
        assert "Deze code klopt niet." in text(type_code(client, WRONG))
    fifth = type_code(client, WRONG)
    assert (fifth.url, len(sent)) == (CODE_PAGE, 2)
    assert "Deze code is verlopen." in text(client.get(CODE_PAGE))
    type_code(client, sent[0].code)
    assert email_of(merel) == OLD
    type_code(client, sent[1].code)
    assert email_of(merel) == NEW


def test_tries_side_by_side_share_one_count(client, merel, sent) -> None:
    """Five requests read the session before any of them wrote it back."""
    ask(client)
    fresh = dict(client.session["new_address"])
    for _ in range(5):
        session = client.session
        session["new_address"] = fresh
        session.save()
        type_code(client, WRONG)
    session = client.session
    session["new_address"] = fresh
    session.save()
    type_code(client, sent[0].code)
    assert email_of(merel) == OLD


def test_a_code_works_ten_minutes(client, merel, sent) -> None:
    with time_machine.travel(dt.datetime(2026, 10, 13, 12, 0, tzinfo=dt.UTC), tick=False) as now:
        ask(client)
        now.shift(dt.timedelta(minutes=10))
        assert type_code(client, sent[0].code).url == CODE_PAGE
        assert (email_of(merel), len(sent)) == (OLD, 2)
        now.shift(dt.timedelta(minutes=9, seconds=59))
        type_code(client, sent[1].code)
        assert email_of(merel) == NEW


def test_the_limits_are_those_of_signing_in(client, merel, sent) -> None:
    with time_machine.travel(dt.datetime(2026, 10, 13, 12, 0, tzinfo=dt.UTC), tick=False):
        for _ in range(3):
            ask(client)
        for _ in range(2):
            Client().post("/inloggen/", {"email": NEW})
        sixth = ask(client)
        assert (sixth.status_code, len(sent)) == (429, 3)
        assert TOO_OFTEN in text(sixth)
        again = client.post(f"{CODE_PAGE}opnieuw/", follow=True)
        assert TOO_OFTEN in text(again)
        assert len(sent) == 3


def test_sent_again_it_is_a_new_code(client, merel, sent) -> None:
    ask(client)
    assert client.post(f"{CODE_PAGE}opnieuw/").url == CODE_PAGE
    assert len({row.code for row in sent}) == 2
    type_code(client, sent[1].code)
    assert email_of(merel) == NEW


def test_nothing_asked_leads_to_the_question(client) -> None:
    assert client.get(CODE_PAGE).url == PAGE
    assert type_code(client, WRONG).url == PAGE
    assert client.post(f"{CODE_PAGE}opnieuw/").url == PAGE


def test_reading_a_page_sends_and_changes_nothing(client, merel, sent) -> None:
    ask(client)
    for page in (PAGE, CODE_PAGE):
        assert client.get(page, {"email": NEW, "code": sent[0].code}).status_code == 200
    assert client.get(f"{CODE_PAGE}opnieuw/").status_code == 405
    assert (email_of(merel), len(sent)) == (OLD, 1)


@pytest.mark.parametrize("domain", ["onbekend.nl", "rijksoverheid.nl"])
def test_where_the_domain_does_not_tell_the_organisation_is_asked(
    client, merel, utrecht, sent, domain
) -> None:
    OrganisationFactory(domain="rijksoverheid.nl")
    OrganisationFactory(domain="rijksoverheid.nl")
    ask(client, f"merel@{domain}")
    done = type_code(client, sent[0].code)
    assert done.url == "/mijn/organisatie/?next=%2Fmijn%2Fgegevens%2F"
    row = Person.objects.get(pk=merel.pk)
    assert (row.organisation, row.organisation_confirmed) == (utrecht, False)


def test_within_the_organisation_everything_stays(client, merel, utrecht, sent) -> None:
    Role.objects.create(person=merel, kind=Role.Kind.COORDINATOR, organisation=utrecht)
    ask(client, "merel.dejong@utrecht.nl")
    assert type_code(client, sent[0].code).url == "/mijn/gegevens/"
    row = Person.objects.get(pk=merel.pk)
    assert (row.organisation, row.organisation_confirmed) == (utrecht, True)
    assert row.roles.count() == 1


def test_who_leaves_an_organisation_no_longer_coordinates_it(zeist, sent) -> None:
    old, elsewhere = OrganisationFactory(domain="utrecht.nl"), OrganisationFactory()
    boss = coordinator(old, email="boss@utrecht.nl")
    Role.objects.create(person=boss, kind=Role.Kind.COORDINATOR, organisation=elsewhere)
    browser = Client()
    browser.force_login(boss)
    ask(browser, "boss@zeist.nl")
    type_code(browser, sent[0].code)
    assert [role.organisation for role in boss.roles.all()] == [elsewhere]
    assert AuditEvent.objects.filter(verb="role.revoked", organisation=old).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_five_queries(client, merel, utrecht, count) -> None:
    for _ in range(count):
        Role.objects.create(
            person=merel, kind=Role.Kind.COORDINATOR, organisation=OrganisationFactory()
        )
    assert data_queries(lambda: client.get(PAGE)) == 5
