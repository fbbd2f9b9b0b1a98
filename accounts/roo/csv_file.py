# SPDX-License-Identifier: EUPL-1.2
"""The columns of organisaties.csv (an extract of the ROO without people)."""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.utils.text import slugify

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

REQUIRED = ("tooi", "roo_id", "type", "soort", "naam", "tot", "status")


def read(path: Path, *, today: dt.date) -> Iterator[OrganisationRecord | Note]:
    """Raises Unreadable when a column is missing."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        try:
            missing = [column for column in REQUIRED if column not in (rows.fieldnames or ())]
        except csv.Error as error:
            raise Unreadable(f"{path} is not a CSV file: {error}.") from None
        if missing:
            raise Unreadable(f"{path} has no column {', '.join(missing)}.")
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Note("broken", f"line {rows.line_num}", str(error))
                continue
            yield _record(row, line=rows.line_num, today=today)


def _record(row: dict[str, str], *, line: int, today: dt.date) -> OrganisationRecord | Note:
    label = f"{row.get('naam') or '?'} (line {line})"
    if None in row or None in row.values():
        return Note("broken", label, "the number of columns differs from the header")
    row = {key: value.strip() for key, value in row.items()}
    if "\ufffd" in row["naam"] or "\0" in "".join(row.values()):
        return Note("broken", label, "text is not UTF-8")
    if row["soort"] == "regeling-tekst":
        return Note("skipped", label, "text of a joint arrangement, not an organisation")
    try:
        return finish(_organisation(row, today=today), today=today)
    except BadRecord as error:
        return Note("broken", label, str(error))


def _organisation(row: dict[str, str], *, today: dt.date) -> OrganisationRecord:
    kind, layer = kind_and_layer([row["type"]], row["naam"])
    name = spoken_name(row["naam"], kind) if row["naam"] else ""
    until = iso_date(row["tot"], "tot")
    doubts = []
    # The column status is the extract's own judgement and goes before a date (standards.md, data traps).
    if row["status"] != "beeindigd" and until is not None and until < today:
        doubts.append(f"end date {until} contradicts status {row['status']!r}")
        until = None
    short = slugify(row["afkorting"])
    bare = slugify(row["naam"].removeprefix("Ministerie van "))
    return OrganisationRecord(
        name=name,
        kind=kind,
        layer=layer,
        tooi=row["tooi"] or None,
        roo_id=row["roo_id"] or None,
        abbreviation=row["afkorting"],
        province=province_of(row["naam"]) if kind == "provincie" else _caribbean(row["type"]),
        oin=clean_oin(row.get("oin", "")),
        valid_until=until,
        ended=row["status"] == "beeindigd",
        successor=row.get("opvolger", ""),
        mail_domains=[domain_of(row.get("email_domein", ""))],
        web_domains=[domain_of(row.get("domein", ""))],
        doubts=doubts,
        # The extract points at successors by keys as «org:gemeente-kaag-en-braassem», «org:min-ezk».
        aliases=[
            f"org:{slugify(name)}",
            f"org:{row['type']}-{slugify(row['naam'])}",
            f"org:{row['type']}-{short}",
            f"org:min-{bare}",
            f"org:min-{short}",
        ],
    )


def _caribbean(type_name: str) -> str:
    return "caribisch" if type_name.startswith("caribisch") else ""
