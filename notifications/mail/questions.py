# SPDX-License-Identifier: EUPL-1.2
"""What mails about questions, trainers and nominations say.

The counterpart of notifications.mail.letters for what matching tells. Names go only where the other may know
them: a trainer's to the asker, the asker's to who was asked; addresses stand on the page, after a yes.
"""

import textwrap
from collections.abc import Callable

from django.utils.translation import gettext_noop as marked

from courses.models import Registration
from matching.domain.queries import is_seeking
from matching.models import KnowledgeRequest, Match, Nomination
from matching.tokens import nomination_token
from notifications.itip.facts import Facts
from notifications.mail import letters, links, wording
from notifications.mail.desk import Desk
from notifications.mail.headers import one_line
from notifications.mail.letters import NothingToTell, Values
from notifications.models import Message
from notifications.models.message import Kind

#: Of a question in a mail; the rest is on the page.
_QUOTED = 600
_BUSY = {
    "busy": ("te druk", "too busy"),
    "not_mine": ("niet mijn vak", "not my field"),
    "other_date": ("andere datum", "another date"),
}


def _match(message: Message, desk: Desk, *states: str) -> Match:
    """The match this mail is about, in one of those states and with both people there."""
    row = desk.questions.match(message)
    if row is None or row.trainer is None or row.request.asker is None:
        raise NothingToTell(marked("de trainer of de vraag is er niet meer"))
    if row.state not in states:
        raise NothingToTell(marked("dit speelt niet meer"))
    return row


def _request(message: Message, desk: Desk) -> KnowledgeRequest:
    row = desk.questions.request(message)
    if row is None:
        raise NothingToTell(marked("de vraag bestaat niet meer"))
    return row


def _about(request: KnowledgeRequest) -> Values:
    asker, organisation = request.asker, request.organisation
    return {
        "title": one_line(request.title),
        "asker": one_line(asker.name) if asker else "",
        "asker_first": letters.first_name(asker.name) if asker else "",
        "asker_org": one_line(organisation.name) if organisation else "",
        "request_url": links.page("matching:request", request.public_id),
    }


def _lines(text: str) -> list[str]:
    """The question as a quotation, at most some 600 characters of it."""
    shown = text if len(text) <= _QUOTED else f"{text[:_QUOTED].rsplit(' ', 1)[0]} …"
    return [one_line(line) for line in shown.splitlines() if line.strip()]


def _trainer(match: Match) -> Values:
    assert match.trainer is not None
    organisation = match.trainer.organisation
    return {
        "trainer": one_line(match.trainer.name),
        "trainer_first": letters.first_name(match.trainer.name),
        "trainer_org": one_line(organisation.name) if organisation else "",
    }


def _other(request: KnowledgeRequest) -> str:
    """A question that a round bundled with it: its public title, and where it was asked."""
    home = f" ({request.organisation.name})" if request.organisation else ""
    return one_line(f"{request.title}{home}")


# --- trainers -------------------------------------------------------------------------------------


def _asked(message: Message, desk: Desk, language: str) -> Values:
    row = _match(message, desk, Match.State.ASKED)
    assert row.answer_due_at is not None
    return _about(row.request) | {
        "lines": _lines(row.request.text),
        "note": one_line(row.message),
        "also": [_other(other) for other in desk.questions.bundled_with(row.request)],
        "due": wording.day(row.answer_due_at, language),
        "answer_url": links.page("matching:answer", row.public_id),
    }


def _awaited(message: Message, desk: Desk, language: str) -> Values:
    row = _match(message, desk, Match.State.ACCEPTED)
    if row.request.state != KnowledgeRequest.State.ACCEPTED:
        raise NothingToTell(marked("er is al een moment"))
    return _about(row.request) | {"dates_url": links.page("matching:dates", row.public_id)}


def _withdrawn(message: Message, desk: Desk, language: str) -> Values:
    row = _match(message, desk, Match.State.WITHDRAWN)
    return _about(row.request) | {"mine_url": links.page("matching:mine")}


# --- askers ---------------------------------------------------------------------------------------


def _yes(message: Message, desk: Desk, language: str) -> Values:
    row = _match(message, desk, Match.State.ACCEPTED)
    return _about(row.request) | _trainer(row) | {"text": one_line(row.answer_text)}


def _no(message: Message, desk: Desk, language: str) -> Values:
    row = _match(message, desk, Match.State.DECLINED)
    reason = _BUSY.get(row.answer_reason, ("", ""))
    return (
        _about(row.request)
        | _trainer(row)
        | {
            "reason": reason[0 if language == "nl" else 1],
            "text": one_line(row.answer_text),
        }
    )


def _unanswered(message: Message, desk: Desk, language: str) -> Values:
    row = _match(message, desk, Match.State.EXPIRED)
    if not is_seeking(row.request):
        raise NothingToTell(marked("de vraag staat niet meer open"))
    return _about(row.request) | _trainer(row)


