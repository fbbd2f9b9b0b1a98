# SPDX-License-Identifier: EUPL-1.2
"""The amounts behind «Wat levert het op?»: what an organisation fills in, with where each comes from."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.forms.fields import Line
from reach.models import SavingsParameters

MOST_EUROS, MOST_PREPARATION = Decimal(10000), Decimal(20)


class Euros(forms.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=Decimal(0),
            max_value=MOST_EUROS,
            decimal_places=2,
            localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            error_messages={
                "required": _("Vul een bedrag in. Nul mag ook."),
                "invalid": _("Vul een bedrag in, bijvoorbeeld 85,50."),
                "min_value": _("Een bedrag is nul of meer."),
                "max_value": _("Dit bedrag is te hoog: hooguit 10.000 euro."),
                "max_decimal_places": _(
                    "Vul een bedrag in met hooguit twee cijfers achter de komma."
                ),
            },
            **kwargs,
        )


def _source() -> Line:
    return Line(
        label=_("Waar komt dit bedrag vandaan?"),
        max_length=300,
        error_messages={"required": _("Vul in waar dit bedrag vandaan komt.")},
    )


class SavingsForm(forms.Form):
    external_rate = Euros(
        label=_("Wat kost een uur cursus buiten de deur, per deelnemer (euro)?"),
        help_text=_(
            "Bijvoorbeeld uit een offerte: de prijs van een cursus, gedeeld door het aantal uren."
        ),
    )
    external_source = _source()
    internal_rate = Euros(
        label=_("Wat kost een uur van een collega die traint (euro)?"),
        help_text=_("Vraag het tarief na bij je afdeling financiën."),
    )
    internal_source = _source()
    preparation_hours = forms.DecimalField(
        label=_("Hoeveel uur bereidt een trainer zich voor, per gegeven uur?"),
        min_value=Decimal(0),
        max_value=MOST_PREPARATION,
        decimal_places=1,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "required": _("Vul een aantal uren in. Nul mag ook."),
            "invalid": _("Vul een aantal uren in, bijvoorbeeld 1,5."),
            "min_value": _("Een aantal uren is nul of meer."),
            "max_value": _("Dit is te veel: hooguit 20 uur."),
            "max_decimal_places": _(
                "Vul een aantal uren in met hooguit één cijfer achter de komma."
            ),
        },
    )
    travel_cost = Euros(
        label=_("Wat kost de reis naar een cursus op locatie, per keer (euro)?"),
    )
    travel_source = _source()

    @classmethod
    def of(cls, row: SavingsParameters | None, data: Any = None) -> "SavingsForm":
        initial = {name: getattr(row, name) for name in cls.base_fields} if row else {}
        return cls(data, initial=initial)
