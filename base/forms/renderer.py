# SPDX-License-Identifier: EUPL-1.2
"""Every form in the product looks right through `{{ form }}` alone; FORM_RENDERER points here.

Django 5.2 itself adds `aria-invalid` and `aria-describedby="id_x_helptext id_x_error"`; the templates in
base/templates/base/forms/ use exactly those ids. Django's own templates are left alone, because the admin uses them.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import DateTimeBaseInput, Input
from django.utils.translation import gettext_lazy as _

TEXTBOX = "utrecht-textbox utrecht-textbox--html-input"
TEXTAREA = "utrecht-textarea utrecht-textarea--html-textarea"
SELECT = "utrecht-select utrecht-select--html-select"

# The first match counts, so a subclass stands before its parent. Checkboxes and radio buttons keep the browser's own
# look in our accent colour.
_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.Textarea, TEXTAREA),
    (forms.SelectDateWidget, SELECT),
    (forms.Select, SELECT),
    (forms.MultiWidget, TEXTBOX),
    (Input, TEXTBOX),
)

# Django's date widgets are text fields. Only those exact classes become native pickers: who subclassed one (the
# admin) or set a format of its own had a reason. The value must be ISO then, whatever the language.
_NATIVE: dict[type[forms.Widget], tuple[str, str]] = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.TimeInput: ("time", "%H:%M"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
}


class TjcBoundField(BoundField):
    """A field that knows which NL Design System classes its widget wears."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        # A form has its own copies of fields and widgets, so this changes no other form.
        _make_native(field.widget)

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return attrs
        # Attributes given here replace those of the widget, so a class from the form class must be carried along.
        own = str(attrs.get("class") or widget.attrs.get("class", ""))
        classes = f"{own} {_classes_for(widget)}".split()
        if self.errors and classes and isinstance(widget, forms.Select):
            # Text fields turn red through aria-invalid; the select component wants a class.
            classes.append("utrecht-select--invalid")
        if classes:
            attrs["class"] = " ".join(dict.fromkeys(classes))
        return attrs

    @property
    def is_choice_group(self) -> bool:
        """Radio buttons or checkboxes: rendered one by one inside a fieldset."""
        return isinstance(self.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))

    @property
    def is_checkbox(self) -> bool:
        """One lone checkbox: the label stands behind it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def show_optional(self) -> bool:
        """Whether «(hoeft niet)» follows the label.

        Not behind a lone checkbox, where leaving it empty is an answer, and not on forms that set
        `mark_optional = False` because nothing in them is required (filters).
        """
        return (
            not self.field.required
            and not self.is_checkbox
            and getattr(self.form, "mark_optional", True)
        )

    @property
    def focus_id(self) -> str:
        """Id of the element that a link in the error summary leads to: of a group, its first part."""
        if self.is_choice_group:
            return next((option.id_for_label for option in self.subwidgets), self.auto_id)
        if self.id_for_label:
            return self.id_for_label
        return f"{self.auto_id}_0" if self.use_fieldset and self.auto_id else self.auto_id


def _classes_for(widget: forms.Widget) -> str:
    return next((classes for kind, classes in _CLASSES if isinstance(widget, kind)), "")


def _make_native(widget: forms.Widget) -> None:
    native = _NATIVE.get(type(widget))
    if native and isinstance(widget, DateTimeBaseInput) and widget.format is None:
        if widget.input_type == "text":
            widget.input_type, widget.format = native
    elif isinstance(widget, forms.SplitDateTimeWidget):
        # The fieldset's legend names the pair; each part needs a name of its own as well.
        for part, name in zip(widget.widgets, (_("Datum"), _("Tijd")), strict=True):
            _make_native(part)
            part.attrs.setdefault("aria-label", name)


class TjcRenderer(TemplatesSetting):
    form_template_name = "base/forms/form.html"
    formset_template_name = "base/forms/formset.html"
    field_template_name = "base/forms/field.html"
    bound_field_class = TjcBoundField
