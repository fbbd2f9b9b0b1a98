# SPDX-License-Identifier: EUPL-1.2
"""Pages about the mail itself: choose, stop, answer, subscribe a calendar. GET only looks."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from courses.models import Edition
from courses.views.personal import PersonRequest, personal, posted
from courses.views.who import person_of
from notifications import tokens
from notifications.domain import days, feeds, follow_up
from notifications.domain import preferences as domain
from notifications.forms_mail import AppliedForm, PreferenceForm


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: PersonRequest) -> HttpResponse:
    row = domain.of(request.user)
    form = PreferenceForm(
        posted(request),
        initial={
            "language": request.user.language,
            "reminders": row.reminders,
            "digest": row.digest,
            "themes": row.themes.all() if row.pk else [],
        },
    )
    if request.method == "POST" and form.is_valid():
        domain.change(request.user, **form.cleaned_data)
        language = form.cleaned_data["language"]
        with translation.override(language):
            messages.success(request, _("Opgeslagen."))
        return redirect(translate_url(reverse("mail:preferences"), language))
    return render(request, "notifications/meldingen.html", {"form": form})


@csrf_exempt  # RFC 8058: a mail program sends this POST, without cookies; the token is the key
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail shows a button; the button, or the mail program's own, stops the mails."""
    person = tokens.person_to_unsubscribe(token)
    if person is None:
        return render(request, "courses/dode_link.html", status=404)
    done = request.method == "POST"
    if done:
        domain.unsubscribe(person)
    return render(request, "notifications/uitschrijven.html", {"done": done})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def applied(request: HttpRequest, token: str) -> HttpResponse:
    registration = tokens.registration_to_answer(token)
    if registration is None or registration.state != registration.State.ATTENDED:
        return render(request, "courses/dode_link.html", status=404)
    given = getattr(registration, "applied_answer", None)
    form = AppliedForm(posted(request), initial={"applied": given.applied if given else None})
    done = request.method == "POST" and form.is_valid()
    if done:
        try:
            follow_up.answer(registration, applied=form.cleaned_data["applied"])
        except follow_up.NotYours:
            return render(request, "courses/dode_link.html", status=404)
    context = {"form": form, "done": done, "course": registration.session.course}
    return render(request, "notifications/toegepast.html", context)


@require_POST
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """«Mail me als het programma bekend is.» Who is not signed in does that first."""
    edition = get_object_or_404(Edition, slug=slug)
    address = reverse("courses:edition", args=[edition.slug])
    person = person_of(request)
    if person is None:
        return redirect(f"{reverse('accounts:signin')}?{urlencode({'next': address})}")
    domain.ask_programme(edition, person=person)
    messages.success(request, _("We mailen je zodra het programma bekend is."))
    return redirect(address)


@require_POST
def day(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole TJC-dag in one's calendar, or out of it."""
    edition = get_object_or_404(Edition, slug=slug, kind=Edition.Kind.DAY)
    address = reverse("courses:edition", args=[edition.slug])
    person = person_of(request)
    if person is None:
        return redirect(f"{reverse('accounts:signin')}?{urlencode({'next': address})}")
    if request.POST.get("weg"):
        days.take_out(edition, person=person)
        messages.success(request, _("De TJC-dag gaat uit je agenda."))
    elif days.put_in_calendar(edition, person=person) is not None:
        messages.success(request, _("De uitnodiging is onderweg naar je werkmail."))
    else:
        messages.info(request, _("Deze dag is al geweest."))
    return redirect(address)


@personal
@require_POST
def feed(request: PersonRequest) -> HttpResponse:
    """Make, renew or stop one's own calendar address."""
    if request.POST.get("stop"):
        feeds.revoke(request.user)
        messages.success(request, _("Je agenda-abonnement is gestopt. De link werkt niet meer."))
    else:
        renewed = feeds.token_of(request.user) is not None
        feeds.renew(request.user)
        messages.success(
            request,
            _("Je hebt een nieuwe link. De oude werkt niet meer.")
            if renewed
            else _("Je link staat klaar."),
        )
    return redirect(f"{reverse('pages:mine')}#agenda")
