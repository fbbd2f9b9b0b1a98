# SPDX-License-Identifier: EUPL-1.2
"""Which mails matching's news owes to whom."""

from collections.abc import Iterable, Sequence

from accounts.models import Person
from matching.models import Call, KnowledgeRequest, Match, Nomination
from notifications import outbox
from notifications.models import Message
from notifications.models.message import Kind


def _stamp(match: Match) -> str:
    """A pair can be asked again later: each time is another mail."""
    moment = match.asked_at or match.created_at
    return f"{match.public_id.hex}:{moment:%Y%m%d%H%M%S}"


def tell_trainer(match: Match, *, kind: str) -> None:
    if match.trainer is not None:
        outbox.put(kind, key=f"{kind}:{_stamp(match)}", person=match.trainer, match=match.pk)


def tell_asker(match: Match, *, kind: str) -> None:
    asker = match.request.asker
    if asker is not None:
        outbox.put(kind, key=f"{kind}:{_stamp(match)}", person=asker, match=match.pk)


def tell_dates(match: Match, *, again: bool = False) -> None:
    """New dates are news again; of the same dates one reminder."""
    asker = match.request.asker
    if asker is not None:
        moment = f"{match.updated_at:%Y%m%d%H%M%S%f}{':again' if again else ''}"
        outbox.put(
            Kind.DATES_OFFERED,
            key=f"{Kind.DATES_OFFERED}:{match.public_id.hex}:{moment}",
            person=asker,
            match=match.pk,
        )


def tell_released(requests: Iterable[KnowledgeRequest], *, run: str) -> None:
    outbox.put_all(
        [
            outbox.new(
                Kind.ASKED_FOR_YOU,
                key=f"{Kind.ASKED_FOR_YOU}:{run}:{request.public_id.hex}",
                person=request.asker,
                request=request.pk,
            )
            for request in requests
            if request.asker is not None
        ]
    )


def tell_expiring(request: KnowledgeRequest) -> None:
    if request.asker is not None:
        outbox.put(
            Kind.REQUEST_EXPIRING,
            key=f"{Kind.REQUEST_EXPIRING}:{request.public_id.hex}:{request.closes_at:%Y%m%d}",
            person=request.asker,
            request=request.pk,
        )


def offer_seats(request: KnowledgeRequest, *, session: str) -> None:
    """To everyone who asked the same; delivery leaves out who has a seat by then."""
    people = [row.person for row in request.supports.select_related("person")]
    if request.asker is not None:
        people.append(request.asker)
    outbox.put_all(
        [
            outbox.new(
                Kind.SEAT_FIRST,
                key=f"{Kind.SEAT_FIRST}:{session}:{person.public_id.hex}",
                person=person,
                request=request.pk,
            )
            for person in people
            if not _teaches(request, person)
        ]
    )


def _teaches(request: KnowledgeRequest, person: Person) -> bool:
    return request.course is not None and any(
        row.person_id == person.pk for row in request.course.trainer_rows.all()
    )


def send_call(call: Call, *, request: KnowledgeRequest, receivers: Sequence[Person]) -> None:
    outbox.put_all(
        [
            outbox.new(
                Kind.REQUEST_CALL,
                key=f"{Kind.REQUEST_CALL}:{call.public_id.hex}:{person.public_id.hex}",
                person=person,
                request=request.pk,
                called_as=call.kind,
            )
            for person in receivers
        ]
    )


def tell_nominee(nomination: Nomination, *, reminder: bool = False) -> None:
    """To an address, not a person: the nominee may have no account, and gets none by this."""
    again = ":reminder" if reminder else ""
    known = Person.objects.filter(email=nomination.email, verified_at__isnull=False).first()
    outbox.put(
        Kind.NOMINATED,
        key=f"{Kind.NOMINATED}:{nomination.public_id.hex}{again}",
        to=nomination.email,
        nomination=nomination.pk,
        reminder=reminder,
        language=known.language if known else "nl",
    )


def tell_nominator(nomination: Nomination) -> None:
    if nomination.nominator is not None:
        outbox.put(
            Kind.NOMINATION_ANSWERED,
            key=f"{Kind.NOMINATION_ANSWERED}:{nomination.public_id.hex}",
            person=nomination.nominator,
            nomination=nomination.pk,
        )


def forget_nominees(ids: Sequence[int]) -> int:
    """Addresses and texts of nominees go from the outbox with those of the nomination."""
    return Message.objects.filter(kind=Kind.NOMINATED, payload__nomination__in=list(ids)).update(
        to_address="", rendered=None
    )
