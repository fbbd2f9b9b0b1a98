# SPDX-License-Identifier: EUPL-1.2
"""Signing in by a code in the mail. Also pins what we rely on in django-allauth's internals
(docs/decisions/0002-signing-in.md): a new version that behaves differently fails here."""

import datetime as dt
import logging
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client, RequestFactory

from accounts.domain import limits, signin
from accounts.domain.limits import client_ip
from accounts.models import AuditEvent, Person, Role
from accounts.signals import person_verified
from tests.accounts.conftest import Sent, ask, data_queries, signed_in_as, type_code
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    coordinator,
    national_coordinator,
)

pytestmark = pytest.mark.django_db

WRONG = "CCCCCCCC"
MAIL = "merel@utrecht.nl"


@pytest.fixture
def merel() -> Person:
    return PersonFactory(email=MAIL, name="Merel")


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_known_person_signs_in_with_the_mailed_code(client, merel, sent) -> None:
    asked = ask(client, "Merel@Utrecht.nl")
    assert (asked.status_code, asked.url) == (302, "/inloggen/code/")
    assert [(s.person, s.email, s.language) for s in sent] == [(merel, MAIL, "nl")]
    assert signed_in_as(client) == ""
    done = type_code(client, sent[0].code)
    assert (done.status_code, done.url) == (302, "/mijn/")
    assert signed_in_as(client) == str(merel.pk)


def test_code_has_eight_characters_without_look_alikes(client, merel, sent) -> None:
    for _ in range(5):
        ask(client, MAIL)
    assert len({s.code for s in sent}) == 5
    for s in sent:
        assert len(s.code) == 8
        assert set(s.code) <= set("CDFGHJKMNPQRTVWXY34679")


@pytest.mark.parametrize(
    "typed", ["{0}", "  {0} ", "{1}", "{2}-{3}", "{2} {3}", "{2}–{3}", "\t{2}\u00a0{3}"]
)
def test_case_spaces_and_dashes_in_a_code_do_not_matter(client, merel, sent, typed) -> None:
    ask(client, MAIL)
    code = sent[0].code
    type_code(client, typed.format(code, code.lower(), code[:4], code[4:].lower()))
    assert signed_in_as(client) == str(merel.pk)


def test_unknown_address_becomes_a_person_with_its_organisation_after_the_code(
    client, sent
) -> None:
    utrecht = OrganisationFactory(domain="utrecht.nl")
    ask(client, "nieuw@utrecht.nl", next="/cursussen/")
    person = Person.objects.get()
    assert person.verified_at is None
    heard = []
    receive = lambda sender, *, person, **kwargs: heard.append(person.pk)  # noqa: E731
    person_verified.connect(receive)
    done = type_code(client, sent[0].code)
    person_verified.disconnect(receive)
    person.refresh_from_db()
    assert person.is_verified
    assert (person.organisation, person.organisation_confirmed) == (utrecht, True)
    assert heard == [person.pk]
    # The name is what nobody told us yet.
    assert done.url == "/mijn/gegevens/?next=%2Fcursussen%2F"


def test_second_sign_in_does_not_verify_again(client, merel, sent) -> None:
    before = merel.verified_at
    heard = []
    receive = lambda sender, **kwargs: heard.append(kwargs)  # noqa: E731
    person_verified.connect(receive)
    ask(client, MAIL)
    type_code(client, sent[0].code)
    person_verified.disconnect(receive)
    merel.refresh_from_db()
    assert (merel.verified_at, heard) == (before, [])
    assert merel.last_login is not None


def test_signing_in_leaves_an_audit_line_and_no_allauth_address_row(client, merel, sent) -> None:
    ask(client, MAIL)
    type_code(client, sent[0].code)
    assert list(AuditEvent.objects.values_list("verb", "actor")) == [("person.signed_in", merel.pk)]
    # Person.email is the only truth; see the decision record.
    assert EmailAddress.objects.count() == 0


# Nobody learns who is known


