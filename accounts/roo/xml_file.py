# SPDX-License-Identifier: EUPL-1.2
"""The official export exportOO.xml of organisaties.overheid.nl (element tree in standards.md, section 3).

Streams, so 38 MB costs no memory. Names are matched without their namespace, because its version changes.
Only direct children of an organisation count: addresses, e-mail and end dates also occur inside
classifications and functions, and functions hold people, whom we never read.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from accounts.roo.records import (
    BadRecord,
    Note,
    OrganisationRecord,
    Unreadable,
    clean_oin,
    domain_of,
    finish,
    iso_date,
    kind_and_layer,
    province_of,
    spoken_name,
)

_BOMB = "{path} holds a DTD or entities; the register's export has none, so it is refused."


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _children(element: Element | None, name: str) -> list[Element]:
    return [] if element is None else [child for child in element if _local(child.tag) == name]


def _child(element: Element | None, name: str) -> Element | None:
    return next(iter(_children(element, name)), None)


def _text(element: Element | None, name: str) -> str:
    child = _child(element, name)
    return " ".join((child.text or "").split()) if child is not None else ""


def _attribute(element: Element, name: str) -> str:
    return next((v.strip() for k, v in element.attrib.items() if _local(k) == name), "")


def read(path: Path, *, today: dt.date) -> Iterator[OrganisationRecord | Note]:
    """Raises Unreadable for a DTD or entities, and when the XML breaks before the first organisation."""
    seen, depth = 0, 0
    try:
        for event, element in _events(path):
            name = _local(element.tag)
            if name == "organisatie":
                depth += 1 if event == "start" else -1
                if event == "end" and depth == 0:
                    seen += 1
                    yield _record(element, today=today)
                    element.clear()
                elif event == "end":
                    label = _text(element, "naam") or _attribute(element, "systeemId") or "?"
                    yield Note("skipped", label, "unit inside an organisation")
                    element.clear()
            elif event == "end" and name in {"functies", "medewerkers"}:
                element.clear()  # people: dropped as soon as they pass by
    except DefusedXmlException:
        raise Unreadable(_BOMB.format(path=path)) from None
    except ParseError as error:
        if not seen:
            raise Unreadable(f"{path} is not the XML of the register: {error}.") from None
        yield Note("broken", f"after organisation {seen}", f"the XML breaks off: {error}")
    except (OSError, ValueError, LookupError) as error:
        raise Unreadable(f"{path} cannot be read: {error}.") from None


def _events(path: Path) -> Iterator[tuple[str, Any]]:
    with path.open("rb") as file:
        yield from iterparse(file, events=("start", "end"), forbid_dtd=True)


def _identifier(element: Element, name: str) -> str:
    codes = _children(_child(element, "identificatiecodes"), "resourceIdentifier")
    for code in codes:
        if _attribute(code, "naam").lower() == name.lower():
            return (code.text or "").strip()
    return ""


def _record(element: Element, *, today: dt.date) -> OrganisationRecord | Note:
    roo_id = _attribute(element, "systeemId") or _identifier(element, "systeemId")
    label = f"{_text(element, 'naam') or '?'} ({roo_id or '-'})"
    types = [(t.text or "").strip() for t in _children(_child(element, "types"), "type")]
    tooi = _attribute(element, "resourceIdentifierTOOI") or _identifier(
        element, "resourceIdentifierTOOI"
    )
    if types == ["Organisatieonderdeel"]:
        return Note("skipped", label, "unit inside an organisation")
    if not tooi and "Gemeenschappelijke regeling" in types:
        return Note("skipped", label, "text of a joint arrangement, not an organisation")
    try:
        kind, layer = kind_and_layer(types, _text(element, "naam"))
        name = _text(element, "naam")
        contact = _child(element, "contact")
        mails = _children(_child(contact, "emailadressen"), "emailadres")
        sites = _children(_child(contact, "internetadressen"), "internetadres")
        record = OrganisationRecord(
            name=spoken_name(name, kind) if name else "",
            kind=kind,
            layer=layer,
            tooi=tooi or None,
            roo_id=roo_id or None,
            abbreviation=_text(element, "afkorting"),
            province=_province(element, kind),
            oin=clean_oin(_identifier(element, "OIN")),
            valid_from=iso_date(_text(element, "startDatum"), "startDatum"),
            valid_until=iso_date(_text(element, "eindDatum"), "eindDatum"),
            mail_domains=[domain_of(_text(mail, "email")) for mail in mails],
            web_domains=[domain_of(_text(site, "url")) for site in sites],
        )
        return finish(record, today=today)
    except BadRecord as error:
        return Note("broken", label, str(error))


def _province(element: Element, kind: str) -> str:
    if kind == "provincie":
        return province_of(_text(element, "naam"))
    if kind == "caribisch":
        return "caribisch"
    addresses = _children(_child(element, "adressen"), "adres")
    addresses.sort(key=lambda a: _text(a, "adresType") != "Bezoekadres")
    return next((p for a in addresses if (p := province_of(_text(a, "provincie")))), "")
