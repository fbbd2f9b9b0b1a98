# SPDX-License-Identifier: EUPL-1.2
"""What trainers type: profile, pause, answer, dates."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import Person, Province
from courses.forms.fields import (
    NO_DATE,
    BeginTime,
    Day,
    Line,
    Minutes,
    OnlineLink,
    RefusableForm,
    Text,
    ThemeField,
)
from courses.models import Theme
from courses.models.course import Format
from matching.domain.planning import MAX_OPTIONS, Plan
from matching.domain.profiles import Start
from matching.forms.fields import NO_NUMBER, LooseChoices
from matching.models import Match, TrainerProfile

_EXAMPLES = ("example_1", "example_2", "example_3")


class ProfileForm(RefusableForm):
    headline = Line(
        label=gettext_lazy("Wat kun jij goed?"),
        error_messages={"required": gettext_lazy("Vertel in een paar woorden wat je goed kunt.")},
        help_text=gettext_lazy("In een paar woorden: “Ingewikkelde spreadsheets simpel maken”"),
    )
    expertise = Text(
        label=gettext_lazy("Waar kunnen collega’s je voor vragen?"),
        required=False,
        rows=5,
        help_text=gettext_lazy("Schrijf het zoals je het aan een collega vertelt."),
    )
    example_1 = Line(
        label=gettext_lazy("Een vraag die bij jou past"),
        required=False,
        help_text=gettext_lazy("Bijvoorbeeld: “Hoe voeg ik tien lijsten samen?”"),
    )
    example_2 = Line(label=gettext_lazy("Nog een vraag"), required=False)
    example_3 = Line(label=gettext_lazy("En nog een"), required=False)
    themes = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Onderwerpen"),
        queryset=Theme.objects.all(),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Kies onderwerpen uit de lijst.")},
    )
    languages = LooseChoices(
        label=gettext_lazy("In welke talen geef je les?"),
        choices=[("nl", gettext_lazy("Nederlands")), ("en", gettext_lazy("Engels"))],
        required=True,
        error_messages={"required": gettext_lazy("Kies minstens één taal.")},
    )
    online = forms.BooleanField(label=gettext_lazy("Ik geef online les"), required=False)
    provinces = LooseChoices(
        label=gettext_lazy("Waar kom je naartoe?"),
        choices=Province.choices,
    )
    requests_per_year = forms.IntegerField(
        label=gettext_lazy("Hoeveel vragen per jaar wil je hooguit?"),
        help_text=gettext_lazy("Krijg je er zoveel? Dan vragen we je dat jaar niet meer."),
        error_messages={
            "required": gettext_lazy("Vul een aantal in, bijvoorbeeld 4."),
            "invalid": NO_NUMBER,
        },
    )
    may_be_called = forms.BooleanField(
        label=gettext_lazy("Mail me ook als er voor een vraag in mijn onderwerpen niemand is"),
        required=False,
    )

    def profile(self) -> dict[str, Any]:
        """Arguments of ``profiles.save_profile``."""
        cleaned = dict(self.cleaned_data)
        cleaned["example_questions"] = [cleaned.pop(name) for name in _EXAMPLES]
        return cleaned

    def refuse(self, error: Any) -> None:
        if error.field == "example_questions":
            self.add_error("example_1", error.sentence)
        else:
            super().refuse(error)


def profile_of(person: Person, profile: TrainerProfile | None, start: Start) -> dict[str, Any]:
    """What the form begins with."""
    if profile is None:
        return {
            "headline": start.headline,
            "expertise": start.expertise,
            "themes": [theme.slug for theme in start.themes],
            "languages": list(start.languages),
            "provinces": list(start.provinces),
            "online": start.online,
            "requests_per_year": 4,
        }
    examples = [*profile.example_questions, "", "", ""]
    found = {name: getattr(profile, name) for name in ("headline", "expertise", "languages")}
    return found | {
        "themes": [theme.slug for theme in profile.themes.all()],
        "provinces": profile.provinces,
        "online": profile.online,
        "requests_per_year": profile.requests_per_year,
        "may_be_called": profile.may_be_called,
        **dict(zip(_EXAMPLES, examples, strict=False)),
    }


class PauseForm(RefusableForm):
    until = forms.DateField(
        label=gettext_lazy("Tot wanneer?"),
        required=False,
        help_text=gettext_lazy("Laat je het leeg? Dan zet je het zelf weer aan."),
        error_messages={"invalid": NO_DATE},
    )


class AnswerForm(RefusableForm):
    """Yes or no; the reason is for the no."""

    answer = forms.ChoiceField(
        choices=[("ja", ""), ("nee", "")],
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Kies of je helpt."),
            "invalid_choice": gettext_lazy("Kies of je helpt."),
        },
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Waarom niet?"),
        choices=Match.AnswerReason.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Kies een reden uit de lijst.")},
    )
    text = Line(
        label=gettext_lazy("Bericht aan je collega"),
        required=False,
        max_length=500,
    )


class DatesForm(RefusableForm):
    """One to three moments, and what the session is called."""

    title = Line(
        label=gettext_lazy("Titel van je cursus"),
        error_messages={"required": gettext_lazy("Geef je cursus een titel.")},
        help_text=gettext_lazy("Begin met wat je leert: “Draaitabellen in Excel”"),
        max_length=120,
    )
    promise = Line(
        label=gettext_lazy("Belofte in één zin"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Wat kan je collega na afloop?"),
    )
    theme = ThemeField()
    minutes = Minutes(
        label=gettext_lazy("Hoe lang duurt het?"),
        error_messages={
            "required": gettext_lazy("Kies hoe lang het duurt."),
            "invalid": gettext_lazy("Kies hoe lang het duurt."),
        },
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Waar?"),
        choices=[
            (Format.ONLINE.value, gettext_lazy("Online")),
            (Format.ON_SITE.value, gettext_lazy("Bij de vrager op locatie")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Kies waar."),
            "invalid_choice": gettext_lazy("Kies waar."),
        },
    )
    online_url = OnlineLink()
    place = Line(label=gettext_lazy("Gebouw"), required=False, max_length=120)
    city = Line(label=gettext_lazy("Plaats"), required=False, max_length=80)
    capacity = forms.IntegerField(
        label=gettext_lazy("Hoeveel plekken zijn er?"),
        error_messages={
            "required": gettext_lazy("Vul in hoeveel collega’s mee kunnen doen."),
            "invalid": NO_NUMBER,
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MAX_OPTIONS + 1):
            first = number == 1
            self.fields[f"day_{number}"] = Day(required=first)
            self.fields[f"time_{number}"] = BeginTime(required=first)

    def moment_fields(self) -> list[tuple[Any, Any]]:
        return [(self[f"day_{n}"], self[f"time_{n}"]) for n in range(1, MAX_OPTIONS + 1)]

    def clean(self) -> dict[str, Any]:
        for number in range(2, MAX_OPTIONS + 1):
            day, time = (self.cleaned_data.get(f"{name}_{number}") for name in ("day", "time"))
            if day and not time and f"time_{number}" not in self.errors:
                self.add_error(f"time_{number}", gettext_lazy("Kies hoe laat je begint."))
            if time and not day and f"day_{number}" not in self.errors:
                self.add_error(f"day_{number}", gettext_lazy("Kies een dag."))
        return self.cleaned_data

    def plan(self) -> Plan:
        cleaned = self.cleaned_data
        on_site = cleaned["format"] == Format.ON_SITE
        return Plan(
            title=cleaned["title"],
            promise=cleaned["promise"],
            theme=cleaned["theme"].slug,
            minutes=cleaned["minutes"],
            format=cleaned["format"],
            capacity=cleaned["capacity"],
            online_url="" if on_site else cleaned["online_url"],
            place=cleaned["place"] if on_site else "",
            city=cleaned["city"] if on_site else "",
        )

    def moments(self) -> list[tuple[dt.date, dt.time]]:
        found = []
        for number in range(1, MAX_OPTIONS + 1):
            day, time = (self.cleaned_data.get(f"{name}_{number}") for name in ("day", "time"))
            if day and time:
                found.append((day, time))
        return found