def page_after(email: str, sent: list[Sent]) -> tuple:
    client = Client()
    asked = ask(client, email)
    page = client.get(asked.url)
    wrong = type_code(client, WRONG)

    def plain(response):
        body = re.sub(rb'csrfmiddlewaretoken" value="[^"]+"', b"", response.content)
        return body.replace(email.encode(), b"EMAIL")

    return (
        asked.status_code,
        asked.url,
        asked.content,
        sorted(item for item in asked.headers.items() if item[0] != "Expires"),
        plain(page),
        wrong.status_code,
        plain(wrong),
    )


def test_known_unknown_and_blocked_addresses_get_byte_equal_answers(merel, sent) -> None:
    PersonFactory(email="weg@utrecht.nl", is_active=False)
    PersonFactory(email="nooit@utrecht.nl", verified_at=None)
    known = page_after(MAIL, sent)
    assert page_after("onbekend@utrecht.nl", sent) == known
    assert page_after("nooit@utrecht.nl", sent) == known
    assert page_after("weg@utrecht.nl", sent) == known
    # Something could have leaked: three got a code, the blocked one did not.
    assert [s.email for s in sent] == [MAIL, "onbekend@utrecht.nl", "nooit@utrecht.nl"]


def test_blocked_person_is_not_signed_in_with_a_code_from_before(client, merel, sent) -> None:
    ask(client, MAIL)
    merel.is_active = False
    merel.save()
    assert "Deze code klopt niet." in text(type_code(client, sent[0].code))
    assert signed_in_as(client) == ""


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Vul je werkmail in."),
        ("merel@", "Dit is geen goed e-mailadres. Voorbeeld: naam@gemeente.nl"),
        ("merel@gmail.com", "Gebruik je werkmail. Met een privéadres kunnen we niet zien waar je werkt."),
        ("a" * 10_000, "Dit e-mailadres is te lang."),
        ('"><script>alert(1)</script>@utrecht.nl', "Dit is geen goed e-mailadres."),
        ("merel@utrecht.nl\r\nBcc: x@y.nl", "Dit is geen goed e-mailadres."),
        ("🎉@utrecht.nl", "Dit is geen goed e-mailadres."),
    ],
)  # fmt: skip
def test_bad_address_is_explained_and_kept(client, sent, typed, sentence) -> None:
    response = ask(client, typed)
    assert response.status_code == 200
    assert sentence in text(response)
    assert "<script>alert" not in response.content.decode()
    assert response.content.decode().count("<title>Fout:") == 1
    assert (sent, Person.objects.count()) == ([], 0)


# Tries, time, other browsers


def test_wrong_code_may_be_tried_again(client, merel, sent) -> None:
    ask(client, MAIL)
    response = type_code(client, WRONG)
    assert "Deze code klopt niet. Kijk nog eens in je mail." in text(response)
    type_code(client, sent[0].code)
    assert signed_in_as(client) == str(merel.pk)


def test_fifth_wrong_code_ends_the_code_and_sends_a_new_one(client, merel, sent) -> None:
    ask(client, MAIL)
    for _ in range(4):
        assert "Deze code klopt niet." in text(type_code(client, WRONG))
    fifth = client.post("/inloggen/code/", {"code": WRONG}, follow=True)
    assert "Deze code is verlopen. We sturen een nieuwe." in text(fifth)
    assert len(sent) == 2
    type_code(client, sent[0].code)
    assert signed_in_as(client) == ""
    type_code(client, sent[1].code)
    assert signed_in_as(client) == str(merel.pk)


def test_tries_side_by_side_share_one_count(client, merel, sent, monkeypatch) -> None:
    """Parallel requests all read a session without failures; the count in the cache still stops them."""
    ask(client, MAIL)
    session = client.session
    fresh = dict(session.items())
    for _ in range(5):
        type_code(client, WRONG)
        session = client.session
        session.clear()
        session.update(fresh)
        session.save()
    type_code(client, sent[0].code)
    assert signed_in_as(client) == ""


def test_code_works_ten_minutes(client, merel, sent) -> None:
    with time_machine.travel(dt.datetime(2026, 10, 13, 10, 0, tzinfo=dt.UTC), tick=False) as clock_:
        ask(client, MAIL)
        clock_.shift(dt.timedelta(minutes=10))
        type_code(client, sent[0].code)
        assert signed_in_as(client) == str(merel.pk)


