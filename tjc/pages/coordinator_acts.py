# SPDX-License-Identifier: EUPL-1.2
"""What a coordinator does for the own organisation: register and withdraw colleagues, cancel a date.

What is not theirs does not exist (404), so that an address tells nothing.
"""

import uuid
from collections import Counter
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, rules
from accounts.domain import audit
from accounts.models import Organisation
from base import clock
from base.refusal import told
from courses import rules as course_rules
from courses.cards import places
from courses.domain import colleagues, registration, sessions
from courses.errors import ChangeRefused
from courses.models import Registration, Session
from reach.access import coordinated
from tjc.pages import coordinator_rows as rows
from tjc.pages.coordinator import PER_PAGE, words_of

asks_or_does = require_http_methods(["GET", "HEAD", "POST"])
_ANSWERS = {
    colleagues.Answer.REGISTERED: gettext_lazy("Aangemeld"),
    colleagues.Answer.WAITING: gettext_lazy("Op de wachtlijst"),
    colleagues.Answer.ALREADY: gettext_lazy("Stond er al op"),
    colleagues.Answer.REFUSED: gettext_lazy("Niet gelukt"),
}
_MAILED = frozenset({colleagues.Answer.REGISTERED, colleagues.Answer.WAITING})


class ColleaguesForm(forms.Form):
    """One colleague a line. Who coordinates several organisations says which one they work for."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Waar werken ze?"),
        to_field_name="slug",
        empty_label=None,
        error_messages={"required": gettext_lazy("Kies een organisatie.")},
    )
    colleagues = forms.CharField(
        label=gettext_lazy("Wie meld je aan?"),
        help_text=gettext_lazy(
            "Zet op elke regel één collega: de naam en de werkmail. Plakken uit een lijst of een mail mag ook. "
            "Voorbeeld: Merel de Jong, merel@gemeente.nl"
        ),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Vul minstens één collega in."),
            "max_length": gettext_lazy("Dit is te veel tekst in één keer. Maak de lijst korter."),
        },
    )

    def __init__(self, *args: Any, own: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(own) == 1:
            del self.fields["organisation"]
        else:
            field = self.fields["organisation"]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = Organisation.objects.filter(pk__in=[row.pk for row in own]).order_by(
                "name"
            )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Waarom gaat het niet door?"),
        help_text=gettext_lazy("Dit staat in de mail aan iedereen die meedoet."),
        max_length=300,
        required=False,
    )


@access.requires(rules.is_coordinator)
@require_safe
def choose_session(request: HttpRequest) -> HttpResponse:
    words = words_of(request)
    found = rows.sessions_to_choose(words=words, at=clock.now())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "sessions": [(row, *places(row)) for row in page.object_list],
        "words": words,
        "total": page.paginator.count,
    }
    return render(request, "pages/coordinatie/kies.html", context)


@access.requires(rules.is_coordinator)
@asks_or_does
def register(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    person = access.me(request)
    own = coordinated(person)
    session = get_object_or_404(
        rows.sessions_to_choose(words="", at=clock.now()), public_id=public_id
    )
    form = ColleaguesForm(request.POST if request.method == "POST" else None, own=own)
    outcomes: list[colleagues.Outcome] = []
    if form.is_bound and form.is_valid():
        try:
            outcomes = colleagues.register_colleagues(
                session,
                by=person,
                organisation=form.cleaned_data.get("organisation", own[0]),
                text=form.cleaned_data["colleagues"],
            )
        except ChangeRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
        else:
            session.refresh_from_db(fields=["taken"])
            form = ColleaguesForm(
                own=own, initial=form.cleaned_data | {"colleagues": _left(outcomes)}
            )
    kind, seats = places(session)
    context = {
        "session": session,
        "own": own,
        "form": form,
        "outcomes": outcomes,
        "counted": _counted(outcomes),
        "mailed": any(row.answer in _MAILED for row in outcomes),
        "kind": kind,
        "seats": seats,
    }
    return render(request, "pages/coordinatie/aanmelden.html", context)


def _left(outcomes: list[colleagues.Outcome]) -> str:
    """What did not work stands in the form again: only that has to be typed anew."""
    return "\n".join(row.line for row in outcomes if row.answer is colleagues.Answer.REFUSED)


def _counted(outcomes: list[colleagues.Outcome]) -> list[tuple[str, int]]:
    found = Counter(row.answer for row in outcomes)
    return [(str(label), found[answer]) for answer, label in _ANSWERS.items() if found[answer]]


@access.requires(rules.is_coordinator)
@asks_or_does
def withdraw(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    person = access.me(request)
    row = get_object_or_404(
        Registration.objects.exclude(rows.UNPROVEN)
        .filter(person__organisation=F("organisation"))  # who left is no longer ours to name
        .select_related("person", "organisation", "session__course"),
        public_id=public_id,
    )
    if not course_rules.is_coordinator_of_learner.test(person, row):
        raise Http404
    if request.method == "POST":
        with told(request, _("%(name)s is afgemeld.") % {"name": row.person}):
            registration.cancel(row, by=person, reason=Registration.CancelReason.COORDINATOR)
        return redirect("pages:coordinator-people")
    audit.record(
        "people.viewed", actor=person, subject=row, organisation=row.organisation_id, count=1
    )
    return render(request, "pages/coordinatie/afmelden.html", {"registration": row})


@access.requires(rules.is_coordinator)
@asks_or_does
def cancel_session(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    person = access.me(request)
    session = get_object_or_404(
        Session.objects.exclude(status=Session.Status.DRAFT).with_card(), public_id=public_id
    )
    if not course_rules.is_coordinator_of_host.test(person, session):
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        done = _("De bijeenkomst is afgezegd. Iedereen die meedeed, krijgt een mail.")
        with told(request, done):
            sessions.cancel_session(session, by=person, reason=form.cleaned_data["reason"])
        return redirect("pages:coordinator-courses")
    return render(request, "pages/coordinatie/afzeggen.html", {"session": session, "form": form})
