# SPDX-License-Identifier: EUPL-1.2
"""What somebody tells about themselves: where they work, name, language."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import me
from accounts.domain import organisations, people
from accounts.domain import signin as signin_domain
from accounts.errors import AccountsError
from accounts.forms import OrganisationForm, ProfileForm, SearchOrganisationForm
from accounts.models import Organisation, Person
from accounts.views.signin import next_after_signin


def found_organisations(
    request: HttpRequest, known: list[Organisation]
) -> tuple[SearchOrganisationForm, list[Organisation], str]:
    """The search form of this page, the organisations to choose from, and what was searched for."""
    search = SearchOrganisationForm(request.GET if "zoek" in request.GET else None)
    if not (search.is_bound and search.is_valid()):
        return search, known, ""
    text = search.cleaned_data["zoek"]
    return search, organisations.search(text), text


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """The question for shared and unknown mail domains, and for who moved to another organisation."""
    person = me(request)
    match = organisations.match_email(person.email)
    known = match.choices or ([match.organisation] if match.organisation else [])
    search, choices, named = found_organisations(request, known)
    form = OrganisationForm(
        request.POST if request.method == "POST" else None, choices=choices, named=named
    )
    if form.is_bound and form.is_valid():
        try:
            chosen = form.chosen() or organisations.propose_organisation(named, email=person.email)
        except AccountsError as refused:
            form.add_error("organisation", refused.sentence)
        else:
            people.choose_organisation(person, chosen)
            _thank(request, person)
            next_url = signin_domain.safe_next(request, request.GET.get("next"))
            return redirect(next_after_signin(person, next_url))
    context = {
        "form": form if choices or named else None,
        "search": search,
        "kind": match.kind,
        "domain": person.email.rpartition("@")[2],
        "next": signin_domain.safe_next(request, request.GET.get("next")),
        "has_errors": bool(search.errors),
    }
    return render(request, "accounts/organisation.html", context)


def _thank(request: HttpRequest, person: Person) -> None:
    if person.organisation_confirmed:
        sentence = _("Dank je. Je werkt bij %(organisation)s.")
    else:
        sentence = _(
            "Dank je. Je koos %(organisation)s. Een coördinator kijkt mee. Je kunt gewoon verder."
        )
    messages.success(request, sentence % {"organisation": person.organisation})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    person = me(request)
    next_url = signin_domain.safe_next(request, request.GET.get("next"))
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        initial={
            "name": person.name,
            "language": person.language,
            "function": person.function,
            "province": person.province,
        },
    )
    if form.is_bound and form.is_valid():
        people.change_profile(person, **form.cleaned_data)
        # Who chose another language wants to read on in it; who changed something else stays where they are.
        chosen = "language" in form.changed_data
        language = person.language if chosen else translation.get_language()
        with translation.override(language):
            messages.success(request, _("Opgeslagen."))
        return redirect(translate_url(next_url or reverse("accounts:me"), language))
    facts = [
        {"icon": "mail", "term": _("Je werkmail"), "value": person.email},
        {
            "icon": "building-2",
            "term": _("Je organisatie"),
            "value": _organisation_text(person),
        },
    ]
    context = {"form": form, "facts": facts, "welcome": not person.name}
    return render(request, "accounts/me.html", context)


def _organisation_text(person: Person) -> str:
    if person.organisation is None:
        return _("Nog niet gekozen")
    if person.organisation_confirmed:
        return person.organisation.name
    return _("%(organisation)s (een coördinator kijkt nog mee)") % {
        "organisation": person.organisation.name
    }
