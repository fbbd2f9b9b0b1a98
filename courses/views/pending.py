# SPDX-License-Identifier: EUPL-1.2
"""A sign-up that waits for its code, kept in the server-side session of the browser that began it."""

import dataclasses
import uuid
from typing import Self

from django.http import HttpRequest

from accounts.domain import people
from accounts.domain.organisations import propose_organisation
from accounts.models import Organisation, Person

_KEY = "aanmelding"


@dataclasses.dataclass(frozen=True)
class PendingSignUp:
    session: str
    email: str
    name: str
    question: str = ""
    #: public_id of the organisation that the mail domain tells or the person chose.
    organisation: str = ""
    #: Its name, or the name the person gave to one that we do not know.
    organisation_name: str = ""
    #: The person said so, against or in absence of what the mail domain tells.
    organisation_chosen: bool = False
    #: The mail domain told one, and the person said it is wrong.
    organisation_disputed: bool = False
    #: public_id of the held seat; empty when the code comes first.
    registration: str = ""
    #: Until when, as this browser made that hold; empty when it only found one, which is not this browser's to end.
    hold_until: str = ""
    #: What the code page says about the seat. Never depends on who the address belongs to.
    seat_is_held: bool = False
    #: The person asked for a place in the waiting list.
    waiting: bool = False

    @classmethod
    def of(cls, request: HttpRequest, session_id: uuid.UUID) -> Self | None:
        stored = request.session.get(_KEY)
        if not isinstance(stored, dict) or stored.get("session") != str(session_id):
            return None
        return cls(**stored)

    def remember(self, request: HttpRequest) -> None:
        request.session[_KEY] = dataclasses.asdict(self)

    @staticmethod
    def forget(request: HttpRequest) -> None:
        request.session.pop(_KEY, None)

    def tell_who(self, person: Person) -> None:
        """After the code: name and organisation become the person's, where there were none."""
        people.complete_profile(person, name=self.name)
        if person.organisation is not None and not self.organisation_chosen:
            return
        organisation = None
        if self.organisation:
            organisation = Organisation.objects.filter(public_id=self.organisation).first()
        elif self.organisation_name:
            organisation = propose_organisation(self.organisation_name, email=person.email)
        if organisation is None:
            return
        # Asked because the domain does not tell: an answer that was confirmed before stays.
        if self.organisation_disputed or not person.organisation_confirmed:
            people.choose_organisation(person, organisation)
