# SPDX-License-Identifier: EUPL-1.2
"""A round from start to release: one at a time, all or nothing, and nobody is asked before its release."""

import datetime as dt

import pytest

pytest.importorskip("numpy")
pytest.importorskip("ortools")

from django.dispatch import Signal

from accounts.models import Person
from base import clock
from courses.models import Session
from matching import signals
from matching.domain import matches, outcome, pairing, round_work, rounds
from matching.errors import RoundRefused
from matching.models import KnowledgeRequest, Match, MatchRun, Support, TrainerProfile
from notifications.delivery import drain
from notifications.models import Message
from tests.factories import (
    EditionFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    ThemeFactory,
    national_coordinator,
)
from tests.matching.table import Table, profile, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard():
    """What the room told the others, in order."""
    found: list[tuple[str, dict]] = []
    kept = []

    def listen(name: str, signal: Signal) -> None:
        def receiver(sender, **kwargs):
            found.append((name, kwargs))

        kept.append((signal, receiver))
        signal.connect(receiver)

    for name in ("request_asked", "round_released", "request_planned"):
        listen(name, getattr(signals, name))
    yield found
    for signal, receiver in kept:
        signal.disconnect(receiver)


def a_round(table: Table, *, edition=None, kind="command") -> MatchRun:
    run = rounds.claim(rounds.start(kind=kind, edition=edition).pk)
    assert run is not None
    return round_work.carry_out(
        run,
        work=lambda edition, report: pairing.work_out(
            edition=edition, make_ranker=table, report=report
        ),
    )


def pairs(run: MatchRun) -> set[tuple[KnowledgeRequest, Person]]:
    return {(match.request, match.trainer) for match in run.matches.all()}


def test_a_round_proposes_the_best_trainer_and_asks_nobody(heard) -> None:
    excel, wet = question(), question()
    good, better = profile(), profile()
    run = a_round(Table({(excel, good): 0.6, (excel, better): 0.8, (wet, better): 0.5}))
    assert pairs(run) == {(excel, better.person), (wet, better.person)}
    assert set(run.matches.values_list("state", "origin")) == {("suggested", "round")}
    assert (run.state, run.encoder_version, run.error) == ("ready", "table-1", "")
    assert {key: run.figures[key] for key in ("questions", "matched", "trainers", "load")} == {
        "questions": 2,
        "matched": 2,
        "trainers": 1,
        "load": {"2": 1},
    }
    assert heard == []
    excel.refresh_from_db()
    assert excel.state == "open"


def test_the_same_data_give_the_same_round_and_the_older_one_goes(heard) -> None:
    scores = {}
    asked, trainers = [question() for _ in range(4)], [profile() for _ in range(3)]
    for at, request in enumerate(asked):
        for place, trainer in enumerate(trainers):
            scores[request, trainer] = 0.5 + 0.01 * ((at + place) % 2)
    first = a_round(Table(scores))
    before = pairs(first)
    second = a_round(Table(dict(reversed(scores.items()))))
    assert pairs(second) == before
    assert second.figures["objective"] == first.figures["objective"]
    first.refresh_from_db()
    assert (first.state, first.matches.count(), first.figures["matched"]) == ("discarded", 0, 4)
    assert heard == []


def test_unmatched_questions_say_why() -> None:
    fits, far, unknown, late = (question(language=key) for key in ("nl", "en", "nl", "nl"))
    trainer = profile(requests_per_year=1)
    run = a_round(Table({(fits, trainer): 0.9, (far, trainer): 0.9, (late, trainer): 0.8}))
    assert pairs(run) == {(fits, trainer.person)}
    assert {(row.request, row.why) for row in run.unmatched.all()} == {
        (far, "nobody_may"),
        (unknown, "nobody_fits"),
        (late, "all_busy"),
    }
    assert run.unmatched.get(request=far).detail == {"language": 1}
    assert run.figures["unmatched"] == {"nobody_may": 1, "nobody_fits": 1, "all_busy": 1}


