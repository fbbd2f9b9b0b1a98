# SPDX-License-Identifier: EUPL-1.2
"""What each kind of mail says: from a row of the outbox to the values of its template.

Only the receiver, the trainers and the session are named; never another learner.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as marked

from base import clock
from courses.models import Course, CourseTrainer, Registration, Session, TrainerInvitation
from notifications import sealing
from notifications.domain import notes
from notifications.itip.facts import Facts
from notifications.mail import links, wording
from notifications.mail.desk import Desk
from notifications.mail.headers import one_line
from notifications.models import Invitation, Message
from notifications.models.message import ADDRESSED_KINDS, Kind

Values = dict[str, Any]

#: A code works ten minutes (ACCOUNT_LOGIN_BY_CODE_TIMEOUT); a mail that comes later only confuses.
_CODE_LIFE = dt.timedelta(minutes=10)


class NothingToTell(Exception):
    """There is no mail to write any more; the reason is for whoever reads the outbox, in their language: a
    sentence that is marked here and translated there (notifications.reasons)."""


class AddressRefuses(NothingToTell):
    """The address does not take our mail, so nothing is sent there."""


# --- mails without a calendar part ----------------------------------------------------------------


def values(message: Message, desk: Desk, language: str) -> Values:
    """For a message without invitation. Raises NothingToTell."""
    person = desk.person(message)
    if person is None and message.kind not in ADDRESSED_KINDS:
        raise NothingToTell(marked("de ontvanger bestaat niet meer"))
    if person is not None and not person.is_active:
        raise NothingToTell(marked("de ontvanger doet niet meer mee aan TrainJeCollega"))
    from notifications.mail import news  # here, because it builds on the pieces below

    write = _WRITERS.get(message.kind) or news.WRITERS[message.kind]
    return {"name": first_name(person.name) if person else ""} | write(message, desk, language)


def _login_code(message: Message, desk: Desk, language: str) -> Values:
    if message.secret is None or clock.now() - message.created_at >= _CODE_LIFE:
        raise NothingToTell(marked("de code is verlopen"))
    # The name may be what a stranger typed for this address: a code greets nobody.
    return {"name": "", "code": sealing.open_sealed(bytes(message.secret)).decode()}


def _address_changed(message: Message, desk: Desk, language: str) -> Values:
    """To the old address, in case somebody else did it. The new one is not named: this mailbox may be
    read by others by now."""
    return {"contact_url": links.page("pages:contact")}


def _waiting(message: Message, desk: Desk, language: str) -> Values:
    row = registration_of(message, desk)
    if row.state != Registration.State.WAITING:
        raise NothingToTell(marked("je collega staat niet meer op de wachtlijst"))
    _still_to_come(row.session)
    return about(row.session, desk, language) | {
        "position": desk.position(row),
        "withdraw_url": links.withdraw(row),
        "by_another": _by_another(row),
    }


def _left(message: Message, desk: Desk, language: str) -> Values:
    """Off the waiting list, or declined in the calendar: no calendar part."""
    row = registration_of(message, desk)
    _still_to_come(row.session)
    return (
        about(row.session, desk, language)
        | _why_gone(row)
        | {
            "waiting": bool(message.payload.get("waiting")),
            "register_url": links.register(row.session),
            "by_another": _by_another(row),
        }
    )


def _session_cancelled(message: Message, desk: Desk, language: str) -> Values:
    row = registration_of(message, desk)
    _still_to_come(row.session)
    instead = _instead(row.session, desk, language) | {"by_another": _by_another(row)}
    return about(row.session, desk, language) | instead


def _evaluate(message: Message, desk: Desk, language: str) -> Values:
    row = registration_of(message, desk)
    if row.state != Registration.State.ATTENDED:
        raise NothingToTell(marked("je collega was er niet bij"))
    trainers = desk.trainers.get(row.session.course_id, [])
    return about(row.session, desk, language) | {
        "trainer_first": first_name(trainers[0].person.name) if trainers else "De trainer",
        "evaluate_url": links.evaluate(row),
    }


def _new_date(message: Message, desk: Desk, language: str) -> Values:
    course = desk.course(message)
    if course is None or course.status != Course.Status.PUBLISHED:
        raise NothingToTell(marked("de cursus staat niet meer op de site"))
    if (message.person_id, course.pk) in desk.taking_part:
        raise NothingToTell(marked("je collega doet al mee"))
    dates = desk.dates(course)
    if not dates:
        raise NothingToTell(marked("er is geen datum met plek meer"))
    return {
        "title": one_line(course.title),
        "course_url": links.course(course),
        "dates": [
            {
                "when": wording.short_moment(row.starts_at, language),
                "where": wording.place(Facts.of(row), language),
            }
            for row in dates
        ],
    }


def _answered(message: Message, desk: Desk, language: str) -> Values:
    """We write back about an answer to an invitation; nothing of the answer itself is repeated."""
    row = desk.answered(message)
    if row is None or row.person is None or row.session is None:
        raise NothingToTell(marked("de uitnodiging bestaat niet meer"))
    _still_to_come(row.session)
    if row.state == Invitation.State.CANCELLED:
        raise NothingToTell(marked("de uitnodiging is ingetrokken"))
    found = about(row.session, desk, language) | {
        "answered_by": one_line(row.person.name),
        "register_url": links.register(row.session),
        "courses_url": links.page("pages:coordinator-courses"),
    }
    if row.registration is not None:
        return found | {"withdraw_url": links.withdraw(row.registration)}
    return found | {"manage_url": links.manage(row.session.course)}


def _note(message: Message, desk: Desk, language: str) -> Values:
    """What a trainer or a participant wrote; the text stays in its row and goes with it."""
    note, row, person = desk.note(message), desk.registration(message), desk.person(message)
    if note is None or row is None or person is None:
        raise NothingToTell(marked("het bericht bestaat niet meer"))
    if note.sender is None:
        raise NothingToTell(marked("de afzender bestaat niet meer"))
    if not notes.may_hear(row, person):
        raise NothingToTell(marked("je collega doet niet meer mee"))
    organisation = note.sender.organisation
    return about(row.session, desk, language) | {
        "sender": one_line(note.sender.name),
        "sender_org": one_line(organisation.name) if organisation else "",
        "from_trainer": note.from_trainer,
        "lines": [one_line(line) for line in note.text.split("\n")],
        "conversation_url": links.page("notifications:conversation", row.public_id),
    }


def _teach_asked(message: Message, desk: Desk, language: str) -> Values:
    """A colleague asks somebody to give a course too; nothing of it shows before the yes."""
    row = desk.trainer_invitation(message)
    if row is None or row.is_over or row.answer != TrainerInvitation.Answer.NONE:
        raise NothingToTell(marked("de vraag is beantwoord of geldt niet meer"))
    if row.asked_by is None or not row.asked_by.is_active:
        raise NothingToTell(marked("de afzender bestaat niet meer"))
    if row.course.status not in {Course.Status.DRAFT, Course.Status.PUBLISHED}:
        raise NothingToTell(marked("de cursus is gestopt"))
    organisation = row.asked_by.organisation
    return {
        "title": one_line(row.course.title),
        "asker": one_line(row.asked_by.name),
        "asker_first": first_name(row.asked_by.name),
        "asker_org": one_line(organisation.name) if organisation else "",
        "answer_url": links.page("courses:trainer-invitation", row.public_id),
    }


def _access(message: Message, desk: Desk, language: str) -> Values:
    request = desk.access_request(message)
    if request is None:
        raise NothingToTell(marked("de aanvraag bestaat niet meer"))
    return {
        "organisation": one_line(request.organisation.name),
        "coordination_url": links.coordination(),
        "access_url": links.access(),
    }


def _organisation(message: Message, desk: Desk, language: str) -> Values:
    organisation = desk.organisation(message)
    if organisation is None:
        raise NothingToTell(marked("de organisatie bestaat niet meer"))
    return {
        "organisation": one_line(organisation.name),
        "catalogue_url": links.catalogue(),
        "me_url": links.me(),
    }


_WRITERS: dict[str, Callable[[Message, Desk, str], Values]] = {
    Kind.LOGIN_CODE: _login_code,
    Kind.ADDRESS_CODE: _login_code,
    Kind.ADDRESS_CHANGED: _address_changed,
    Kind.WAITING: _waiting,
    Kind.WITHDRAWN: _left,
    Kind.REMOVED: _left,
    Kind.RELEASED: _left,
    Kind.SESSION_CANCELLED: _session_cancelled,
    Kind.EVALUATE: _evaluate,
    Kind.NEW_DATE: _new_date,
    Kind.NOTE: _note,
    Kind.TEACH_ASKED: _teach_asked,
    Kind.TIME_FIXED: _answered,
    Kind.DELEGATED: _answered,
    Kind.TRAINER_DECLINED: _answered,
    Kind.ACCESS_GRANTED: _access,
    Kind.ACCESS_REFUSED: _access,
    Kind.ORGANISATION_CONFIRMED: _organisation,
    Kind.ORGANISATION_REJECTED: _organisation,
}


# --- mails about an invitation --------------------------------------------------------------------


def invitation_values(
    kind: str, invitation: Invitation, facts: Facts, old: Facts | None, desk: Desk, language: str
) -> Values:
    """``facts`` is what the calendar part says, ``old`` what the receiver was told before."""
    session, registration, person = invitation.session, invitation.registration, invitation.person
    assert person is not None
    found: Values = {"name": first_name(person.name)} | about(session, desk, language, facts)
    found["confirmed"] = person.organisation_confirmed
    if registration is not None:
        found["withdraw_url"] = links.withdraw(registration)
        found["by_another"] = _by_another(registration)
    else:
        found["manage_url"] = links.manage(session.course)
    found["mine_url"] = links.page("pages:mine")
    match kind:
        case Kind.CHANGED | Kind.TEACH_CHANGED:
            found |= _difference(old or facts, facts, language)
        case Kind.MOVED if registration is not None:
            found |= _moved(registration, facts, language)
        case Kind.SESSION_CANCELLED:
            found |= _instead(session, desk, language)
        case Kind.WITHDRAWN | Kind.REMOVED if registration is not None:
            found |= _why_gone(registration)
    return found


def description(invitation: Invitation, facts: Facts, desk: Desk, language: str) -> str:
    """DESCRIPTION: plain text, with the time in words for calendars that think in another zone."""
    dutch = language == "nl"
    session = invitation.session
    lines = [facts.title, ""]
    if by := _trainers(desk.trainers.get(session.course_id, []), language):
        lines.append(f"Trainer: {by}")
    lines.append(
        f"{'Wanneer' if dutch else 'When'}: {wording.period(facts.start, facts.end, language)}"
    )
    lines.append(f"{'Waar' if dutch else 'Where'}: {wording.place(facts, language)}")
    if facts.link:
        lines.append(f"Link: {facts.link}")
    if session.course.bring:
        lines.append(f"{'Neem mee' if dutch else 'Bring'}: {one_line(session.course.bring)}")
    lines += ["", f"{'Over deze cursus' if dutch else 'About this course'}: "]
    lines[-1] += links.course(session.course)
    if invitation.registration is not None and invitation.state == Invitation.State.ACTIVE:
        ask = "Toch niet? Meld je af" if dutch else "Cannot make it? Withdraw"
        lines.append(f"{ask}: {links.withdraw(invitation.registration)}")
    return "\n".join(lines)


# --- pieces -----------------------------------------------------------------------------------------


def first_name(name: str) -> str:
    return one_line(name).split(" ", 1)[0]


def registration_of(message: Message, desk: Desk) -> Registration:
    row = desk.registration(message)
    if row is None or row.person_id != message.person_id:
        raise NothingToTell(marked("de aanmelding bestaat niet meer"))
    return row


def _by_another(row: Registration) -> bool:
    return row.registered_by_id not in {None, row.person_id}


def _still_to_come(session: Session) -> None:
    if session.is_over:
        raise NothingToTell(marked("de bijeenkomst is al geweest"))


def _trainers(rows: list[CourseTrainer], language: str) -> str:
    """'Samira Bakker (Gemeente Utrecht)'; an organisation that all share stands once, at the end."""
    names = [one_line(row.person.name) for row in rows]
    hosts = [
        one_line(row.person.organisation.name) if row.person.organisation else "" for row in rows
    ]
    if len(set(hosts)) == 1:
        return wording.listed(names, language) + (f" ({hosts[0]})" if hosts[0] else "")
    both = zip(names, hosts, strict=True)
    return wording.listed([f"{n} ({h})" if h else n for n, h in both], language)


def about(session: Session, desk: Desk, language: str, facts: Facts | None = None) -> Values:
    facts = facts or Facts.of(session)
    course = session.course
    fallback = "een collega" if language == "nl" else "a colleague"
    return {
        "title": facts.title,
        "when": wording.period(facts.start, facts.end, language),
        "when_short": wording.short_moment(facts.start, language),
        "when_day": wording.day(facts.start, language),
        "where": wording.place(facts, language),
        "link": facts.link,
        "link_later": session.is_online and not facts.link,
        "bring": one_line(course.bring),
        "minutes": str(int((facts.end - facts.start).total_seconds() // 60)),
        "capacity": str(session.capacity),
        "trainer": _trainers(desk.trainers.get(course.pk, []), language) or fallback,
        "course_url": links.course(course),
    }


def _difference(old: Facts, new: Facts, language: str) -> Values:
    """Pairs of old and new. Only the time stands without a label: it is never a person's own text."""
    dutch = language == "nl"
    pairs: list[tuple[str, str]] = []
    new_time = (old.start, old.end) != (new.start, new.end)
    if new_time:
        pairs.append(
            (
                wording.period(old.start, old.end, language),
                wording.period(new.start, new.end, language),
            )
        )
    before, after = wording.place(old, language), wording.place(new, language)
    if before != after:
        pairs.append((f"{'Plaats' if dutch else 'Place'}: {before}", after))
    if old.link and new.link and old.link != new.link:
        pairs.append((f"Link: {old.link}", new.link))
    if old.title != new.title:
        pairs.append((f"{'Titel' if dutch else 'Title'}: {old.title}", new.title))
    return {"changes": pairs, "new_time": new_time}


def _moved(registration: Registration, facts: Facts, language: str) -> Values:
    old = registration.moved_from
    if old is None:
        return {}
    return {
        "old_when": wording.moment(old.session.starts_at, language),
        "new_when": wording.moment(facts.start, language),
    }


def _instead(session: Session, desk: Desk, language: str) -> Values:
    return {
        "reason": one_line(session.cancel_reason),
        "catalogue_url": links.catalogue(),
        "similar": [
            {
                "title": one_line(row.course.title),
                "when": wording.short_moment(row.starts_at, language),
                "url": links.course(row.course),
            }
            for row in desk.similar(session)
        ],
    }


def _why_gone(registration: Registration) -> Values:
    reason = registration.cancel_reason
    return {
        "declined": reason == Registration.CancelReason.DECLINED,
        "by_coordinator": reason == Registration.CancelReason.COORDINATOR,
    }
