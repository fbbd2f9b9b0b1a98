# SPDX-License-Identifier: EUPL-1.2
"""The hard rules: one sentence each, and the same answer for one pair as for a whole round."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base import clock
from matching.domain import eligibility, rounds
from matching.domain.eligibility import (
    Asked,
    Rows,
    Rule,
    Trainer,
    Window,
    at_one_place,
    columns,
    obstacles,
)
from matching.models import Dismissal, KnowledgeRequest, Match, Support, TrainerProfile
from tests.factories import OrganisationFactory, PersonFactory

FINE = Trainer(
    person=7,
    withdrawn=False,
    paused=False,
    gone=False,
    left=2,
    languages=1,
    provinces=0b100,
    online=True,
)
ASKED = Asked(language=1, online=True, provinces=0, first=10, last=20)


def changed(row, **fields):
    return type(row)(**{name: getattr(row, name) for name in row.__dataclass_fields__} | fields)


@pytest.mark.parametrize(
    ("trainer", "asked", "broken"),
    [
        ({}, {}, []),
        ({"withdrawn": True}, {}, [Rule.WITHDRAWN]),
        ({"paused": True}, {}, [Rule.PAUSED]),
        ({"gone": True}, {}, [Rule.GONE]),
        ({"left": 0}, {}, [Rule.FULL]),
        ({}, {"language": 2}, [Rule.LANGUAGE]),
        ({"online": False}, {}, [Rule.PLACE]),
        ({}, {"online": False, "provinces": 0b010}, [Rule.PLACE]),
        ({}, {"online": False, "provinces": 0b110}, []),
        ({"online": False}, {"provinces": 0b100}, []),
        ({}, {"first": 21}, [Rule.DATES]),
        ({}, {"own": frozenset({7})}, [Rule.OWN]),
        ({}, {"dismissed": frozenset({7, 8})}, [Rule.DISMISSED]),
        ({}, {"said_no": frozenset({7})}, [Rule.SAID_NO]),
        ({"paused": True, "left": -1}, {"own": frozenset({7})}, ["paused", "full", "own"]),
    ],
)
def test_obstacles_names_every_broken_rule(trainer, asked, broken) -> None:
    assert obstacles(changed(FINE, **trainer), changed(ASKED, **asked)) == broken


TRAINERS = st.builds(
    Trainer,
    person=st.integers(1, 6),
    withdrawn=st.booleans(),
    paused=st.booleans(),
    gone=st.booleans(),
    left=st.integers(-1, 2),
    languages=st.integers(0, 3),
    provinces=st.integers(0, 7),
    online=st.booleans(),
)
QUESTIONS = st.builds(
    Asked,
    language=st.integers(1, 2),
    online=st.booleans(),
    provinces=st.integers(0, 7),
    first=st.integers(0, 3),
    last=st.integers(1, 3),
    own=st.frozensets(st.integers(1, 6), max_size=2),
    dismissed=st.frozensets(st.integers(1, 6), max_size=2),
    said_no=st.frozensets(st.integers(1, 6), max_size=2),
)


@given(
    st.lists(TRAINERS, min_size=1, max_size=6),
    st.lists(st.lists(QUESTIONS, min_size=1, max_size=3), min_size=1, max_size=4),
)
@settings(max_examples=300, deadline=None)
def test_a_round_forbids_exactly_what_a_pair_forbids(trainers, bundles) -> None:
    pytest.importorskip("numpy")
    found = Rows(columns(trainers), bundles).allowed(range(len(bundles)))
    assert found.tolist() == [
        [
            not any(obstacles(trainer, asked) for asked in [*bundle, at_one_place(bundle)])
            for trainer in trainers
        ]
        for bundle in bundles
    ]


def test_a_bundle_needs_a_trainer_for_a_place_where_all_can_be() -> None:
    """Utrecht or online, and Zeeland or online: who only travels could help each, but not both at once."""
    pytest.importorskip("numpy")
    utrecht, zeeland = (changed(ASKED, provinces=bit) for bit in (0b001, 0b010))
    travels = changed(FINE, online=False, provinces=0b011)
    assert (obstacles(travels, utrecht), obstacles(travels, zeeland)) == ([], [])
    found = Rows(columns([travels, FINE]), [[utrecht], [zeeland], [utrecht, zeeland]])
    assert found.allowed(range(3)).tolist() == [[True, True], [True, True], [False, True]]


# --- out of the database --------------------------------------------------------------------------

DAY = dt.date(2026, 10, 5)


def profile(**fields) -> TrainerProfile:
    person = fields.pop("person", None) or PersonFactory()
    return TrainerProfile.objects.create(
        person=person, **{"headline": "Excel", "languages": ["nl"], **fields}
    )


def question(**fields) -> KnowledgeRequest:
    fields.setdefault("organisation", OrganisationFactory())
    return KnowledgeRequest.objects.create(
        **{
            "title": "Excel?",
            "text": "Hoe werkt Excel?",
            "state_changed_at": clock.now(),
            "closes_at": clock.now() + dt.timedelta(days=60),
            **fields,
        }
    )


def test_why_not_says_it_in_words(db) -> None:
    asker = PersonFactory()
    request = question(asker=asker, language="en", where="on_site")
    until = clock.today() + dt.timedelta(days=9)
    refused = profile(person=asker, state="paused", paused_until=until, provinces=["zeeland"])
    assert [text.split(" tot ")[0] for text in eligibility.why_not(request, refused)] == [
        "Deze collega heeft pauze",
        "Deze collega geeft geen les in deze taal.",
        "Deze collega kan niet op deze plek lesgeven.",
        "Deze collega stelt de vraag zelf.",
    ]
    assert (
        eligibility.why_not(request, profile(languages=["nl", "en"], provinces=["utrecht"])) == []
    )


def test_why_not_knows_what_happened_before(db) -> None:
    request, other = question(), question()
    supporter, dismissed, refuser = profile(), profile(), profile()
    Support.objects.create(request=request, person=supporter.person)
    Dismissal.objects.create(request=request, trainer=dismissed.person, reason="other")
    Match.objects.create(request=request, trainer=refuser.person, state="declined")
    for row in (supporter, dismissed, refuser):
        assert len(eligibility.why_not(request, row)) == 1
        assert eligibility.why_not(other, row) == []


def test_capacity_counts_this_calendar_year_and_no_refusals(db) -> None:
    full = profile(requests_per_year=2)
    now = clock.now()

    def match(state: str, at: dt.datetime) -> None:
        Match.objects.create(
            request=question(), trainer=full.person, state=state, asked_at=at, answer_due_at=at
        )

    match("asked", now)
    match("declined", now)
    match("withdrawn", now)
    match("done", now - dt.timedelta(days=366))
    request = question()
    assert eligibility.why_not(request, full) == []
    match("done", now)
    assert eligibility.why_not(request, full) == ["Deze collega kreeg dit jaar al genoeg vragen."]


@pytest.mark.parametrize(
    ("fields", "possible"),
    [
        ({}, True),
        ({"not_after": DAY - dt.timedelta(days=1)}, False),
        ({"not_after": DAY}, True),
        ({"not_before": DAY + dt.timedelta(days=4)}, True),
        ({"not_before": DAY + dt.timedelta(days=5)}, False),
    ],
)
def test_a_round_before_an_edition_takes_what_can_be_taught_in_it(db, fields, possible) -> None:
    request = question(**fields)
    window = Window(DAY, DAY + dt.timedelta(days=4))
    assert (eligibility.why_not(request, profile(), window=window) == []) is possible
    found = KnowledgeRequest.objects.filter(rounds.in_time(window))
    assert list(found) == ([request] if possible else [])


def test_pool_reads_the_same_as_one_profile(db, django_assert_num_queries) -> None:
    pytest.importorskip("numpy")
    on = clock.today()
    later = on + dt.timedelta(days=1)
    rows = [
        profile(languages=["nl", "en"], provinces=["utrecht", "zeeland"], online=False),
        profile(state="paused"),
        profile(state="paused", paused_until=on),
        profile(state="paused", paused_until=later),
        profile(person=PersonFactory(is_active=False)),
        profile(person=PersonFactory(verified_at=None)),
        profile(person=PersonFactory(organisation=None)),
    ]
    profile(state="withdrawn")
    Match.objects.create(request=question(), trainer=rows[0].person, state="accepted")
    with django_assert_num_queries(2):
        profiles, found = eligibility.pool(on=on)
    assert profiles == [row.pk for row in rows]
    taken = eligibility.taken_this_year(on=on)
    for at, row in enumerate(rows):
        one = eligibility.trainer_of(row, on=on, taken=taken)
        assert {name: getattr(found, name)[at] for name in one.__dataclass_fields__} == vars(one)
