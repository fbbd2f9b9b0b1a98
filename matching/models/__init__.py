# SPDX-License-Identifier: EUPL-1.2
"""Who can teach what is asked: questions, the trainer pool, matches, rounds, nominations."""

from matching.models.call import Call, Circle
from matching.models.match import DateOption, Match
from matching.models.nomination import Nomination
from matching.models.profile import TrainerProfile
from matching.models.ranking import RankTask
from matching.models.request import Dismissal, KnowledgeRequest, Support
from matching.models.run import MatchRun, Unmatched
from matching.models.vector import Vector
from matching.models.weights import LearnedWeights

__all__ = [
    "Call",
    "Circle",
    "DateOption",
    "Dismissal",
    "KnowledgeRequest",
    "LearnedWeights",
    "Match",
    "MatchRun",
    "Nomination",
    "RankTask",
    "Support",
    "TrainerProfile",
    "Unmatched",
    "Vector",
]
