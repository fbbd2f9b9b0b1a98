# SPDX-License-Identifier: EUPL-1.2
"""'Verwijder mijn account'. Here, because the last mails decide when it is done: what stands in the calendar
of who goes is taken out first (CANCEL), then the address is forgotten and the row deleted.

Counts stay: a registration keeps its session, state and organisation, and loses its person.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import rules
from accounts.domain import erasing as accounts
from accounts.errors import PersonRefused
from accounts.models import DeletionRecord, Person
from courses.domain import leaving
from courses.models import Registration, Session
from notifications.domain import addresses, days, notes
from notifications.domain.forget import OPEN, forget_person
from notifications.models import InboundMessage, Message

_SHOWN = 20
_BATCH = 100


@dataclass(frozen=True)
class Consequences:
    """What the page tells before somebody presses the button."""

    coming: list[Registration]
    teaches: list[Session]
    refusal: str


def consequences(person: Person) -> Consequences:
    """Three queries at most, whatever the person does."""
    teaches = list(leaving.still_teaches(person)[:_SHOWN])
    return Consequences(
        coming=sorted(leaving.coming(person), key=lambda row: (row.session.starts_at, row.pk)),
        teaches=teaches,
        refusal=_refusal(person, teaches=bool(teaches)),
    )


def _refusal(person: Person, *, teaches: bool) -> str:
    if rules.is_admin(person):
        return _("Je bent beheerder. Laat een andere beheerder eerst je rechten weghalen.")
    if teaches:
        return _("Je geeft nog cursussen. Zeg ze eerst af, of laat een collega ze overnemen.")
    return ""


@transaction.atomic
def erase(person: Person) -> DeletionRecord:
    """Withdraw, forget, close. Raises PersonRefused while somebody still has to teach or administers the site.

    The row itself goes with ``finish_erasures``, as soon as the last CANCEL has left.
    """
    refusal = _refusal(person, teaches=leaving.still_teaches(person).exists())
    if refusal:
        raise PersonRefused(refusal, code="may_not_leave")
    email = person.email
    counts = leaving.leave(person)
    days.take_out_all(person)
    notes.erase_notes(person)
    forget_person(person)
    _forget_inbound(person, email)
    addresses.works([email])
    record = accounts.close(person, counts=counts)
    if not _waits(person):
        accounts.finish(record)
    return record


def _forget_inbound(person: Person, email: str) -> None:
    InboundMessage.objects.filter(Q(sender__iexact=email) | Q(invitation__person=person)).update(
        sender="", subject="", body="", attendee=""
    )


def _waits(person: Person) -> bool:
    return Message.objects.filter(person=person, state__in=OPEN).exists()


def finish_erasures() -> int:
    """Beat: delete who was erased and has no mail under way any more. Returns how many."""
    done = 0
    for record in DeletionRecord.objects.filter(done_at__isnull=True).order_by("pk")[:_BATCH]:
        person = Person.objects.filter(public_id=record.person_key, is_active=False).first()
        if person is not None and _waits(person):
            continue
        with transaction.atomic():
            if person is not None:
                forget_person(person, last_mails=False)
            accounts.finish(record)
        done += 1
    return done
