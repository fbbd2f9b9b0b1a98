# SPDX-License-Identifier: EUPL-1.2
"""Sending something again because somebody asked: 'stuur mijn uitnodiging opnieuw'."""

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Registration
from notifications import outbox
from notifications.itip.facts import Facts
from notifications.models import Invitation, Message
from notifications.models.message import (
    ADDRESSED_KINDS,
    CANCEL_KINDS,
    FIRST_KIND,
    SECRET_KINDS,
    Kind,
)

#: To the address they were written for, also when the person has another one by now.
_FIXED_ADDRESS = ADDRESSED_KINDS | {Kind.ADDRESS_CHANGED}


class NotResent(Exception):
    """There is nothing to send again; the text is a sentence for people."""


def resend_invitation(invitation: Invitation) -> Message:
    """The same UID and SEQUENCE, a later DTSTAMP, a Message-ID of its own (calendar.md, section 2).

    Asking twice before it left is asking once. One that bounced counts again from now on. Raises NotResent.
    """
    with transaction.atomic():
        current = (
            Invitation.objects.select_for_update(no_key=True, of=("self",))
            .select_related("person", "session", "edition")
            .get(pk=invitation.pk)
        )
        if current.person is None or current.is_over:
            raise NotResent(_("Deze bijeenkomst is al geweest."))
        under_way = current.messages.filter(
            state__in=[Message.State.PENDING, Message.State.LEASED]
        ).first()
        if under_way is not None:
            return under_way
        if current.state == Invitation.State.CANCELLED:
            last = current.messages.filter(kind__in=CANCEL_KINDS).order_by("id").first()
            if last is None:
                raise NotResent(_("Deze uitnodiging is ingetrokken voordat hij verstuurd was."))
            kind = last.kind
        else:
            kind = FIRST_KIND[current.role]
            _revive(current)
        number = current.messages.filter(key__contains=":resend").count() + 1
        return outbox.put(
            kind,
            key=f"inv:{current.hex}:resend{number}",
            person=current.person,
            invitation=current,
            resend=number,
        )


def _revive(invitation: Invitation) -> None:
    """What bounced counts again. Changes were not told meanwhile, nor was the SEQUENCE raised for them."""
    if invitation.state != Invitation.State.BOUNCED:
        return
    invitation.state = Invitation.State.ACTIVE
    if invitation.may_have_left and invitation.session is not None:
        changed = Facts.of(invitation.session).hash != invitation.payload_hash
        invitation.sequence += int(changed)
        invitation.revision += int(changed)
    invitation.save(update_fields=["state", "sequence", "revision", "updated_at"])


def resend_for(registration: Registration) -> Message:
    """The learner's own request. Raises NotResent when the registration has no valid invitation."""
    valid = (Invitation.State.ACTIVE, Invitation.State.BOUNCED)
    invitation = registration.invitations.filter(state__in=valid).first()
    if invitation is None:
        raise NotResent(_("Je hebt voor deze bijeenkomst geen uitnodiging."))
    return resend_invitation(invitation)


def resend_message(message: Message) -> Message:
    """Any message once more. Raises NotResent for codes: those are asked for anew."""
    if message.kind in SECRET_KINDS:
        raise NotResent(_("Een code sturen we niet opnieuw. Vraag een nieuwe aan."))
    if message.invitation is not None:
        return resend_invitation(message.invitation)
    if message.kind in _FIXED_ADDRESS and not message.to_address:
        raise NotResent(_("Het adres van deze mail is gewist."))
    original = message.key.partition(":resend")[0]
    number = Message.objects.filter(key__startswith=f"{original}:resend").count() + 1
    payload = {key: value for key, value in message.payload.items() if key != "resend"}
    return outbox.put(
        message.kind,
        key=f"{original}:resend{number}",
        person=message.person,
        to=message.to_address if message.kind in _FIXED_ADDRESS else "",
        resend=number,
        **payload,
    )
