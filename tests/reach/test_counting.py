# SPDX-License-Identifier: EUPL-1.2
"""Counting a million rows in bulk gives what plain loops over the rows give: same people, same cells, same sums."""

import datetime as dt
import random
from collections import Counter, defaultdict

import pytest

from base import clock
from courses.models import Evaluation, Registration
from reach.domain import aggregate, counting, crowding, own_counts, parts, suppression
from reach.domain.facts import Facts, World
from reach.domain.suppression import Rules
from tests.factories import CourseFactory, EditionFactory, OrganisationFactory, ThemeFactory
from tests.reach import rows

pytestmark = pytest.mark.django_db

STATES = ["attended"] * 7 + ["absent", "waiting", "cancelled", "registered"]
DAY = dt.timedelta(days=1)


def a_network(seed):
    """An edition, and a year-round offer over two quarters, with the same people; some changed employer, some
    accounts are gone, some work nowhere that is known."""
    choose = random.Random(seed)
    organisations = [
        OrganisationFactory(layer=layer, province=province)
        for layer, province in zip(
            ("gemeente", "gemeente", "gemeente", "rijk", "rijk", "waterschap"),
            ("utrecht", "drenthe", "utrecht", "", "", "drenthe"),
            strict=True,
        )
    ]
    gone = OrganisationFactory(successor=organisations[0], valid_until=clock.today() - DAY)
    themes = [ThemeFactory() for _ in range(3)]
    courses = [
        CourseFactory(organisation=choose.choice(organisations), theme=choose.choice(themes))
        for _ in range(6)
    ]
    people = [person for place in organisations for person in rows.colleagues(place, 8)]
    edition = rows.finished_week()
    days = [edition.starts_on + number % 3 * DAY for number in range(6)]
    days += [clock.today() - number * 17 * DAY for number in range(1, 9)]
    registrations = []
    for number, day in enumerate(days):
        session = rows.session_on(
            day,
            course=choose.choice(courses),
            edition=edition if number < 6 else None,
            hour=choose.choice([9, 10, 13]),
            minutes=choose.choice([30, 60]),
        )
        for person in choose.sample(people, 26):
            state = choose.choice(STATES)
            employer = choose.choice([*organisations, gone, None])
            registrations.append(
                Registration(
                    session=session,
                    person=person if choose.random() < 0.95 else None,
                    organisation=person.organisation if choose.random() < 0.8 else employer,
                    state=state,
                    queued_at=clock.now() if state == "waiting" else None,
                    cancelled_at=clock.now() if state == "cancelled" else None,
                )
            )
    choose.shuffle(registrations)  # the order of time is not the order of the rows
    Registration.objects.bulk_create(registrations)
    Evaluation.objects.bulk_create(
        Evaluation(registration=row, score=choose.randint(1, 10), recommend=choose.randint(0, 10))
        for row in registrations
        if row.state == "attended" and choose.random() < 0.5
    )
    return frozenset(place.pk for place in organisations[:4])


@pytest.fixture(params=[1, 2, 3])
def network(request):
    coordinated = a_network(request.param)
    world = World()
    facts = Facts(world)
    counted, _written = aggregate._parts(
        world, facts, Rules(threshold=3), now=clock.now(), today=clock.today(), backfill=True
    )
    assert sum(found.is_open for found in counted.values()) >= 3
    offered = aggregate.every_scope(world)
    return world, facts, counted, aggregate._by_part(offered, world, counted), coordinated


def registrations(world, *states):
    """Row by row: person, position of the session, session, organisation, and what was said."""
    asked = Registration.objects.filter(state__in=states).select_related("evaluation")
    found = []
    for row in asked.order_by("pk"):
        where = world.position[row.session_id]
        place = world.places[row.organisation_id].pk if row.organisation_id else 0
        found.append((row, row.person_id or -row.pk, where, world.sessions[where], place))
    return found


