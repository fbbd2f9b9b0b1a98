# SPDX-License-Identifier: EUPL-1.2
"""Looking after editions: the national coordinator plans them and sees no participant."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.rules import is_national
from courses.domain import editions
from courses.errors import ChangeRefused
from courses.models import Edition, Session

asks_or_does = require_http_methods(["GET", "HEAD", "POST"])


class EditionForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    """Shape only: what an edition may be is in courses.domain.editions."""

    slots = forms.CharField(
        label=gettext_lazy("Starttijden"),
        help_text=gettext_lazy(
            "Bijvoorbeeld: 09:00, 10:00, 13:30. Het programma heeft een rij voor elke tijd."
        ),
        required=False,
        max_length=300,
    )
    max_minutes = forms.IntegerField(
        label=gettext_lazy("Een cursus duurt hooguit zoveel minuten"),
        help_text=gettext_lazy("In een week of op een dag hooguit 60, in een reeks hooguit 240."),
        required=False,
        min_value=0,
        max_value=1440,
    )

    class Meta:
        model = Edition
        fields = [
            "name",
            "kind",
            "starts_on",
            "ends_on",
            "max_minutes",
            "slots",
            "registration_opens_at",
            "registration_closes_at",
            "programme_published_at",
            "description",
        ]
        help_texts = {
            "ends_on": gettext_lazy("Een TJC-dag duurt één dag: dan kijken we hier niet naar."),
            "programme_published_at": gettext_lazy(
                "Vanaf dan staat het programma op de site. Leeg: nog niet."
            ),
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        error_messages = {
            "name": {"required": gettext_lazy("Geef de editie een naam.")},
            "kind": {"required": gettext_lazy("Kies een soort.")},
            "starts_on": {"required": gettext_lazy("Kies de eerste dag.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].required = False
        self.fields["kind"].choices = Edition.Kind.choices  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["slots"] = ", ".join(self.instance.slots)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        kind, first = values.get("kind"), values.get("starts_on")
        if kind and values.get("max_minutes") is None and "max_minutes" not in self.errors:
            values["max_minutes"] = editions.LIMITS[Edition.Kind(kind)]
        if first and values.get("ends_on") is None and "ends_on" not in self.errors:
            values["ends_on"] = first
        try:
            values["slots"] = editions.parse_slots(values.get("slots") or "")
        except ChangeRefused as refused:
            self.add_error("slots", refused.sentence)
        return values

    def _post_clean(self) -> None:
        """Not Django's check of the instance: the domain function checks, and changes a fresh row."""


@access.requires(is_national)
@require_safe
def manage(request: HttpRequest) -> HttpResponse:
    planned = Q(sessions__status=Session.Status.PLANNED)
    rows = Edition.objects.annotate(
        dates=Count("sessions", filter=planned),
        seats=Sum("sessions__capacity", filter=planned, default=0),
        taken=Sum("sessions__taken", filter=planned, default=0),
    ).order_by("-starts_on", "pk")
    return render(request, "courses/edities_beheer.html", {"editions": list(rows)})


@access.requires(is_national)
@asks_or_does
def new(request: HttpRequest) -> HttpResponse:
    form = EditionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            edition = editions.create_edition(by=access.me(request), **form.cleaned_data)
        except ChangeRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
        else:
            messages.success(request, _("%(name)s is gemaakt.") % {"name": edition.name})
            return redirect("courses:editions-manage")
    return render(request, "courses/editie_bewerken.html", {"form": form, "edition": None})


@access.requires(is_national)
@asks_or_does
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    edition = get_object_or_404(Edition, slug=slug)
    form = EditionForm(request.POST if request.method == "POST" else None, instance=edition)
    if form.is_bound and form.is_valid():
        try:
            editions.change_edition(edition, by=access.me(request), **form.cleaned_data)
        except ChangeRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
        else:
            messages.success(request, _("De wijzigingen zijn bewaard."))
            return redirect("courses:editions-manage")
    return render(request, "courses/editie_bewerken.html", {"form": form, "edition": edition})


@access.requires(is_national)
@require_POST
def clone(request: HttpRequest, slug: str) -> HttpResponse:
    edition = get_object_or_404(Edition, slug=slug)
    copy = editions.clone_edition(edition, by=access.me(request))
    messages.success(
        request,
        _("%(name)s is gemaakt, een jaar na %(old)s. Kijk de data nog even na.")
        % {"name": copy.name, "old": edition.name},
    )
    return redirect("courses:edition-edit", copy.slug)
