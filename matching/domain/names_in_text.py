# SPDX-License-Identifier: EUPL-1.2
"""Does a question seem to hold names or details of a case? Advice while one types; nothing is refused for it.

A question is read by colleagues of other organisations. Better one hint too many than a citizen service
number on a page. Nothing of the text is logged or kept here.
"""

import re

from django.utils.translation import gettext as _

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w{2,}")
#: Ten digits that begin with 0, +31 or 0031; no date and hour.
_PHONE = re.compile(
    r"(?<!\d)(?!\d\d-\d\d-\d{4})(?:(?:\+31|0031)[\s.-]?(?:\(0\))?|\(?0)(?:[\s.-]?\d\)?){9}(?!\d)"
)
_NINE = re.compile(r"(?<!\d)(?:\d[ .-]?){8}\d(?!\d)")
_ROLE = (
    r"(?:medewerk(?:er|ster)|collega|cli[eë]nt|inwoner|klant|leidinggevende|baas|manager|teamlid|burger|patiënt|"
    r"leerling|aanvrager)"
)
_SOMEBODY = re.compile(
    rf"\b(?:mijn|onze|een|die|deze)\s+(?:\w+\s+)?{_ROLE}\s+"
    r"(?:is|heeft|kan|wil|werd|was|zit|genaamd|die|met)\b",
    re.IGNORECASE,
)
_SENSITIVE = re.compile(
    r"\b(?:ziek|burn-?out|zwanger|verslaafd|schuld(?:en)?|uitkering|depress\w+|autis\w+|ontslag|"
    r"strafblad|scheiding|diagnose)\b",
    re.IGNORECASE,
)
_SURNAME = r"(?:(?:van|de|der|den|het|el|al|ten|ter|te|la|le|di|in|op)\s+|’t\s+|'t\s+)*[A-ZÀ-Þ]\w+"
#: A title, a role or initials before a name with a capital; "de Raad van State" and "Power BI" are none.
_NAMED = re.compile(
    rf"\b(?:[Mm]evrouw|[Mm]evr\.?|[Mm]w\.?|[Dd]e heer|[Dd]hr\.?|[Mm]eneer|[Mm]r\.|[Mm]rs\.|[Mm]s\.)\s+{_SURNAME}"
    rf"|\b{_ROLE}\s+(?:genaamd\s+)?[A-ZÀ-Þ]\w+"
    rf"|\b(?<![A-Z]\.)(?!N\.B\.)(?:[A-Z]\.){{1,4}}\s?{_SURNAME}"
    r"|\b(?:heet|[Ii]k ben|[Gg]roet(?:en|jes)?,?|noem hem|noem haar)\s+(?!Nederland)[A-ZÀ-Þ]\w+"
)
#: First names that many people here have and that are no other word: with a surname, or in the middle of a sentence.
_FIRST_NAMES = (
    "Jan|Piet|Kees|Henk|Johan|Peter|Pieter|Hans|Erik|Martijn|Jeroen|Dennis|Sander|Thijs|Daan|Bram|"
    "Joris|Maarten|Ruben|Stefan|Marco|Michel|Ronald|Willem|Gerrit|Mohammed|Mohamed|Ahmed|Ali|Hassan|"
    "Yusuf|Mehmet|Mustafa|Omar|Ibrahim|Maria|Anna|Petra|Ingrid|Monique|Marieke|Linda|Esther|Sandra|"
    "Saskia|Annemarie|Anneke|Marijke|Sanne|Lisa|Emma|Sophie|Julia|Lotte|Femke|Merel|Fatima|Aisha|"
    "Samira|Yasmin|Khadija|Naima|Elif|Ayşe|Nadia|Priya|Agnieszka"
)
_FIRST = re.compile(rf"\b(?:{_FIRST_NAMES})\s+{_SURNAME}|(?<=[a-zß-ÿ,;:]\s)(?:{_FIRST_NAMES})\b")
_PLATE_OR_CASE = re.compile(r"\b(?:zaaknummer|dossiernummer|kenmerk)\b\W{0,3}\w*\d", re.IGNORECASE)


def is_bsn(digits: str) -> bool:
    """Nine digits that pass the elfproef of a citizen service number."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return total % 11 == 0 and total != 0


def hints(text: str) -> list[str]:
    """Sentences for the person who types; empty when nothing stands out."""
    found = []
    numbers = ["".join(c for c in match if c.isdigit()) for match in _NINE.findall(text)]
    if any(is_bsn(number) for number in numbers):
        found.append(_("Staat er een burgerservicenummer in je vraag? Haal het weg."))
    if _EMAIL.search(text) or _PHONE.search(text):
        found.append(
            _("Haal telefoonnummers en mailadressen weg. Wie je helpt, krijgt jouw adres.")
        )
    if _NAMED.search(text) or _FIRST.search(text) or _PLATE_OR_CASE.search(text):
        found.append(_("Noem geen namen en geen zaaknummers."))
    if _SOMEBODY.search(text) or (_SENSITIVE.search(text) and _mentions_one(text)):
        found.append(
            _(
                "Gaat dit over één persoon? Vertel wat jij wilt leren, zonder die persoon te beschrijven."
            )
        )
    return found


def _mentions_one(text: str) -> bool:
    words = {"hij", "zij", "haar", "hem", "mijn", "onze", "iemand"}
    return not words.isdisjoint(re.findall(r"\w+", text.lower()))