def test_a_round_skips_who_may_not_be_asked_and_what_is_not_open() -> None:
    open_one = question()
    own = profile(person=open_one.asker)
    paused, withdrawn, good = profile(state="paused"), profile(state="withdrawn"), profile()
    closed = question(closes_at=clock.now() - dt.timedelta(hours=1))
    asked = question()
    matches.ask_trainer(asked, trainer=profile().person, by=asked.asker)
    everyone = (own, paused, withdrawn, good)
    run = a_round(Table({(r, p): 0.9 for r in (open_one, closed, asked) for p in everyone}))
    assert pairs(run) == {(open_one, good.person)}
    assert run.figures["questions"] == 1


def test_accepted_questions_count_as_load() -> None:
    """Two equally good trainers; one of them is helping somebody already."""
    helping, free = profile(), profile()
    earlier, new = question(), question()
    matches.say_yes(
        matches.ask_trainer(earlier, trainer=helping.person, by=earlier.asker), by=helping.person
    )
    run = a_round(Table({(new, helping): 0.61, (new, free): 0.6}))
    assert pairs(run) == {(new, free.person)}


def test_a_round_before_an_edition_takes_what_fits_in_it() -> None:
    edition = EditionFactory()
    inside, after = question(), question(not_before=edition.ends_on + dt.timedelta(days=1))
    trainer = profile()
    run = a_round(Table({(inside, trainer): 0.9, (after, trainer): 0.9}), edition=edition)
    assert pairs(run) == {(inside, trainer.person)}
    assert (run.figures["questions"], run.parameters["edition"]) == (1, edition.slug)


# --- bundles --------------------------------------------------------------------------------------


def a_bundle():
    """Two questions of two organisations with one meaning, one of which has a supporter."""
    lead, other = question(theme=ThemeFactory()), question(theme=ThemeFactory())
    Support.objects.create(request=lead, person=PersonFactory(), organisation=OrganisationFactory())
    return lead, other


def test_questions_alike_become_one_session() -> None:
    lead, other = a_bundle()
    third = question()
    trainer = profile()
    scores = {(lead, trainer): 0.8, (other, trainer): 0.6}
    run = a_round(Table(scores, angles={lead: 0, other: 5, third: 90}))
    first = run.matches.get(request=lead)
    second = run.matches.get(request=other)
    assert (first.lead, second.lead, second.trainer) == (None, first, trainer.person)
    assert first.score == pytest.approx(0.7)
    assert run.figures["sessions"] == 1
    assert {key: run.figures[key] for key in ("bundles", "bundled", "matched")} == {
        "bundles": 1,
        "bundled": 2,
        "matched": 2,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"open_to_others": False},
        {"language": "en"},
        {"not_before": dt.date(2027, 6, 1)},
        {"where": "on_site", "province": "zeeland"},
    ],
)
def test_questions_that_cannot_be_one_session_stay_apart(fields) -> None:
    one = question(not_after=dt.date(2027, 5, 1), where="on_site", province="utrecht")
    other = question(**{"where": "on_site", "province": "utrecht"} | fields)
    run = a_round(Table({}, angles={one: 0, other: 1}))
    assert run.figures["bundles"] == 0


def test_a_bundle_for_which_nobody_fits_falls_apart() -> None:
    """The only trainer asks one of the questions."""
    lead, other = a_bundle()
    trainer = profile(person=other.asker)
    scores = {(lead, trainer): 0.8, (other, trainer): 0.8}
    run = a_round(Table(scores, angles={lead: 0, other: 5}))
    assert pairs(run) == {(lead, trainer.person)}
    assert run.unmatched.get().request == other


def test_of_a_bundle_those_that_one_trainer_fits_stay_together() -> None:
    lead, other = a_bundle()
    third = question(theme=lead.theme)
    both, alone = profile(), profile()
    scores = {(lead, both): 0.8, (other, both): 0.7, (third, alone): 0.6}
    run = a_round(Table(scores, angles={lead: 0, other: 5, third: 2}))
    assert pairs(run) == {
        (lead, both.person),
        (other, both.person),
        (third, alone.person),
    }
    assert (run.figures["bundles"], run.figures["bundled"], run.figures["sessions"]) == (1, 2, 2)


