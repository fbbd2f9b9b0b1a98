# SPDX-License-Identifier: EUPL-1.2
"""The demo's texts: real organisations with their real mail domains, made-up people and courses."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

DATA = Path(__file__).resolve().parent.parent / "data"


class OrganisationText(TypedDict):
    key: str
    name: str
    abbreviation: str
    kind: str
    layer: str
    province: str
    tooi: str
    roo_id: str
    oin: str
    domains: list[str]


class PersonText(TypedDict):
    key: str
    name: str
    organisation: str
    function: str
    province: str


class ThemeText(TypedDict):
    slug: str
    name: str
    tint: str
    icon: str


class LocationText(TypedDict):
    name: str
    room: str
    city: str


class CourseText(TypedDict):
    key: str
    title: str
    promise: str
    goals: list[str]
    bring: str
    description: str
    audience: str
    level: str
    language: str
    format: str
    theme: str
    trainer: str
    co_trainers: list[str]
    quote: str
    minutes: int
    series: bool
    capacity: int
    location: LocationText | None
    offers: list[str]


class EvaluationText(TypedDict):
    sentences: list[str]
    wants: list[str]
    thanks: list[str]


class ProfileText(TypedDict):
    key: str
    headline: str
    expertise: str
    examples: list[str]
    themes: list[str]
    provinces: list[str]
    online: bool
    languages: list[str]
    a_year: int
    called: bool
    state: str


class QuestionText(TypedDict):
    asker: str
    title: str
    text: str
    theme: str
    audience: str
    people: int
    where: str
    when: str
    state: str
    trainer: str
    supporters: list[str]
    days: int
    language: str
    offers: list[str]
    open_to_others: bool
    reason: str
    #: Titles of questions before it that a round bundled with it.
    together: list[str]


class VisitorsText(TypedDict):
    organisations: dict[str, int]
    first_names: list[str]
    last_names: list[str]
    functions: list[str]


@dataclass(frozen=True)
class Source:
    organisations: list[OrganisationText]
    people: list[PersonText]
    themes: list[ThemeText]
    courses: list[CourseText]
    evaluations: EvaluationText
    pool: list[ProfileText]
    questions: list[QuestionText]
    visitors: VisitorsText


def read() -> Source:
    def part(name: str) -> Any:
        return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))

    return Source(
        organisations=part("organisations"),
        people=part("people"),
        themes=part("themes"),
        courses=part("courses"),
        evaluations=part("evaluations"),
        pool=part("pool"),
        questions=part("questions"),
        visitors=part("visitors"),
    )
