# SPDX-License-Identifier: EUPL-1.2
"""What people type, made safe to show. Markdown is rendered and then sanitised; raw HTML never passes."""

import unicodedata

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(
    ["image", "heading", "lheading"]
)
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "pre", "hr"}


def render_markdown(source: str) -> SafeString:
    """Markdown to a small, safe set of HTML. Links get rel=nofollow; no images, headings or raw HTML."""
    html = nh3.clean(
        _MARKDOWN.render(source),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just sanitised it


def one_line(text: str, *, limit: int = 0) -> str:
    """Text for a name, a title or a mail header: no control or bidi-override characters, single spaces.

    CR, LF and other line separators become spaces, so that nothing can start a new header.
    """
    shown = "".join(" " if _breaks_line(char) else char for char in text if not _is_hidden(char))
    result = " ".join(shown.split())
    return result[:limit].rstrip() if limit else result


def _breaks_line(char: str) -> bool:
    return char in "\r\n\t\v\f\x85\u2028\u2029" or unicodedata.category(char) == "Zs"


def _is_hidden(char: str) -> bool:
    if char in "\r\n\t\v\f\x85\u2028\u2029\u200d":  # ZWJ joins emoji
        return False
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}
