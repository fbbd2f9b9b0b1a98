# SPDX-License-Identifier: EUPL-1.2
"""Fields that forms about courses, dates and questions share, and how a refusal of the domain reaches a field."""

import datetime as dt
from typing import Any, Protocol

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base import clock
from base.templatetags.dates import duration
from base.text import one_line
from courses.domain.sessions import YEARS_AHEAD
from courses.models import Theme

#: Lengths to choose from; the last three only fit outside a TJC-week.
MINUTES = (15, 30, 45, 60, 120, 180, 240)
TOO_LONG = gettext_lazy(
    "Maak dit korter: hooguit %(limit_value)d tekens. Nu zijn het er %(show_value)d."
)

NO_DATE = gettext_lazy("Dit is geen goede datum. Voorbeeld: 13-10-2027")
NO_LINK = gettext_lazy("Dit is geen goede link. Voorbeeld: https://vergadering.nl/abc")


class Line(forms.CharField):
    """One line of text. No maxlength in the page: a browser would cut off what is pasted, unseen."""

    def __init__(self, **options: Any) -> None:
        messages = {"max_length": TOO_LONG, **options.pop("error_messages", {})}
        super().__init__(error_messages=messages, **options)

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class Text(forms.CharField):
    """Text of more lines, in a field of ``rows`` lines high."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        messages = {"max_length": TOO_LONG, **options.pop("error_messages", {})}
        super().__init__(
            widget=forms.Textarea(attrs={"rows": rows}), error_messages=messages, **options
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class Minutes(forms.IntegerField):
    """A choice of lengths. Any other number reaches the domain, which says what is wrong with it."""

    def __init__(self, **options: Any) -> None:
        # Later: a form is made once, and shown in the language of each page.
        label = lazy(duration, str)
        super().__init__(
            widget=forms.RadioSelect(choices=[(n, label(n)) for n in MINUTES]), **options
        )


class Day(forms.DateField):
    """A day to come, within what can be planned; keeps out what no calendar can hold, such as the year 1."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Dag"))
        messages = {"required": gettext_lazy("Kies een dag."), "invalid": NO_DATE}
        super().__init__(error_messages=messages, **options)

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        today = clock.today()
        if value is not None and value < today:
            raise forms.ValidationError(_("Deze datum is al geweest. Kies een datum vanaf morgen."))
        if value is not None and value.year > today.year + YEARS_AHEAD:
            raise forms.ValidationError(_("Kies een datum in de komende twee jaar."))


class BeginTime(forms.TimeField):
    def __init__(self, **options: Any) -> None:
        messages = {
            "required": gettext_lazy("Kies hoe laat je begint."),
            "invalid": gettext_lazy("Dit is geen goede tijd. Voorbeeld: 10:00"),
        }
        super().__init__(label=gettext_lazy("Begintijd"), error_messages=messages, **options)


class OnlineLink(forms.URLField):
    """Where one meets online; a link that a browser opens, or nothing yet."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("Link naar de online bijeenkomst"),
            required=False,
            max_length=500,
            assume_scheme="https",
            help_text=gettext_lazy("De link mag later. Alleen wie meedoet, ziet hem."),
            error_messages={"invalid": NO_LINK, "max_length": TOO_LONG},
            **options,
        )

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not value.startswith(("https://", "http://")):
            raise forms.ValidationError(NO_LINK)


class ThemeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Onderwerp"))
        super().__init__(
            queryset=Theme.objects.all(),
            to_field_name="slug",
            empty_label=gettext_lazy("Kies een onderwerp"),
            error_messages={
                "required": gettext_lazy("Kies een onderwerp."),
                "invalid_choice": gettext_lazy("Kies een onderwerp."),
            },
            **options,
        )


class Refusal(Protocol):
    """What every room raises: a sentence, and the field it belongs to."""

    field: str
    sentence: str


class RefusableForm(forms.Form):
    """Puts the sentence of a refusal next to the field it belongs to."""

    def refuse(self, error: Refusal) -> None:
        self.add_error(error.field if error.field in self.fields else None, error.sentence)
