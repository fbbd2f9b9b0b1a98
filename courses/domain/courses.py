# SPDX-License-Identifier: EUPL-1.2
"""From a first word in 'Geef een cursus' to a published course, and its end."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Organisation, Person
from base import clock
from courses import signals
from courses.domain import sessions
from courses.errors import ChangeRefused
from courses.models import Course, CourseInterest, CourseTrainer, Session

#: How often an address is looked for that is still free when it is written.
_TRIES = 10
#: What ``change_course`` accepts.
EDITABLE = frozenset(
    {
        "title",
        "promise",
        "goals",
        "description",
        "bring",
        "quote",
        "audience",
        "level",
        "language",
        "format",
        "minutes",
        "min_participants",
        "max_participants",
        "theme",
        "licence",
    }
)


def start_draft(
    *, by: Person, typed: dict[str, str] | None = None, public_id: uuid.UUID | None = None
) -> Course:
    """A new draft of which ``by`` is the lead trainer. Raises ChangeRefused without an organisation.

    With a ``public_id`` that the page chose, the same form sent twice makes one draft (IntegrityError).
    """
    if by.organisation is None:
        raise ChangeRefused(_("Vertel ons eerst waar je werkt."), code="organisation_missing")
    with transaction.atomic():
        course = Course(organisation=by.organisation, draft=typed or {})
        course.public_id = public_id or course.public_id
        course.title = (typed or {}).get("title", "")[:120]
        course.slug = course.public_id.hex
        course.save()
        CourseTrainer.objects.create(course=course, person=by)
    return course


def save_draft(course: Course, *, typed: dict[str, str]) -> None:
    """Keep what was typed, valid or not, so that nothing is lost. Only while it is a draft."""
    if course.status != Course.Status.DRAFT:
        raise ChangeRefused(_("Deze cursus is al gepubliceerd."), code="published")
    course.draft = typed
    course.title = typed.get("title", "")[:120]
    course.save(update_fields=["draft", "title", "updated_at"])


def change_course(course: Course, *, by: Person, **fields: Any) -> Course:
    """Change the text of a course. A new title of a published course is told to its participants."""
    unknown = fields.keys() - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    if not fields.get("title", course.title).strip():
        raise ChangeRefused(_("Geef je cursus een titel."), code="title", field="title")
    with transaction.atomic():
        current = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
        old_title = current.title
        for name, value in fields.items():
            setattr(current, name, value)
        current.save()
        audit.record(
            "course.changed",
            actor=by,
            subject=current,
            organisation=current.organisation,
            fields=sorted(fields),
        )
        if current.status == Course.Status.PUBLISHED and current.title != old_title:
            sessions.title_changed(current, by=by, old=old_title)
    return current


def publish(course: Course, *, by: Person) -> Course:
    """Make the course and its planned dates visible. Repeating it changes nothing.

    Every card names the organisation, and anybody can say to work anywhere: so it is the publisher's, confirmed by
    the mail domain or a coordinator, also when the draft was begun at another one.
    Raises ChangeRefused while something that every card shows is missing, when the publisher has not yet typed a
    code, or when nobody confirmed yet where the publisher works.
    """
    if not by.is_verified:
        raise ChangeRefused(_("Typ eerst de code uit je mail."), code="code_first")
    organisation = by.organisation
    if organisation is None or not by.organisation_confirmed:
        raise ChangeRefused(
            _("Je concept is bewaard. We gaan nog na waar je werkt. Daarna kun je publiceren."),
            code="unconfirmed",
        )
    for left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                return _publish(course, by=by, organisation=organisation)
        except IntegrityError:  # somebody else just took the address of the course or the trainer
            if not left:
                raise
    raise AssertionError


def _publish(course: Course, *, by: Person, organisation: Organisation) -> Course:
    current = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
    if current.status == Course.Status.PUBLISHED:
        return current
    for name, sentence in (
        ("title", _("Geef je cursus een titel.")),
        ("promise", _("Schrijf in één zin wat je collega leert.")),
        ("theme_id", _("Kies een onderwerp.")),
    ):
        if not getattr(current, name):
            raise ChangeRefused(sentence, code="incomplete", field=name.removesuffix("_id"))
    drafts = list(
        current.sessions.filter(status=Session.Status.DRAFT)
        .select_related("course__organisation", "edition", "location")
        .order_by("starts_at")
    )
    if any(session.has_started for session in drafts):
        raise ChangeRefused(
            _("Deze datum is al geweest. Kies een datum vanaf morgen."),
            code="past",
            field="day",
        )
    current.organisation = organisation
    current.status = Course.Status.PUBLISHED
    current.published_at = clock.now()
    current.slug = free_slug(current)
    current.draft = {}
    current.save()
    give_profile(by)
    audit.record("course.published", actor=by, subject=current, organisation=current.organisation)
    for session in drafts:
        session.course = current
        session.status = Session.Status.PLANNED
        session.save(update_fields=["status", "updated_at"])
        sessions.announce(session, by=by)
    return current


def publish_at_once(*, by: Person, **fields: Any) -> Course:
    """A finished text in one step (the API): draft, text and publication, or nothing at all."""
    with transaction.atomic():
        course = start_draft(by=by)
        change_course(course, by=by, **fields)
        return publish(course, by=by)


def cancel_course(course: Course, *, by: Person, reason: str = "") -> Course:
    """The course stops: its coming sessions are cancelled, everyone is told."""
    with transaction.atomic():
        current = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
        for session in current.sessions.filter(
            status__in=(Session.Status.PLANNED, Session.Status.DRAFT), starts_at__gt=clock.now()
        ).order_by("pk"):
            sessions.cancel_session(session, by=by, reason=reason)
        _set_status(current, Course.Status.CANCELLED, by=by)
    return current


def archive(course: Course, *, by: Person) -> Course:
    """Out of the catalogue; page and materials stay findable. Refused while dates are to come."""
    with transaction.atomic():
        current = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
        if current.sessions.planned().filter(starts_at__gt=clock.now()).exists():
            raise ChangeRefused(
                _("Deze cursus heeft nog data. Zeg die eerst af."), code="has_sessions"
            )
        _set_status(current, Course.Status.ARCHIVED, by=by)
    return current


def _set_status(course: Course, status: str, *, by: Person) -> None:
    if course.status == status:
        return
    course.status = status
    course.save(update_fields=["status", "updated_at"])
    audit.record(f"course.{status}", actor=by, subject=course, organisation=course.organisation)


def add_co_trainer(course: Course, *, person: Person, by: Person) -> CourseTrainer:
    """For who said yes (courses.domain.co_trainers)."""
    with transaction.atomic():
        row, made = CourseTrainer.objects.get_or_create(
            course=course, person=person, defaults={"part": CourseTrainer.Part.CO}
        )
        if made:
            give_profile(person)
            audit.record(
                "course.co_trainer", actor=by, subject=course, organisation=course.organisation
            )
            signals.trainer_added.send(Course, course=course, person=person, by=by)
    return row


def remove_co_trainer(course: Course, *, person: Person, by: Person) -> None:
    """Who gave the course too gives it no more. Repeating it changes nothing.

    Raises ChangeRefused for the lead trainer: a course without one belongs to nobody.
    """
    with transaction.atomic():
        row = (
            CourseTrainer.objects.select_for_update(no_key=True)
            .filter(course=course, person=person)
            .first()
        )
        if row is None:
            return
        if row.part == CourseTrainer.Part.LEAD:
            raise ChangeRefused(
                _("Dit is de trainer van de cursus. Die kan niet weg."), code="lead_trainer"
            )
        row.delete()
        audit.record(
            "course.co_trainer_removed",
            actor=by,
            subject=course,
            organisation=course.organisation,
        )
        signals.trainer_removed.send(Course, course=course, person=person, by=by)


def wait_for_subject(course: Course, *, person: Person) -> CourseInterest:
    """'Mail me when there is a new date.'"""
    return CourseInterest.objects.get_or_create(course=course, person=person)[0]


def stop_waiting_for_subject(course: Course, *, person: Person) -> None:
    CourseInterest.objects.filter(course=course, person=person).delete()


def free_slug(course: Course) -> str:
    """A readable address that no other course has."""
    return _free(course.title, "cursus", Course.objects.exclude(pk=course.pk))


def give_profile(person: Person) -> None:
    """Trainers have a public page; its address is made at the first course."""
    if person.slug:
        return
    slug = _free(person.name, "trainer", Person.objects.all())
    # Not on the object before it is in the database: publish tries again when somebody was first.
    Person.objects.filter(pk=person.pk).update(slug=slug, updated_at=clock.now())
    person.slug = slug


def _free(text: str, otherwise: str, rows: QuerySet[Any]) -> str:
    """The text as a slug that none of these rows has, with a number where it must. One query."""
    base = slugify(text)[:120].strip("-") or otherwise
    taken = set(rows.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
