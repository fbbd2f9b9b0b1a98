# SPDX-License-Identifier: EUPL-1.2
"""Which organisation an address belongs to, and the addresses themselves."""

import datetime as dt

import pytest

from accounts.domain import organisations
from accounts.domain.organisations import match_email, normalise_email
from accounts.errors import InvalidEmail, InvalidName
from accounts.models import AuditEvent, EmailDomain, Organisation, Role
from base import clock
from tests.factories import OrganisationFactory, PersonFactory, coordinator

YESTERDAY = dt.timedelta(days=1)

GOOD = [
    ("merel@utrecht.nl", "merel@utrecht.nl"),
    ("  Merel.DeJong@Utrecht.NL ", "merel.dejong@utrecht.nl"),
    ("merel+tjc@utrecht.nl", "merel+tjc@utrecht.nl"),
    ("m.o'brien@team.dji.minjus.nl", "m.o'brien@team.dji.minjus.nl"),
    ("merel@gemeenté.nl", "merel@xn--gemeent-hya.nl"),
    ("merel@XN--GEMEENT-HYA.NL", "merel@xn--gemeent-hya.nl"),
    ("merel@ｕtrecht.nl", "merel@utrecht.nl"),
    ("a@b.frl", "a@b.frl"),
]
BAD = [
    "",
    "merel",
    "merel@",
    "@utrecht.nl",
    "merel@utrecht",
    "merel@@utrecht.nl",
    "merel@jan@utrecht.nl",
    "merel@utrecht..nl",
    "merel@-utrecht.nl",
    "merel@utrecht.nl.",
    "merel@127.0.0.1",
    "merel@[127.0.0.1]",
    ".merel@utrecht.nl",
    "me..rel@utrecht.nl",
    "merel de jong@utrecht.nl",
    '"merel"@utrecht.nl',
    "merel@utrecht.nl\r\nBcc: iedereen@utrecht.nl",
    "merel\r\n@utrecht.nl",
    "merel@utrecht.nl\n",
    "merel\0@utrecht.nl",
    "merél@utrecht.nl",
    "🎉@utrecht.nl",
    "merel@🎉.nl ",
    "\u202elerem@utrecht.nl",
    '"><script>alert(1)</script>@utrecht.nl',
    "<merel@utrecht.nl>",
    "merel@utrecht.nl,jan@utrecht.nl",
    f"{'a' * 65}@utrecht.nl",
    f"merel@{'a' * 64}.nl",
]


@pytest.mark.parametrize(("typed", "kept"), GOOD)
def test_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert normalise_email(typed) == kept


@pytest.mark.parametrize("typed", [t for t in BAD if t != "merel@🎉.nl "])
def test_address_that_mail_cannot_use_is_refused(typed: str) -> None:
    with pytest.raises(InvalidEmail) as refused:
        normalise_email(typed)
    assert refused.value.sentence == ("Dit is geen goed e-mailadres. Voorbeeld: naam@gemeente.nl")


@pytest.mark.parametrize("typed", ["a" * 10_000, f"{'a' * 9_988}@utrecht.nl", f"a@{'b.' * 140}nl"])
def test_address_of_ten_thousand_characters_is_refused_clearly(typed: str) -> None:
    with pytest.raises(InvalidEmail) as refused:
        normalise_email(typed)
    assert refused.value.sentence == "Dit e-mailadres is te lang."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "found"),
    [
        ("merel@minjus.nl", "Justitie"),
        ("merel@dji.minjus.nl", "DJI"),
        ("merel@team.dji.minjus.nl", "DJI"),
        ("merel@anders.minjus.nl", "Justitie"),
    ],
)
def test_longest_suffix_of_the_domain_decides(email: str, found: str) -> None:
    OrganisationFactory(name="Justitie", domain="minjus.nl")
    OrganisationFactory(name="DJI", domain="dji.minjus.nl")
    match = match_email(email)
    assert (match.kind, str(match.organisation)) == ("known", found)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email", ["merel@nietminjus.nl", "merel@minjus.nl.evil.com", "merel@nl.nl"]
)
def test_domain_that_only_looks_like_ours_is_unknown(email: str) -> None:
    OrganisationFactory(name="Justitie", domain="minjus.nl")
    assert match_email(email).kind == "unknown"


