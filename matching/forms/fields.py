# SPDX-License-Identifier: EUPL-1.2
"""What the forms of this room share, beside the fields of courses."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

NO_NUMBER = gettext_lazy("Vul een heel getal in, bijvoorbeeld 4.")


class LooseChoices(forms.MultipleChoiceField):
    """Boxes to tick; a value that is not among them is left out, for the domain judges what remains."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(widget=forms.CheckboxSelectMultiple, **options)

    def to_python(self, value: Any) -> list[str]:
        return [item for item in super().to_python(value) if self.valid_value(item)]
