# SPDX-License-Identifier: EUPL-1.2
"""The component tags of base/templates/base/README.md.

Small things that a page shows many times (icon, avatar, status) are built in Python, the rest in templates under
base/components/. All text that comes in is escaped. Tags with content stand in blokken.py.
"""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import lucide
from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from lucide.templatetags.lucide import lucide as lucide_svg

register = template.Library()

# Also the values of Theme.tint.
TINTS = ("schrijven", "digitaal", "data", "gesprek", "gezond", "recht")
_AVATAR_TINTS = ("data", "gesprek", "gezond", "digitaal", "schrijven")

CARD_FIELDS = (
    "theme_label",
    "theme_tint",
    "theme_icon",
    "status_kind",
    "status_text",
    "title",
    "lang",
    "url",
    "when",
    "where_icon",
    "where",
    "person_name",
    "person_org",
    "level",
    "mirror",
)
LESSON_FIELDS = ("title", "url", "where", "tint", "mine", "lang")


def initials(name: str) -> str:
    """One or two letters: the first name, and the first later word with a capital («Jeroen de Wit» is JW)."""
    words = name.split()
    if not words:
        return "?"
    later = next((word for word in words[1:] if word[0].isupper()), words[-1] if words[1:] else "")
    return (words[0][:1] + later[:1]).upper()


def tint_of(name: str) -> str:
    """The same person has the same colour on every page and server (`hash` would differ per process)."""
    return _AVATAR_TINTS[zlib.crc32(name.encode()) % len(_AVATAR_TINTS)]


def _pick(source: Any, names: Iterable[str]) -> dict[str, Any]:
    if isinstance(source, Mapping):
        return {name: source.get(name, "") for name in names}
    return {name: getattr(source, name, "") for name in names}


# Icons ---------------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def icon_svg(name: str) -> SafeString:
    # lucide parses and serialises XML at every call; a catalogue page shows over a hundred icons.
    attributes: dict[str, Any] = {"class": "i", "aria_hidden": "true", "focusable": "false"}
    svg = lucide_svg(name, **attributes)
    return mark_safe(re.sub(r">\s+<", "><", svg))  # noqa: S308 - markup of the lucide package, not of a person


@register.simple_tag
def icon(name: str, *, missing_ok: bool = False) -> str:
    """A lucide icon, hidden from screen readers: text always stands next to it.

    An unknown name raises, so that tests find the typo. `missing_ok` is for names out of the database.
    """
    try:
        return icon_svg(str(name))
    except lucide.IconDoesNotExist:
        if missing_ok:
            return ""
        raise


# People --------------------------------------------------------------------------------------------------------------


@register.simple_tag
def avatar(name: str, *, size: str = "", tint: str = "", letters: str = "") -> str:
    return format_html(
        '<span class="avatar{} tint-{}" aria-hidden="true">{}</span>',
        " avatar--groot" if size == "groot" else "",
        tint or tint_of(name),
        letters or initials(name),
    )


@register.simple_tag
def persoon(name: str, org: str = "", *, url: str = "", size: str = "") -> str:
    shown = (
        format_html('<a href="{}"><strong>{}</strong></a>', url, name)
        if url
        else format_html("<strong>{}</strong>", name)
    )
    return format_html(
        '<div class="persoon{}">{}<div>{}{}</div></div>',
        " persoon--groot" if size == "groot" else "",
        avatar(name, size=size),
        shown,
        org,
    )


# Small things --------------------------------------------------------------------------------------------------------


@register.simple_tag
def status(kind: str, text: str) -> str:
    """Places pill; `kind` is free, few, full, new or past. The text says it all, the colour only helps."""
    return format_html('<span class="status status--{}">{}</span>', kind, text)


@register.simple_tag
def chip(text: str, *, url: str = "", icon: str = "", tint: str = "", current: bool = False) -> str:
    inner = format_html("{}{}", icon_svg(icon) if icon else "", text)
    classes = f"chip tint-{tint}" if tint else "chip"
    if not url:
        return format_html('<span class="{}">{}</span>', classes, inner)
    return format_html(
        '<a class="{}" href="{}"{}>{}</a>',
        classes,
        url,
        mark_safe(' aria-current="true"') if current else "",
        inner,
    )


@register.inclusion_tag("base/components/breadcrumbs.html")
def kruimels(*pairs: str) -> dict[str, Any]:
    """`label url label url …`; a last label without a url is the page itself."""
    urls = [*pairs[1::2], *([""] if len(pairs) % 2 else [])]
    return {"crumbs": [{"label": a, "url": b} for a, b in zip(pairs[::2], urls, strict=True)]}