def test_every_cell_of_every_period_holds_the_people_of_plain_loops(network):
    world, facts, counted, scopes_of, _coordinated = network
    people, places, hosts = defaultdict(set), defaultdict(set), defaultdict(set)
    for _row, who, _where, session, place in registrations(world, "attended"):
        part = counted[session.part]
        if not part.is_open:
            continue
        kind = parts.Crowds(world.parts[session.part]).kind_of(session)
        flow = (parts.layer_of_place(part).get(place, ""), session.host.layer)
        cells = (
            *parts.place_cells(part).get(place, ()),
            *parts.session_cells(part).get(kind, ()),
            *parts.flow_cells(part).get(flow, ()),
            *parts.pair_cells(part, place, session.host.pk),
        )
        for scope in scopes_of[session.part]:
            places[scope].add(place)
            hosts[scope].add(session.host.pk)
            for cell in ("everybody", *cells):
                people[scope, cell].add(who)
    found = counting.count(facts, world, counted, scopes_of)
    told = {
        (scope, cell): number
        for scope, counts in found.items()
        for cell, number in (("everybody", counts.people), *counts.cells.items())
    }
    assert told == {key: len(who) for key, who in people.items()}
    assert {table for _scope, (table, _key) in (k for k in told if k[1] != "everybody")} >= {
        parts.ORGANISATIONS,
        parts.LAYERS,
        parts.PROVINCES,
        parts.THEMES,
        parts.DAYS,
        parts.HOURS,
        parts.FLOW,
    }
    assert {scope: counts.places for scope, counts in found.items()} == places
    assert {scope: counts.hosts for scope, counts in found.items()} == hosts


def test_pairs_that_are_told_are_counted_apart_and_the_rest_together(network):
    world, facts, counted, scopes_of, _coordinated = network
    part = next(number for number, found in counted.items() if found.is_open)
    place, host = Counter(
        (place, session.host.pk)
        for _row, _who, _where, session, place in registrations(world, "attended")
        if session.part == part and place
    ).most_common(1)[0][0]
    counted[part].pairs = {place: [host]}
    expected = defaultdict(set)
    for _row, who, _where, session, there in registrations(world, "attended"):
        if session.part == part and there == place:
            other = host if session.host.pk == host else suppression.MERGED
            expected[parts.join(other, place)].add(who)
    scope = world.parts[part].key if world.parts[part].edition else scopes_of[part][0]
    counts = counting.count(facts, world, counted, {part: [scope]})[scope]
    found = {key: number for (table, key), number in counts.cells.items() if table == parts.PAIRS}
    assert found == {key: len(who) for key, who in expected.items()}


def test_what_an_organisation_learned_is_that_of_plain_loops(network):
    world, facts, _counted, _scopes, coordinated = network
    everything = {"alles": list(range(len(world.parts))), "deel": [0]}
    got = dict(own_counts.per_organisation(facts, world, dict.fromkeys(coordinated, everything)))
    assert set(got) == coordinated
    first = {}
    for row, who, where, _session, _place in registrations(world, "attended"):
        if who > 0 and (who not in first or where < first[who][0]):
            first[who] = (where, row.pk)
    for place in coordinated:
        for scope, inside in everything.items():
            mine = [
                (row, who, session)
                for row, who, _where, session, there in registrations(world, "attended")
                if there == place and session.part in inside
            ]
            away = Counter(
                row.state
                for row, _who, _where, session, there in registrations(world, "absent", "waiting")
                if there == place and session.part in inside
            )
            assert got[place][scope] == own_counts.Own(
                people=len({who for _row, who, _session in mine}),
                first=sum(first.get(who, (0, 0))[1] == row.pk for row, who, _session in mine),
                people_elsewhere=len({who for _r, who, s in mine if s.host.pk != place}),
                times=len(mine),
                minutes=sum(session.minutes for _row, _who, session in mine),
                elsewhere=sum(session.host.pk != place for _row, _who, session in mine),
                on_site=sum(session.on_site for _row, _who, session in mine),
                absent=away["absent"],
                waited=away["waiting"],
                hosts=Counter(h for h, _who in {(s.host.pk, who) for _row, who, s in mine}),
                themes=Counter(t for t, _who in {(s.theme, who) for _row, who, s in mine}),
            )


def splits_of(said, where):
    kind, score, recommend, would, applied = said
    if kind != 1:
        return {2: ["absent"], 3: ["waited"]}[kind]
    answers = {
        "scored": score > 0,
        "recommended": recommend != 255,
        "would": would != 255,
        "applied": applied != 255,
    }
    return ["all", where, *(name for name, given in answers.items() if given)]