@pytest.mark.django_db
def test_domain_of_several_organisations_is_shared_and_gives_the_choices() -> None:
    bzk = OrganisationFactory(name="BZK", domain="rijksoverheid.nl")
    az = OrganisationFactory(name="AZ", domain="rijksoverheid.nl")
    match = match_email("merel@rijksoverheid.nl")
    assert (match.kind, match.organisation, match.choices) == ("shared", None, [az, bzk])
    assert match.covers(az)
    assert not match.covers(OrganisationFactory())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email",
    ["merel@gmail.com", "merel@hotmail.com", "merel@ziggo.nl", "merel@kpnmail.nl", "m@outlook.com",
     "merel@mail.gmail.com"],
)  # fmt: skip
def test_private_provider_is_private_even_if_somebody_filed_it(email: str) -> None:
    OrganisationFactory(domain=email.rpartition("@")[2])
    assert match_email(email).kind == "private"


@pytest.mark.django_db
def test_closed_organisation_gives_its_successor() -> None:
    new = OrganisationFactory(name="Land van Cuijk")
    old = OrganisationFactory(name="Cuijk", domain="cuijk.nl", successor=new)
    older = OrganisationFactory(name="Grave", domain="grave.nl", successor=old)
    for row in (old, older):
        row.valid_until = clock.today() - YESTERDAY
        row.save()
    assert match_email("merel@cuijk.nl").organisation == new
    assert match_email("merel@grave.nl").organisation == new


@pytest.mark.django_db
def test_merged_organisations_on_one_domain_are_one_choice() -> None:
    new = OrganisationFactory(domain="landvancuijk.nl")
    OrganisationFactory(
        domain="landvancuijk.nl", successor=new, valid_until=clock.today() - YESTERDAY
    )
    assert match_email("merel@landvancuijk.nl").organisation == new


@pytest.mark.django_db
def test_closed_organisation_without_successor_leaves_the_shorter_domain() -> None:
    whole = OrganisationFactory(domain="minjus.nl")
    OrganisationFactory(domain="oud.minjus.nl", valid_until=clock.today() - YESTERDAY)
    assert match_email("merel@oud.minjus.nl").organisation == whole


@pytest.mark.django_db
def test_last_day_of_an_organisation_still_counts() -> None:
    last_day = OrganisationFactory(domain="cuijk.nl", valid_until=clock.today())
    assert match_email("merel@cuijk.nl").organisation == last_day


@pytest.mark.django_db
def test_circle_of_successors_ends() -> None:
    one = OrganisationFactory(domain="een.nl", valid_until=clock.today() - YESTERDAY)
    two = OrganisationFactory(successor=one, valid_until=clock.today() - YESTERDAY)
    one.successor = two
    one.save()
    assert organisations.current(one) is None
    assert match_email("merel@een.nl").kind == "unknown"


@pytest.mark.django_db
def test_unconfirmed_organisation_matches_nobody() -> None:
    OrganisationFactory(domain="nieuw.nl", confirmed=False)
    assert match_email("merel@nieuw.nl").kind == "unknown"


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 20])
def test_match_takes_one_query_however_many_share_the_domain(
    how_many: int, django_assert_num_queries
) -> None:
    for _ in range(how_many):
        OrganisationFactory(domain="rijksoverheid.nl")
    with django_assert_num_queries(1):
        match_email("merel@sub.rijksoverheid.nl")


@pytest.mark.django_db
def test_named_organisation_waits_unconfirmed_and_gets_no_domain() -> None:
    made = organisations.propose_organisation("  Stichting\r\n Nieuw 🎉 ", email="a@nieuw.nl")
    assert (made.name, made.slug, made.confirmed) == (
        "Stichting Nieuw 🎉",
        "stichting-nieuw",
        False,
    )
    assert not EmailDomain.objects.exists()
    assert list(AuditEvent.objects.values_list("verb", "detail")) == [
        ("organisation.proposed", {"domain": "nieuw.nl"})
    ]


