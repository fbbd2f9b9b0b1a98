# SPDX-License-Identifier: EUPL-1.2
"""From a leased row to a written mail: the newest state or nothing (calendar.md, section 5). Nothing is noted yet."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop as marked

from accounts.models import Person
from base import clock
from notifications.itip import calendar, pattern
from notifications.itip.facts import Facts
from notifications.mail import letters, links, markup, mime, news
from notifications.mail.desk import Desk
from notifications.mail.letters import AddressRefuses, NothingToTell
from notifications.models import Invitation, Message
from notifications.models.message import (
    CANCEL_KINDS,
    FIRST_KIND,
    REPLY_KINDS,
    SILENT_WHEN_NEVER_SENT,
    Kind,
)
from notifications.noting import Draft, note_told


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to tell about an invitation."""

    kind: str
    method: str
    facts: Facts
    old: Facts | None


def draft(message: Message, desk: Desk) -> Draft:
    """Write the mail. Raises NothingToTell (AddressRefuses); Changed when the invitation is not what the desk read."""
    if desk.refuses(message):
        raise AddressRefuses(marked("het adres weigert onze mail"))
    if message.invitation_id is None:
        return _draft_plain(message, desk)
    return _draft_invitation(message, desk)


# --- mails without calendar part ------------------------------------------------------------------


def _draft_plain(message: Message, desk: Desk) -> Draft:
    person = desk.person(message)
    language = str(message.payload.get("language") or (person.language if person else "nl"))
    with translation.override(language):
        values = letters.values(message, desk, language)
    to = message.to_address or (person.email if person else "")
    octets = message.wire_bytes
    if octets is None:
        suffix = f".resend{message.resend_number}" if message.resend_number else ""
        body = markup.render(message.kind, language, values)
        octets = mime.assemble(
            mime.Letter(
                to_address=to,
                to_name=_display_name(person, message),
                subject=body.subject,
                text=body.text,
                html=body.html,
                language=language,
                message_id=mime.message_id(f"msg.{message.public_id.hex}{suffix}"),
                date=clock.now(),
                unsubscribe=news.unsubscribe_url(message, desk),
                auto_submitted=(
                    "auto-replied" if message.kind in REPLY_KINDS else "auto-generated"
                ),
            )
        )
    return Draft(message, octets, to)


def _display_name(person: Person | None, message: Message) -> str:
    """Until the code is typed, a name may be somebody's joke: then the address alone."""
    if person is None or message.is_secret or not person.is_verified:
        return ""
    return person.name


# --- invitations ------------------------------------------------------------------------------------


def _draft_invitation(message: Message, desk: Desk) -> Draft:
    invitation = desk.invitation(message)
    if invitation is None or invitation.person is None:
        raise NothingToTell(marked("de ontvanger bestaat niet meer"))
    if invitation.is_over:
        raise NothingToTell(marked("de bijeenkomst is al geweest"))
    plan = _plan(message, invitation)
    octets, dtstamp = _stored(message, invitation, plan), invitation.dtstamp
    to = invitation.address or invitation.person.email
    if octets is None:
        dtstamp = _later_than(invitation.dtstamp)
        with translation.override(invitation.person.language):
            octets = _write(message, invitation, plan, desk, to=to, dtstamp=dtstamp)
    facts = plan.facts.to_json() | {
        "method": plan.method,
        "sequence": invitation.sequence,
        "revision": invitation.revision,
        "hash": plan.facts.hash,
        "message_id": _message_id(message, invitation, plan),
    }
    # A notice without calendar part leaves the calendar as it is.
    return Draft(message, octets, to, invitation if plan.method else None, dtstamp, facts)


