# SPDX-License-Identifier: EUPL-1.2
"""Rows behind addresses, names, organisations and who confirms them."""

import pytest
from django.db import connection

from accounts.domain import people
from accounts.domain.names import clean_name
from accounts.errors import InvalidEmail, InvalidName, PersonRefused, PrivateAddress
from accounts.models import AuditEvent, Organisation, Person, Role
from accounts.signals import organisation_confirmed, organisation_rejected
from tests.accounts.conftest import data_queries
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    coordinator,
    national_coordinator,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Merel   de Jong ", "Merel de Jong"),
        ("Merel\r\nBcc: iedereen@utrecht.nl", "Merel Bcc: iedereen@utrecht.nl"),
        ("Merel\u2028de\0Jong\t", "Merel de Jong"),
        ("Merel 🎉 👩‍💻", "Merel 🎉 👩‍💻"),
        ("مريم دي يونغ", "مريم دي يونغ"),
        ("\u202egnoJ ed\u202c Merel", "gnoJ ed Merel"),
        ('"><script>alert(1)</script>', '"><script>alert(1)</script>'),
        ("Zo\u0065\u0308", "Zoë"),
        ("a" * 120, "a" * 120),
    ],
)
def test_name_is_one_line_without_tricks(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "  ", "\r\n", "🎉", "-", "\u202e"])
def test_name_without_a_letter_is_refused(typed: str) -> None:
    with pytest.raises(InvalidName) as refused:
        clean_name(typed)
    assert refused.value.sentence == "Vul je naam in."


@pytest.mark.parametrize("length", [121, 10_000, 1_000_000])
def test_long_name_is_refused_clearly(length: int) -> None:
    with pytest.raises(InvalidName) as refused:
        clean_name("a" * length)
    assert refused.value.sentence == "Dit is te lang. Gebruik hooguit 120 tekens."


def test_new_address_gets_an_unverified_row_with_its_organisation() -> None:
    utrecht = OrganisationFactory(domain="utrecht.nl")
    person = people.person_for_email("Merel@Utrecht.nl", language="en")
    assert (person.email, person.name, person.organisation, person.organisation_confirmed) == (
        "merel@utrecht.nl",
        "",
        utrecht,
        True,
    )
    assert (person.verified_at, person.has_usable_password(), person.language) == (
        None,
        False,
        "en",
    )


def test_known_address_is_not_touched() -> None:
    OrganisationFactory(domain="utrecht.nl")
    before = PersonFactory(email="merel@utrecht.nl", name="Merel", organisation=None)
    person = people.person_for_email("merel@utrecht.nl", language="en")
    assert person == before
    assert (person.name, person.organisation, person.language, person.updated_at) == (
        "Merel",
        None,
        "nl",
        before.updated_at,
    )


def test_plus_tag_is_another_address() -> None:
    people.person_for_email("merel@utrecht.nl")
    assert people.person_for_email("merel+tjc@utrecht.nl").email == "merel+tjc@utrecht.nl"
    assert Person.objects.count() == 2


@pytest.mark.parametrize("email", ["merel@gmail.com", "MEREL@Ziggo.NL"])
def test_private_address_gets_a_friendly_no_and_no_row(email: str) -> None:
    with pytest.raises(PrivateAddress) as refused:
        people.person_for_email(email)
    assert refused.value.sentence == (
        "Gebruik je werkmail. Met een privéadres kunnen we niet zien waar je werkt."
    )
    assert not Person.objects.exists()


def test_person_for_email_does_the_same_for_known_and_unknown() -> None:
    PersonFactory(email="merel@utrecht.nl")
    assert data_queries(lambda: people.person_for_email("merel@utrecht.nl")) == 2
    # Only the row itself more.
    assert data_queries(lambda: people.person_for_email("nieuw@utrecht.nl")) == 3


@pytest.mark.parametrize(
    ("domain", "chosen_confirmed"), [("rijksoverheid.nl", True), ("elders.nl", False)]
)
def test_choice_counts_at_once_where_the_domain_allows_it(
    domain: str, chosen_confirmed: bool
) -> None:
    bzk = OrganisationFactory(domain="rijksoverheid.nl")
    OrganisationFactory(domain="rijksoverheid.nl")
    person = PersonFactory(email=f"m@{domain}", organisation=None, organisation_confirmed=False)
    people.choose_organisation(person, bzk)
    person.refresh_from_db()
    assert (person.organisation, person.organisation_confirmed) == (bzk, chosen_confirmed)


