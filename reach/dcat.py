# SPDX-License-Identifier: EUPL-1.2
"""The description of the open data for catalogues such as data.overheid.nl: DCAT-AP-NL 3.0 in JSON-LD.

One dataset a table, each as CSV and JSON, and the API as a data service. Titles and descriptions in Dutch and
English. The vocabularies are those that DCAT-AP prescribes (EU Publications Office, TOOI for the publisher).
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from reach.domain import open_tables
from reach.domain.open_tables import OpenTable

LICENCE = "http://creativecommons.org/publicdomain/zero/1.0/deed.nl"
_EU = "http://publications.europa.eu/resource/authority"
ACCESS_RIGHTS = f"{_EU}/access-right/PUBLIC"
THEMES = (f"{_EU}/data-theme/GOVE", f"{_EU}/data-theme/EDUC")
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
FILES = {
    "csv": (f"{_EU}/file-type/CSV", "https://www.iana.org/assignments/media-types/text/csv"),
    "json": (
        f"{_EU}/file-type/JSON",
        "https://www.iana.org/assignments/media-types/application/json",
    ),
}
KEYWORDS = {
    "nl": ["leren", "ambtenaren", "kennisdeling", "TrainJeCollega"],
    "en": ["learning", "civil servants", "knowledge sharing", "TrainJeCollega"],
}


def catalogue(*, modified: dt.datetime | None) -> dict[str, Any]:
    """``modified``: when the figures were last computed; None when they never were."""
    page = _address(reverse("reach:open-data"))
    here = _address(reverse("open-data:catalogue"))
    datasets = [_dataset(table, page, modified) for table in open_tables.TABLES.values()]
    return {
        "@context": CONTEXT,
        "@id": here,
        "@type": "dcat:Catalog",
        "dct:title": [
            _text("nl", "Bereik van TrainJeCollega"),
            _text("en", "TrainJeCollega: reach"),
        ],
        "dct:description": [
            _text("nl", "Open data over leren van en met collega’s bij de overheid."),
            _text("en", "Open data on learning from colleagues in government."),
        ],
        "dct:publisher": _publisher(),
        "dcat:contactPoint": _contact(),
        "dct:license": {"@id": LICENCE},
        "dct:language": _languages(),
        "foaf:homepage": {"@id": page},
        **_modified(modified),
        "dcat:dataset": datasets,
        "dcat:service": [_service([dataset["@id"] for dataset in datasets])],
    }


def _dataset(table: OpenTable, page: str, modified: dt.datetime | None) -> dict[str, Any]:
    identifier = f"{page}#{table.slug}"
    return {
        "@id": identifier,
        "@type": "dcat:Dataset",
        "dct:identifier": identifier,
        "dct:title": _both(table.title),
        "dct:description": _both(table.description),
        "dct:publisher": _publisher(),
        "dct:creator": _publisher(),
        "dcat:contactPoint": _contact(),
        "dct:accessRights": {"@id": ACCESS_RIGHTS},
        "dct:license": {"@id": LICENCE},
        "dcat:theme": [{"@id": theme} for theme in THEMES],
        "dcat:keyword": [_text(code, word) for code, words in KEYWORDS.items() for word in words],
        "dct:language": _languages(),
        "dct:accrualPeriodicity": {"@id": f"{_EU}/frequency/DAILY"},
        "dct:spatial": {"@id": f"{_EU}/country/NLD"},
        "dcat:landingPage": {"@id": page},
        **_modified(modified),
        "dcat:distribution": [_distribution(table, kind, page) for kind in FILES],
    }


def _distribution(table: OpenTable, kind: str, page: str) -> dict[str, Any]:
    file = _address(reverse("open-data:table", args=[table.slug, kind]))
    file_type, media_type = FILES[kind]
    return {
        "@id": file,
        "@type": "dcat:Distribution",
        "dct:title": _both(table.title, suffix=f" ({kind.upper()})"),
        "dcat:accessURL": {"@id": page},
        "dcat:downloadURL": {"@id": file},
        "dct:format": {"@id": file_type},
        "dcat:mediaType": {"@id": media_type},
        "dct:license": {"@id": LICENCE},
        "dct:language": _languages()[:1],
    }


def _service(datasets: list[str]) -> dict[str, Any]:
    openapi = _address(reverse("api:openapi"))
    return {
        "@id": _address(reverse("api:bereik")),
        "@type": "dcat:DataService",
        "dct:title": [_text("nl", "API met bereikcijfers"), _text("en", "API of reach figures")],
        "dct:description": [
            _text("nl", "Dezelfde tabellen voor wie ze met een programma opvraagt."),
            _text("en", "The same tables for who asks for them with a program."),
        ],
        "dct:identifier": _address(reverse("api:bereik")),
        "dct:publisher": _publisher(),
        "dcat:contactPoint": _contact(),
        "dct:accessRights": {"@id": ACCESS_RIGHTS},
        "dct:license": {"@id": LICENCE},
        "dcat:theme": [{"@id": theme} for theme in THEMES],
        "dcat:endpointURL": {"@id": _address(reverse("api:bereik"))},
        "dcat:endpointDescription": {"@id": openapi},
        "dcat:servesDataset": [{"@id": dataset} for dataset in datasets],
    }


def _publisher() -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "foaf:Agent",
        "foaf:name": _text("nl", settings.OPERATOR_NAME or "TrainJeCollega"),
    }
    return {"@id": settings.OPERATOR_TOOI, **found} if settings.OPERATOR_TOOI else found


def _contact() -> dict[str, Any]:
    return {
        "@type": "vcard:Kind",
        "vcard:fn": settings.OPERATOR_NAME or "TrainJeCollega",
        "vcard:hasEmail": {"@id": f"mailto:{settings.CONTACT_EMAIL}"},
    }


def _modified(moment: dt.datetime | None) -> dict[str, Any]:
    if moment is None:
        return {}
    text = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"dct:modified": {"@type": "xsd:dateTime", "@value": text}}


def _languages() -> list[dict[str, str]]:
    return [{"@id": f"{_EU}/language/{code}"} for code in ("NLD", "ENG")]


def _both(text: object, *, suffix: str = "") -> list[dict[str, str]]:
    """A lazy text in the languages of the site."""
    found = []
    for code in ("nl", "en"):
        with translation.override(code):
            found.append(_text(code, f"{text}{suffix}"))
    return found


def _text(code: str, value: str) -> dict[str, str]:
    return {"@language": code, "@value": value}


def _address(path: str) -> str:
    return f"{settings.BASE_URL}{path}"