def test_questions_that_only_sound_alike_have_no_trainer_in_common_and_stay_apart() -> None:
    lead, other = a_bundle()
    one, two = profile(), profile()
    run = a_round(Table({(lead, one): 0.8, (other, two): 0.6}, angles={lead: 0, other: 5}))
    assert pairs(run) == {(lead, one.person), (other, two.person)}
    assert run.figures["bundles"] == 0


def test_the_session_of_a_lead_answers_its_bundle(heard, mailoutbox) -> None:
    lead, other = a_bundle()
    trainer = profile()
    run = a_round(Table({(lead, trainer): 0.8, (other, trainer): 0.7}, angles={lead: 0, other: 5}))
    rounds.ask_released(rounds.release(run, by=None))
    other.refresh_from_db()
    assert (other.state, other.follows) == ("open", lead)
    assert not rounds.questions().filter(pk=other.pk).exists()  # it waits for the lead
    released = next(row for name, row in heard if name == "round_released")
    assert released["requests"] == [lead, other]
    mails = Message.objects.filter(kind="asked_for_you")
    assert {mail.person for mail in mails} == {lead.asker, other.asker}
    drain()
    assert set(mails.values_list("state", flat=True)) == {"sent"}
    session: Session = SessionFactory()
    for _ in range(2):
        signals.request_planned.send(
            KnowledgeRequest, request=lead, course=session.course, session=session
        )
    other.refresh_from_db()
    assert (other.state, other.session, other.course) == ("planned", session, session.course)
    told = [row for name, row in heard if name == "request_planned" and row.get("bundled")]
    assert [row["request"] for row in told] == [other]


def test_a_bundle_is_free_again_when_its_lead_finds_nobody() -> None:
    lead, other = a_bundle()
    trainer = profile()
    run = a_round(Table({(lead, trainer): 0.8, (other, trainer): 0.7}, angles={lead: 0, other: 5}))
    rounds.ask_released(rounds.release(run, by=None))
    matches.say_no(lead.matches.get(), by=trainer.person, reason="busy")
    assert set(rounds.questions()) == {lead, other}


# --- release --------------------------------------------------------------------------------------


def test_release_asks_every_trainer_once(heard) -> None:
    by = national_coordinator()
    asked, trainers = [question(), question()], [profile(), profile()]
    run = a_round(Table(dict.fromkeys(zip(asked, trainers, strict=True), 0.8)))
    run = rounds.release(run, by=by)
    assert heard == []  # nobody waits in a page for ten thousand mails
    assert rounds.ask_released(run) == 2
    first = rounds.release(run, by=PersonFactory())  # a double click
    assert (rounds.ask_released(first), first.released_by) == (0, by)
    assert [name for name, _ in heard] == ["request_asked", "round_released"] * 2
    assert set(Match.objects.values_list("state", "run")) == {("asked", run.pk)}
    assert {request.state for request in KnowledgeRequest.objects.all()} == {"asked"}


def test_a_release_that_was_cut_off_goes_on(heard) -> None:
    asked, trainers = [question() for _ in range(3)], [profile() for _ in range(3)]
    run = a_round(Table(dict.fromkeys(zip(asked, trainers, strict=True), 0.8)))
    run = rounds.release(run, by=None)
    assert rounds.ask_released(run, limit=1) == 1
    assert rounds.unfinished_releases() == [run]
    assert rounds.ask_released(run) == 2
    assert rounds.unfinished_releases() == []
    assert len([name for name, _ in heard if name == "request_asked"]) == 3


def test_who_withdrew_before_the_release_is_not_asked(heard) -> None:
    asked, gone = question(), question()
    stays, leaves = profile(), profile()
    run = a_round(Table({(asked, stays): 0.8, (gone, leaves): 0.8}))
    TrainerProfile.objects.filter(pk=leaves.pk).update(state="withdrawn")
    run = rounds.release(run, by=None)
    assert rounds.ask_released(run) == 1
    run.refresh_from_db()
    assert run.figures["dropped"] == {"not_eligible": 1}
    assert pairs(run) == {(asked, stays.person)}
    assert gone in rounds.questions()  # for the next round