def test_who_chooses_another_organisation_no_longer_coordinates_the_old_one() -> None:
    old, new, second = OrganisationFactory(), OrganisationFactory(), OrganisationFactory()
    person = coordinator(old)
    Role.objects.create(person=person, kind=Role.Kind.COORDINATOR, organisation=second)
    Role.objects.create(person=person, kind=Role.Kind.NATIONAL)
    other = coordinator(old)
    people.choose_organisation(person, old)
    assert person.roles.count() == 3
    people.choose_organisation(person, new)
    kept = person.roles.order_by("kind").values_list("kind", "organisation")
    assert list(kept) == [("coordinator", second.pk), ("national", None)]
    assert (Role.Kind.COORDINATOR, old.pk) not in person.role_keys
    assert other.roles.count() == 1
    assert AuditEvent.objects.filter(verb="role.revoked", organisation=old).count() == 1


def test_complete_profile_fills_only_what_is_empty() -> None:
    first, second = OrganisationFactory(), OrganisationFactory()
    person = PersonFactory(name="", organisation=None, organisation_confirmed=False)
    people.complete_profile(person, name=" Merel\nde Jong ", organisation=first)
    people.complete_profile(person, name="Iemand Anders", organisation=second)
    person.refresh_from_db()
    assert (person.name, person.organisation, person.organisation_confirmed) == (
        "Merel de Jong",
        first,
        False,
    )


def test_change_profile_cleans_what_was_typed() -> None:
    person = PersonFactory()
    people.change_profile(
        person, name="Zoë\r\n", language="en", function="jurist\n", province="utrecht"
    )
    person.refresh_from_db()
    assert (person.name, person.language, person.function, person.province) == (
        "Zoë",
        "en",
        "jurist",
        "utrecht",
    )


# Colleagues whom a coordinator signs up


def test_new_colleague_of_the_own_domain_is_invited_once() -> None:
    utrecht = OrganisationFactory(domain="utrecht.nl")
    by = coordinator(utrecht)
    made = people.invite_colleague(name="Jan", email="Jan@utrecht.nl", by=by, organisation=utrecht)
    again = people.invite_colleague(
        name="Ander", email="jan@utrecht.nl", by=by, organisation=utrecht
    )
    assert again == made
    made.refresh_from_db()
    assert (made.name, made.organisation, made.organisation_confirmed, made.verified_at) == (
        "Jan",
        utrecht,
        True,
        None,
    )
    assert list(AuditEvent.objects.values_list("verb", "actor")) == [("person.invited", by.pk)]


def test_colleague_who_works_here_may_have_any_address() -> None:
    utrecht = OrganisationFactory(domain="utrecht.nl")
    colleague = PersonFactory(email="jan@elders.nl", organisation=utrecht)
    found = people.invite_colleague(
        name="Jan", email="jan@elders.nl", by=coordinator(utrecht), organisation=utrecht
    )
    assert found == colleague


def test_every_other_address_gets_the_same_sentence() -> None:
    utrecht = OrganisationFactory(name="Gemeente Utrecht", domain="utrecht.nl")
    by = coordinator(utrecht)
    zeist = OrganisationFactory(domain="zeist.nl")
    PersonFactory(email="bekend@zeist.nl", organisation=zeist)
    PersonFactory(email="overgestapt@utrecht.nl", organisation=zeist)
    PersonFactory(email="weg@utrecht.nl", organisation=utrecht, is_active=False)
    sentences = set()
    for email in (
        "bekend@zeist.nl",
        "onbekend@zeist.nl",
        "onbekend@nergens.nl",
        "overgestapt@utrecht.nl",
        "weg@utrecht.nl",
    ):
        with pytest.raises(PersonRefused) as refused:
            people.invite_colleague(name="X Y", email=email, by=by, organisation=utrecht)
        sentences.add(refused.value.sentence)
    (sentence,) = sentences
    assert sentence == (
        "Je kunt alleen collega’s van Gemeente Utrecht aanmelden. Werkt iemand ergens anders? Die kan zich zelf "
        "aanmelden."
    )
    assert not Person.objects.filter(email="onbekend@zeist.nl").exists()


