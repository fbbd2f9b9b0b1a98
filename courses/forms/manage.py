# SPDX-License-Identifier: EUPL-1.2
"""Small forms around a course: seats, reason, co-trainer, material, evaluation."""

from django import forms
from django.utils.translation import gettext_lazy

from courses.forms.fields import TOO_LONG, Line, RefusableForm
from courses.models import Evaluation


class ReasonForm(RefusableForm):
    reason = Line(
        label=gettext_lazy("Waarom gaat het niet door?"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Dit lezen de collega’s in hun mail."),
    )


class CoTrainerForm(RefusableForm):
    email = Line(
        label=gettext_lazy("Werkmail van je medetrainer"),
        help_text=gettext_lazy(
            "Je collega krijgt een mail en zegt zelf ja. Inloggen moet één keer gelukt zijn. Zonder "
            "antwoord vervalt je vraag na 30 dagen."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Vul de werkmail van je collega in.")},
    )


class LinkForm(RefusableForm):
    title = Line(
        label=gettext_lazy("Naam van de link"),
        max_length=120,
        error_messages={"required": gettext_lazy("Geef je materiaal een naam.")},
    )
    url = forms.URLField(
        label=gettext_lazy("Link"),
        max_length=500,
        assume_scheme="https",
        error_messages={
            "required": gettext_lazy("Vul de link in."),
            "invalid": gettext_lazy(
                "Dit is geen goede link. Voorbeeld: https://www.gemeente.nl/uitleg"
            ),
            "max_length": TOO_LONG,
        },
    )


class FileForm(RefusableForm):
    title = Line(
        label=gettext_lazy("Naam van het bestand"),
        max_length=120,
        error_messages={"required": gettext_lazy("Geef je materiaal een naam.")},
    )
    file = forms.FileField(
        label=gettext_lazy("Bestand"),
        help_text=gettext_lazy(
            "Pdf, Word, Excel, PowerPoint, OpenDocument, afbeelding of tekst. Hooguit 10 MB, "
            "zonder macro’s."
        ),
        max_length=500,
        error_messages={
            "required": gettext_lazy("Kies een bestand."),
            "empty": gettext_lazy("Dit bestand is leeg. Kies een ander bestand."),
            "max_length": gettext_lazy("Geef het bestand een kortere naam."),
        },
    )


class EvaluationForm(RefusableForm):
    score = forms.TypedChoiceField(
        label=gettext_lazy("Welk cijfer geef je de cursus?"),
        choices=[(n, str(n)) for n in range(1, 11)],
        coerce=int,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("1 is heel slecht, 10 is geweldig."),
        error_messages={
            "required": gettext_lazy("Kies een cijfer van 1 tot en met 10."),
            "invalid_choice": gettext_lazy("Kies een cijfer van 1 tot en met 10."),
        },
    )
    would_apply = forms.ChoiceField(
        label=gettext_lazy("Ga je gebruiken wat je leerde?"),
        choices=Evaluation.WouldApply.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    recommend = forms.TypedChoiceField(
        label=gettext_lazy("Zou je deze cursus aanraden aan een collega?"),
        choices=[(n, str(n)) for n in range(11)],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy("0 is zeker niet, 10 is zeker wel."),
    )
    sentence = Line(
        label=gettext_lazy("Wat vond je ervan, in één zin?"), required=False, max_length=300
    )
