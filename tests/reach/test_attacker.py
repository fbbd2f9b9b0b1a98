# SPDX-License-Identifier: EUPL-1.2
"""The suppression survives its attacker; without its second half the same attacker wins.

A made-up world of a few organisations, layers, provinces, themes, days and two parts of a quarter is published
by the code of the product. The attacker is tests/reach/attacker.py.
"""

import dataclasses
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reach.domain import pairs, parts, suppression
from reach.domain.suppression import OTHERS, Crowd, Rules, is_safe
from tests.reach.attacker import Attacker

pytestmark = pytest.mark.once

LAYERS = ("gemeente", "waterschap", "rijk")
PROVINCES = ("utrecht", "drenthe")
THEMES, DAYS, HOURS = ("data", "recht"), ("2026-03-02", "2026-03-03"), (9, 13)
#: Organisation: its layer and province, as everybody knows.
PLACES = {
    number: (LAYERS[number % 3], PROVINCES[number // 3 % 2], number) for number in range(1, 13)
}
#: Organisations that give courses: two of one layer, one of each other.
HOSTS = (1, 2, 3, 4)
KINDS = [(theme, day, hour) for theme in THEMES for day in DAYS for hour in HOURS]
#: So far a hidden number must stay open: nobody can tell it from any other below the threshold.
OPEN = OTHERS - 1


@dataclasses.dataclass(frozen=True)
class Visit:
    person: int
    place: int
    host: int
    kind: tuple[str, str, int]


@st.composite
def visits(draw, *, people=60):
    """Two to ten people of an organisation often, sometimes many; each is at one to three sessions."""
    found, person = [], 0
    sizes = st.one_of(st.integers(0, 12), st.integers(0, 30))
    for place in PLACES:
        # Colleagues follow each other to the same trainers.
        hosts = draw(st.lists(st.sampled_from(HOSTS), min_size=1, max_size=8))
        for _number in range(draw(sizes)):
            person += 1
            times = draw(st.sampled_from([1, 1, 1, 2, 3]))
            for kind in draw(
                st.lists(st.sampled_from(KINDS), min_size=times, max_size=times, unique=True)
            ):
                host = draw(st.sampled_from(hosts))
                found.append(Visit(person, place, host, kind))
    return found


def publish(rows, rules=None):
    """What the product publishes of one part: sums of times per cell, and which rows each of them holds."""
    rules = rules or Rules()
    crowds = {"places": defaultdict(dict), "sessions": defaultdict(dict)}
    everyone = defaultdict(set)
    for row in rows:
        everyone[row.person].add(row.place)
        crowds["places"][row.place].setdefault(row.person, set()).add(row.place)
        crowds["sessions"][row.kind].setdefault(row.person, set()).add(row.place)
    if not is_safe([crowd(everyone)], rules) or not rows:
        return None
    about = {pk: path[:2] for pk, path in PLACES.items()}
    places = parts.place_groups(made(crowds["places"]), about, rules)
    sessions = parts.session_groups(made(crowds["sessions"]), rules)
    counted = parts.Counted({"all"}, places, sessions, [], [], {}, {})
    found = parts.Crowds.__new__(parts.Crowds)
    layers = parts.layer_of_place(counted)
    found.flows, found.pairs = defaultdict(Crowd), pairs.PairCrowds()
    found.place_sums = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    visited = defaultdict(set)
    for row in rows:
        found.place_sums[row.place][row.host][0] += 1
        if row.place in layers:
            visited[row.person].add((row.place, row.host, PLACES[row.host][0]))
    for person, visits_of in visited.items():
        found.add_flows(person, visits_of, layers)
    parts.group_flows(found, counted, rules)
    return counted


def crowd(people):
    made_of = Crowd()
    for person, organisations in people.items():
        made_of.add(person, tuple(organisations))
    return made_of


def made(cells):
    return {key: crowd(people) for key, people in cells.items()}


def unknown(row, part=0):
    return (part, row.place, row.host, row.kind)


ALL = [(place, host, kind) for place in PLACES for host in HOSTS for kind in KINDS]


def attack(published, *, knows=frozenset()):
    """An attacker with all tables of these parts: ``[(rows, counted)]``, and of every union of the parts.

    Sums of a union follow from those of its parts, so they are no news; the product makes them so.
    """
    attacker = Attacker()
    for number, (rows, counted) in enumerate(published):
        every = [(number, *rest) for rest in ALL]
        attacker.unknowns += every
        truth = defaultdict(int)
        for row in rows:
            truth[unknown(row, number)] += 1
        for key in every:
            if key[1] in knows:
                attacker.known[key] = truth[key]
        for host in knows.intersection(HOSTS):
            # How often somebody else was at the sessions of the own trainers: that many, or up to nine more.
            taught = [key for key in every if key[2] == host != key[1]]
            told = suppression.at_least(sum(truth[key] for key in taught))
            attacker.learns(taught, told + OPEN / 2, rounded_to=OPEN)
        if counted is None:
            continue

        for which in published_sums(counted, (number,)):
            attacker.learns(which, sum(truth[key] for key in which))
    return attacker


def published_sums(counted, numbers):
    """Which unknowns every published number is the sum of."""
    every = [(number, *rest) for number in numbers for rest in ALL]
    place_cells = parts.place_cells(counted)
    layers = parts.layer_of_place(counted)
    cells = defaultdict(set)
    for place, cell_list in place_cells.items():
        for cell in cell_list:
            cells[cell] |= {key for key in every if key[1] == place}
    for kind, cell_list in parts.session_cells(counted).items():
        for cell in cell_list:
            cells[cell] |= {key for key in every if key[3] == kind}
    for (layer, host), cell_list in parts.flow_cells(counted).items():
        for cell in cell_list:
            cells[cell] |= {
                key for key in every if layers.get(key[1]) == layer and PLACES[key[2]][0] == host
            }
    for key in every:
        for cell in parts.pair_cells(counted, key[1], key[2]):
            cells[cell].add(key)
    _widen(cells, counted, every, place_cells)
    return [set(every), *cells.values()]


def _widen(cells, counted, every, place_cells):
    """The attacker does not see which empty cells are in a merged group: they are unknown, not zero.

    An organisation without anybody is added to the merged group it would have been in, if there is one.
    """
    for place, (layer, province, _pk) in PLACES.items():
        if place in place_cells:
            continue
        mine = {key for key in every if key[1] == place}
        keys = set(cells)
        inner = ("organisations", f"{layer}>*")
        if inner in keys:
            where = [inner, ("layers", layer)]
        elif ("organisations", "*>*") in keys:
            where = [("organisations", "*>*"), ("layers", "*")]
        else:
            continue
        if ("provinces", province) in keys:
            where.append(("provinces", province))
        elif ("provinces", "*") in keys:
            where.append(("provinces", "*"))
        else:
            continue
        for cell in where:
            cells[cell] |= mine


def small_cells(rows, counted):
    """Every cell under the threshold that some table would have had: name and which unknowns it is.

    Days are told by the hour or not at all; where they are not, a day at an hour is no cell of any table.
    """
    by_hour = counted is not None and any(len(g.path) > 1 for g in counted.sessions["when"])
    by_cell = defaultdict(set)
    for row in rows:
        layer, province, _pk = PLACES[row.place]
        theme, day, hour = row.kind
        for cell in (
            ("organisation", row.place),
            ("layer", layer),
            ("province", province),
            ("theme", theme),
            ("day", day),
            ("hour", hour),
            ("moment", day, hour),
            ("flow", PLACES[row.host][0], layer),
            ("pair", row.host, row.place),
        ):
            by_cell[cell].add(row.person)
    return {
        cell
        for cell, people in by_cell.items()
        if 0 < len(people) < OTHERS and (by_hour or cell[0] != "moment")
    }


def unknowns_of(cell, number):
    test = {
        "organisation": lambda p, h, k: p == cell[1],
        "layer": lambda p, h, k: PLACES[p][0] == cell[1],
        "province": lambda p, h, k: PLACES[p][1] == cell[1],
        "theme": lambda p, h, k: k[0] == cell[1],
        "day": lambda p, h, k: k[1] == cell[1],
        "hour": lambda p, h, k: k[2] == cell[1],
        "moment": lambda p, h, k: k[1:] == cell[1:],
        "flow": lambda p, h, k: (PLACES[h][0], PLACES[p][0]) == cell[1:],
        "pair": lambda p, h, k: (h, p) == cell[1:],
    }[cell[0]]
    return [(number, *rest) for rest in ALL if test(*rest)]


def pinned(rows_of_parts, rules=None, *, knows=frozenset()):
    """Small cells of which the attacker learns more than that they are small."""
    published = [(rows, publish(rows, rules)) for rows in rows_of_parts]
    attacker = attack(published, knows=knows)
    found = []
    for number, (rows, counted) in enumerate(published):
        others = [row for row in rows if row.place not in knows]
        for cell in sorted(small_cells(others, counted), key=str):
            which = [key for key in unknowns_of(cell, number) if key[1] not in knows]
            low, high = attacker.bounds(which)
            if high - low < OPEN - 1e-6:
                found.append((number, cell, low, high))
    return found


def test_what_own_trainers_did_is_told_in_tens_or_the_rest_would_follow(monkeypatch):
    """Of the thirty-six that organisation 2 taught everybody knows that thirty are of a water authority."""
    rows = sized({(3, 2): 6, (3, 3): 40, (1, 2): 30, (1, 1): 40})
    assert pinned([rows], knows=frozenset({2})) == []
    monkeypatch.setattr(suppression, "at_least", lambda number: number)
    monkeypatch.setitem(globals(), "OPEN", 0)
    assert attack([(rows, publish(rows))], knows=frozenset({2})).bounds(
        unknowns_of(("flow", "rijk", "gemeente"), 0)
    ) == (6.0, 6.0)


SLOW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOW
@given(visits(), visits())
def test_an_attacker_with_every_table_pins_no_small_cell(edition, offer):
    assert pinned([edition, offer]) == []


@SLOW
@given(visits(), st.sampled_from(sorted(PLACES)))
def test_a_coordinator_who_knows_the_own_colleagues_pins_no_small_cell(rows, own):
    assert pinned([rows], knows=frozenset({own})) == []


def test_without_secondary_suppression_the_same_attacker_wins():
    """Two layers are large, one has three people: total minus the two is three."""
    rows = [
        Visit(number, 2 if number < 3 else 3 if number % 2 else 1, 1, KINDS[number % 8])
        for number in range(200)
    ]
    assert PLACES[3][0] == "gemeente"
    lost = pinned([rows], Rules(secondary=False))
    assert (0, ("layer", "rijk"), 0.0, 3.0) in lost
    assert pinned([rows]) == []


#: Hours that a session lasts, as the programme tells; the longest is what is allowed outside a week.
LENGTHS = dict(zip(KINDS, (0.5, 1, 4, 2, 1, 4, 0.75, 3), strict=True))
LONGEST = 240


def two_days(before, since):
    """An attacker with what was told yesterday and what is told today, people and hours, rounded."""
    attacker = attack([(before, None), (since, None)])
    truth = defaultdict(int)
    for number, rows in enumerate((before, since)):
        for row in rows:
            truth[unknown(row, number)] += 1
    for rows, numbers in ((before, (0,)), (before + since, (0, 1))):
        counted = publish(rows)
        if counted is None:
            continue
        for which in published_sums(counted, numbers):
            value = suppression.rounded(sum(truth[key] for key in which), exact=False)
            attacker.learns(which, value, rounded_to=suppression.STEP)
            spent = {key: LENGTHS[key[3]] for key in which}
            minutes = 60 * sum(truth[key] * hours for key, hours in spent.items())
            told = suppression.hours(minutes, exact=False, longest=LONGEST)
            attacker.learns(spent, told, rounded_to=HOURS_STEP)
    return attacker


#: Hours in running periods, as the method says: five people at the longest session.
HOURS_STEP = 20


@SLOW
@given(visits(), visits())
def test_two_days_of_a_running_edition_tell_no_more_than_the_rounding(before, since):
    """Published yesterday and today, rounded to five: who came in between is open by at least five."""
    attacker = two_days(before, since)
    for cell in sorted(small_cells(since, publish(before + since)), key=str):
        low, high = attacker.bounds(unknowns_of(cell, 1))
        assert high - low >= suppression.STEP - 1e-6, (cell, low, high)


def test_hours_in_steps_of_five_would_tell_who_came_since_yesterday(monkeypatch):
    """Forty were at sessions of four hours, one more today: 160 and 164 hours."""
    long = next(kind for kind, hours in LENGTHS.items() if hours == 4)
    before = [Visit(number, 1 + number % 3, 1, long) for number in range(40)]
    since = [Visit(99, 1, 1, long)]
    cell = unknowns_of(("theme", long[0]), 1)
    low, high = two_days(before, since).bounds(cell)
    assert high - low >= suppression.STEP
    monkeypatch.setattr(
        suppression,
        "hours",
        lambda minutes, **told: suppression.rounded(minutes / 60, exact=False),
    )
    monkeypatch.setitem(globals(), "HOURS_STEP", suppression.STEP)
    low, high = two_days(before, since).bounds(cell)
    assert high - low < suppression.STEP - 1


def test_how_many_organisations_took_part_does_not_say_that_each_sent_one():
    """Eleven organisations with one colleague each are eleven people: who knows that there are eleven knows each."""
    crowds = {number: crowd({number: {number}}) for number in range(11)} | {
        number: crowd({100 * number + n: {number} for n in range(12)}) for number in (11, 12)
    }
    paths = {number: (number,) for number in crowds}

    def merged(rules):
        (found,) = [g for g in suppression.groups(crowds, paths, rules) if g.path == ("*",)]
        return sum(crowds[key].people for key in found.keys), len(found.keys)

    assert merged(Rules()) == (11, 11)
    assert merged(Rules(counted=True)) == (23, 12)


def sized(counts):
    """Rows of as many people as that, by organisation and trainer's organisation; each at one session."""
    pairs_of = [pair for pair, size in counts.items() for _one in range(size)]
    return [
        Visit(number, place, host, KINDS[number % len(KINDS)])
        for number, (place, host) in enumerate(pairs_of)
    ]


#: What is left of one organisation's trainers, and of the flows between layers, gives the four of 6 from 1.
WITH_FOUR = {(3, 3): 30, (6, 1): 4, (6, 3): 30, (6, 4): 30}


def test_streams_are_told_as_long_as_the_rest_stays_open():
    assert publish(sized({(3, 1): 30, (6, 2): 40, (6, 1): 20})).pairs == {3: [1], 6: [1, 2]}
    assert publish(sized(WITH_FOUR)).pairs == {3: [3]}
    assert pinned([sized(WITH_FOUR)]) == []


def test_without_the_look_at_both_margins_the_same_attacker_finds_the_four(monkeypatch):
    monkeypatch.setattr(pairs._Layer, "_hide_what_gives_away", lambda self: False)
    assert publish(sized(WITH_FOUR)).pairs == {3: [3], 6: [4]}
    assert (0, ("pair", 1, 6), 4.0, 4.0) in pinned([sized(WITH_FOUR)])


def test_a_coordinator_of_a_merged_organisation_finds_no_pair_of_the_others_with_it(monkeypatch):
    """Told from whom 7 learned, and knowing the own fourteen, coordinator 1 would find that at most three of 10
    learned from 3."""
    rows = sized(
        {
            (7, 3): 22,
            (7, 4): 16,
            (1, 1): 5,
            (1, 3): 14,
            (1, 4): 7,
            (10, 3): 3,
            (10, 4): 6,
            (4, 4): 5,
        }
    )
    assert publish(rows).pairs == {}
    assert pinned([rows], knows=frozenset({1})) == []
    monkeypatch.setattr(pairs._Layer, "_merged_give_away", lambda *args: [])
    assert publish(rows).pairs == {7: [3, 4]}
    assert (0, ("pair", 3, 10), 0.0, 3.0) in pinned([rows], knows=frozenset({1}))