def test_who_withdraws_during_a_round_is_not_proposed() -> None:
    asked, trainer = question(), profile()
    run = rounds.claim(rounds.start(kind="command").pk)
    found = pairing.work_out(edition=None, make_ranker=Table({(asked, trainer): 0.8}))
    TrainerProfile.objects.filter(pk=trainer.pk).update(state="withdrawn")
    done = outcome.keep(run, found)
    assert (pairs(done), done.figures["changed_meanwhile"]) == (set(), 1)


def test_what_the_asker_saw_already_stays_when_a_round_is_thrown_away() -> None:
    asked, helper, other = question(), profile(), profile()
    offer = matches.offer_help(asked, trainer=helper.person)
    run = a_round(Table({(asked, helper): 0.8, (asked, other): 0.5}))
    assert pairs(run) == {(asked, helper.person)}
    rounds.discard(run, by=None)
    offer.refresh_from_db()
    assert (offer.state, offer.run) == ("proposed", None)
    with pytest.raises(RoundRefused):
        rounds.release(run, by=None)


def test_nothing_goes_before_release_unless_the_setting_says_so(settings, heard) -> None:
    asked, trainer = question(), profile()
    waits = a_round(Table({(asked, trainer): 0.8}))
    assert (waits.state, rounds.ask_released(waits), heard) == ("ready", 0, [])
    assert not Message.objects.exists()
    settings.ROUNDS_RELEASE_THEMSELVES = True
    run = a_round(Table({(asked, trainer): 0.8}))
    assert run.state == "released"
    assert (rounds.ask_released(run), heard[0][0]) == (1, "request_asked")


# --- one at a time, and killed in the middle ------------------------------------------------------


def test_a_second_round_says_that_one_is_running() -> None:
    rounds.start(kind="nightly")
    with pytest.raises(RoundRefused) as refused:
        rounds.start(kind="button")
    assert refused.value.sentence == "Er loopt al een koppelronde. Wacht tot die klaar is."
    assert MatchRun.objects.count() == 1


def test_a_round_is_claimed_once_until_its_worker_falls_silent() -> None:
    run = rounds.start(kind="command")
    first = rounds.claim(run.pk)
    assert rounds.claim(run.pk) is None
    MatchRun.objects.update(alive_at=clock.now() - rounds.ROUND_SILENT * 1.1)
    again = rounds.claim(run.pk)
    assert (again is not None, again.worker != first.worker) == (True, True)
    with pytest.raises(RoundRefused):
        rounds.report(first, done=1, total=2)
    with pytest.raises(RoundRefused):
        outcome.keep(first, pairing.work_out(edition=None, make_ranker=Table({})))
    assert (
        outcome.keep(again, pairing.work_out(edition=None, make_ranker=Table({}))).state == "ready"
    )


def test_a_round_whose_worker_died_fails_and_makes_room() -> None:
    dead = rounds.claim(rounds.start(kind="nightly").pk)
    MatchRun.objects.update(alive_at=clock.now() - rounds.ROUND_SILENT * 1.1)
    rounds.start(kind="button")
    dead.refresh_from_db()
    assert (dead.state, dead.matches.count()) == ("failed", 0)
    assert rounds.claim(dead.pk) is None


def test_an_error_in_the_middle_leaves_a_failed_round_and_no_matches() -> None:
    run = rounds.claim(rounds.start(kind="nightly").pk)

    def breaks(edition, report):
        report(1, 10)
        raise MemoryError

    with pytest.raises(MemoryError):
        round_work.carry_out(run, work=breaks)
    run.refresh_from_db()
    assert (run.state, run.error, Match.objects.count()) == ("failed", "MemoryError: ", 0)
    assert rounds.start(kind="button").state == "running"
