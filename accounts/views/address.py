# SPDX-License-Identifier: EUPL-1.2
"""Another work address: type it, type the code that was mailed there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import me
from accounts.domain import new_address as domain
from accounts.errors import CodeExpired, InvalidEmail, PersonRefused, TooManyRequests, WrongCode
from accounts.forms import CodeForm, NewAddressForm
from accounts.models import Person


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: HttpRequest) -> HttpResponse:
    person = me(request)
    form = NewAddressForm(
        request.POST if request.method == "POST" else None,
        initial={"email": domain.pending_email(request) or ""},
    )
    status = 200
    if form.is_bound and form.is_valid():
        try:
            domain.ask(request, person, email=form.cleaned_data["email"])
        except TooManyRequests as refused:
            form.add_error(None, refused.sentence)
            status = refused.status
        except InvalidEmail as refused:
            form.add_error("email", refused.sentence)
        else:
            return redirect("accounts:new-address-code")
    context = {"form": form, "person": person}
    return render(request, "accounts/new_address.html", context, status=status)


@never_cache
@sensitive_post_parameters("code")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    person = me(request)
    if request.method == "POST" and domain.is_done(request, person):
        return redirect("accounts:me")
    email = domain.pending_email(request)
    if email is None:
        return redirect("accounts:new-address")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            person = domain.confirm(request, person, form.cleaned_data["code"])
        except WrongCode as refused:
            form.add_error("code", refused.sentence)
        except CodeExpired as refused:
            return _fresh_code(request, person, refused.sentence)
        except PersonRefused as refused:
            messages.error(request, refused.sentence)
            return redirect("accounts:new-address")
        else:
            return _done(request, person)
    return render(request, "accounts/new_address_code.html", {"form": form, "email": email})


def _done(request: HttpRequest, person: Person) -> HttpResponse:
    """As after signing in: who does not follow from the mail domain is asked for the organisation."""
    messages.success(
        request,
        _("Je werkmail is nu %(email)s. Je uitnodigingen verhuizen mee.") % {"email": person.email},
    )
    if person.organisation_confirmed:
        return redirect("accounts:me")
    return redirect(reverse("accounts:organisation", query={"next": reverse("accounts:me")}))


@login_required
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    return _fresh_code(request, me(request), _("We hebben je een nieuwe code gestuurd."))


def _fresh_code(request: HttpRequest, person: Person, sentence: str) -> HttpResponse:
    try:
        domain.resend(request, person)
    except TooManyRequests as refused:
        messages.error(request, refused.sentence)
    except (CodeExpired, InvalidEmail):
        return redirect("accounts:new-address")
    else:
        messages.info(request, sentence)
    return redirect("accounts:new-address-code")