@pytest.mark.django_db
def test_naming_an_existing_organisation_gives_that_one() -> None:
    known = OrganisationFactory(name="Gemeente Utrecht")
    assert organisations.propose_organisation("gemeente utrecht", email="a@x.nl") == known
    first = organisations.propose_organisation("Nieuw Werk", email="a@x.nl")
    assert organisations.propose_organisation("NIEUW WERK", email="b@y.nl") == first


@pytest.mark.django_db
def test_naming_a_closed_organisation_gives_its_successor() -> None:
    new = OrganisationFactory(name="Land van Cuijk")
    OrganisationFactory(name="Cuijk", successor=new, valid_until=clock.today() - YESTERDAY)
    assert organisations.propose_organisation("Cuijk", email="a@x.nl") == new


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "   ", "-", "🎉", "a" * 251, "x" * 10_000])
def test_name_that_names_nothing_is_refused(name: str) -> None:
    with pytest.raises(InvalidName):
        organisations.propose_organisation(name, email="a@x.nl")
    assert Organisation.objects.count() == 0


@pytest.mark.django_db
def test_slugs_are_unique_and_stable() -> None:
    names = ["Gemeente Utrecht", "Gemeente-Utrecht!", "🎉🎉 aa", "بلدية أوترخت"]
    slugs = [organisations.propose_organisation(name, email="a@x.nl").slug for name in names]
    assert slugs == ["gemeente-utrecht", "gemeente-utrecht-2", "aa", "organisatie"]


@pytest.mark.django_db
def test_search_finds_words_and_abbreviations_among_the_living() -> None:
    utrecht = OrganisationFactory(name="Gemeente Utrecht")
    province = OrganisationFactory(name="Provincie Utrecht", abbreviation="UT")
    OrganisationFactory(name="Utrecht Oud", valid_until=clock.today() - YESTERDAY)
    OrganisationFactory(name="Utrecht Genoemd", confirmed=False)
    assert organisations.search("utrecht gem") == [utrecht]
    assert organisations.search("ut") == [province, utrecht]
    assert organisations.search("") == []
    assert organisations.search("x" * 10_000) == []
    assert organisations.search("%") == []


@pytest.mark.django_db
def test_hand_over_moves_people_and_roles_once() -> None:
    new = OrganisationFactory()
    old = OrganisationFactory(successor=new)
    person, both = coordinator(old), coordinator(old)
    Role.objects.create(person=both, kind=Role.Kind.COORDINATOR, organisation=new)
    assert organisations.hand_over(old) == 0  # still exists
    old.valid_until = clock.today() - YESTERDAY
    old.save()
    assert organisations.hand_over(old) == 2
    person.refresh_from_db()
    assert person.organisation == new
    assert sorted(Role.objects.values_list("person", "organisation")) == sorted(
        [(person.pk, new.pk), (both.pk, new.pk)]
    )
    assert organisations.hand_over(old) == 0


@pytest.mark.django_db
def test_domains_are_added_once_and_both_ways_are_on_record() -> None:
    organisation, person = OrganisationFactory(), PersonFactory()
    organisations.add_domain(organisation, "Nieuw.NL", by=person)
    organisations.add_domain(organisation, "nieuw.nl", by=person)
    organisations.remove_domain(organisation, "nieuw.nl", by=person)
    organisations.remove_domain(organisation, "nieuw.nl", by=person)
    events = AuditEvent.objects.order_by("at", "id").values_list("verb", "actor", "detail")
    assert list(events) == [
        ("email_domain.added", person.pk, {"domain": "nieuw.nl"}),
        ("email_domain.removed", person.pk, {"domain": "nieuw.nl"}),
    ]
    with pytest.raises(InvalidEmail):
        organisations.add_domain(organisation, "gmail.com", by=person)
    assert not EmailDomain.objects.exists()
