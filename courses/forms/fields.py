# SPDX-License-Identifier: EUPL-1.2
"""Fields that the forms for trainers share, and how a refusal of the domain reaches a field."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy

from base.templatetags.dates import duration
from base.text import one_line
from courses.errors import ChangeRefused

#: Lengths to choose from; the last three only fit outside a TJC-week.
MINUTES = (15, 30, 45, 60, 120, 180, 240)
TOO_LONG = gettext_lazy(
    "Maak dit korter: hooguit %(limit_value)d tekens. Nu zijn het er %(show_value)d."
)


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


class RefusableForm(forms.Form):
    """Puts the sentence of a ChangeRefused next to the field it belongs to."""

    def refuse(self, error: ChangeRefused) -> None:
        self.add_error(error.field if error.field in self.fields else None, error.sentence)
