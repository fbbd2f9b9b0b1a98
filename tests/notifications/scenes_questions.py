# SPDX-License-Identifier: EUPL-1.2
"""How mails about questions, trainers and nominations come about (for test_letters)."""

import datetime as dt

import time_machine

from accounts.models import Person
from base import clock
from courses.models import Session
from matching import signals
from matching.domain import matches, nobody, nominations, planning, requests
from matching.models import KnowledgeRequest, Match, MatchRun, Nomination
from tests.factories import KnowledgeRequestFactory, OrganisationFactory, TrainerProfileFactory
from tests.notifications.conftest import Mail, post

DAY = dt.timedelta(days=1)
TEXT = (
    "Inwoners bellen omdat ze onze brieven niet snappen.\n\nHoe schrijf ik ze beter? "
    "Wij sturen er tweehonderd per week."
)


def to(person: Person) -> list[Mail]:
    """The mails of this batch that went to this person."""
    return [mail for mail in post() if mail["To"].addresses[0].addr_spec == person.email]


def _question(session: Session, asker: Person) -> KnowledgeRequest:
    return KnowledgeRequestFactory(
        asker=asker, title="Hoe schrijf ik een brief die iedereen snapt?", text=TEXT
    )


def _asked(session: Session, asker: Person, trainer: Person | None = None) -> Match:
    trainer = trainer or session.course.trainers.get()
    TrainerProfileFactory(person=trainer)
    request = _question(session, asker)
    return matches.ask_trainer(request, trainer=trainer, by=asker, message="Wil jij dit doen?")


def request_asked(session: Session, person: Person) -> list[Mail]:
    _asked(session, session.course.trainers.get(), person)
    return to(person)


def request_withdrawn(session: Session, person: Person) -> list[Mail]:
    match = _asked(session, session.course.trainers.get(), person)
    post()
    requests.close(match.request, by=session.course.trainers.get())
    return to(person)


def request_yes(session: Session, person: Person) -> list[Mail]:
    match = _asked(session, person)
    post()
    assert match.trainer is not None
    matches.say_yes(match, by=match.trainer, text="Leuke vraag!\r\n> Ik doe mee.")
    return to(person)


def request_no(session: Session, person: Person) -> list[Mail]:
    match = _asked(session, person)
    post()
    assert match.trainer is not None
    matches.say_no(match, by=match.trainer, reason="busy", text="In januari wel.")
    return to(person)


def request_unanswered(session: Session, person: Person) -> list[Mail]:
    match = _asked(session, person)
    post()
    assert match.answer_due_at is not None
    with time_machine.travel(match.answer_due_at, tick=False):
        matches.expire_unanswered()
        return to(person)


def help_offered(session: Session, person: Person) -> list[Mail]:
    trainer = session.course.trainers.get()
    TrainerProfileFactory(person=trainer)
    matches.offer_help(_question(session, person), trainer=trainer, text="Dit doe ik elke week.")
    return to(person)


def asked_for_you(session: Session, person: Person) -> list[Mail]:
    match = _asked(session, person)
    run = MatchRun.objects.create(kind="nightly", started_at=clock.now())
    signals.round_released.send(MatchRun, run=run, requests=[match.request])
    return to(person)


def dates_offered(session: Session, person: Person) -> list[Mail]:
    match = _asked(session, person)
    assert match.trainer is not None
    matches.say_yes(match, by=match.trainer)
    post()
    planning.offer_dates(
        match,
        by=match.trainer,
        plan=planning.Plan("Brieven", "Korter.", "schrijven", 60, "online", 12),
        moments=[(dt.date(2026, 10, 24), dt.time(10)), (dt.date(2026, 10, 26), dt.time(10))],
    )
    return to(person)


def dates_awaited(session: Session, person: Person) -> list[Mail]:
    match = _asked(session, session.course.trainers.get(), person)
    matches.say_yes(match, by=person)
    post()
    with time_machine.travel(clock.now() + planning.STALLED_AFTER, tick=False):
        planning.remind_stalled()
        return to(person)


def request_expiring(session: Session, person: Person) -> list[Mail]:
    request = _question(session, person)
    with time_machine.travel(request.closes_at - 10 * DAY, tick=False):
        requests.nudge_expiring()
        return to(person)


def seat_first(session: Session, person: Person) -> list[Mail]:
    trainer = session.course.trainers.get()
    match = _asked(session, TrainerProfileFactory().person, trainer)
    requests.support(match.request, person=person)
    matches.say_yes(match, by=trainer)
    planning.offer_dates(
        match,
        by=trainer,
        plan=planning.Plan("Brieven die iedereen snapt", "", "schrijven", 60, "online", 12),
        moments=[(dt.date(2026, 10, 26), dt.time(10))],
    )
    post()
    asker = match.request.asker
    assert asker is not None
    planning.pick_date(match.options.get(), by=asker)
    return to(person)


def request_call(session: Session, person: Person) -> list[Mail]:
    request = _question(session, session.course.trainers.get())
    assert request.theme is not None
    TrainerProfileFactory(person=person, may_be_called=True, themes=[request.theme])
    nobody.call(request, kind="trainers", by=session.course.trainers.get())
    return to(person)


def _nominate(session: Session, person: Person) -> Nomination:
    if not person.organisation.email_domains.exists():  # type: ignore[union-attr]
        OrganisationFactory(domain="cjib.example")
    made = nominations.nominate(
        by=session.course.trainers.get(),
        name=person.name,
        email=person.email,
        why="Merel legt de AVG zo uit dat iedereen het snapt.",
        request=_question(session, session.course.trainers.get()),
    )
    assert made is not None
    return made


def nominated(session: Session, person: Person) -> list[Mail]:
    _nominate(session, person)
    return to(person)


def nominated_reminder(session: Session, person: Person) -> list[Mail]:
    _nominate(session, person)
    post()
    with time_machine.travel(clock.now() + 11 * DAY, tick=False):
        nominations.remind()
        return to(person)


def nomination_answered(session: Session, person: Person) -> list[Mail]:
    trainer = session.course.trainers.get()
    OrganisationFactory(domain="ander.example")
    made = nominations.nominate(
        by=person, name="Karim", email="karim@ander.example", why="Weet alles van de AVG."
    )
    assert made is not None
    post()
    nominations.answer(made, yes=True, person=trainer)
    return to(person)


QUESTION_SCENES = {
    scene.__name__: scene
    for scene in (
        request_asked,
        request_withdrawn,
        request_yes,
        request_no,
        request_unanswered,
        help_offered,
        asked_for_you,
        dates_offered,
        dates_awaited,
        request_expiring,
        seat_first,
        request_call,
        nominated,
        nominated_reminder,
        nomination_answered,
    )
}
