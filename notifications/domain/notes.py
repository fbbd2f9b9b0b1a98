# SPDX-License-Identifier: EUPL-1.2
"""Notes: a trainer writes to everyone who takes part, or trainer and participant write to each other.

The text travels as one mail per person from the service mailbox, so nobody learns an address; it is answered
on the page of the conversation. Only the participant and the trainers of the course read it.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.limits import Limit
from accounts.models import Person
from base import clock
from base.text import one_line
from courses.models import Course, CourseTrainer, Registration, Session
from notifications import outbox
from notifications.models import Message, Note
from notifications.models.message import Kind
from notifications.models.note import MAX_LENGTH

State = Registration.State

#: As long as a trainer sees the names of participants (courses.rules).
KEPT_AFTER = dt.timedelta(days=30)
#: Who has a seat, also afterwards.
TAKES_PART = (State.REGISTERED, State.ATTENDED, State.ABSENT)
#: Who may ask the trainer something.
MAY_ASK = (*TAKES_PART, State.WAITING)

#: To everyone of one session, a day; what one person writes, an hour; in one conversation, ten minutes.
TO_ALL = Limit("note-to-all", 5, 24 * 3600)
BY_PERSON = Limit("note-by-person", 30, 3600)
IN_CONVERSATION = Limit("note-in-conversation", 6, 600)


class NoteRefused(Exception):
    """This note is not sent; ``sentence`` says why, in words for the page."""

    def __init__(self, sentence: str, *, code: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


@dataclass(frozen=True)
class Conversation:
    """One participant and the trainers, as the trainers' list shows it."""

    registration: Registration
    last: Note

    @property
    def waits(self) -> bool:
        """The participant had the last word."""
        return not self.last.from_trainer


# --- writing --------------------------------------------------------------------------------------


def write_to_all(
    session: Session,
    *,
    by: Person,
    text: str,
    to_waiting: bool = False,
    public_id: uuid.UUID | None = None,
) -> Note:
    """From a trainer to everyone with a seat, and to the waiting list when asked.

    The same ``public_id`` sent twice is one note. Raises NoteRefused.
    """
    text, public_id = _checked(session, text), public_id or uuid.uuid4()
    if (there := _already(public_id, by)) is not None:
        return there
    states = MAY_ASK if to_waiting else TAKES_PART
    rows = [row for row in _people_of(session, states) if row.person_id != by.pk]
    if not rows:
        raise NoteRefused(_("Er is nog niemand om een bericht te sturen."), code="nobody")
    if not TO_ALL.allows(str(session.public_id)):
        raise NoteRefused(
            _("Je stuurde vandaag al vijf berichten aan deze groep. Probeer het morgen weer."),
            code="too_many",
        )
    note = Note(
        public_id=public_id,
        session=session,
        sender=by,
        from_trainer=True,
        to_waiting=to_waiting,
        text=text,
    )
    mails = [_mail(note, row, row.person) for row in rows if row.person is not None]
    return _send(note, mails, by=by)


def write(
    registration: Registration, *, by: Person, text: str, public_id: uuid.UUID | None = None
) -> Note:
    """In a conversation: from its participant to the trainers, or from a trainer to its participant.

    Who may do which is for the caller (notifications.access). Raises NoteRefused.
    """
    session = registration.session
    text, public_id = _checked(session, text), public_id or uuid.uuid4()
    if (there := _already(public_id, by)) is not None:
        return there
    if registration.state not in MAY_ASK:
        raise NoteRefused(
            _("Dit gesprek is gesloten: de collega doet niet meer mee."), code="not_in"
        )
    from_trainer = registration.person_id != by.pk
    receivers = [registration.person] if from_trainer else _trainers_of(session, besides=by)
    people = [person for person in receivers if person is not None and person.is_active]
    if not people:
        raise NoteRefused(_("Er is niemand meer die je bericht kan lezen."), code="nobody")
    if not (
        BY_PERSON.allows(str(by.public_id))
        and IN_CONVERSATION.allows(f"{registration.public_id}:{by.public_id}")
    ):
        raise NoteRefused(
            _("Je stuurt veel berichten achter elkaar. Wacht tien minuten."), code="too_many"
        )
    note = Note(
        public_id=public_id,
        session=session,
        registration=registration,
        sender=by,
        from_trainer=from_trainer,
        text=text,
    )
    return _send(note, [_mail(note, registration, person) for person in people], by=by)


