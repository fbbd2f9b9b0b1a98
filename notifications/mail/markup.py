# SPDX-License-Identifier: EUPL-1.2
"""One template per mail gives both bodies, so that text and HTML cannot tell different stories.

A template's first line is the subject, the rest is the text as people read it. Four marks at the START of
a line carry the looks; values of people never stand there and are one line long (headers.one_line), so
they cannot make a mark:

    | Wanneer: dinsdag 13 oktober    a fact: in HTML a row of a small table
    => Bekijk de cursus: https://…   the one button
    -> Toch niet? Meld je af: https://…   a link of its own
    (blank line)                     a new paragraph
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.template.loader import get_template

FACT, BUTTON, LINK = "| ", "=> ", "-> "
LAYOUT = "notifications/mail/layout.html"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list of facts or a link. ``label`` and ``url`` only for links."""

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
    html: str = _template(LAYOUT).render(
        {"subject": subject, "language": language, "blocks": blocks}
    )
    return Body(subject=subject.strip(), text=_text(blocks), html=html)


def _blocks(source: str) -> list[Block]:
    blocks: list[Block] = []
    facts: list[tuple[str, str]] = []
    prose: list[str] = []

    def close() -> None:
        if facts:
            blocks.append(Block("facts", rows=tuple(facts)))
            facts.clear()
        if prose:
            blocks.append(Block("prose", text="\n".join(prose)))
            prose.clear()

    for line in map(str.strip, source.splitlines()):
        if line.startswith(FACT):
            if prose:
                close()
            label, _, value = line.removeprefix(FACT).partition(": ")
            facts.append((label, value))
        elif line.startswith((BUTTON, LINK)):
            close()
            label, _, url = line[len(LINK) :].rpartition(": ")
            blocks.append(
                Block("button" if line.startswith(BUTTON) else "link", label=label, url=url)
            )
        elif line:
            if facts:
                close()
            prose.append(line)
        else:
            close()
    close()
    return blocks


def _text(blocks: list[Block]) -> str:
    parts: list[str] = []
    for block in blocks:
        match block.kind:
            case "facts":
                parts.append("\n".join(f"{label}: {value}" for label, value in block.rows))
            case "prose":
                parts.append(block.text)
            case _:
                parts.append(f"{block.label}: {block.url}")
    return "\n\n".join(parts) + "\n"
