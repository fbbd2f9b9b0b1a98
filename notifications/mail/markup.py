# SPDX-License-Identifier: EUPL-1.2
"""One template per mail gives both bodies, so that text and HTML cannot tell different stories.

A template's first line is the subject, the rest is the text as people read it. Five marks at the START of
a line carry the looks; values of people never stand there and are one line long (headers.one_line), so
they cannot make a mark:

    | Wanneer: dinsdag 13 oktober    a fact: in HTML a row of a small table
    => Bekijk de cursus: https://…   the one button
    -> Toch niet? Meld je af: https://…   a link of its own
    > Neem je laptop mee.            a line of what a person wrote, shown as a quotation
    (blank line)                     a new paragraph
"""

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.template.loader import get_template

from notifications.mail import reasons

FACT, BUTTON, LINK, QUOTE = "| ", "=> ", "-> ", ">"
LAYOUT = "notifications/mail/layout.html"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a quotation, a list of facts, a link or (last) why this mail came. ``label`` and ``url`` only for links."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    label: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    subject: str
    text: str
    html: str


@cache
def _template(name: str) -> Any:
    return get_template(name)


def render(kind: str, language: str, values: dict[str, Any]) -> Body:
    """Subject and bodies of a mail. Raises TemplateDoesNotExist for a kind without template."""
    source: str = _template(f"notifications/mail/{kind}.{language}.txt").render(values)
    subject, _, rest = source.strip().partition("\n")
    blocks = _blocks(rest)
    if why := reasons.why(kind, language, by_another=bool(values.get("by_another"))):
        blocks.append(Block("why", text=why))
    html: str = _template(LAYOUT).render(
        {"subject": subject, "language": language, "blocks": blocks}
    )
    return Body(subject=subject.strip(), text=_text(blocks), html=html)


def _blocks(source: str) -> list[Block]:
    blocks: list[Block] = []
    for kind, group in groupby(map(str.strip, source.splitlines()), key=_kind_of):
        lines = list(group)
        if kind in {"button", "link"}:
            blocks += [_link(kind, line) for line in lines]
        elif kind == "facts":
            pairs = [line.removeprefix(FACT).partition(": ") for line in lines]
            blocks.append(Block(kind, rows=tuple((label, value) for label, _, value in pairs)))
        elif kind == "quote":
            said = "\n".join(line.removeprefix(QUOTE).strip() for line in lines)
            blocks.append(Block(kind, text=said.strip()))
        elif kind == "prose":
            blocks.append(Block(kind, text="\n".join(lines)))
    return blocks


def _kind_of(line: str) -> str:
    """Of a line without space around it; empty for what only separates."""
    for mark, kind in ((FACT, "facts"), (BUTTON, "button"), (LINK, "link"), (QUOTE, "quote")):
        if line.startswith(mark):
            return kind
    return "prose" if line else ""


def _link(kind: str, line: str) -> Block:
    label, _, url = line[len(LINK) :].rpartition(": ")
    return Block(kind, label=label, url=url)


def _text(blocks: list[Block]) -> str:
    parts: list[str] = []
    for block in blocks:
        match block.kind:
            case "facts":
                parts.append("\n".join(f"{label}: {value}" for label, value in block.rows))
            case "prose" | "why":
                parts.append(block.text)
            case "quote":
                parts.append("\n".join(f"  {line}".rstrip() for line in block.text.split("\n")))
            case _:
                parts.append(f"{block.label}: {block.url}")
    return "\n\n".join(parts) + "\n"
