# SPDX-License-Identifier: EUPL-1.2
"""How reminders, questions afterwards, news and days in the calendar come about (for test_letters)."""

import datetime as dt

import time_machine
from django.db import transaction

from accounts import signals as accounts
from accounts.domain import people
from accounts.models import AccessRequest, Person, Role
from base import clock
from courses.models import Course, Edition, Registration, Session
from notifications import outbox
from notifications.domain import bulk, days, follow_up, preferences, reminders
from notifications.models import Preference
from notifications.models.message import Kind
from tests.factories import CourseFactory, EditionFactory, SessionFactory, ThemeFactory
from tests.notifications.conftest import Mail, post, seat

DAY = dt.timedelta(days=1)


def at(day: str, time: str) -> dt.datetime:
    """An instant of the wall clock in Amsterdam."""
    return clock.from_wall_time(dt.date.fromisoformat(day), dt.time.fromisoformat(time))


def reminder_day(session: Session, person: Person) -> list[Mail]:
    seat(session, person)
    post()
    with time_machine.travel(at("2026-10-12", "16:00"), tick=False):
        reminders.queue_reminders()
        return post()


def reminder_hour(session: Session, person: Person) -> list[Mail]:
    reminder_day(session, person)
    with time_machine.travel(at("2026-10-13", "09:00"), tick=False):
        reminders.queue_reminders()
        return post()


def applied(session: Session, person: Person) -> list[Mail]:
    row = seat(session, person)
    post()
    row.state = Registration.State.ATTENDED
    row.save()
    Session.objects.filter(pk=session.pk).update(attendance_marked_at=session.ends_at)
    with time_machine.travel(session.ends_at + follow_up.AFTER, tick=False):
        follow_up.queue_questions()
        return [mail for mail in post() if mail["To"].addresses[0].addr_spec == person.email]


def wants_digest(person: Person, *slugs: str, language: str | None = None) -> Preference:
    themes = [ThemeFactory(slug=slug, name=slug.capitalize()) for slug in slugs]
    return preferences.change(
        person,
        language=language or person.language,
        reminders=True,
        digest=True,
        themes=themes,
    )


def digest(session: Session, person: Person) -> list[Mail]:
    Course.objects.update(published_at=clock.now() - 30 * DAY)
    Session.objects.update(created_at=clock.now() - 30 * DAY)
    wants_digest(person, "schrijven", "data")
    for number, (title, slug) in enumerate(
        [("Duidelijke mails", "schrijven"), ("Draaitabellen", "data"), ("Debatteren", "gesprek")]
    ):
        course = CourseFactory(title=title, slug=f"nieuw-{number}", theme__slug=slug)
        SessionFactory(course=course, starts_at=session.starts_at + number * DAY)
    with time_machine.travel(at("2026-10-12", "08:00"), tick=False):
        bulk.queue_digests()
        return post()


def a_week() -> Edition:
    return EditionFactory(
        slug="tjc-week-2026",
        name="TJC-week 2026",
        starts_on=dt.date(2026, 11, 9),
        ends_on=dt.date(2026, 11, 13),
        programme_published_at=clock.now() - dt.timedelta(minutes=1),
    )


def programme(session: Session, person: Person) -> list[Mail]:
    edition = a_week()
    preferences.ask_programme(edition, person=person)
    bulk.queue_announcements()
    return post()


def a_day() -> Edition:
    return EditionFactory(
        slug="tjc-dag",
        name="TJC-dag najaar",
        kind="day",
        starts_on=dt.date(2026, 11, 19),
        ends_on=dt.date(2026, 11, 19),
    )


def day(session: Session, person: Person) -> list[Mail]:
    days.put_in_calendar(a_day(), person=person)
    return post()


def day_changed(session: Session, person: Person) -> list[Mail]:
    day(session, person)
    with transaction.atomic():
        edition = Edition.objects.get(slug="tjc-dag")
        edition.starts_on = edition.ends_on = dt.date(2026, 11, 26)
        edition.save()
        days.change_edition(edition, name_only=False)
    return post()


def day_cancelled(session: Session, person: Person) -> list[Mail]:
    day(session, person)
    days.take_out(Edition.objects.get(slug="tjc-dag"), person=person)
    return post()


def readdressed(session: Session, person: Person) -> list[Mail]:
    old = person.email
    seat(session, person)
    post()
    people.change_email(person, email="merel@nieuw.example", by=person)
    told = [mail for mail in post() if mail["To"].addresses[0].addr_spec == old]
    return [mail for mail in told if mail.calendar_octets is not None]


def access_requested(session: Session, person: Person) -> list[Mail]:
    Role.objects.create(person=person, kind=Role.Kind.NATIONAL)
    trainer = session.course.trainers.get()
    row = AccessRequest.objects.create(person=trainer, organisation=trainer.organisation)
    accounts.access_requested.send(AccessRequest, access_request=row)
    return post()


def export_ready(session: Session, person: Person) -> list[Mail]:
    outbox.put(
        Kind.EXPORT_READY,
        key="export_ready:1",
        person=person,
        export="00000000-0000-4000-8000-000000000001",
        until=(clock.now() + DAY).isoformat(),
    )
    return post()


def reach_monthly(session: Session, person: Person) -> list[Mail]:
    assert person.organisation is not None
    outbox.put(
        Kind.REACH_MONTHLY,
        key="reach_monthly:1",
        export="f" * 32,
        person=person,
        organisation=person.organisation.pk,
        table="registrations",
        format="xlsx",
        month=clock.today().replace(day=1).isoformat(),
    )
    return post()


NEWS_SCENES = {
    scene.__name__: scene
    for scene in (
        reminder_day,
        reminder_hour,
        applied,
        digest,
        programme,
        day,
        day_changed,
        day_cancelled,
        readdressed,
        access_requested,
        export_ready,
        reach_monthly,
    )
}

__all__ = ["NEWS_SCENES", "a_day", "a_week", "at", "wants_digest"]
