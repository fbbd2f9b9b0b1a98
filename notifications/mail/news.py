# SPDX-License-Identifier: EUPL-1.2
"""What reminders, questions afterwards, digests and announcements say.

The counterpart of notifications.mail.letters, which asks here for the kinds in ``WRITERS``.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as marked

from base import clock
from courses.models import Course, Edition, Registration, Session
from notifications.domain import bulk, reminders
from notifications.itip.facts import Facts
from notifications.mail import figures, letters, links, questions, wording
from notifications.mail.desk import Desk
from notifications.mail.headers import one_line
from notifications.mail.letters import NothingToTell, Values
from notifications.models import Invitation, Message
from notifications.models.message import BULK_KINDS, Kind

#: Courses that a digest names; the others are on the site.
_NAMED = 5


def _reminder(message: Message, desk: Desk, language: str) -> Values:
    row = letters.registration_of(message, desk)
    session = row.session
    if row.state != Registration.State.REGISTERED:
        raise NothingToTell(marked("je collega doet niet meer mee"))
    if session.status != Session.Status.PLANNED:
        raise NothingToTell(marked("de bijeenkomst gaat niet door"))
    if reminders.has_moved(message, session):
        raise NothingToTell(marked("de bijeenkomst is verzet"))
    if reminders.too_late(message.kind, session):
        raise NothingToTell(marked("het is te laat voor een herinnering"))
    facts = Facts.of(session)
    if message.kind == Kind.REMINDER_HOUR and not facts.link:
        raise NothingToTell(marked("de bijeenkomst is niet meer online"))
    return letters.about(session, desk, language, facts) | {
        "today": clock.local(session.starts_at).date() == clock.today(),
        "withdraw_url": links.withdraw(row),
    }


def _applied(message: Message, desk: Desk, language: str) -> Values:
    row = letters.registration_of(message, desk)
    if row.state != Registration.State.ATTENDED:
        raise NothingToTell(marked("je collega was er niet bij"))
    return letters.about(row.session, desk, language) | {"applied_url": links.applied(row)}


def _digest(message: Message, desk: Desk, language: str) -> Values:
    preference = desk.news.preferences.get(message.person_id or 0)
    if preference is None or not preference.digest:
        raise NothingToTell(marked("je collega wil deze mail niet meer"))
    monday = dt.date.fromisoformat(str(message.payload["week"]))
    if clock.now() - bulk.digest_moment(monday) > bulk.WEEK:
        raise NothingToTell(marked("die week is al voorbij"))
    chosen = {theme.pk: theme for theme in preference.themes.all()}
    own = desk.news.own_courses.get(message.person_id or 0, set())
    found = [
        (course, session)
        for course, session in desk.news.courses(monday)
        if course.theme_id in chosen and course.pk not in own
    ]
    if not found:
        raise NothingToTell(marked("er is niets nieuws in de gekozen thema’s"))
    themes = sorted({chosen[course.theme_id or 0].name for course, _session in found})
    return {
        "first_title": one_line(found[0][0].title),
        "others": len(found) - 1,
        "unlisted": max(0, len(found) - _NAMED),
        "themes": wording.listed([one_line(name) for name in themes], language),
        "courses": [_listed(course, session, language) for course, session in found[:_NAMED]],
        "catalogue_url": links.catalogue(),
        "preferences_url": links.preferences(),
        "unsubscribe_url": links.unsubscribe(preference.person),
    }


def _listed(course: Course, session: Session, language: str) -> Values:
    return {
        "title": one_line(course.title),
        "when": wording.short_moment(session.starts_at, language),
        "where": wording.place(Facts.of(session), language),
        "url": links.course(course),
    }


def _programme(message: Message, desk: Desk, language: str) -> Values:
    edition, person = (
        desk.news.editions.get(message.payload.get("edition", 0)),
        desk.person(message),
    )
    if edition is None or edition.is_over or not edition.programme_is_public:
        raise NothingToTell(marked("het programma is niet openbaar"))
    if person is None or not desk.news.wants_programme(person, edition):
        raise NothingToTell(marked("je collega wil deze mail niet meer"))
    return {
        "edition": one_line(edition.name),
        "when": _days(edition, language),
        "number": desk.news.number_of_courses(edition),
        "edition_url": links.edition(edition),
        "unsubscribe_url": links.unsubscribe(person),
    }


def _days(edition: Edition, language: str) -> str:
    first, last = (wording.date(day, language) for day in (edition.starts_on, edition.ends_on))
    if first == last:
        return first
    return f"{first} {'tot en met' if language == 'nl' else 'to'} {last}"


def _access_requested(message: Message, desk: Desk, language: str) -> Values:
    row = desk.access_request(message)
    if row is None or row.status != row.Status.OPEN:
        raise NothingToTell(marked("er is al over beslist"))
    return {
        "asker": one_line(row.person.name) or row.person.email,
        "asker_email": row.person.email,
        "organisation": one_line(row.organisation.name),
        "decide_url": links.page("accounts:access"),
    }


def day_values(invitation: Invitation, facts: Facts, old: Facts | None, language: str) -> Values:
    """For a whole TJC-dag in the calendar."""
    assert invitation.edition is not None and invitation.person is not None
    return {
        "name": letters.first_name(invitation.person.name),
        "title": facts.title,
        "when_day": wording.day(facts.start, language),
        "old_day": wording.day(old.start, language) if old else "",
        "when_short": wording.day(facts.start, language),
        "edition_url": links.edition(invitation.edition),
        "mine_url": links.page("pages:mine"),
    }


def day_description(invitation: Invitation, facts: Facts, language: str) -> str:
    assert invitation.edition is not None
    ask = "Kies je cursussen" if language == "nl" else "Choose your courses"
    return f"{facts.title}\n\n{ask}: {links.edition(invitation.edition)}"


WRITERS: dict[str, Callable[[Message, Desk, str], dict[str, Any]]] = {
    Kind.REMINDER_DAY: _reminder,
    Kind.REMINDER_HOUR: _reminder,
    Kind.APPLIED: _applied,
    Kind.DIGEST: _digest,
    Kind.PROGRAMME: _programme,
    Kind.ACCESS_REQUESTED: _access_requested,
    **figures.WRITERS,
    **questions.WRITERS,
}


def unsubscribe_url(message: Message, desk: Desk) -> str:
    """For the header of a mail that goes to who asked for it; "" for others. In Dutch: a program opens it, not a
    person."""
    if message.kind == Kind.REACH_MONTHLY:
        return figures.stop_url(message)
    person = desk.person(message) if message.kind in BULK_KINDS else None
    return links.unsubscribe(person) if person is not None else ""


__all__ = ["WRITERS", "day_description", "day_values", "unsubscribe_url"]