@register.inclusion_tag("base/components/steps.html")
def stappen(steps: Sequence[str], current: int) -> dict[str, Any]:
    return {
        "steps": [
            {"label": label, "done": number < current, "current": number == current}
            for number, label in enumerate(steps, start=1)
        ]
    }


@register.inclusion_tag("base/components/facts.html")
def feiten(items: Iterable[Any]) -> dict[str, Any]:
    return {"items": items}


@register.simple_tag
def vinkjes(items: Iterable[str], *, icon: str = "check") -> str:
    rows = format_html_join("", "<li>{}<span>{}</span></li>", ((icon_svg(icon), i) for i in items))
    return format_html('<ul class="vinkjes">{}</ul>', rows)


@register.inclusion_tag("base/components/reasons.html")
def redenen(reasons: Iterable[Any]) -> dict[str, Any]:
    return {"reasons": reasons}


@register.inclusion_tag("base/components/figures.html")
def cijfers(tiles: Iterable[Any]) -> dict[str, Any]:
    return {"tiles": tiles}


@register.inclusion_tag("base/components/bars.html")
def staven(rows: Iterable[Any], *, caption: str, hide_caption: bool = False) -> dict[str, Any]:
    """Bars as a real table. Without `value` (suppressed) no bar, only `text`; a `rest` never leads."""
    picked = [_pick(row, ("label", "value", "text", "rest")) for row in rows]
    largest = max((row["value"] or 0 for row in picked), default=0)
    first = max((row["value"] or 0 for row in picked if not row["rest"]), default=0)
    for row in picked:
        value = row["value"] or 0
        row["width"] = f"{100 * value / largest if largest else 0:.1f}%"  # SVG knows no comma
        row["largest"] = bool(value) and value == first and not row["rest"]
        row["text"] = row["text"] or number_format(value, use_l10n=True, force_grouping=True)
    return {"rows": picked, "caption": caption, "hide_caption": hide_caption}


@register.inclusion_tag("base/components/pagination.html", takes_context=True)
def paginering(
    context: template.Context, page_obj: Page[Any], *, param: str = "page"
) -> dict[str, Any]:
    """Links to the other pages; filters and sorting in the address stay as they are."""
    request = context.get("request")
    query = request.GET.copy() if request else None

    def address(number: int) -> str:
        if query is None:
            return f"?{param}={number}"
        kept = query.copy()
        kept.pop(param, None)
        if number > 1:
            kept[param] = str(number)
        return f"?{kept.urlencode()}"

    paginator = page_obj.paginator
    pages = [
        {
            "number": number,
            "url": address(number) if isinstance(number, int) else "",
            "current": number == page_obj.number,
        }
        for number in paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    ]
    return {
        "pages": pages if paginator.num_pages > 1 else [],
        "previous": address(page_obj.number - 1) if page_obj.has_previous() else "",
        "next": address(page_obj.number + 1) if page_obj.has_next() else "",
    }


@register.simple_tag
def card(values: Any) -> str:
    picked = _pick(values, CARD_FIELDS)
    if picked["mirror"]:
        return _card_html(picked)
    return _known_card(get_language(), **picked)


def _card_html(values: Mapping[str, Any]) -> SafeString:
    return render_to_string("base/components/card.html", values)


@functools.lru_cache(maxsize=1024, typed=True)
def _known_card(_language: str, /, **values: Any) -> SafeString:
    # Nothing but its values and the language is in a card, and a catalogue page has thirty, mostly those of the visitor before.
    # Typed, for text that is to be escaped and the same text as HTML are equal in Python.
    return _card_html(values)


@register.inclusion_tag("base/components/lesson.html")
def les(values: Any) -> dict[str, Any]:
    return _pick(values, LESSON_FIELDS)


@register.inclusion_tag("base/forms/error_summary.html")
def foutoverzicht(form: BaseForm | BaseFormSet[Any]) -> dict[str, Any]:
    """What is left to fix in a form or formset. Used by its template; a page needs it for two forms in one `<form>`."""
    items: list[dict[str, Any]]
    if isinstance(form, BaseFormSet):
        items = [{"text": error, "id": ""} for error in form.non_form_errors()]
        for part in form:
            items += _errors_of(part)
    else:
        items = _errors_of(form)
    return {"items": items, "summary_id": f"{form.prefix or 'formulier'}-fouten"}


def _errors_of(form: BaseForm) -> list[dict[str, Any]]:
    if not form.is_bound:
        return []
    # Django's own context holds the errors of no field, and those of hidden fields, which nobody could reach.
    items: list[dict[str, Any]] = [
        {"text": error, "id": ""} for error in form.get_context()["errors"]
    ]
    for field in form.visible_fields():
        target = getattr(field, "focus_id", field.id_for_label)
        items += [{"text": error, "id": target} for error in field.errors]
    return items
