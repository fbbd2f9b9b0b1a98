# SPDX-License-Identifier: EUPL-1.2
"""/stijl/: every component with its states, for who builds pages and for the accessibility test.

Only where nobody works for real: tjc.urls leaves it out in production. It reads no database.
"""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_safe

from base.templatetags.tjc import TINTS

_STATUSES = (
    ("free", later("9 van 25 plekken vrij")),
    ("few", later("Nog 2 plekken")),
    ("full", later("Vol, wachtlijst open")),
    ("new", later("Net toegevoegd")),
    ("past", later("Geweest")),
)


class ExampleForm(forms.Form):
    """A field of every kind; shown empty and with errors."""

    name = forms.CharField(
        label=later("Je naam"), error_messages={"required": later("Vul je naam in.")}
    )
    email = forms.EmailField(
        label=later("Je werkmail"),
        help_text=later("Hier sturen we de uitnodiging voor je agenda naartoe."),
        error_messages={
            "required": later("Vul je werkmail in."),
            "invalid": later("Dit is geen goed e-mailadres. Voorbeeld: naam@gemeente.nl"),
        },
    )
    where = forms.ChoiceField(
        label=later("Waar"),
        choices=[("a", later("Online")), ("b", later("Op locatie"))],
        widget=forms.RadioSelect,
        error_messages={"required": later("Kies online of op locatie.")},
    )
    theme = forms.ChoiceField(
        label=later("Onderwerp"), choices=[("", "---"), ("a", later("Schrijven"))], required=False
    )
    day = forms.DateField(label=later("Dag"), required=False)
    question = forms.CharField(
        label=later("Wat wil je vooral leren?"), widget=forms.Textarea, required=False
    )
    agree = forms.BooleanField(label=later("Ik geef deze cursus vaker"), required=False)


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    bound = ExampleForm({"prefix-email": "merel"}, prefix="prefix")
    bound.is_valid()
    context: dict[str, Any] = {
        "statuses": _STATUSES,
        "tints": TINTS,
        "cards": [
            _card(kind, str(text), TINTS[number]) for number, (kind, text) in enumerate(_STATUSES)
        ],
        "facts": [
            {"icon": "calendar-days", "term": _("Wanneer"), "value": "13-10, 10:00"},
            {"icon": "monitor", "term": _("Waar"), "value": _("Online")},
            {"icon": "gift", "term": _("Kosten"), "value": _("Gratis")},
        ],
        "steps": [_("Kies een cursus"), _("Vul je gegevens in"), _("Typ de code")],
        "tiles": [
            {"value": "1.204", "label": _("keer meegedaan"), "tint": "gezond"},
            {"value": "77", "label": _("cursussen"), "note": _("in één week"), "tint": "data"},
        ],
        "bars": [
            {"label": _("Gemeenten"), "value": 640},
            {"label": _("Provincies"), "value": 85},
            {"label": _("Waterschappen"), "value": None, "text": _("minder dan 10")},
        ],
        "reasons": [
            {"text": _("Past heel goed"), "icon": "star"},
            {"text": _("Kan pas vanaf 2 november"), "minus": True},
        ],
        "options": [
            {"value": "a", "label": _("Online"), "count": 158, "checked": True},
            {"value": "b", "label": _("Op locatie"), "count": 34, "checked": False},
        ],
        "people": ["Merel de Jong", "Jeroen de Wit", "Linh Nguyen", "Ömer Yıldız", "Fatima"],
        "week": _week(),
        "page_obj": Paginator(range(300), 30).get_page(4),
        "empty_form": ExampleForm(),
        "wrong_form": bound,
    }
    return render(request, "pages/stijl.html", context)


def _week() -> dict[str, Any]:
    """A free slot, an own choice, a full slot with more than fits, and the break."""

    def lesson(number: int, *, mine: bool = False) -> dict[str, Any]:
        return {
            "title": _("Schrijf een brief die iedereen snapt"),
            "url": f"#les-{number}",
            "where": _("Online"),
            "tint": TINTS[number % len(TINTS)],
            "mine": mine,
        }

    more = {"more": _("Nog %(number)d om %(time)s") % {"number": 2, "time": "09:00"}}
    busy = {"lessons": [lesson(number) for number in range(3)], "more_url": "#meer", **more}
    own: dict[str, Any] = {"lessons": [lesson(3, mine=True), lesson(4)]}
    return {
        "days": [_("Maandag"), _("Dinsdag"), _("Woensdag")],
        "rows": [
            {"time": "09:00", "cells": [busy, own, {"lessons": []}]},
            {"time": "12:00", "lunch": True},
            {"time": "13:30", "cells": [{"lessons": []}, {"lessons": [lesson(5)]}, own]},
        ],
    }


def _card(kind: str, text: str, tint: str) -> dict[str, str]:
    return {
        "theme_label": _("Schrijven"),
        "theme_tint": tint,
        "theme_icon": "pencil",
        "status_kind": kind,
        "status_text": text,
        "title": _("Schrijf een brief die iedereen snapt"),
        "url": f"#kaart-{kind}",
        "when": "13-10, 10:00",
        "where_icon": "monitor",
        "where": _("Online"),
        "person_name": "Samira El Idrissi",
        "person_org": "Utrecht",
    }
