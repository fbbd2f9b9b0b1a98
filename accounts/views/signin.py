# SPDX-License-Identifier: EUPL-1.2
"""Signing in: an address, a code, done."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain import signin as domain
from accounts.errors import CodeExpired, InvalidEmail, TooManyRequests, WrongCode
from accounts.forms import CodeForm, SigninForm
from accounts.models import Person


def next_after_signin(person: Person, next_url: str) -> str:
    """First what we cannot derive (name, organisation), then where somebody was going."""
    target = next_url or resolve_url(settings.LOGIN_REDIRECT_URL)
    for missing, page in (
        (person.organisation_id is None, "accounts:organisation"),
        (not person.name, "accounts:me"),
    ):
        if missing:
            return f"{reverse(page)}?{urlencode({'next': target})}"
    return target


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    next_url = domain.safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if isinstance(request.user, Person) and request.method != "POST":
        return redirect(next_after_signin(request.user, next_url))
    form = SigninForm(
        request.POST if request.method == "POST" else None,
        initial={"email": domain.pending_email(request) or ""},
    )
    status = 200
    if form.is_bound and form.is_valid():
        try:
            domain.request_code(request, email=form.cleaned_data["email"], next_url=next_url)
        except TooManyRequests as refused:
            form.add_error(None, refused.sentence)
            status = refused.status
        except InvalidEmail as refused:
            form.add_error("email", refused.sentence)
        else:
            return redirect("accounts:code")
    context = {"form": form, "next": next_url}
    return render(request, "accounts/signin.html", context, status=status)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    email = domain.pending_email(request)
    if email is None:
        return redirect("accounts:signin")
    next_url = domain.pending_next(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            person = domain.confirm_code(request, form.cleaned_data["code"])
        except WrongCode as refused:
            form.add_error("code", refused.sentence)
        except CodeExpired as refused:
            return _fresh_code(request, refused.sentence)
        else:
            return redirect(next_after_signin(person, next_url))
    return render(request, "accounts/code.html", {"form": form, "email": email})


@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    return _fresh_code(request, _("We hebben je een nieuwe code gestuurd."))


def _fresh_code(request: HttpRequest, sentence: str) -> HttpResponse:
    try:
        domain.resend_code(request)
    except TooManyRequests as refused:
        messages.error(request, refused.sentence)
    except CodeExpired:
        return redirect("accounts:signin")
    else:
        messages.info(request, sentence)
    return redirect("accounts:code")


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    domain.sign_out(request)
    messages.success(request, _("Je bent uitgelogd. Tot de volgende keer!"))
    return redirect(settings.LOGOUT_REDIRECT_URL)
