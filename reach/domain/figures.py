# SPDX-License-Identifier: EUPL-1.2
"""What every figure means, in one place: page and exports count with the expressions below.

People learned when they *were there*: attendance is marked by the trainer. Whoever signed up twice for a
session, or changed employer in between, is counted where the registration says they worked then.
``EXPLANATIONS`` says the same to the reader («Hoe tellen we dit?»).
"""

from typing import Any

from django.db.models import (
    Aggregate,
    Avg,
    BigIntegerField,
    Case,
    Count,
    F,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from base import clock
from base.models import MinutesBetween
from courses.models import Registration, Session
from matching.models import KnowledgeRequest, Match

State = Registration.State

#: What a row of ``fact_rows`` says.
THERE, AWAY, IN_VAIN = 1, 2, 3
#: Answers to «Ga je het gebruiken?» and, three months later, «Heb je het toegepast?».
ANSWERS = {"no": 0, "partly": 1, "yes": 2}
#: Net promoter score: 9 and 10 recommend it, 0 to 6 do not.
PROMOTER, DETRACTOR = 9, 6

ATTENDED = Q(state=State.ATTENDED)
ABSENT = Q(state=State.ABSENT)
#: Stood on the waiting list until the session began, and no seat came free.
WAITED_IN_VAIN = Q(state=State.WAITING) | Q(
    state=State.CANCELLED, cancel_reason=Registration.CancelReason.STARTED, queued_at__isnull=False
)
EVERYONE = Q()
#: The learner worked, at sign-up, for another organisation than the one that gave the course.
FROM_ELSEWHERE = Q(organisation__isnull=False) & ~Q(organisation=F("session__course__organisation"))
ORGANISATION_KNOWN = Q(organisation__isnull=False)

#: Shown under the figure of that name.
EXPLANATIONS: dict[str, Promise] = {
    "people": _(
        "Iedere collega die bij minstens één cursus geweest is, telt één keer. De trainer geeft aan wie er was. "
        "Een collega die haar account verwijderde, telt per cursus één keer."
    ),
    "organisations": _(
        "Alle organisaties waar deze collega’s werkten toen ze zich aanmeldden. Een organisatie telt één keer. "
        "Wat is samengegaan, telt bij de opvolger."
    ),
    "elsewhere": _(
        "Het deel van alle keren dat een collega bij een cursus was, waarbij een andere organisatie de cursus gaf."
    ),
    "score": _(
        "Het gemiddelde van de rapportcijfers van 1 tot en met 10 die collega’s na afloop gaven. "
        "Wie geen cijfer gaf, telt niet mee."
    ),
    "hours": _(
        "De duur van elke bijeenkomst maal het aantal collega’s dat er was, bij elkaar opgeteld. "
        "Loopt de periode nog, dan ronden we uren ruimer af dan aantallen collega’s."
    ),
    "sessions": _("Bijeenkomsten waar minstens één collega was."),
    "attendance": _(
        "Van de collega’s met een plek: het deel dat er was. Alleen bijeenkomsten waarvan de trainer heeft "
        "aangegeven wie er was, tellen mee. Afmelden telt niet als wegblijven."
    ),
    "first": _(
        "Collega’s voor wie dit de eerste cursus was die we van ze kennen. Wie haar account verwijderde, telt hier "
        "niet mee."
    ),
    "net_promoter": _(
        "Het deel dat de cursus zou aanraden (9 of 10) min het deel dat dat niet zou doen (0 tot en met 6), op een "
        "schaal van -100 tot 100. Alleen wie antwoord gaf, telt mee."
    ),
    "would_apply": _(
        "Het deel dat na afloop “ja” of “een beetje” zei op de vraag: ga je gebruiken wat je leerde?"
    ),
    "applied": _(
        "Het deel dat drie maanden later “ja” of “een beetje” zei op de vraag: heb je het toegepast? "
        "We laten het vier maanden na afloop zien."
    ),
    "compared": _(
        "We vergelijken een editie met de vorige van dezelfde soort, een kwartaal met het vorige kwartaal en een jaar "
        "met het vorige jaar."
    ),
    "layers": _(
        "Collega’s die bij minstens één cursus waren, naar de soort organisatie waar ze toen werkten. "
        "Wie van werkgever wisselde, kan bij twee soorten meetellen."
    ),
    "provinces": _(
        "Collega’s die bij minstens één cursus waren, naar de provincie van de organisatie waar ze toen werkten. "
        "Organisaties die in heel Nederland werken, staan bij Landelijk. Van kleine groepen tonen we de provincie niet."
    ),
    "top_organisations": _(
        "Collega’s die bij minstens één cursus waren, naar de organisatie waar ze toen werkten. Organisaties met te "
        "weinig collega’s tellen samen mee bij hun soort."
    ),
    "themes": _(
        "Gegeven: alle bijeenkomsten die doorgingen of doorgaan, met hun plekken. Geleerd: collega’s die er waren. "
        "Geen plek: hoe vaak iemand tot het begin op de wachtlijst stond. Vragen: kennisvragen over dit thema."
    ),
    "days": _(
        "Collega’s die die dag of maand bij minstens één cursus waren. Iedereen telt per staaf één keer."
    ),
    "hours_of_day": _(
        "Collega’s die bij minstens één cursus waren die in dat uur begon. Iedereen telt per staaf één keer."
    ),
    "flow": _(
        "Hoe vaak collega’s bij een cursus waren, naar de soort organisatie van de trainer en hun eigen "
        "soort organisatie. In de tabel staat ook hoeveel verschillende collega’s dat waren."
    ),
    "streams": _(
        "Hoe vaak collega’s bij een cursus van een andere organisatie waren, per organisatie waar ze toen werkten. "
        "Je ziet alleen stromen van minstens 10 collega’s waaruit geen kleinere groep te berekenen is."
    ),
    "moments": _(
        "Collega’s die op die dag bij een cursus waren die in dat uur begon. Bij een streepje zijn het er te weinig "
        "om te laten zien; ze tellen samen in de laatste kolom."
    ),
    "waiting": _(
        "Geen plek: wie bij het begin nog op de wachtlijst stond. Weggebleven: wie een plek had en er volgens de "
        "trainer niet was."
    ),
    "questions": _(
        "Kennisvragen tellen in de periode van hun bijeenkomst; zonder bijeenkomst in de periode waarin ze gesteld "
        "zijn. Kennisvragen staan in een openbare lijst, daarom zijn deze aantallen altijd precies."
    ),
    "own": _(
        "Collega’s die bij jullie werkten toen ze zich aanmeldden en die geweest zijn. Is het aantal lager dan 5, "
        "dan staat er “minder dan 5”."
    ),
}


def people(where: Q = EVERYONE) -> Combinable:
    """Different people who were there. An erased person has no name any more, so each of their rows counts."""
    return Count("person", distinct=True, filter=ATTENDED & where) + Count(
        "pk", filter=ATTENDED & where & Q(person__isnull=True)
    )


def attendances(where: Q = EVERYONE) -> Aggregate:
    """Times that somebody was there: one live registration per person and session."""
    return Count("pk", filter=ATTENDED & where)


def sessions(where: Q = EVERYONE) -> Aggregate:
    """Sessions with at least one colleague present."""
    return Count("session", distinct=True, filter=ATTENDED & where)


def minutes(where: Q = EVERYONE) -> Coalesce:
    """Minutes learned: the length of the session for everyone who was there."""
    length = MinutesBetween("session__starts_at", "session__ends_at")
    return Coalesce(Sum(length, filter=ATTENDED & where), Value(0))


def score(where: Q = EVERYONE) -> Aggregate:
    """The mean mark, 1 to 10; None when nobody gave one."""
    return Avg("evaluation__score", filter=ATTENDED & where)


def fact_rows() -> QuerySet[Registration, Any]:
    """Every registration that a figure looks at, by person: who, where they worked, and what it was. A row of
    somebody whose account is gone has a number of its own, below zero."""
    return (
        Registration.objects.filter(ATTENDED | ABSENT | WAITED_IN_VAIN)
        .exclude(session__status=Session.Status.DRAFT)
        .annotate(
            who=Coalesce(F("person_id"), -F("pk"), output_field=BigIntegerField()),
            kind=Case(When(ATTENDED, then=THERE), When(ABSENT, then=AWAY), default=Value(IN_VAIN)),
        )
        .order_by("who")
        .values_list(
            "who",
            "session_id",
            "organisation_id",
            "kind",
            "evaluation__score",
            "evaluation__recommend",
            "evaluation__would_apply",
            "applied_answer__applied",
        )
    )


def session_rows() -> QuerySet[Session, Any]:
    """Every session of which the programme told, in order of time."""
    return (
        Session.objects.exclude(status=Session.Status.DRAFT)
        .annotate(
            trainer_count=Count("course__trainer_rows"),
            unmarked=Case(When(_unmarked(), then=Value(1)), default=Value(0)),
        )
        .order_by("starts_at", "pk")
        .values_list(
            "pk",
            "edition_id",
            "starts_at",
            "ends_at",
            "course__theme__slug",
            "course__organisation_id",
            "capacity",
            "format",
            "status",
            "trainer_count",
            "unmarked",
        )
    )


def question_rows() -> QuerySet[KnowledgeRequest, Any]:
    """Every question to colleagues, with the first time that a trainer said yes."""
    agreed = Q(matches__state__in=(Match.State.ACCEPTED, Match.State.DONE))
    return (
        KnowledgeRequest.objects.annotate(first_yes=Min("matches__answered_at", filter=agreed))
        .order_by("pk")
        .values_list("created_at", "first_yes", "state", "theme__slug", "session_id")
    )


def _unmarked() -> Q:
    """It took place with people on the list, and the trainer has yet to say who was there."""
    return Q(
        status=Session.Status.PLANNED,
        ends_at__lte=clock.now(),
        attendance_marked_at__isnull=True,
        taken__gt=0,
    )