@pytest.mark.parametrize("minutes", [11, 20, 60])
def test_code_after_ten_minutes_is_over_and_a_new_one_comes(client, merel, sent, minutes) -> None:
    with time_machine.travel(dt.datetime(2026, 10, 13, 10, 0, tzinfo=dt.UTC), tick=False) as clock_:
        ask(client, MAIL, next="/cursussen/")
        clock_.shift(dt.timedelta(minutes=minutes))
        late = client.post("/inloggen/code/", {"code": sent[0].code}, follow=True)
        assert "Deze code is verlopen. We sturen een nieuwe." in text(late)
        assert signed_in_as(client) == ""
        done = type_code(client, sent[1].code)
        assert (done.url, signed_in_as(client)) == ("/cursussen/", str(merel.pk))


def test_code_works_once(client, merel, sent) -> None:
    ask(client, MAIL)
    type_code(client, sent[0].code)
    client.post("/uitloggen/")
    assert type_code(client, sent[0].code).url == "/inloggen/"
    assert signed_in_as(client) == ""


def test_code_works_only_in_the_browser_that_asked(client, merel, sent) -> None:
    ask(client, MAIL)
    other = Client()
    assert type_code(other, sent[0].code).url == "/inloggen/"
    ask(other, "ander@utrecht.nl")
    type_code(other, sent[0].code)
    assert signed_in_as(other) == ""


def test_new_request_ends_the_code_before_it(client, merel, sent) -> None:
    ask(client, MAIL)
    client.post("/inloggen/code/opnieuw/")
    assert len(sent) == 2
    assert "Deze code klopt niet." in text(type_code(client, sent[0].code))
    type_code(client, sent[1].code)
    assert signed_in_as(client) == str(merel.pk)


def test_code_of_one_person_does_not_sign_in_another(client, merel, sent) -> None:
    PersonFactory(email="jan@utrecht.nl")
    ask(client, MAIL)
    ask(client, "jan@utrecht.nl")
    type_code(client, sent[0].code)
    assert signed_in_as(client) == ""


@pytest.mark.parametrize("code", ["c" * 10_000, "🎉" * 8, "'; DROP TABLE", "\u202eABCDEFGH", "0"])
def test_strange_code_is_a_wrong_code(client, merel, sent, code) -> None:
    ask(client, MAIL)
    assert "Deze code klopt niet." in text(type_code(client, code))


def test_session_keeps_a_hash_and_no_code(client, merel, sent, caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(client, MAIL)
        type_code(client, WRONG)
    assert sent[0].code not in str(dict(client.session.items()))
    assert re.fullmatch(
        r"[0-9a-f]{64}",
        client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"],
    )
    assert sent[0].code not in caplog.text


def test_session_key_changes_at_sign_in(client, merel, sent) -> None:
    """Session fixation: who planted the key before has nothing after."""
    ask(client, MAIL)
    planted = client.session.session_key
    type_code(client, sent[0].code)
    assert client.session.session_key != planted
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert signed_in_as(thief) == ""


def test_person_who_was_forgotten_meanwhile_gets_a_new_row(client, sent) -> None:
    ask(client, "nieuw@utrecht.nl")
    Person.objects.all().delete()
    late = type_code(client, sent[0].code)
    assert (late.url, signed_in_as(client)) == ("/inloggen/code/", "")
    type_code(client, sent[1].code)
    assert signed_in_as(client) == str(Person.objects.get().pk)


# How long


@pytest.mark.parametrize(
    ("maker", "hours"),
    [
        (PersonFactory, 30 * 24),
        (coordinator, 8),
        (national_coordinator, 8),
        (lambda **fields: PersonFactory(is_staff=True, **fields), 8),
    ],
)
def test_session_length_follows_the_role(client, sent, maker, hours) -> None:
    maker(email=MAIL)
    ask(client, MAIL)
    type_code(client, sent[0].code)
    assert client.session.get_expiry_age() == hours * 3600


def test_role_granted_in_a_running_session_shortens_it(client, merel, sent) -> None:
    ask(client, MAIL)
    type_code(client, sent[0].code)
    Role.objects.create(person=merel, kind=Role.Kind.COORDINATOR, organisation=merel.organisation)
    client.get("/coordinatie/toegang/")
    assert client.session.get_expiry_age() == 8 * 3600


# Where to


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/cursussen/?q=brief", "/cursussen/?q=brief"),
        ("https://evil.example/", "/mijn/"),
        ("//evil.example/", "/mijn/"),
        ("/\\evil.example/", "/mijn/"),
        ("javascript:alert(1)", "/mijn/"),
        ("http://testserver/cursussen/", "/mijn/"),
        ("cursussen/", "/mijn/"),
        ("/" + "a" * 10_000, "/mijn/"),
        ("", "/mijn/"),
    ],
)
def test_next_stays_on_our_own_host(client, merel, sent, wanted, goes) -> None:
    ask(client, MAIL, next=wanted)
    assert type_code(client, sent[0].code).url == goes


