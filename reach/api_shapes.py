# SPDX-License-Identifier: EUPL-1.2
"""Published figures as the API writes them: Dutch names in camelCase, null where nothing may be told."""

from typing import Any

from rest_framework import serializers

from accounts.models import Organisation
from base.api.fields import UtcDateTimeField
from reach.domain.open_tables import COUNTS, TABLES, OpenTable, Words
from reach.domain.published import Labels, Published
from reach.domain.scopes import Scope
from reach.models import ReachSnapshot

#: Name in the answer -> name in ``Published.headline``.
HEADLINE = {
    "collegas": "people",
    "kerenGeweest": "times",
    "uren": "hours",
    "bijeenkomsten": "sessions",
    "organisaties": "organisations",
    "aanbieders": "hosts",
    "voorHetEerst": "first",
    "aandeelBijAndereOrganisatie": "elsewhere_share",
    "opkomst": "attendance_share",
    "wachttenTevergeefs": "waited",
    "rapportcijfer": "score",
    "netPromoterScore": "net_promoter",
    "wilToepassen": "would_apply",
    "heeftToegepast": "applied",
}
OWN = {
    "collegas": "people",
    "voorHetEerst": "first",
    "collegasBijAndereOrganisatie": "elsewhere",
    "kerenGeweest": "times",
    "uren": "hours",
    "kerenOpLocatie": "on_site",
    "aandeelBijAndereOrganisatie": "elsewhere_share",
    "opkomst": "attendance_share",
    "wachttenTevergeefs": "waited",
    "rapportcijfer": "score",
    "leerdenVanOrganisaties": "teachers",
    "gegevenBijeenkomsten": "given_sessions",
    "gegevenUren": "given_hours",
}
DECIMALS = {"rapportcijfer", "gegevenUren"}
#: Columns that count.
NUMBERS = frozenset(COUNTS[:-1]) | {"bijeenkomsten", "plekken", "op_wachtlijst", "kennisvragen"}


def camel(name: str) -> str:
    first, *rest = name.replace("-", "_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def _numbers(name: str, keys: dict[str, str]) -> type[serializers.Serializer[Any]]:
    fields: dict[str, Any] = {
        key: serializers.FloatField(allow_null=True)
        if key in DECIMALS
        else serializers.IntegerField(allow_null=True)
        for key in keys
    }
    return type(name, (serializers.Serializer,), fields)


def _rows(table: OpenTable) -> type[serializers.Serializer[Any]]:
    fields: dict[str, Any] = {}
    for column in table.columns:
        if column in NUMBERS:
            fields[camel(column)] = serializers.IntegerField(allow_null=True)
        elif column == "onvolledig":
            fields[column] = serializers.BooleanField()
        else:
            fields[camel(column)] = serializers.CharField(allow_null=True)
    name = "Bereik" + camel(table.slug)[0].upper() + camel(table.slug)[1:] + "Rij"
    return type(name, (serializers.Serializer,), fields)


class BereikPeriode(serializers.Serializer[Any]):
    code = serializers.CharField()
    naam = serializers.CharField()
    definitief = serializers.BooleanField()
    bijgewerktOp = UtcDateTimeField()  # noqa: N815 - the name outside


class BereikAanbieder(serializers.Serializer[Any]):
    organisatie = serializers.CharField()
    tooi = serializers.CharField(allow_null=True)
    collegas = serializers.IntegerField(allow_null=True)


class BereikThema(serializers.Serializer[Any]):
    code = serializers.CharField()
    naam = serializers.CharField()
    collegas = serializers.IntegerField(allow_null=True)


BereikKerncijfers = _numbers("BereikKerncijfers", HEADLINE)
_OwnNumbers = _numbers("BereikEigenCijfers", OWN)


class BereikOrganisatie(_OwnNumbers):  # type: ignore[misc,valid-type]
    """Of an organisation that the token's owner coordinates; numbers under 5 are null."""

    organisatie = serializers.CharField()
    tooi = serializers.CharField(allow_null=True)
    aanbieders = BereikAanbieder(many=True)
    themas = BereikThema(many=True)


Bereik = type(
    "Bereik",
    (serializers.Serializer,),
    {
        "periode": BereikPeriode(),
        "kerncijfers": BereikKerncijfers(),
        **{camel(table.slug): _rows(table)(many=True) for table in TABLES.values()},
        "eigenOrganisatie": BereikOrganisatie(allow_null=True),
    },
)


def period(scope: Scope, snapshot: ReachSnapshot) -> dict[str, Any]:
    made: dict[str, Any] = BereikPeriode(
        {
            "code": scope.key,
            "naam": scope.label,
            "definitief": snapshot.frozen_at is not None,
            "bijgewerktOp": snapshot.computed_at,
        }
    ).data
    return made


def bereik(
    found: Published, snapshot: ReachSnapshot, organisation: Organisation | None
) -> dict[str, Any]:
    rows = {table.slug: found.rows(table.name) for table in TABLES.values()}
    own = found.own
    hosts = [pk for pk, _people in own.get("hosts", [])]
    labels = Labels(rows["organisaties"], also=hosts)
    words = Words(labels, found.headline["themes"])
    answer: dict[str, Any] = {
        "periode": period(found.scope, snapshot),
        "kerncijfers": {name: found.headline.get(key) for name, key in HEADLINE.items()},
    }
    for table in TABLES.values():
        answer[camel(table.slug)] = [
            _row(table, table.cells(row, words)) for row in rows[table.slug]
        ]
    answer["eigenOrganisatie"] = _own(own, organisation, words) if organisation else None
    return answer


def _row(table: OpenTable, cells: tuple[Any, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column, cell in zip(table.columns, cells, strict=True):
        found[camel(column)] = None if cell == "" else cell
    if "onvolledig" in found:
        found["onvolledig"] = found["onvolledig"] == "ja"
    return found


def _own(own: dict[str, Any], organisation: Organisation, words: Words) -> dict[str, Any] | None:
    if not own:
        return None
    hosts = []
    for pk, people in own["hosts"]:
        row = words.labels.row(pk)
        hosts.append(
            {
                "organisatie": words.labels.organisation(pk),
                "tooi": row.tooi or None if row else None,
                "collegas": people,
            }
        )
    return {
        "organisatie": organisation.name,
        "tooi": organisation.tooi or None,
        **{name: own.get(key) for name, key in OWN.items()},
        "aanbieders": hosts,
        "themas": [
            {"code": key, "naam": words.theme(key), "collegas": people}
            for key, people in own["themes"]
        ],
    }
