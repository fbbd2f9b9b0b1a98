# SPDX-License-Identifier: EUPL-1.2
"""'Geef een cursus' in one sitting: keep what is typed, then plan and publish in one transaction."""

import dataclasses
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Person
from courses.domain import courses, materials, sessions
from courses.errors import ChangeRefused
from courses.models import Course, Location, Material, Session
from courses.models.course import Format

#: Of one field of a draft; far more than any field may hold in the end.
MAX_TYPED = 20_000


@dataclasses.dataclass(frozen=True)
class Place:
    """A building, perhaps with a room and a city, as a trainer types it."""

    name: str
    room: str = ""
    city: str = ""


def keep_draft(public_id: uuid.UUID, *, by: Person, typed: dict[str, str]) -> Course:
    """The draft with this id holds what was typed, valid or not; it is made when it is new.

    The row is locked, so that text that is saved while the same person publishes never comes after it.
    Raises ChangeRefused: no organisation yet, already published, or another person's draft.
    """
    typed = {name: text.replace("\0", "")[:MAX_TYPED] for name, text in typed.items()}
    with transaction.atomic():
        course = _locked(public_id, by)
        if course is None:
            try:
                with transaction.atomic():
                    return courses.start_draft(by=by, typed=typed, public_id=public_id)
            except IntegrityError:  # the same form twice at once
                course = _locked(public_id, by)
        if course is None:
            raise ChangeRefused(_("Deze cursus is van iemand anders."), code="not_yours")
        courses.save_draft(course, typed=typed)
        return course


def copy_course(
    course: Course, public_id: uuid.UUID, *, by: Person, typed: dict[str, str]
) -> Course:
    """'Geef deze cursus nog een keer': a new draft of ``by`` that starts with this text and the links.

    Co-trainers are not copied (they have not said yes) and files neither (one file, one course). The same
    ``public_id`` again is the same draft, as it is by then. Raises ChangeRefused.
    """
    with transaction.atomic():
        there = _locked(public_id, by)
        if there is not None:
            return there
        copy = keep_draft(public_id, by=by, typed=typed)
        Material.objects.bulk_create(
            Material(course=copy, title=row.title, url=row.url)
            for row in course.materials.exclude(url="")
        )
        audit.record("course.copied", actor=by, subject=course, organisation=course.organisation)
        return copy


def _locked(public_id: uuid.UUID, by: Person) -> Course | None:
    return (
        Course.objects.filter(public_id=public_id, trainer_rows__person=by)
        .select_for_update(no_key=True, of=("self",))
        .first()
    )


def publish_draft(
    course: Course, *, by: Person, text: dict[str, Any], place: Place | None, **moment: Any
) -> Course:
    """Fill in the text, plan the first date and publish: all or nothing. Repeating it changes nothing.

    ``moment`` is what plan_session takes. Raises ChangeRefused with the field it belongs to.
    """
    with transaction.atomic():
        current = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
        if current.status == Course.Status.PUBLISHED:
            return current
        if current.status != Course.Status.DRAFT:
            raise ChangeRefused(_("Deze cursus is gestopt."), code="ended")
        # The date comes first: it checks the numbers that the course copies.
        plan(current, by=by, place=place, **moment)
        courses.change_course(
            current,
            by=by,
            format=moment["format"],
            minutes=moment["minutes"],
            max_participants=moment["capacity"],
            **text,
        )
        return courses.publish(current, by=by)


def plan(course: Course, *, by: Person, place: Place | None, **moment: Any) -> Session:
    """``plan_session`` at a place that is typed. Raises ChangeRefused."""
    with transaction.atomic():
        location = _location(course, place, moment["format"])
        return sessions.plan_session(course, by=by, location=location, **moment)


def change(session: Session, *, by: Person, place: Place | None, **changes: Any) -> Session:
    """``change_session`` to a place that is typed. Raises ChangeRefused."""
    with transaction.atomic():
        location = _location(session.course, place, changes["format"])
        return sessions.change_session(session, by=by, location=location, **changes)


def discard_draft(course: Course, *, by: Person) -> None:
    """Throw a draft away for good, its files too. Raises ChangeRefused for anything that was ever published."""
    with transaction.atomic():
        current = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
        if current.status != Course.Status.DRAFT:
            raise ChangeRefused(_("Deze cursus is al gepubliceerd."), code="published")
        audit.record(
            "course.discarded", actor=by, subject=current, organisation=current.organisation
        )
        materials.erase_files(current.materials.all())
        current.delete()


def _location(course: Course, place: Place | None, format_: str) -> Location | None:
    if format_ == Format.ONLINE or place is None or not place.name:
        return None
    return sessions.location_for(
        course.organisation, name=place.name, room=place.room, city=place.city
    )