def test_next_travels_through_the_sign_in_page(client, merel) -> None:
    page = client.get("/inloggen/", {"next": "/cursussen/"}).content.decode()
    assert page.count('<input type="hidden" name="next" value="/cursussen/">') == 1


def test_who_is_signed_in_does_not_see_the_form(client, merel) -> None:
    client.force_login(merel)
    assert client.get("/inloggen/", {"next": "/cursussen/"}).url == "/cursussen/"


@pytest.mark.parametrize(
    ("kind", "goes"),
    [("shared", "/mijn/organisatie/?next=%2Fmijn%2F"), ("unknown", "/mijn/organisatie/?next=%2Fmijn%2F")],
)  # fmt: skip
def test_organisation_is_asked_after_the_code_where_the_mail_does_not_tell(
    client, sent, kind, goes
) -> None:
    if kind == "shared":
        OrganisationFactory(domain="rijksoverheid.nl")
        OrganisationFactory(domain="rijksoverheid.nl")
    ask(client, "jan@rijksoverheid.nl")
    assert type_code(client, sent[0].code).url == goes


def test_person_of_a_domain_that_became_known_gets_the_organisation_at_sign_in(
    client, sent
) -> None:
    person = PersonFactory(email=MAIL, organisation=None, organisation_confirmed=False)
    utrecht = OrganisationFactory(domain="utrecht.nl")
    ask(client, MAIL)
    assert type_code(client, sent[0].code).url == "/mijn/"
    person.refresh_from_db()
    assert (person.organisation, person.organisation_confirmed) == (utrecht, True)


# GET changes nothing, POST needs its token


@pytest.mark.parametrize("path", ["/uitloggen/", "/inloggen/code/opnieuw/"])
def test_get_neither_signs_out_nor_sends(client, merel, sent, path) -> None:
    client.force_login(merel)
    assert client.get(path).status_code == 405
    assert (signed_in_as(client), sent) == (str(merel.pk), [])


