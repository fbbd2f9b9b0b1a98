# SPDX-License-Identifier: EUPL-1.2
"""What we do with a mail: the rows of calendar.md, section 6. Runs inside the transaction that also writes
the mail's own row, so deciding twice is impossible."""

import datetime as dt
import logging
from dataclasses import dataclass

from base import clock
from courses.domain import registration as registrations
from courses.domain import seats
from courses.errors import ChangeRefused
from courses.models import Registration, Session
from notifications.domain import addresses, notices
from notifications.domain.resend import NotResent, resend_invitation
from notifications.inbound import bounces, trust
from notifications.inbound.answers import (
    Answer,
    NotUnderstood,
    Recurring,
    Several,
    method_of,
    understand,
)
from notifications.inbound.reading import Mail
from notifications.models import Invitation, Outcome

logger = logging.getLogger(__name__)

PartStat = Invitation.PartStat

#: For a person. Everything else is done.
WAITS = frozenset(
    {
        Outcome.TRAINER_DECLINED,
        Outcome.STRANGER,
        Outcome.NOT_PROVEN,
        Outcome.UNKNOWN_UID,
        Outcome.YES_AGAIN,
        Outcome.FREE_TEXT,
        Outcome.UNCLEAR,
        Outcome.SEVERAL,
        Outcome.RECURRING,
        Outcome.TOO_BIG,
        Outcome.BROKEN,
    }
)
#: What only an organiser sends, and the organiser is us.
_ORGANISERS = frozenset({"REQUEST", "CANCEL", "PUBLISH", "ADD", "DECLINECOUNTER"})
_ANSWERS = frozenset({"REPLY", "COUNTER", "REFRESH"})
_PARTSTATS = {
    "ACCEPTED": Outcome.ACCEPTED,
    "TENTATIVE": Outcome.TENTATIVE,
    "DECLINED": Outcome.DECLINED,
}
#: A clock may be this far ahead; beyond it, what it says would outlive every later answer.
_MAX_SKEW = dt.timedelta(days=1)
#: One resend in this time per invitation: a calendar program that keeps asking is not a person.
_RESEND_PAUSE = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: Outcome
    invitation: Invitation | None = None
    answer: Answer | None = None


def decide(mail: Mail) -> Decision:
    """Do what the mail asks, as far as it may ask it."""
    report = bounces.report_in(mail)
    if report is not None:
        outcome, invitation = bounces.note(report)
        return Decision(outcome, invitation)
    parts = mail.calendars or tuple(
        part for part in mail.nested_calendars if method_of(part) in _ANSWERS
    )
    if not parts:
        return Decision(_without_calendar(mail))
    if all(method_of(part) in _ORGANISERS for part in parts):
        logger.warning("dropped a %s that is not ours", method_of(parts[0]))
        return Decision(Outcome.FORGED)
    if len(parts) > 1:
        return Decision(Outcome.SEVERAL)
    try:
        answer = understand(parts[0])
    except Several:
        return Decision(Outcome.SEVERAL)
    except Recurring:
        return Decision(Outcome.RECURRING)
    except NotUnderstood:
        return Decision(Outcome.UNCLEAR)
    return _answered(mail, answer)


def _without_calendar(mail: Mail) -> Outcome:
    if bounces.token_in(mail) is not None:
        return Outcome.FREE_TEXT  # a bounce in words of its own
    return Outcome.AUTOMATIC if mail.automatic else Outcome.FREE_TEXT


def _answered(mail: Mail, answer: Answer) -> Decision:
    if answer.method not in _ANSWERS or answer.attendee is None:
        return Decision(Outcome.UNCLEAR, None, answer)
    invitation = find(answer.uid)
    if invitation is None:
        return Decision(Outcome.UNKNOWN_UID, None, answer)
    if trust.dmarc_failed(mail.parsed):
        return Decision(Outcome.NOT_PROVEN, invitation, answer)
    if not trust.may_answer(invitation, sender=mail.sender, attendee=answer.attendee.address):
        return Decision(Outcome.STRANGER, invitation, answer)
    return Decision(apply(answer, invitation), invitation, answer)


def find(uid: str) -> Invitation | None:
    """By UID alone, which only who got the invitation can know."""
    return Invitation.objects.filter(uid=uid).select_related("person").first()


def apply(answer: Answer, invitation: Invitation) -> Outcome:
    """Let the answer of the person invited count. Needs a transaction; who may answer was asked before."""
    current = _locked(invitation)
    if current.person is None:
        return Outcome.WITHDRAWN
    if answer.method == "REFRESH":
        _send_again(current)
        return Outcome.REFRESH
    if answer.method == "REPLY" and answer.partstat in _PARTSTATS:
        return _reply(answer, current)
    if current.session is None:
        return Outcome.UNCLEAR
    if answer.method == "COUNTER":
        if current.state != Invitation.State.CANCELLED:
            notices.tell_time_fixed(current)
        return Outcome.COUNTER
    if answer.partstat == "DELEGATED":
        if current.state != Invitation.State.CANCELLED:
            notices.tell_delegated(current)
        return Outcome.DELEGATED
    return Outcome.UNCLEAR