def clean(text: str) -> str:
    """Plain text: no control or direction characters, at most one empty line in a row."""
    lines: list[str] = []
    for line in (one_line(line) for line in text.splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip()


def _checked(session: Session, text: str) -> str:
    text = clean(text)
    if not text:
        raise NoteRefused(_("Schrijf eerst je bericht."), code="empty")
    if len(text) > MAX_LENGTH:
        raise NoteRefused(
            _("Maak je bericht korter: hooguit 2.000 tekens. Nu zijn het er %(number)d.")
            % {"number": len(text)},
            code="too_long",
        )
    if is_closed(session):
        raise NoteRefused(
            _("Berichten sturen kan tot 30 dagen na de bijeenkomst."), code="too_late"
        )
    return text


def is_closed(session: Session) -> bool:
    return clock.now() > session.ends_at + KEPT_AFTER


def _already(public_id: uuid.UUID, by: Person) -> Note | None:
    """The same form sent again. Raises NoteRefused for the id of somebody else's note."""
    note = Note.objects.filter(public_id=public_id).first()
    if note is not None and note.sender_id != by.pk:
        raise NoteRefused(_("Dit bericht kon niet weg. Probeer het opnieuw."), code="taken")
    return note


def _people_of(session: Session, states: Sequence[str]) -> QuerySet[Registration]:
    return (
        session.registrations.filter(state__in=states, person__is_active=True)
        .select_related("person")
        .order_by("pk")
    )


def _trainers_of(session: Session, *, besides: Person) -> list[Person]:
    rows = CourseTrainer.objects.filter(course_id=session.course_id).select_related("person")
    return [row.person for row in rows if row.person_id != besides.pk]


def _mail(note: Note, registration: Registration, person: Person) -> Message:
    start = note.session.starts_at
    queue = Message.Queue.NORMAL if note.session.has_started else outbox.queue_for(start)
    return outbox.new(
        Kind.NOTE,
        key=f"note:{note.public_id.hex}:{person.public_id.hex}",
        person=person,
        queue=queue,
        registration=registration.pk,
    )


def _send(note: Note, mails: list[Message], *, by: Person) -> Note:
    note.receivers = len(mails)
    try:
        with transaction.atomic():
            note.save()
            for mail in mails:
                mail.payload["note"] = note.pk
            outbox.put_all(mails)
            audit.record(
                "note.sent",
                actor=by,
                subject=note.session,
                organisation=note.session.course.organisation,
                receivers=len(mails),
            )
    except IntegrityError:  # the same form twice at once
        there = _already(note.public_id, by)
        if there is None:
            raise
        return there
    return note


# --- reading --------------------------------------------------------------------------------------


def conversation(registration: Registration) -> list[Note]:
    """What this participant and the trainers wrote, with what went to everyone. One query.

    Who comes later also reads what was told to all before; who left reads nothing that came after.
    """
    to_all = Q(registration__isnull=True)
    if registration.state == State.WAITING:
        to_all &= Q(to_waiting=True)
    elif registration.state == State.CANCELLED:
        to_all &= Q(created_at__lte=registration.cancelled_at)
        if registration.registered_at is None:
            to_all &= Q(to_waiting=True)
    return list(
        Note.objects.filter(session_id=registration.session_id)
        .filter(to_all | Q(registration=registration))
        .select_related("sender")
        .order_by("created_at", "pk")
    )


def sent_to_all(session: Session) -> list[Note]:
    return list(
        Note.objects.filter(session=session, registration__isnull=True)
        .select_related("sender")
        .order_by("-created_at", "-pk")
    )


def conversations_of(session: Session) -> list[Conversation]:
    """Every conversation in which something was written, unanswered ones first. One query."""
    rows = (
        Note.objects.filter(session=session, registration__person__isnull=False)
        .select_related("registration__person", "registration__organisation")
        .order_by("created_at", "pk")
    )
    last = {note.registration_id: note for note in rows}
    found = [
        Conversation(note.registration, note)
        for note in last.values()
        if note.registration is not None
    ]
    found.sort(key=lambda row: (row.last.created_at, row.last.pk), reverse=True)
    return sorted(found, key=lambda row: not row.waits)


def forget_notes() -> int:
    """Notes go when the names of participants do. Returns how many went."""
    before = clock.now() - KEPT_AFTER
    deleted, _by_model = Note.objects.filter(session__ends_at__lt=before).delete()
    return deleted


def erase_notes(person: Person) -> None:
    """Somebody goes: the conversations of this person, and what the person wrote in those of others."""
    Note.objects.filter(
        Q(registration__person=person) | Q(sender=person, registration__isnull=False)
    ).delete()


def may_hear(registration: Registration, person: Person) -> bool:
    """Whether a note in this conversation still concerns this person, at the moment its mail is written."""
    if registration.person_id == person.pk:
        return registration.state in MAY_ASK
    return Course.objects.filter(pk=registration.session.course_id, trainers=person).exists()
