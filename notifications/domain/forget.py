# SPDX-License-Identifier: EUPL-1.2
"""Erasing somebody: what the outbox still knows of an address or a text goes, the rows stay as counts."""

from django.db import transaction

from accounts.models import Person
from notifications.models import Feed, Invitation, Message, Preference, ProgrammeInterest

#: Not gone yet.
OPEN = (Message.State.PENDING, Message.State.LEASED)


@transaction.atomic
def forget_person(person: Person, *, last_mails: bool = True) -> None:
    """Blank every address, stored mail and secret of this person, and drop preferences and feed.

    With ``last_mails`` what still waits (such as a CANCEL for the calendar) keeps its address until it has
    left; forget_sent_bytes erases it then. Call this before the person's name and address are overwritten.
    """
    messages = Message.objects.filter(person=person)
    invitations = Invitation.objects.filter(person=person)
    if last_mails:
        waiting = messages.filter(state__in=OPEN)
        invitations = invitations.exclude(
            pk__in=waiting.values("invitation_id").exclude(invitation=None)
        )
        messages = messages.exclude(state__in=OPEN)
    messages.update(to_address="", domain="", rendered=None, secret=None)
    invitations.update(address="", sent_facts=None, first_message_id="")
    for model in (Preference, ProgrammeInterest, Feed):
        model.objects.filter(person=person).delete()