def test_unverified_row_without_organisation_becomes_a_colleague_where_the_domain_is_shared() -> (
    None
):
    bzk = OrganisationFactory(domain="rijksoverheid.nl")
    OrganisationFactory(domain="rijksoverheid.nl")
    person = people.person_for_email("jan@rijksoverheid.nl")
    found = people.invite_colleague(
        name="Jan", email="jan@rijksoverheid.nl", by=coordinator(bzk), organisation=bzk
    )
    person.refresh_from_db()
    assert (found, person.organisation, person.name) == (person, bzk, "Jan")


@pytest.mark.parametrize(
    ("email", "name", "error"),
    [
        ("jan", "Jan", InvalidEmail),
        ("jan@gmail.com", "Jan", PrivateAddress),
        ("jan@utrecht.nl", "", InvalidName),
        ("jan@utrecht.nl", "J" * 10_000, InvalidName),
    ],
)
def test_bad_invitation_makes_nobody(email: str, name: str, error: type[Exception]) -> None:
    utrecht = OrganisationFactory(domain="utrecht.nl")
    by = coordinator(utrecht)
    with pytest.raises(error):
        people.invite_colleague(name=name, email=email, by=by, organisation=utrecht)
    assert Person.objects.count() == 1


# Confirming where somebody works


@pytest.fixture
def heard():
    events: list[tuple[str, int, int, int]] = []

    def listen(name):
        def receive(sender, *, person, organisation, by, **kwargs):
            events.append((name, person.pk, organisation.pk, by.pk))

        return receive

    yes, no = listen("confirmed"), listen("rejected")
    organisation_confirmed.connect(yes)
    organisation_rejected.connect(no)
    yield events
    organisation_confirmed.disconnect(yes)
    organisation_rejected.disconnect(no)


def test_coordinator_confirms_a_colleague(heard) -> None:
    person = PersonFactory(organisation_confirmed=False)
    by = coordinator(person.organisation)
    people.confirm_organisation(person, by=by)
    person.refresh_from_db()
    assert person.organisation_confirmed is True
    assert heard == [("confirmed", person.pk, person.organisation_id, by.pk)]
    assert AuditEvent.objects.get().verb == "organisation.confirmed"


def test_coordinator_says_somebody_does_not_work_here(heard) -> None:
    person = PersonFactory(organisation_confirmed=False)
    organisation = person.organisation
    by = coordinator(organisation)
    people.reject_organisation(person, by=by)
    person.refresh_from_db()
    assert (person.organisation, person.organisation_confirmed) == (None, False)
    assert heard == [("rejected", person.pk, organisation.pk, by.pk)]


def test_decision_stands(heard) -> None:
    person = PersonFactory(organisation_confirmed=False)
    by = coordinator(person.organisation)
    people.confirm_organisation(person, by=by)
    with pytest.raises(PersonRefused) as refused:
        people.reject_organisation(person, by=by)
    assert refused.value.sentence == "Hier is al over beslist."
    assert len(heard) == 1


@pytest.mark.parametrize("maker", [coordinator, PersonFactory])
def test_others_confirm_nobody(maker, heard) -> None:
    person = PersonFactory(organisation_confirmed=False)
    with pytest.raises(PersonRefused):
        people.confirm_organisation(person, by=maker())
    person.refresh_from_db()
    assert (person.organisation_confirmed, heard) == (False, [])


def test_nobody_confirms_themselves() -> None:
    person = coordinator(organisation_confirmed=False)
    with pytest.raises(PersonRefused):
        people.confirm_organisation(person, by=person)


def test_national_yes_also_confirms_a_named_organisation() -> None:
    named = OrganisationFactory(confirmed=False)
    person = PersonFactory(organisation=named, organisation_confirmed=False)
    people.confirm_organisation(person, by=national_coordinator())
    assert Organisation.objects.get(pk=named.pk).confirmed is True


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (
            Person.objects.filter(verified_at__isnull=True, created_at__lt="2026-01-01T00:00Z"),
            "person_unverified",
        ),
        (
            Person.objects.filter(organisation__isnull=False, organisation_confirmed=False),
            "person_unconfirmed",
        ),
    ],
)
def test_the_few_who_wait_are_found_without_reading_everybody(rows, index) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a small table is read whole, index or not
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    assert index in rows.values("pk").order_by().explain()