def _offered(message: Message, desk: Desk, language: str) -> Values:
    row = _match(message, desk, Match.State.PROPOSED)
    return _about(row.request) | _trainer(row) | {"text": one_line(row.message)}


def _asked_for_you(message: Message, desk: Desk, language: str) -> Values:
    request = _request(message, desk)
    row = desk.questions.asked_in(request)
    if row is None and request.follows is not None:
        # A round bundled the two: one trainer is asked for both.
        row = desk.questions.asked_in(request.follows)
    if row is None:
        raise NothingToTell(marked("de trainer heeft al geantwoord"))
    return _about(request) | _trainer(row)


def _dates(message: Message, desk: Desk, language: str) -> Values:
    row = _match(message, desk, Match.State.ACCEPTED)
    options = list(row.options.all())
    if not options or row.request.state != KnowledgeRequest.State.ACCEPTED:
        raise NothingToTell(marked("er is al een moment gekozen"))
    moments = [wording.moment(option.starts_at, language) for option in options]
    return _about(row.request) | _trainer(row) | {"moments": moments}


def _expiring(message: Message, desk: Desk, language: str) -> Values:
    request = _request(message, desk)
    if not is_seeking(request) or request.nudged_at is None:
        raise NothingToTell(marked("de vraag staat niet meer open"))
    return _about(request) | {"closes": wording.day(request.closes_at, language)}


# --- others ---------------------------------------------------------------------------------------


def _seat_first(message: Message, desk: Desk, language: str) -> Values:
    """Who asks the same is offered a seat; who has one already hears nothing."""
    request = _request(message, desk)
    session = request.session
    if session is None or session.status != session.Status.PLANNED or session.has_started:
        raise NothingToTell(marked("de bijeenkomst is er niet meer"))
    live = session.registrations.filter(person=message.person_id).exclude(
        state=Registration.State.CANCELLED
    )
    if live.exists():
        raise NothingToTell(marked("je collega doet al mee"))
    facts = Facts.of(session)
    until = session.guests_until
    return {
        "title": one_line(request.title),
        "course": one_line(session.course.title),
        "when": wording.period(facts.start, facts.end, language),
        "when_short": wording.short_moment(facts.start, language),
        "where": wording.place(facts, language),
        "until": wording.day(until, language) if until else "",
        "register_url": links.register(session),
    }


def _call(message: Message, desk: Desk, language: str) -> Values:
    """To people who may know somebody; the asker stays unnamed until they sign in."""
    request = _request(message, desk)
    if not is_seeking(request):
        raise NothingToTell(marked("de vraag staat niet meer open"))
    return {
        "title": one_line(request.title),
        "theme": one_line(request.theme.name) if request.theme else "",
        "request_url": links.page("matching:request", request.public_id),
        "nominate_url": f"{links.page('matching:nominate')}?vraag={request.public_id}",
        "coordinator": message.payload.get("called_as") == "coordinators",
    }


def _nominated(message: Message, desk: Desk, language: str) -> Values:
    """To somebody who asked for nothing and may have no account."""
    row = desk.questions.nomination(message)
    if row is None or row.state != Nomination.State.SENT or row.nominator is None:
        raise NothingToTell(marked("de voordracht is beantwoord of verlopen"))
    organisation = row.nominator.organisation
    return {
        "name": letters.first_name(row.name),
        "nominator": one_line(row.nominator.name),
        "nominator_org": one_line(organisation.name) if organisation else "",
        "why": textwrap.shorten(one_line(row.why), 500),
        "title": one_line(row.request.title) if row.request else "",
        "reminder": bool(message.payload.get("reminder")),
        "answer_url": links.page("matching:nomination", nomination_token(row)),
    }


def _nomination_answered(message: Message, desk: Desk, language: str) -> Values:
    row = desk.questions.nomination(message)
    if row is None:
        raise NothingToTell(marked("de voordracht bestaat niet meer"))
    return {
        "yes": row.state == Nomination.State.ACCEPTED,
        "requests_url": links.page("matching:requests"),
    }


WRITERS: dict[str, Callable[[Message, Desk, str], Values]] = {
    Kind.REQUEST_ASKED: _asked,
    Kind.REQUEST_WITHDRAWN: _withdrawn,
    Kind.REQUEST_YES: _yes,
    Kind.REQUEST_NO: _no,
    Kind.REQUEST_UNANSWERED: _unanswered,
    Kind.HELP_OFFERED: _offered,
    Kind.ASKED_FOR_YOU: _asked_for_you,
    Kind.DATES_OFFERED: _dates,
    Kind.DATES_AWAITED: _awaited,
    Kind.REQUEST_EXPIRING: _expiring,
    Kind.SEAT_FIRST: _seat_first,
    Kind.REQUEST_CALL: _call,
    Kind.NOMINATED: _nominated,
    Kind.NOMINATION_ANSWERED: _nomination_answered,
}
