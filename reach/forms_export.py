# SPDX-License-Identifier: EUPL-1.2
"""What a coordinator chooses to take along. Only what this reader may have is offered."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from reach import exporters
from reach.domain.offered import OFFERS, Offer
from reach.domain.scopes import Scope


def formats() -> list[tuple[str, str]]:
    """Without the extra for documents there is no Excel file; ODS opens in Excel too."""
    return [
        (found.key, found.label)
        for found in exporters.FORMATS.values()
        if found.key != "xlsx" or find_spec("xlsxwriter") is not None
    ]


class ExportForm(forms.Form):
    tabel = forms.ChoiceField(
        label=_("Wat wil je hebben?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies wat je wilt hebben.")},
    )
    organisatie = forms.ChoiceField(label=_("Organisatie"), required=False)
    editie = forms.ChoiceField(label=_("Periode"))
    formaat = forms.ChoiceField(
        label=_("Soort bestand"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies een soort bestand.")},
    )
    puntkomma = forms.BooleanField(
        label=_("CSV met puntkomma’s"),
        help_text=_("Dat leest een Nederlandse Excel meteen goed."),
        required=False,
    )
    mark_optional = False

    def __init__(
        self,
        *args: Any,
        offered: Sequence[Offer],
        periods: Sequence[Scope],
        own: Sequence[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.own = {organisation.slug: organisation for organisation in own}
        self.periods = {scope.key: scope for scope in periods}
        _choices(self, "tabel", [(offer.key, offer.label) for offer in offered])
        _choices(self, "formaat", formats())
        _choices(self, "editie", [(scope.key, scope.label) for scope in periods])
        _choices(self, "organisatie", [(found.slug, found.name) for found in own])
        if len(own) <= 1:
            del self.fields["organisatie"]

    @property
    def organisation(self) -> Organisation | None:
        slug = self.cleaned_data.get("organisatie") or next(iter(self.own), "")
        return self.own.get(slug)

    @property
    def scope(self) -> Scope:
        return self.periods[self.cleaned_data["editie"]]

    @property
    def delimiter(self) -> str:
        semicolons = self.cleaned_data["puntkomma"] and self.cleaned_data["formaat"] == "csv"
        return ";" if semicolons else ","


class MonthlyForm(forms.Form):
    aan = forms.BooleanField(
        label=_("Mail me elke maand dat de cijfers klaarstaan"), required=False
    )
    tabel = forms.ChoiceField(label=_("Wat wil je dan hebben?"), widget=forms.RadioSelect)
    formaat = forms.ChoiceField(label=_("Soort bestand"), widget=forms.RadioSelect)
    mark_optional = False

    def __init__(self, *args: Any, offered: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "tabel", [(offer.key, offer.label) for offer in offered])
        _choices(self, "formaat", formats())


def _choices(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


__all__ = ["OFFERS", "ExportForm", "MonthlyForm"]
