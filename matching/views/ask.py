# SPDX-License-Identifier: EUPL-1.2
"""«Stel je kennisvraag»: three questions on one screen, and what already answers them.

Hints and likely answers come while one types (htmx), and else as a step of their own after the first press.
A visitor may type first and sign in then: what was typed waits in the session.
"""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.limits import Limit
from accounts.errors import TooManyRequests
from accounts.models import Person
from courses.forms.trainer import typed_in
from courses.views.personal import PersonRequest, personal, posted
from courses.views.who import person_of
from matching import access
from matching.domain import alike, names_in_text, requests, words
from matching.errors import RequestRefused
from matching.forms.question import QuestionForm, question_of
from matching.models.request import MAX_TEXT

#: Where what a visitor typed waits for the sign-in.
TYPED = "kennisvraag"
MAX_TYPED = 20_000
ASK_LIMIT = Limit("matching.ask", 20, 3600)
#: Shorter than this there is nothing to go by yet.
_ENOUGH_TEXT = 15


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    if request.method != "POST":
        typed = request.session.get(TYPED) or {}
        if not typed and (sought := request.GET.get("q", "")[:200].replace("\0", "")):
            typed = {"text": sought}  # what the catalogue did not have
        return _page(request, QuestionForm(initial=typed or None), checked=bool(typed))
    if person is None:
        request.session[TYPED] = _typed(request)
        sign_in = f"{reverse('accounts:signin')}?{urlencode({'next': reverse('matching:new')})}"
        return redirect(sign_in)
    form = QuestionForm(request.POST)
    if form.is_valid():
        found = _likely(form.cleaned_data["text"], person, title=form.cleaned_data["title"])
        if _must_look_first(request, found):
            return _page(request, form, found=found)
        if not ASK_LIMIT.allows(str(person.pk)):
            raise TooManyRequests
        try:
            row = requests.ask(by=person, **form.question())
        except RequestRefused as error:
            form.refuse(error)
        else:
            request.session.pop(TYPED, None)
            return redirect("matching:request", row.public_id)
    return _page(request, form)


def _typed(request: HttpRequest) -> dict[str, str]:
    typed = typed_in(QuestionForm, request.POST)
    return {name: text.replace("\0", "")[:MAX_TYPED] for name, text in typed.items()}


def _likely(text: str, person: Person | None, *, title: str = "") -> dict[str, Any]:
    """Hints and what answers it already, of a text that somebody is still typing. The title, which everybody
    sees, is looked at for names too."""
    text, title = text[:MAX_TEXT], title[:MAX_TEXT]
    if len(text.strip()) < _ENOUGH_TEXT or not words.has_words(text):
        return {"hints": [], "alike": None, "kinds": ""}
    hints = names_in_text.hints(f"{title}\n{text}")
    found = alike.alike(text, person=person)
    kinds = [kind for kind, there in (("namen", hints), ("lijkt-op", found)) if there]
    return {"hints": hints, "alike": found, "kinds": " ".join(kinds)}


def _must_look_first(request: HttpRequest, found: dict[str, Any]) -> bool:
    """Whether there is something to show that this browser has not shown yet."""
    seen = request.POST.get("gezien", "").split()
    return not set(found["kinds"].split()) <= set(seen)


@never_cache
@require_POST
def likely(request: HttpRequest) -> HttpResponse:
    """The part of the page that follows what one types. POST, for a question does not belong in an address."""
    typed = request.POST
    found = _likely(typed.get("text", ""), person_of(request), title=typed.get("title", ""))
    return render(request, "matching/nieuw.html#lijkt-op", found)


def _page(
    request: HttpRequest,
    form: QuestionForm,
    *,
    found: dict[str, Any] | None = None,
    checked: bool = False,
) -> HttpResponse:
    if found is None and checked:
        found = _likely(str(form.initial.get("text", "")), person_of(request))
    context = {"form": form, "looking": found is not None and form.is_bound, **(found or {})}
    return render(request, "matching/nieuw.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Pas je vraag aan»."""
    row = access.get_request_for_asker(request.user, public_id)
    form = QuestionForm(posted(request), initial=question_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            requests.change(row, by=request.user, **form.question())
        except RequestRefused as error:
            form.refuse(error)
        else:
            return redirect("matching:request", public_id)
    context = {
        "form": form,
        "row": row,
        "hints": names_in_text.hints(f"{row.title}\n{row.text}")
        if request.method != "POST"
        else [],
        "lead": _("Zo lang nog geen trainer ja zei, kun je alles aanpassen."),
    }
    return render(request, "matching/pas_aan.html", context)