def marks_of(world, facts, number):
    found = defaultdict(list)
    for row, where in enumerate(facts.session):
        score = facts.all_said(row)[1]
        if world.sessions[where].part == number and score:
            found[facts.place[row]].append(score)
    return {place: [sum(scores), len(scores)] for place, scores in found.items()}


def by_hand(world, facts, number):
    """The crowds of one part in plain loops, person by person, as rows: (table, key) -> person -> places."""
    crowds = parts.Crowds(world.parts[number])
    cells = defaultdict(lambda: defaultdict(set))
    for person, mine in facts.people():
        there = [row for row in mine if facts.kind(row) == 1]
        first = there[0] if there and person > 0 else -1
        here = [row for row in mine if world.sessions[facts.session[row]].part == number]
        for row in here:
            session, place = world.sessions[facts.session[row]], facts.place[row]
            kind, *_said = facts.all_said(row)
            where = "home" if place == session.host.pk else "elsewhere" if place else "unplaced"
            names = splits_of(facts.all_said(row), where)
            if kind == 3:
                cells["waits", session.theme][person].add(place)
                crowds.wait_sums[session.theme] += 1
            if kind != 1:
                crowds.total[names[0]] += 1
            else:
                cells["places", place][person].add(place)
                cells["sessions", crowds.kind_of(session)][person].add(place)
                crowds.seen_sessions.add(session.pk)
                for sums in (
                    crowds.place_sums[place][session.host.pk],
                    crowds.session_sums[crowds.kind_of(session)],
                ):
                    sums[0] += 1
                    sums[1] += session.minutes
                crowds.total[where] += 1
                crowds.total["times"] += 1
                crowds.total["minutes"] += session.minutes
                parts.add_answers(crowds.total, facts.all_said(row), 1)
            for name in names:
                cells["splits", name][person].add(place)
        was_there = {facts.place[row] for row in here if row in there}
        if was_there:
            who = "first" if first in here else "again"
            crowds.total[who] += 1
            cells["splits", who][person] = was_there
    for (table, key), people in cells.items():
        for person, places in people.items():
            getattr(crowds, table)[key].add(person, tuple(places))
    return crowds


def test_crowds_are_those_of_all_people_one_by_one(network):
    world, facts, _counted, _scopes, _coordinated = network
    several = 0
    for number, gathering in crowding.gather(facts, world, range(len(world.parts))):
        crowds, expected = gathering.crowds, by_hand(world, facts, number)
        several += len(gathering._several)
        for name in ("splits", "places", "sessions", "waits"):
            assert plain(getattr(crowds, name)) == plain(getattr(expected, name)), name
        for name in (
            "place_sums",
            "session_sums",
            "wait_sums",
            "total",
            "seen_sessions",
        ):
            assert getattr(crowds, name) == getattr(expected, name), name
        assert crowds.marks == marks_of(world, facts, number)
        # Of all organisations but one, which is published nowhere.
        layer_of = {p.pk: p.layer for p in world.places.values() if p.pk != max(crowds.places)}
        gathering.add_flows(layer_of)
        for person, mine in facts.people():
            visits = {
                (facts.place[row], session.host.pk, session.host.layer)
                for row in mine
                if facts.kind(row) == 1 and facts.place[row] in layer_of
                for session in [world.sessions[facts.session[row]]]
                if session.part == number
            }
            if visits:
                expected.add_flows(person, visits, layer_of)
        assert plain(crowds.flows) == plain(expected.flows)
        assert plain(crowds.pairs.large) == plain(expected.pairs.large)
        assert plain(crowds.pairs.small) == plain(expected.pairs.small)
        assert crowds.pairs.small_times == expected.pairs.small_times
        assert crowds.pairs.layers == expected.pairs.layers
    assert several > 5


def plain(crowds):
    """In one order, whichever way the database gave the rows."""
    return {
        key: (
            crowd.people,
            crowd.by_organisation,
            None if crowd.few is None else sorted((who, sorted(there)) for who, there in crowd.few),
        )
        for key, crowd in crowds.items()
        if crowd.people
    }


def test_rows_of_a_session_made_while_reading_are_left_out(network):
    world, facts, *_rest = network
    before = len(facts)
    session = rows.session_on(clock.today() - DAY, course=CourseFactory(), edition=EditionFactory())
    rows.place(session, rows.colleagues(OrganisationFactory(), 1)[0])
    assert len(Facts(world)) == before
    assert len(Facts(World())) == before + 1
