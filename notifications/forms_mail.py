# SPDX-License-Identifier: EUPL-1.2
"""What somebody chooses to be told, and one answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from courses.models import AppliedAnswer, Theme


class PreferenceForm(forms.Form):
    language = forms.ChoiceField(
        label=_("In welke taal mailen we je?"),
        choices=Person.Language.choices,
        error_messages={"required": _("Kies een taal.")},
    )
    reminders = forms.BooleanField(
        label=_("Herinner me aan een cursus waar ik aan meedoe"),
        help_text=_("De dag ervoor, en bij een online cursus nog een uur van tevoren met de link."),
        required=False,
    )
    digest = forms.BooleanField(
        label=_("Mail me elke maandag wat er nieuw is in mijn thema’s"),
        help_text=_(
            "Is er niets nieuws? Dan krijg je geen mail. Ook hoor je wanneer een programma bekend is."
        ),
        required=False,
    )
    themes = forms.ModelMultipleChoiceField(
        label=_("Jouw thema’s"),
        queryset=Theme.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("digest") and not cleaned.get("themes"):
            self.add_error("themes", _("Kies minstens één thema."))
        return cleaned


class AppliedForm(forms.Form):
    applied = forms.ChoiceField(
        label=_("Heb je het toegepast in je werk?"),
        choices=AppliedAnswer.Applied.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies een antwoord.")},
    )