def _locked(invitation: Invitation) -> Invitation:
    """Session first, then invitation: the order of everybody else. An invitation for a day has no session."""
    if invitation.session_id is not None:
        seats.lock_one(invitation.session_id)
    return (
        Invitation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person", "session__course", "registration__session", "in_flight")
        .get(pk=invitation.pk)
    )


def _send_again(invitation: Invitation) -> None:
    if invitation.messages.filter(
        key__contains=":resend", created_at__gt=clock.now() - _RESEND_PAUSE
    ).exists():
        return
    try:
        resend_invitation(invitation)
    except NotResent as reason:
        logger.info("not sent again: %s", reason)


# --- REPLY --------------------------------------------------------------------------------------


def _reply(answer: Answer, invitation: Invitation) -> Outcome:
    stamp = _stamp(answer)
    if _is_older(invitation, answer.sequence, stamp):
        return Outcome.NEWER_KNOWN
    confirmed, possible = _sequences(invitation)
    if answer.sequence > possible:
        logger.warning(
            "answer to SEQUENCE %d of %s, of which %d was sent",
            answer.sequence,
            invitation,
            possible,
        )
        return Outcome.UNKNOWN_VERSION
    if _is_withdrawn(invitation):
        return _after_withdrawal(answer, invitation, stamp)
    if answer.sequence < confirmed:
        return Outcome.OLD_VERSION
    _note(invitation, answer, stamp)
    if answer.partstat != PartStat.DECLINED or invitation.role == Invitation.Role.DAY:
        return _PARTSTATS[answer.partstat]
    if invitation.role == Invitation.Role.TRAINER:
        notices.tell_trainer_declined(invitation)
        return Outcome.TRAINER_DECLINED
    return _give_up_seat(invitation)


def _stamp(answer: Answer) -> dt.datetime:
    """When the answer was given, by the clock of who gave it; now when it does not say so credibly."""
    now = clock.now().replace(microsecond=0)
    if answer.dtstamp is None or answer.dtstamp > now + _MAX_SKEW:
        return now
    return answer.dtstamp


def _is_older(invitation: Invitation, sequence: int, stamp: dt.datetime) -> bool:
    """SEQUENCE first, then DTSTAMP (RFC 5546, 2.1.5). The same again is not older."""
    if invitation.reply_dtstamp is None:
        return False
    return (sequence, stamp) < (invitation.reply_sequence or 0, invitation.reply_dtstamp)


def _sequences(invitation: Invitation) -> tuple[int, int]:
    """SEQUENCE of the newest mail that certainly left, and of the newest that may have. -1: none."""
    confirmed = int(
        (invitation.sent_facts or {}).get("sequence", -1 if not invitation.method_sent else 0)
    )
    possible = confirmed
    if invitation.in_flight is not None and invitation.in_flight.facts:
        possible = max(possible, int(invitation.in_flight.facts["sequence"]))
    if invitation.method_sent == Invitation.Method.CANCEL:
        possible = max(possible, invitation.sequence)
    return confirmed, possible


def _is_withdrawn(invitation: Invitation) -> bool:
    """Also a bounced one, which is not marked when its seat was given up meanwhile."""
    row, session = invitation.registration, invitation.session
    return (
        invitation.state == Invitation.State.CANCELLED
        or (session is not None and session.status == Session.Status.CANCELLED)
        or (row is not None and not row.is_live)
    )


def _after_withdrawal(answer: Answer, invitation: Invitation, stamp: dt.datetime) -> Outcome:
    """A changed mind after DECLINED is for a person; all else is an echo of what was taken back."""
    changed_mind = (
        answer.partstat != PartStat.DECLINED
        and invitation.partstat == PartStat.DECLINED
        and invitation.registration is not None
        and invitation.registration.cancel_reason == Registration.CancelReason.DECLINED
        and invitation.registration.session.starts_at > clock.now()
        and not _takes_part(invitation)
    )
    if not changed_mind:
        return Outcome.WITHDRAWN
    _note(invitation, answer, stamp)
    return Outcome.YES_AGAIN


def _takes_part(invitation: Invitation) -> bool:
    return Registration.objects.filter(
        person=invitation.person_id, session=invitation.session_id, state__in=Registration.LIVE
    ).exists()


def _note(invitation: Invitation, answer: Answer, stamp: dt.datetime) -> None:
    """Who answers, gets our mail: an address that bounced works after all."""
    if invitation.state == Invitation.State.BOUNCED:
        invitation.state = Invitation.State.ACTIVE
        addresses.works(trust.recipients(invitation))
    invitation.partstat = answer.partstat
    invitation.reply_sequence, invitation.reply_dtstamp = answer.sequence, stamp
    invitation.save(
        update_fields=["state", "partstat", "reply_sequence", "reply_dtstamp", "updated_at"]
    )


def _give_up_seat(invitation: Invitation) -> Outcome:
    assert invitation.registration is not None
    try:
        registrations.cancel(
            invitation.registration,
            by=invitation.person,
            reason=Registration.CancelReason.DECLINED,
        )
    except ChangeRefused:
        return Outcome.TOO_LATE
    return Outcome.DECLINED
