# SPDX-License-Identifier: EUPL-1.2
"""What this room hears from matching; rows only, in the transaction of the news."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Person
from courses.models import Session
from matching import signals as matching
from matching.models import Call, KnowledgeRequest, Match, MatchRun, Nomination
from notifications.domain import questions
from notifications.models.message import Kind


@receiver(matching.request_asked)
def request_asked(match: Match, **kwargs: Any) -> None:
    questions.tell_trainer(match, kind=Kind.REQUEST_ASKED)


@receiver(matching.match_answered)
def match_answered(match: Match, **kwargs: Any) -> None:
    said_yes = match.state == Match.State.ACCEPTED
    questions.tell_asker(match, kind=Kind.REQUEST_YES if said_yes else Kind.REQUEST_NO)


@receiver(matching.match_unanswered)
def match_unanswered(match: Match, **kwargs: Any) -> None:
    questions.tell_asker(match, kind=Kind.REQUEST_UNANSWERED)


@receiver(matching.match_withdrawn)
def match_withdrawn(match: Match, **kwargs: Any) -> None:
    questions.tell_trainer(match, kind=Kind.REQUEST_WITHDRAWN)


@receiver(matching.help_offered)
def help_offered(match: Match, **kwargs: Any) -> None:
    questions.tell_asker(match, kind=Kind.HELP_OFFERED)


@receiver(matching.dates_offered)
def dates_offered(match: Match, *, again: bool = False, **kwargs: Any) -> None:
    questions.tell_dates(match, again=again)


@receiver(matching.dates_awaited)
def dates_awaited(match: Match, **kwargs: Any) -> None:
    questions.tell_trainer(match, kind=Kind.DATES_AWAITED)


@receiver(matching.round_released)
def round_released(run: MatchRun, requests: list[KnowledgeRequest], **kwargs: Any) -> None:
    questions.tell_released(requests, run=run.public_id.hex)


@receiver(matching.request_planned)
def request_planned(request: KnowledgeRequest, session: Session, **kwargs: Any) -> None:
    questions.offer_seats(request, session=session.public_id.hex)


@receiver(matching.request_expiring)
def request_expiring(request: KnowledgeRequest, **kwargs: Any) -> None:
    questions.tell_expiring(request)


@receiver(matching.call_sent)
def call_sent(
    call: Call, request: KnowledgeRequest, receivers: list[Person], **kwargs: Any
) -> None:
    questions.send_call(call, request=request, receivers=receivers)


@receiver(matching.nomination_made)
def nomination_made(nomination: Nomination, **kwargs: Any) -> None:
    questions.tell_nominee(nomination)


@receiver(matching.nomination_reminded)
def nomination_reminded(nomination: Nomination, **kwargs: Any) -> None:
    questions.tell_nominee(nomination, reminder=True)


@receiver(matching.nomination_answered)
def nomination_answered(nomination: Nomination, **kwargs: Any) -> None:
    questions.tell_nominator(nomination)


@receiver(matching.nominations_erased)
def nominations_erased(ids: list[int], **kwargs: Any) -> None:
    questions.forget_nominees(ids)
