# SPDX-License-Identifier: EUPL-1.2
"""What people type to each other. Rules live in notifications.domain.notes."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy

from courses.forms.fields import Text
from notifications.domain.notes import NoteRefused


class NoteForm(forms.Form):
    """The page chooses the id, so that the same form sent twice is one note."""

    note = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = Text(
        label=gettext_lazy("Je bericht"),
        rows=6,
        help_text=gettext_lazy("Gewone tekst, hooguit 2.000 tekens."),
        error_messages={"required": gettext_lazy("Schrijf eerst je bericht.")},
    )

    def clean_note(self) -> uuid.UUID:
        value: uuid.UUID | None = self.cleaned_data["note"]
        return value or uuid.uuid4()

    def refuse(self, refused: NoteRefused) -> None:
        self.add_error("text", refused.sentence)


class ToAllForm(NoteForm):
    to_waiting = forms.BooleanField(
        label=gettext_lazy("Stuur het ook aan wie op de wachtlijst staat"), required=False
    )
