# SPDX-License-Identifier: EUPL-1.2
"""What is taught: editions, courses, sessions, registrations, evaluations."""

from courses.models.course import (
    Course,
    CourseInterest,
    CourseTrainer,
    Material,
    Theme,
    TrainerInvitation,
)
from courses.models.edition import Edition
from courses.models.evaluation import AppliedAnswer, Evaluation
from courses.models.registration import Registration
from courses.models.session import Location, Session

__all__ = [
    "AppliedAnswer",
    "Course",
    "CourseInterest",
    "CourseTrainer",
    "Edition",
    "Evaluation",
    "Location",
    "Material",
    "Registration",
    "Session",
    "Theme",
    "TrainerInvitation",
]
