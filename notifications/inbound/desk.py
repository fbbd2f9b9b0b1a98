# SPDX-License-Identifier: EUPL-1.2
"""What a person of the service desk decides about a mail that waits. One decision per mail, with their name."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Person
from base import clock
from courses.domain import registration as registrations
from courses.errors import SeatRefused
from notifications.inbound import deciding
from notifications.inbound.answers import Answer, Attendee
from notifications.models import InboundMessage, Invitation, Outcome

State = InboundMessage.State
Verdict = InboundMessage.Decision

#: Understood, but not allowed to count by itself.
_APPLICABLE = (Outcome.STRANGER, Outcome.NOT_PROVEN, Outcome.YES_AGAIN)


class NotDecided(Exception):
    """The decision could not be carried out; the text is a sentence for people."""


def waiting() -> QuerySet[InboundMessage]:
    """Longest waiting first."""
    return (
        InboundMessage.objects.filter(state=State.QUEUED)
        .select_related("invitation__person", "invitation__session__course")
        .order_by("received_at", "id")
    )


def may_be_applied(row: InboundMessage) -> bool:
    return (
        row.outcome in _APPLICABLE
        and row.invitation is not None
        and row.invitation.person is not None
    )


def apply_answer(row: InboundMessage, *, by: Person) -> InboundMessage:
    """Let it count as the answer of the person invited. Raises NotDecided."""
    with transaction.atomic():
        current = _open(row)
        if not may_be_applied(current):
            raise NotDecided(_("Dit antwoord kun je niet voor iemand verwerken."))
        assert current.invitation is not None
        if current.outcome == Outcome.YES_AGAIN:
            _register_again(current.invitation, by)
        else:
            current.outcome = deciding.apply(_answer(current), current.invitation)
            if current.outcome == Outcome.YES_AGAIN:
                _register_again(current.invitation, by)
        return _decide(current, Verdict.APPLIED, by)


def drop(row: InboundMessage, *, by: Person) -> InboundMessage:
    """Nothing has to be done. Raises NotDecided."""
    with transaction.atomic():
        return _decide(_open(row), Verdict.DROPPED, by)


def answered_by_hand(row: InboundMessage, *, by: Person) -> InboundMessage:
    """Somebody wrote or called back. Raises NotDecided."""
    with transaction.atomic():
        return _decide(_open(row), Verdict.BY_HAND, by)


def forget_texts() -> int:
    """Erase what mails of more than INBOUND_KEEP_DAYS days ago said and who sent them. The rows stay: they
    keep a mail from counting twice."""
    before = clock.now() - dt.timedelta(days=settings.INBOUND_KEEP_DAYS)
    readable = ~Q(sender="") | ~Q(subject="") | ~Q(body="") | ~Q(attendee="")
    return InboundMessage.objects.filter(readable, received_at__lt=before).update(
        sender="", subject="", body="", attendee=""
    )


def _open(row: InboundMessage) -> InboundMessage:
    current = (
        InboundMessage.objects.select_for_update(no_key=True, of=("self",))
        .select_related("invitation__person", "invitation__session__course")
        .get(pk=row.pk)
    )
    if current.state != State.QUEUED:
        raise NotDecided(_("Een collega heeft hier al over besloten."))
    return current


def _answer(row: InboundMessage) -> Answer:
    assert row.invitation is not None
    return Answer(
        method=row.method,
        uid=row.invitation.uid,
        sequence=row.sequence or 0,
        dtstamp=row.reply_dtstamp,
        attendee=Attendee(row.attendee, row.partstat),
    )


def _register_again(invitation: Invitation, by: Person) -> None:
    assert invitation.person is not None
    assert invitation.session is not None
    try:
        registrations.register(invitation.session, person=invitation.person, by=by)
    except SeatRefused as refused:
        raise NotDecided(refused.sentence) from refused


def _decide(row: InboundMessage, verdict: Verdict, by: Person) -> InboundMessage:
    row.state, row.decision = State.DECIDED, verdict
    row.decided_by, row.decided_at = by, clock.now()
    row.save(
        update_fields=["state", "decision", "outcome", "decided_by", "decided_at", "updated_at"]
    )
    audit.record(f"inbound.{verdict.value}", actor=by, subject=row, outcome=row.outcome)
    return row
