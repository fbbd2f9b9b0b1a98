# SPDX-License-Identifier: EUPL-1.2
"""The invitations that everybody in the demo got before today, so that a change or a cancellation in the
demo mails all participants. The mails themselves are not made: that would be a thousand files.
"""

from collections.abc import Iterable, Iterator

from courses.models import Registration, Session
from notifications.itip.facts import Facts
from notifications.models import Invitation
from tjc.demo.loading.people import People
from tjc.demo.loading.programme import Plan, Programme


def load(people: People, programme: Programme, registrations: Iterable[Registration]) -> None:
    coming = {
        plan.session.pk: plan
        for plan in programme.plans
        if plan.when == "coming" and plan.session.status == Session.Status.PLANNED
    }
    seated = [
        row
        for row in registrations
        if row.state == Registration.State.REGISTERED and row.session_id in coming
    ]
    Invitation.objects.bulk_create(
        [*_of_trainers(people, coming.values()), *(_of_learner(row) for row in seated)]
    )


def _of_trainers(people: People, plans: Iterable[Plan]) -> Iterator[Invitation]:
    for plan in plans:
        for key in (plan.text["trainer"], *plan.text["co_trainers"]):
            person = people[key]
            yield Invitation(
                role=Invitation.Role.TRAINER,
                person=person,
                session=plan.session,
                address=person.email,
                dtstamp=plan.session.course.published_at,
                **_sent(plan.session),
            )


def _of_learner(row: Registration) -> Invitation:
    assert row.person is not None
    return Invitation(
        role=Invitation.Role.LEARNER,
        person=row.person,
        session=row.session,
        registration=row,
        address=row.person.email,
        dtstamp=row.registered_at,
        **_sent(row.session),
    )


def _sent(session: Session) -> dict[str, object]:
    """What delivery notes on an invitation once its first REQUEST left."""
    facts = Facts.of(session)
    method = Invitation.Method.REQUEST
    told = {"method": method, "sequence": 0, "revision": 0, "hash": facts.hash, "message_id": ""}
    return {
        "told_revision": 0,
        "method_sent": method,
        "payload_hash": facts.hash,
        "sent_facts": facts.to_json() | told,
    }
