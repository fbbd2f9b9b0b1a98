# SPDX-License-Identifier: EUPL-1.2
"""A coordinator registers colleagues: a list goes in, an answer per line comes out.

Every line is a transaction of its own: one bad line does not stop the others, and a colleague without a seat
leaves no row. Each colleague gets the mail that anybody gets who registers.
"""

import dataclasses
import enum
import re

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.people import invite_colleague
from accounts.errors import AccountsError, PrivateAddress
from accounts.models import Organisation, Person
from courses.availability import waiting_position
from courses.domain.registration import register
from courses.errors import ChangeRefused, CourseError, SeatRefused
from courses.models import Registration, Session

MAX_LINES = 100
MAX_LINE = 500

#: «Naam, e-mail», «Naam <e-mail>», also with a semicolon or tab, as people copy it from a list or a mail.
_LINE = re.compile(
    r"""^(?P<name>.*?)[\s,;<("']*(?P<email>[^@\s,;<>()"']+@[^@\s,;<>()"']+)[>)"',;\s]*$"""
)

State = Registration.State


class Answer(enum.Enum):
    REGISTERED = "registered"
    WAITING = "waiting"
    ALREADY = "already"
    REFUSED = "refused"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one line. ``label`` is the colleague as the coordinator typed it."""

    label: str
    answer: Answer
    sentence: str
    #: The whole line, to be put right.
    line: str = ""


def register_colleagues(
    session: Session, *, by: Person, organisation: Organisation, text: str
) -> list[Outcome]:
    """Register everybody in ``text``, one a line, in that order, as colleagues of ``organisation``.

    The caller has checked that ``by`` coordinates the organisation. Raises ChangeRefused when there is nobody
    in it, or more than MAX_LINES.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise ChangeRefused(_("Vul minstens één collega in."), code="empty", field="colleagues")
    if len(lines) > MAX_LINES:
        raise ChangeRefused(
            _("Meld hooguit %(count)d collega’s tegelijk aan.") % {"count": MAX_LINES},
            code="too_many",
            field="colleagues",
        )
    return [
        dataclasses.replace(
            _register_line(line, session, by=by, organisation=organisation), line=line
        )
        for line in lines
    ]


def _register_line(
    line: str, session: Session, *, by: Person, organisation: Organisation
) -> Outcome:
    found = _LINE.match(line) if len(line) <= MAX_LINE else None
    name = found["name"].strip(" \t,;\"'") if found else ""
    if found is None or not name:
        sentence = _(
            "Hier mist een naam of een e-mailadres. Schrijf het zo: Merel de Jong, merel@gemeente.nl"
        )
        return Outcome(line[:80], Answer.REFUSED, sentence)
    label = f"{name} ({found['email']})"
    try:
        with transaction.atomic():
            person = invite_colleague(
                name=name, email=found["email"], by=by, organisation=organisation
            )
            before = (
                Registration.objects.filter(session=session, person=person)
                .exclude(state__in=(State.CANCELLED, State.HELD))
                .exists()
            )
            registration = register(session, person=person, by=by)
    except SeatRefused as refused:
        return Outcome(label, Answer.REFUSED, _sentence(refused))
    except PrivateAddress:
        sentence = _("Dit is een privéadres. Gebruik de werkmail van je collega.")
        return Outcome(label, Answer.REFUSED, sentence)
    except (AccountsError, CourseError) as refused:
        return Outcome(label, Answer.REFUSED, refused.sentence)
    return _outcome(label, registration, before=before)


def _outcome(label: str, registration: Registration, *, before: bool) -> Outcome:
    if registration.state == State.WAITING:
        place = {"position": waiting_position(registration)}
        if before:
            return Outcome(
                label, Answer.ALREADY, _("Stond al op de wachtlijst, op plek %(position)d.") % place
            )
        return Outcome(
            label, Answer.WAITING, _("Staat op de wachtlijst, op plek %(position)d.") % place
        )
    if before:
        return Outcome(label, Answer.ALREADY, _("Deed al mee."))
    return Outcome(label, Answer.REGISTERED, _("Aangemeld."))


def _sentence(refused: SeatRefused) -> str:
    """The reason as told to the coordinator; the rule's own sentence talks to the learner."""
    about_the_colleague = {
        "own_course": _("Geeft deze cursus zelf."),
        "unconfirmed": _("We moeten nog nagaan of deze collega bij jullie werkt."),
        "organisation_missing": _("We weten nog niet waar deze collega werkt."),
    }
    return about_the_colleague.get(refused.code, refused.sentence)
