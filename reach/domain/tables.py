# SPDX-License-Identifier: EUPL-1.2
"""The tables of an export: header and rows as plain tuples, read with a cursor (values_list, no model instances).

Without an organisation a table holds no person: rows of registrations have no name or address. With one,
``registrations`` are those of its own people, with name and work mail of who still works there; the
other tables hold what concerns that organisation, and groups of other organisations under the threshold are
left empty. Holds are not here: a stranger may have typed them.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organisation
from courses.models import Registration, Session, Theme
from reach.domain import figures
from reach.domain.cells import (
    CHUNK,
    FORMATS,
    PRESENT,
    REASONS,
    SESSION_STATES,
    STATES,
    Table,
    hours,
    iso,
    mark,
    places_by_key,
    with_predecessors,
)
from reach.domain.request_rows import requests
from reach.domain.said import marks_in_fives
from reach.domain.scopes import Scope
from reach.domain.suppression import Cell

State = Registration.State

#: Never typed a code: not somebody's registration.
UNPROVEN = Q(state=State.HELD) | Q(cancel_reason=Registration.CancelReason.HOLD_EXPIRED)
HOST = "session__course__organisation"


def table(name: str, *, scope: Scope, organisation: Organisation | None = None) -> Table:
    return TABLES[name](scope, organisation)


def _registrations(scope: Scope, organisation: Organisation | None) -> Table:
    header: tuple[str, ...] = (
        "aanmelding_id",
        "cursus",
        "thema",
        "editie",
        "begin",
        "minuten",
        "aanbieder",
        "aanbieder_bestuurslaag",
        "aanbieder_tooi",
        "organisatie",
        "organisatie_bestuurslaag",
        "organisatie_tooi",
        "status",
        "aanwezig",
        "aangemeld_op",
        "afgemeld_op",
        "reden_afmelding",
        "andere_organisatie",
    )
    fields = [
        "session",
        "public_id",
        "organisation",
        "state",
        "registered_at",
        "cancelled_at",
        "cancel_reason",
    ]
    # By session, so that what a session says is read and written out once, not for every row.
    rows = scope.registrations().exclude(UNPROVEN).order_by("session", "pk")
    mine = None
    if organisation is None:
        header += ("cijfer",)
        fields += ["evaluation__score"]
    else:
        # Who is named has no mark beside it: that was for the trainer.
        mine = with_predecessors(organisation)
        rows = rows.filter(organisation__in=mine)
        header += ("naam", "e_mail")
        fields += ["person__name", "person__email", "person__organisation"]
    return Table(header, _registration_rows(scope, rows.values_list(*fields), mine))


def _registration_rows(
    scope: Scope, rows: QuerySet[Registration, Any], mine: frozenset[int] | None
) -> Iterator[tuple[Any, ...]]:
    """Two cursors side by side: registrations, and the sessions they belong to, in the same order.

    ``mine``: the organisations whose people are named.
    """
    registrations = rows.iterator(chunk_size=CHUNK)
    row = next(registrations, None)
    # Read after the first row, so that they hold every organisation and session that the rows can name.
    places, nowhere = places_by_key(), ("", "", "")
    for session, *about, starts, ends, host in _sessions_of(scope).iterator(chunk_size=CHUNK):
        while row is not None and row[0] < session:  # its session was deleted meanwhile
            row = next(registrations, None)
        title, theme, edition = about
        told = (
            title,
            theme or "",
            edition or "",
            iso(starts),
            (ends - starts).seconds // 60,
            *places[host],
        )
        while row is not None and row[0] == session:
            learner, state = row[2], row[3]
            cells = (
                str(row[1]),
                *told,
                *(places[learner] if learner else nowhere),
                STATES[state],
                PRESENT.get(state, ""),
                iso(row[4]),
                iso(row[5]),
                REASONS[row[6]],
                ("nee" if host == learner else "ja") if learner else "",
            )
            if mine is None:
                yield (*cells, "" if row[7] is None else row[7])
            elif row[9] in mine:
                yield (*cells, row[7], row[8])
            else:  # erased, or works elsewhere by now: no longer ours to name
                yield (*cells, "", "")
            row = next(registrations, None)


def _sessions_of(scope: Scope) -> QuerySet[Session, Any]:
    return (
        scope.sessions()
        .order_by("pk")
        .values_list(
            "pk",
            "course__title",
            "course__theme__name",
            "edition__name",
            "starts_at",
            "ends_at",
            "course__organisation",
        )
    )


def _sessions(scope: Scope, organisation: Organisation | None) -> Table:
    header = (
        "bijeenkomst_id",
        "cursus",
        "thema",
        "editie",
        "begin",
        "minuten",
        "vorm",
        "status",
        "aanbieder",
        "aanbieder_bestuurslaag",
        "aanbieder_tooi",
        "plekken",
        "bezet",
        "wachtlijst",
        "geweest",
        "afwezig",
        "van_andere_organisatie",
        "cijfer",
    )
    rows = scope.sessions().exclude(status=Session.Status.DRAFT)
    if organisation is not None:
        rows = rows.filter(course__organisation__in=with_predecessors(organisation))
    elsewhere = Q(registrations__organisation__isnull=False) & ~Q(
        registrations__organisation=F("course__organisation")
    )
    attended = Q(registrations__state=State.ATTENDED)
    found = (
        rows.annotate(
            waiting=Count("registrations", filter=Q(registrations__state=State.WAITING)),
            attended=Count("registrations", filter=attended),
            absent=Count("registrations", filter=Q(registrations__state=State.ABSENT)),
            visitors=Count("registrations", filter=attended & elsewhere),
            mark=Avg("registrations__evaluation__score", filter=attended),
        )
        .order_by("starts_at", "pk")
        .values_list(
            "public_id",
            "course__title",
            "course__theme__name",
            "edition__name",
            "starts_at",
            "ends_at",
            "format",
            "status",
            "course__organisation",
            "capacity",
            "taken",
            "waiting",
            "attended",
            "absent",
            "visitors",
            "mark",
            "pk",
        )
    )

    def cells() -> Iterator[tuple[Any, ...]]:
        places = places_by_key()
        told = marks_in_fives(rows) if organisation is not None else {}
        for *row, key in found.iterator(chunk_size=CHUNK):
            yield (
                str(row[0]),
                row[1],
                row[2] or "",
                row[3] or "",
                iso(row[4]),
                (row[5] - row[4]).seconds // 60,
                FORMATS[row[6]],
                SESSION_STATES[row[7]],
                *places[row[8]],
                *row[9:15],
                mark(row[15] if organisation is None else told.get(key)),
            )

    return Table(header, cells())


def _organisations(scope: Scope, organisation: Organisation | None) -> Table:
    """Every organisation that learned or taught something in the scope."""
    header = (
        "organisatie",
        "bestuurslaag",
        "tooi",
        "collegas",
        "keren_geweest",
        "uren",
        "keren_bij_andere_organisatie",
        "bijeenkomsten_gegeven",
        "collegas_getraind",
    )
    attended = scope.registrations().filter(figures.ATTENDED).order_by()
    learned = (
        attended.exclude(organisation=None)
        .values("organisation")
        .annotate(
            people=figures.people(),
            times=figures.attendances(),
            minutes=figures.minutes(),
            elsewhere=figures.attendances(figures.FROM_ELSEWHERE),
        )
    )
    taught = attended.values(HOST).annotate(sessions=figures.sessions(), people=figures.people())

    def cells() -> Iterator[tuple[Any, ...]]:
        ours = {row["organisation"]: row for row in learned}
        theirs = {row[HOST]: row for row in taught}
        for pk, place in sorted(places_by_key().items(), key=lambda item: item[1][0]):
            if pk not in ours and pk not in theirs:
                continue
            if organisation is not None and pk != organisation.pk:
                continue
            mine, given = ours.get(pk), theirs.get(pk)
            yield (
                *place,
                mine["people"] if mine else 0,
                mine["times"] if mine else 0,
                hours(mine["minutes"]) if mine else 0,
                mine["elsewhere"] if mine else 0,
                given["sessions"] if given else 0,
                given["people"] if given else 0,
            )

    return Table(header, cells())


def _flow(scope: Scope, organisation: Organisation | None) -> Table:
    header = (
        "aanbieder",
        "aanbieder_bestuurslaag",
        "aanbieder_tooi",
        "organisatie",
        "organisatie_bestuurslaag",
        "organisatie_tooi",
        "collegas",
        "keren_geweest",
        "uren",
    )
    rows = scope.registrations().filter(figures.ATTENDED).exclude(organisation=None)
    if organisation is not None:
        rows = rows.filter(
            Q(organisation=organisation) | Q(session__course__organisation=organisation)
        )
    found = (
        rows.order_by()
        .values(HOST, "organisation")
        .annotate(people=figures.people(), times=figures.attendances(), minutes=figures.minutes())
        .order_by(f"{HOST}__name", "organisation__name")
        .values_list(HOST, "organisation", "people", "times", "minutes")
    )

    def cells() -> Iterator[tuple[Any, ...]]:
        places = places_by_key()
        for host, learner, people, times, minutes in found.iterator(chunk_size=CHUNK):
            strangers = organisation is not None and learner != organisation.pk
            numbers = (
                ("", "", "")
                if strangers and Cell(people).is_small
                else (people, times, hours(minutes))
            )
            yield (*places[host], *places[learner], *numbers)

    return Table(header, cells())


def _themes(scope: Scope, organisation: Organisation | None) -> Table:
    """Every theme; with an organisation the people and waiting places are its own."""
    header = (
        "thema",
        "bijeenkomsten",
        "collegas",
        "keren_geweest",
        "uren",
        "op_wachtlijst",
        "cijfer",
    )
    theme = "session__course__theme"
    rows = scope.registrations()
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    found = (
        rows.filter(figures.ATTENDED | Q(state=State.WAITING))
        .order_by()
        .values(theme)
        .annotate(
            sessions=figures.sessions(),
            people=figures.people(),
            times=figures.attendances(),
            minutes=figures.minutes(),
            waiting=Count("pk", filter=Q(state=State.WAITING)),
            score=figures.score(),
        )
    )

    def cells() -> Iterator[tuple[Any, ...]]:
        by_theme = {row[theme]: row for row in found}
        named = [*Theme.objects.values_list("pk", "name")]
        if None in by_theme:
            named.append((None, _("Zonder thema")))  # type: ignore[arg-type]
        for pk, name in named:
            row = by_theme.get(pk)
            if row is None:
                yield (name, 0, 0, 0, 0, 0, "")
            else:
                yield (
                    name,
                    row["sessions"],
                    row["people"],
                    row["times"],
                    hours(row["minutes"]),
                    row["waiting"],
                    mark(row["score"]),
                )

    return Table(header, cells())


TABLES: dict[str, Callable[[Scope, Organisation | None], Table]] = {
    "registrations": _registrations,
    "sessions": _sessions,
    "organisations": _organisations,
    "flow": _flow,
    "themes": _themes,
    "requests": requests,
}
#: Names of sheets and files: Dutch and stable, whatever the language of the page.
TITLES = {
    "registrations": "aanmeldingen",
    "sessions": "bijeenkomsten",
    "organisations": "organisaties",
    "flow": "kennisstroom",
    "themes": "themas",
    "requests": "kennisvragen",
}