def _plan(message: Message, invitation: Invitation) -> _Plan:
    """Raises NothingToTell, and Changed when saying so has to be noted but the row moved on."""
    sent = Facts.from_json(invitation.sent_facts) if invitation.sent_facts else None
    now = _facts_now(invitation)
    if message.kind in CANCEL_KINDS:
        if not invitation.may_have_left:
            if message.kind in SILENT_WHEN_NEVER_SENT:
                raise NothingToTell(marked("er was nog niets verstuurd"))
            return _Plan(message.kind, "", now, None)
        return _Plan(
            message.kind, calendar.CANCEL, sent or _facts_in_flight(invitation) or now, sent
        )
    if invitation.state == Invitation.State.CANCELLED:
        raise NothingToTell(marked("de uitnodiging is ingetrokken"))
    if invitation.state == Invitation.State.BOUNCED and not message.resend_number:
        raise NothingToTell(marked("het adres weigert onze mail"))
    if sent is not None and now.hash == invitation.payload_hash and not message.resend_number:
        note_told(invitation)
        raise NothingToTell(marked("er is niets veranderd"))
    kind = message.kind
    if sent is None and kind in {Kind.CHANGED, Kind.TEACH_CHANGED, Kind.DAY_CHANGED}:
        kind = FIRST_KIND[invitation.role]
    return _Plan(kind, calendar.REQUEST, now, sent)


def _facts_now(invitation: Invitation) -> Facts:
    if invitation.edition is not None:
        return Facts.of_day(invitation.edition)
    return Facts.of(invitation.session)


def _facts_in_flight(invitation: Invitation) -> Facts | None:
    """What a mail said of which we never learned whether it arrived."""
    message = invitation.in_flight
    return Facts.from_json(message.facts) if message is not None and message.facts else None


def _stored(message: Message, invitation: Invitation, plan: _Plan) -> bytes | None:
    """The octets of an earlier attempt, as long as they still tell the truth."""
    facts = message.facts
    if facts is None or facts["revision"] != invitation.revision or facts["method"] != plan.method:
        return None
    return message.wire_bytes


def _later_than(dtstamp: dt.datetime | None) -> dt.datetime:
    """Now, in whole seconds, but strictly later than the DTSTAMP before."""
    now = clock.now().replace(microsecond=0)
    if dtstamp is None:
        return now
    return max(now, dtstamp.replace(microsecond=0) + dt.timedelta(seconds=1))


def _write(
    message: Message,
    invitation: Invitation,
    plan: _Plan,
    desk: Desk,
    *,
    to: str,
    dtstamp: dt.datetime,
) -> bytes:
    person, day = invitation.person, invitation.edition
    assert person is not None
    language = person.language
    if day is not None:
        values = news.day_values(invitation, plan.facts, plan.old, language)
    else:
        values = letters.invitation_values(
            plan.kind, invitation, plan.facts, plan.old, desk, language
        )
    body = markup.render(plan.kind, language, values)
    octets = None
    if plan.method:
        octets = pattern.build(
            calendar.Invite(
                method=plan.method,
                uid=invitation.uid,
                sequence=invitation.sequence,
                dtstamp=dtstamp,
                start=_on_calendar(plan.facts, plan.facts.start),
                end=_on_calendar(plan.facts, plan.facts.end),
                title=plan.facts.title,
                location=plan.facts.location,
                description=(
                    news.day_description(invitation, plan.facts, language)
                    if day is not None
                    else letters.description(invitation, plan.facts, desk, language)
                ),
                url=(
                    links.edition(day)
                    if day is not None
                    else links.course(invitation.session.course)
                ),
                organizer=settings.INVITE_FROM,
                attendee=to,
                attendee_name=person.name,
            )
        )
    return mime.assemble(
        mime.Letter(
            to_address=to,
            to_name=person.name,
            subject=body.subject,
            text=body.text,
            html=body.html,
            language=language,
            message_id=_message_id(message, invitation, plan),
            date=dtstamp,
            in_reply_to=invitation.first_message_id,
            calendar=octets,
            method=plan.method,
        )
    )


def _on_calendar(facts: Facts, instant: dt.datetime) -> dt.datetime | dt.date:
    return clock.local(instant).date() if facts.all_day else instant


def _message_id(message: Message, invitation: Invitation, plan: _Plan) -> str:
    """Repeats itself when the same attempt is made twice, differs for everything that says something else."""
    if message.resend_number:
        attempt = f"resend{message.resend_number}"
    elif plan.method == calendar.REQUEST and invitation.method_sent:
        attempt = f"update{invitation.revision}"
    elif plan.method == calendar.REQUEST and invitation.revision:
        # Changed before we know that anything arrived: an earlier try may be in the mailbox, saying less.
        attempt = f"request{invitation.revision}"
    else:
        attempt = plan.method.lower() or "notice"
    return mime.message_id(f"inv.{invitation.hex}.{invitation.sequence}.{attempt}")
