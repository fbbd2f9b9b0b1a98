# SPDX-License-Identifier: EUPL-1.2
"""Three questions on one screen, and a fold with what may be said as well."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import Province
from courses.forms.fields import (
    NO_DATE,
    BeginTime,
    Day,
    Line,
    OnlineLink,
    RefusableForm,
    Text,
    ThemeField,
)
from matching.forms.fields import NO_NUMBER
from matching.models import Dismissal, KnowledgeRequest
from matching.models.request import MAX_TITLE

Audience = KnowledgeRequest.Audience
Where = KnowledgeRequest.Where


class QuestionForm(RefusableForm):
    #: Folded away; the fold opens when one of them is filled or wrong.
    DETAILS = (
        "title",
        "theme",
        "not_before",
        "not_after",
        "province",
        "language",
        "open_to_others",
    )

    text = Text(
        label=gettext_lazy("Waar loop je tegenaan?"),
        rows=5,
        error_messages={"required": gettext_lazy("Vertel waar je tegenaan loopt.")},
        help_text=gettext_lazy(
            "Bijvoorbeeld: “Elke maand krijg ik van tien afdelingen een Excelbestand. Ik plak ze met de "
            "hand aan elkaar. Dat moet toch slimmer kunnen?” Laat namen en zaken van mensen weg."
        ),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Voor wie?"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        initial=Audience.ME,
        error_messages={
            "required": gettext_lazy("Kies voor wie je dit vraagt."),
            "invalid_choice": gettext_lazy("Kies voor wie je dit vraagt."),
        },
    )
    people = forms.IntegerField(
        label=gettext_lazy("Met hoeveel zijn jullie?"),
        required=False,
        help_text=gettext_lazy("Jij telt mee. Alleen nodig als je het voor je team vraagt."),
        error_messages={"invalid": NO_NUMBER},
    )
    when_text = Line(
        label=gettext_lazy("Wanneer kun je?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Bijvoorbeeld: in oktober, liefst op dinsdag"),
    )
    where = forms.ChoiceField(
        label=gettext_lazy("Waar?"),
        choices=Where.choices,
        widget=forms.RadioSelect,
        initial=Where.ONLINE,
        error_messages={
            "required": gettext_lazy("Kies waar."),
            "invalid_choice": gettext_lazy("Kies waar."),
        },
    )
    title = Line(
        label=gettext_lazy("Je vraag in één zin"),
        required=False,
        max_length=MAX_TITLE,
        help_text=gettext_lazy("Dit ziet iedereen. Laat je het leeg? Dan nemen we je eerste zin."),
    )
    theme = ThemeField(
        required=False,
        help_text=gettext_lazy("Weet je het niet? Laat het dan leeg."),
    )
    not_before = forms.DateField(
        label=gettext_lazy("Niet eerder dan"),
        required=False,
        error_messages={"invalid": NO_DATE},
    )
    not_after = forms.DateField(
        label=gettext_lazy("Uiterlijk"), required=False, error_messages={"invalid": NO_DATE}
    )
    province = forms.ChoiceField(
        label=gettext_lazy("In welke provincie?"),
        required=False,
        choices=[("", gettext_lazy("Die van mijn organisatie")), *Province.choices],
    )
    language = forms.ChoiceField(
        label=gettext_lazy("In welke taal wil je les?"),
        required=False,
        choices=[
            ("", gettext_lazy("De taal van mijn vraag")),
            ("nl", gettext_lazy("Nederlands")),
            ("en", gettext_lazy("Engels")),
        ],
    )
    open_to_others = forms.BooleanField(
        label=gettext_lazy("Andere collega’s mogen ook meedoen"), required=False, initial=True
    )

    def clean_people(self) -> int | None:
        number: int | None = self.cleaned_data["people"]
        if number is None and self.cleaned_data.get("audience") == Audience.TEAM:
            raise forms.ValidationError(gettext_lazy("Vul in met hoeveel collega’s je bent."))
        return number

    @property
    def details_open(self) -> bool:
        given = self.data if self.is_bound else self.initial
        if any(self[name].errors for name in self.DETAILS):
            return True
        return any(given.get(name) for name in self.DETAILS if name != "open_to_others")

    def question(self) -> dict[str, Any]:
        """Arguments of ``requests.ask`` and ``requests.change``."""
        found = dict(self.cleaned_data)
        if found["people"] is None:
            found["people"] = 1
        if not found["language"]:
            del found["language"]
        return found


def question_of(request: KnowledgeRequest) -> dict[str, Any]:
    """A question as it is, for a QuestionForm."""
    found = {name: getattr(request, name) for name in QuestionForm.base_fields}
    return found | {"theme": request.theme.slug if request.theme else ""}


class AskForm(RefusableForm):
    """A word to the trainer, with 'Vraag deze trainer'."""

    message = Line(
        label=gettext_lazy("Bericht aan de trainer"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Je vraag staat er al bij."),
    )


class DismissForm(RefusableForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Waarom past deze collega niet?"),
        choices=Dismissal.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Kies een reden."),
            "invalid_choice": gettext_lazy("Kies een reden."),
        },
    )
    note = Line(
        label=gettext_lazy("Toelichting"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Alleen voor ons, om beter te leren zoeken."),
    )


class NominateForm(RefusableForm):
    name = Line(
        label=gettext_lazy("Naam van je collega"),
        error_messages={"required": gettext_lazy("Vul de naam van je collega in.")},
    )
    email = Line(
        label=gettext_lazy("Werkmail van je collega"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Vul de werkmail van je collega in.")},
    )
    why = Text(
        label=gettext_lazy("Waarom deze collega?"),
        error_messages={
            "required": gettext_lazy(
                "Vertel in hooguit 500 tekens waarom je aan deze collega denkt."
            )
        },
        help_text=gettext_lazy("Je collega leest dit in de mail, met jouw naam erbij."),
    )
    theme = ThemeField(required=False)


class CircleForm(RefusableForm):
    day = Day(label=gettext_lazy("Dag van de eerste keer"))
    time = BeginTime()
    theme = ThemeField()
    online_url = OnlineLink()
