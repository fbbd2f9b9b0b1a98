# SPDX-License-Identifier: EUPL-1.2
"""Who may do what with questions, profiles and matches: small named predicates.

Everyone sees titles and themes. Text and the asker's name are for signed-in colleagues who typed a code.
A trainer sees the question from the moment it is asked of them; addresses go both ways on yes alone.
"""

from rules.predicates import predicate

from accounts.models import Person
from accounts.rules import Someone, coordinates, is_coordinator_of, is_national, is_verified
from matching.models import KnowledgeRequest, Match

__all__ = [
    "answers_match",
    "asks_match",
    "coordinates",
    "is_asker",
    "is_verified",
    "manages_request",
    "reads_request",
    "runs_rounds",
    "supports_request",
]


@predicate
def is_asker(person: Someone, request: KnowledgeRequest) -> bool:
    return isinstance(person, Person) and person.pk == request.asker_id


@predicate
def is_coordinator_of_asker(person: Someone, request: KnowledgeRequest) -> bool:
    return bool(is_coordinator_of(person, request.organisation))


@predicate
def reads_request(person: Someone, request: KnowledgeRequest) -> bool:
    """Text, and who asks."""
    return bool(is_verified(person))


@predicate
def supports_request(person: Someone, request: KnowledgeRequest) -> bool:
    """'Ik ook': every colleague but the asker."""
    return bool(is_verified(person)) and not is_asker(person, request)


@predicate
def asks_match(person: Someone, match: Match) -> bool:
    """The asker of the question that the match belongs to."""
    return bool(is_asker(person, match.request))


@predicate
def answers_match(person: Someone, match: Match) -> bool:
    """The trainer, from the moment that the question was asked (a round's suggestion is nobody's yet)."""
    return (
        isinstance(person, Person)
        and person.is_active
        and person.pk == match.trainer_id
        and match.asked_at is not None
    )


manages_request = is_asker
runs_rounds = is_national