@pytest.mark.parametrize("path", ["/inloggen/", "/inloggen/code/", "/uitloggen/"])
def test_post_without_csrf_token_does_nothing(merel, sent, path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(merel)
    assert client.post(path, {"email": MAIL}).status_code == 403
    assert (signed_in_as(client), sent) == (str(merel.pk), [])


def test_sign_out_ends_the_session(client, merel) -> None:
    client.force_login(merel)
    key = client.session.session_key
    assert client.post("/uitloggen/").url == "/"
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key
    assert (signed_in_as(client), signed_in_as(thief)) == ("", "")


def test_code_page_without_a_request_starts_over(client) -> None:
    assert client.get("/inloggen/code/").url == "/inloggen/"
    assert client.post("/inloggen/code/opnieuw/").url == "/inloggen/"


def test_code_field_is_what_phones_and_screen_readers_expect(client, merel, sent) -> None:
    ask(client, MAIL)
    page = client.get("/inloggen/code/").content.decode()
    field = re.search(r"<input[^>]+name=\"code\"[^>]*>", page).group()
    assert 'autocomplete="one-time-code"' in field
    assert 'inputmode="text"' in field


def test_pages_of_allauth_are_not_there(client) -> None:
    for path in ("/accounts/login/", "/accounts/", "/login/", "/accounts/signup/"):
        assert client.get(path).status_code == 404


# How often

TOO_OFTEN = "Je probeert het vaak achter elkaar. Wacht een minuut."


@pytest.fixture
def noon():
    with time_machine.travel(dt.datetime(2026, 10, 13, 12, 0, tzinfo=dt.UTC), tick=False) as moment:
        yield moment


def test_sixth_code_for_one_address_in_fifteen_minutes_is_refused(noon, merel, sent) -> None:
    for number in range(5):
        ask(Client(REMOTE_ADDR=f"192.0.2.{number}"), MAIL)
    sixth = ask(Client(REMOTE_ADDR="192.0.2.99"), MAIL)
    assert (sixth.status_code, len(sent)) == (429, 5)
    assert TOO_OFTEN in text(sixth)
    noon.shift(dt.timedelta(minutes=15))
    assert ask(Client(), MAIL).status_code == 302


def test_unknown_address_is_limited_as_a_known_one(noon, sent) -> None:
    statuses = [ask(Client(), "onbekend@utrecht.nl").status_code for _ in range(6)]
    assert statuses == [302, 302, 302, 302, 302, 429]


def test_an_organisation_behind_one_address_signs_in_during_the_rush(noon, sent, settings) -> None:
    """What docs/decisions/0008 promises: 2,500 people of one organisation in the first hour."""
    for number in range(2500):
        assert signin.per_network().allows("192.0.2.1")
        assert signin.per_domain().allows("utrecht.nl"), number
    assert ask(Client(REMOTE_ADDR="192.0.2.1"), MAIL).status_code == 302


def test_codes_an_hour_for_one_network_are_a_setting(noon, sent, settings) -> None:
    settings.CODES_PER_HOUR_PER_NETWORK = 60
    client = Client(REMOTE_ADDR="2001:db8::1")
    for number in range(60):
        assert signin.per_network().allows(limits.network(f"2001:db8::{number:x}"))
    assert ask(client, MAIL).status_code == 429
    assert ask(Client(REMOTE_ADDR="2001:db8:0:1::1"), MAIL).status_code == 302
    noon.shift(dt.timedelta(hours=1))
    assert ask(client, MAIL).status_code == 302


def test_codes_an_hour_for_one_domain_are_a_setting(noon, sent, settings) -> None:
    settings.CODES_PER_HOUR_PER_DOMAIN = 600
    for _ in range(600):
        assert signin.per_domain().allows("utrecht.nl")
    assert ask(Client(), MAIL).status_code == 429
    assert ask(Client(), "merel@zeist.nl").status_code == 302


def test_resending_counts_too(noon, client, merel, sent) -> None:
    ask(client, MAIL)
    for _ in range(4):
        client.post("/inloggen/code/opnieuw/")
    sixth = client.post("/inloggen/code/opnieuw/", follow=True)
    assert TOO_OFTEN in text(sixth)
    assert len(sent) == 5
    type_code(client, sent[-1].code)
    assert signed_in_as(client) == str(merel.pk)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "ip"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.66, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.66, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "no address", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_only_our_own_proxies_say_where_somebody_is(settings, proxies, forwarded, ip) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get(
        "/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": forwarded}
    )
    assert client_ip(request) == ip


def test_language_of_the_page_is_the_language_of_a_new_person(client, sent) -> None:
    client.post("/en/inloggen/", {"email": MAIL}, headers={"Accept-Language": "nl"})
    assert sent[0].language == "en"


def test_asking_takes_as_many_queries_for_known_as_for_unknown(merel, sent) -> None:
    known = data_queries(lambda: ask(Client(), MAIL))
    again = data_queries(lambda: ask(Client(), MAIL))
    unknown = data_queries(lambda: ask(Client(), "nieuw@utrecht.nl"))
    assert (again, unknown) == (known, known + 1)  # the new row
