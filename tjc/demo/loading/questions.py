# SPDX-License-Identifier: EUPL-1.2
"""The trainer pool and questions in every state, made by the functions that the pages use."""

import datetime as dt

from accounts.models import Person
from base import clock
from courses.models import Session, Theme
from matching.domain import matches, planning, profiles, requests
from matching.domain.workdays import is_workday
from matching.models import KnowledgeRequest, Match, TrainerProfile
from tjc.demo.loading.people import People
from tjc.demo.loading.source import ProfileText, QuestionText, Source

State = KnowledgeRequest.State
#: Dates that trainers offer lie so many days ahead.
_OFFERED = (24, 26)


def load(source: Source, people: People) -> None:
    themes = {theme.slug: theme for theme in Theme.objects.all()}
    for profile in source.pool:
        _profile(profile, people[profile["key"]], themes)
    for question in source.questions:
        _question(question, people, themes)


def _profile(text: ProfileText, person: Person, themes: dict[str, Theme]) -> None:
    profile = profiles.save_profile(
        person=person,
        headline=text["headline"],
        expertise=text["expertise"],
        example_questions=text["examples"],
        themes=[themes[slug] for slug in text["themes"]],
        languages=text["languages"],
        provinces=text["provinces"],
        online=text["online"],
        requests_per_year=text["a_year"],
        may_be_called=text["called"],
    )
    if text["state"] == TrainerProfile.State.PAUSED:
        profiles.pause(profile, until=clock.today() + dt.timedelta(days=45), by=person)


def _question(text: QuestionText, people: People, themes: dict[str, Theme]) -> None:
    asker = people[text["asker"]]
    request = requests.ask(
        by=asker,
        text=text["text"],
        title=text["title"],
        theme=themes.get(text["theme"]),
        audience=text["audience"],
        people=text["people"],
        where=text["where"],
        when_text=text["when"],
        open_to_others=text["open_to_others"],
        **({"language": text["language"]} if text["language"] else {}),
    )
    for key in text["supporters"]:
        requests.support(request, person=people[key])
    for key in text["offers"]:
        matches.offer_help(request, trainer=people[key], text="Hier heb ik ervaring mee.")
    if text["trainer"]:
        _help(request, people[text["trainer"]], text)
    elif text["state"] == State.CLOSED:
        requests.close(request, by=asker)
    asked = clock.now() - dt.timedelta(days=text["days"], hours=text["days"] % 7)
    KnowledgeRequest.objects.filter(pk=request.pk).update(
        created_at=asked, closes_at=asked + requests.OPEN_FOR
    )


def _help(request: KnowledgeRequest, trainer: Person, text: QuestionText) -> None:
    """As far as the question has come by now."""
    asker = request.asker
    assert asker is not None
    match = matches.ask_trainer(request, trainer=trainer, by=asker)
    KnowledgeRequest.objects.filter(title__in=text["together"]).update(follows=request)
    if text["state"] == State.ASKED:
        return
    if text["state"] == State.OPEN:
        matches.say_no(match, by=trainer, reason=text["reason"])
        return
    matches.say_yes(match, by=trainer, text="Leuk, dit doe ik graag.")
    if text["state"] == State.DONE:
        _was_given(match)
        return
    match.request.refresh_from_db()
    start = planning.start_for(match)
    plan = planning.Plan(
        title=start["title"],
        promise="Je gaat naar huis met een antwoord op je eigen vraag.",
        theme=start["theme"] or "gesprek-en-team",
        minutes=60,
        format="online",
        capacity=start["capacity"],
        online_url="https://vergaderen.example/kennisvraag",
    )
    moments = [(_workday(days), dt.time(10, 0)) for days in _OFFERED]
    planning.offer_dates(match, by=trainer, plan=plan, moments=moments)
    option = match.options.first()
    if text["state"] == State.PLANNED and option is not None:
        planning.pick_date(option, by=asker)


def _workday(days: int) -> dt.date:
    day = clock.today() + dt.timedelta(days=days)
    while not is_workday(day):
        day += dt.timedelta(days=1)
    return day


def _was_given(match: Match) -> None:
    """Answered by a session of this trainer that has been."""
    session = (
        Session.objects.planned()
        .filter(course__trainer_rows__person=match.trainer, ends_at__lt=clock.now())
        .select_related("course")
        .order_by("-ends_at")
        .first()
    )
    if session is not None:
        Match.objects.filter(pk=match.pk).update(state=Match.State.DONE)
        KnowledgeRequest.objects.filter(pk=match.request_id).update(
            state=State.DONE, course=session.course, session=session
        )
