# SPDX-License-Identifier: EUPL-1.2
"""The component tags of base/templates/base/README.md that stand around content, and the messages made of them.

The content is HTML already; every other text that comes in is escaped.
"""

from django import template
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from base.templatetags.tjc import icon_svg

register = template.Library()

_MELDING_ICONS = {
    "goed": "circle-check",
    "let": "triangle-alert",
    "fout": "circle-alert",
    "info": "info",
}
# Names that django.contrib.messages gives to its levels.
_MELDING_KINDS = {"success": "goed", "warning": "let", "error": "fout", "debug": "info"}
_VLAK_TAGS = frozenset({"div", "section", "article", "aside", "li"})


@register.simple_block_tag(end_name="endvlak")
def vlak(
    content: str, *, ballon: bool = False, tag: str = "div", label: str = "", extra: str = ""
) -> str:
    if tag not in _VLAK_TAGS:
        raise template.TemplateSyntaxError(f"vlak cannot be a <{tag}>.")
    classes = " ".join(filter(None, ("vlak", "vlak--ballon" if ballon else "", extra)))
    return format_html(
        '<{} class="{}"{}>{}</{}>',
        tag,
        classes,
        format_html(' aria-label="{}"', label) if label else "",
        content,
        tag,
    )


@register.simple_block_tag(end_name="endmelding")
def melding(
    content: str, *, kind: str = "info", title: str = "", role: str = "", level: int = 2
) -> str:
    """`kind`: goed, let, fout or info; the level names of django.contrib.messages do too."""
    kind = _MELDING_KINDS.get(kind, kind)
    if kind not in _MELDING_ICONS:
        raise template.TemplateSyntaxError(f"melding has no kind {kind!r}.")
    heading = (
        format_html('<h{} class="melding__titel">{}</h{}>', level, title, level) if title else ""
    )
    return format_html(
        '<div class="melding melding--{}"{}>{}<div>{}<div>{}</div></div></div>',
        kind,
        format_html(' role="{}"', role) if role else "",
        icon_svg(_MELDING_ICONS[kind]),
        heading,
        content,
    )


@register.simple_tag
def bericht(message: Message) -> str:
    """A message of django.contrib.messages."""
    return melding(str(message), kind=message.level_tag, role="status")


@register.simple_block_tag(end_name="endleeg")
def leeg(content: str, *, title: str) -> str:
    return format_html('<div class="leeg"><p class="leeg__titel">{}</p>{}</div>', title, content)


@register.simple_tag
def skelet(*, lines: int = 3) -> str:
    """The place of what is still on its way (a result that htmx fetches). It says so once, and looks like text."""
    rows = mark_safe('<span class="skelet__lijn"></span>' * lines)  # noqa: S308 - nothing but ours
    return format_html(
        '<div class="skelet"><span class="visually-hidden">{}</span>{}</div>',
        _("Even geduld"),
        rows,
    )


@register.simple_block_tag(end_name="endhero")
def hero(content: str, *, title: str, lead: str = "", beeld: bool = True) -> str:
    return render_to_string(
        "base/components/hero.html",
        {"content": content, "title": title, "lead": lead, "beeld": beeld},
    )


@register.simple_block_tag(end_name="endfilterpaneel")
def filterpaneel(content: str, *, title: str, actief: int = 0) -> str:
    return render_to_string(
        "base/components/filter_panel.html", {"content": content, "title": title, "actief": actief}
    )


@register.simple_block_tag(end_name="endtabel")
def tabel(content: str, *, caption: str, hide_caption: bool = False) -> str:
    """The box can be focused, so that people without a mouse can scroll it."""
    return format_html(
        '<div class="tabel-vak" role="region" aria-label="{}" tabindex="0">'
        '<table class="utrecht-table utrecht-table--html-table"><caption{}>{}</caption>{}</table></div>',
        caption,
        mark_safe(' class="visually-hidden"') if hide_caption else "",
        caption,
        content,
    )


@register.simple_block_tag(end_name="endcitaat")
def citaat(content: str, *, by: str = "") -> str:
    return format_html(
        '<figure class="citaat"><blockquote><p>{}</p></blockquote>{}</figure>',
        content,
        format_html("<figcaption>{}</figcaption>", by) if by else "",
    )


@register.simple_block_tag(end_name="enduitklap")
def uitklap(content: str, *, title: str) -> str:
    return format_html('<details class="uitklap"><summary>{}</summary>{}</details>', title, content)
