# SPDX-License-Identifier: EUPL-1.2
"""One organisation as the register tells it, in our words."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.text import slugify

from accounts.domain.organisations import is_private, normalise_domain
from accounts.errors import InvalidEmail
from accounts.models import Layer, OrganisationKind, Province


class Unreadable(Exception):
    """Nothing could be read. The text is one sentence for the operator."""


@dataclass(frozen=True)
class Note:
    """A record that is left out, or that has something doubtful. ``why`` groups the report."""

    kind: str  # "skipped" | "broken"
    label: str
    why: str


@dataclass
class OrganisationRecord:
    name: str
    kind: OrganisationKind
    layer: Layer
    tooi: str | None = None
    roo_id: str | None = None
    abbreviation: str = ""
    province: str = ""
    oin: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    #: Ended, but the register does not say when.
    ended: bool = False
    #: What the source calls the successor: a TOOI URI, a systeemId or a name-like key.
    successor: str = ""
    mail_domains: list[str] = field(default_factory=list)
    web_domains: list[str] = field(default_factory=list)
    #: Why something the source says was not believed.
    doubts: list[str] = field(default_factory=list)
    #: Keys under which other records may point at this one.
    aliases: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.name} ({self.tooi.rsplit('/', 1)[-1] if self.tooi else self.roo_id or '-'})"


class BadRecord(ValueError):
    """This record cannot be used; the text says why."""


_K, _L = OrganisationKind, Layer
#: Types of the ROO (slugified) and of the CSV. Order: the most telling first, for records with several.
_TYPES: dict[str, tuple[OrganisationKind, Layer]] = {
    "ministerie": (_K.MINISTERIE, _L.RIJK),
    "provincie": (_K.PROVINCIE, _L.PROVINCIE),
    "gemeente": (_K.GEMEENTE, _L.GEMEENTE),
    "waterschap": (_K.WATERSCHAP, _L.WATERSCHAP),
    "caribisch-openbaar-lichaam": (_K.CARIBISCH, _L.CARIBISCH),
    "hoog-college-van-staat": (_K.HOOG_COLLEGE, _L.RIJK),
    "hoge-college": (_K.HOOG_COLLEGE, _L.RIJK),
    "kabinet-van-de-koning": (_K.HOOG_COLLEGE, _L.RIJK),
    "rechtspraak": (_K.RECHTSPRAAK, _L.RECHTSPRAAK),
    "rechterlijke-instantie": (_K.RECHTSPRAAK, _L.RECHTSPRAAK),
    "politie-en-brandweer": (_K.POLITIE, _L.POLITIE),
    "politie": (_K.POLITIE, _L.POLITIE),
    "agentschap": (_K.AGENTSCHAP, _L.RIJK),
    "inspectie": (_K.INSPECTIE, _L.RIJK),
    "zelfstandig-bestuursorgaan": (_K.ZBO, _L.ZBO),
    "zbo": (_K.ZBO, _L.ZBO),
    "gemeenschappelijke-regeling": (
        _K.GEMEENSCHAPPELIJKE_REGELING,
        _L.GEMEENSCHAPPELIJKE_REGELING,
    ),
    "regionaal-samenwerkingsorgaan": (
        _K.GEMEENSCHAPPELIJKE_REGELING,
        _L.GEMEENSCHAPPELIJKE_REGELING,
    ),
    "adviescollege": (_K.ADVIESCOLLEGE, _L.RIJK),
    "koepelorganisatie": (_K.KOEPEL, _L.OVERIG),
    "openbare-lichamen-voor-beroep-en-bedrijf": (_K.OVERIG, _L.OVERIG),
    "overheidsstichting-of-vereniging": (_K.OVERIG, _L.OVERIG),
    "organisatie-met-overheidsbemoeienis": (_K.OVERIG, _L.OVERIG),
}
# The ROO has no types for these; the name tells (standards.md, section 3).
_BY_NAME = (
    (
        re.compile(
            r"^(gemeenschappelijke regeling )?veiligheids(regio|- en gezondheidsregio)",
            re.IGNORECASE,
        ),
        (_K.VEILIGHEIDSREGIO, _L.VEILIGHEIDSREGIO),
    ),
    (
        re.compile(r"omgevingsdienst|milieudienst|uitvoeringsdienst\b|\bRUD\b", re.IGNORECASE),
        (_K.OMGEVINGSDIENST, _L.GEMEENSCHAPPELIJKE_REGELING),
    ),
    (
        re.compile(r"\bGGD\b|gezondheidsdienst", re.IGNORECASE),
        (_K.GGD, _L.GEMEENSCHAPPELIJKE_REGELING),
    ),
)
# How people say the name: the register has «Algemene Zaken», «Aa en Maas», «Alkemade».
_SPOKEN = {
    _K.MINISTERIE: ("Ministerie van ", ("ministerie",)),
    _K.WATERSCHAP: ("Waterschap ", ("waterschap", "hoogheemraadschap", "wetterskip")),
    _K.GEMEENTE: ("Gemeente ", ("gemeente ",)),
    _K.PROVINCIE: ("Provincie ", ("provincie ", "provinsje ")),
}
# Web addresses in the register behind which nobody's mailbox stands.
_NO_MAIL_HOSTS = frozenset(
    [
        "facebook.com",
        "instagram.com",
        "linkedin.com",
        "lokaleregelgeving.overheid.nl",
        "officielebekendmakingen.nl",
        "organisaties.overheid.nl",
        "overheid.nl",
        "twitter.com",
        "wetten.overheid.nl",
        "x.com",
        "youtube.com",
        "zoek.officielebekendmakingen.nl",
    ]
)


def kind_and_layer(types: Iterable[str], name: str) -> tuple[OrganisationKind, Layer]:
    found = {slugify(text) for text in types}
    for key, pair in _TYPES.items():
        if key in found:
            if pair[0] == _K.GEMEENSCHAPPELIJKE_REGELING:
                return next((by for pattern, by in _BY_NAME if pattern.search(name)), pair)
            return pair
    return _K.OVERIG, _L.OVERIG


def spoken_name(name: str, kind: OrganisationKind) -> str:
    prefix, known = _SPOKEN.get(kind, ("", ("",)))
    return name if name.lower().startswith(known) else prefix + name


def province_of(text: str) -> str:
    """Our province for «Noord-Brabant», «Provincie Fryslân» or «Friesland»; empty when it is none."""
    slug = slugify(text).removeprefix("provincie-").removeprefix("provinsje-")
    slug = {"friesland": "fryslan", "bonaire": "caribisch"}.get(slug, slug)
    return slug if slug in Province.values else ""


def iso_date(text: str, what: str) -> dt.date | None:
    """The date, without a time or zone that may follow. Raises BadRecord."""
    text = text.strip()
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        raise BadRecord(f"{what} is not a date: {text[:40]!r}") from None


def clean_oin(text: str) -> str:
    digits = text.strip()
    return digits if digits.isdigit() and len(digits) == 20 else ""  # noqa: PLR2004 - OIN


def domain_of(text: str) -> str:
    """The mail domain in an address, web address or host name; empty when there is none of use."""
    text = text.strip().lower()
    if "@" in text:
        host = text.rpartition("@")[2]
    else:
        try:
            host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        except ValueError:
            return ""
    try:
        host = normalise_domain(host.removeprefix("www."))
    except InvalidEmail:
        return ""
    return "" if host in _NO_MAIL_HOSTS or is_private(host) else host


def finish(record: OrganisationRecord, *, today: dt.date) -> OrganisationRecord:
    """The checks that both sources share. Raises BadRecord."""
    if not record.name.strip() or len(record.name) > 250:  # noqa: PLR2004 - the column
        raise BadRecord("no name" if not record.name.strip() else "name longer than 250 characters")
    if len(record.tooi or "") > 200 or len(record.roo_id or "") > 40:  # noqa: PLR2004
        raise BadRecord("identifier too long")
    if not record.tooi and not record.roo_id:
        raise BadRecord("neither TOOI nor systeemId")
    # A province ends by law and with a successor; the dates seen in the register were wrong.
    past = record.valid_until is not None and record.valid_until < today
    if record.kind == _K.PROVINCIE and past and not record.successor:
        record.doubts.append(f"end date {record.valid_until} of a province is not taken over")
        record.valid_until = None
    if record.valid_from and record.valid_until and record.valid_until < record.valid_from:
        raise BadRecord(f"ends {record.valid_until}, before it begins {record.valid_from}")
    record.abbreviation = record.abbreviation[:40]
    record.mail_domains = sorted(set(filter(None, record.mail_domains)))
    record.web_domains = sorted(set(filter(None, record.web_domains)))
    return record


def read(path: Path, *, today: dt.date) -> Iterator[OrganisationRecord | Note]:
    """Records and notes of a file, XML or CSV by its first bytes. Raises Unreadable."""
    from accounts.roo import csv_file, xml_file

    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise Unreadable(f"Cannot read {path}: {error.strerror}.") from None
    if not head.strip():
        raise Unreadable(f"{path} is empty.")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or path.suffix.lower() == ".xml":
        return xml_file.read(path, today=today)
    if b"\0" in head:
        raise Unreadable(f"{path} is neither XML nor CSV.")
    return csv_file.read(path, today=today)
