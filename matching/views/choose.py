# SPDX-License-Identifier: EUPL-1.2
"""The asker's choices: ask this trainer, not that one, this date, or learn from each other."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Person
from base.refusal import told
from courses.views.personal import PersonRequest, personal, posted
from matching import access, shortlist
from matching.domain import company, matches, nobody, planning, requests
from matching.errors import MatchingError
from matching.forms.question import AskForm, CircleForm, DismissForm
from matching.models import DateOption


@personal
@require_POST
def ask_trainer(
    request: PersonRequest, public_id: uuid.UUID, trainer_id: uuid.UUID
) -> HttpResponse:
    """«Vraag deze trainer»: one button, from here on the trainer knows the question."""
    row = access.get_request_for_asker(request.user, public_id)
    trainer = _trainer(trainer_id)
    form = AskForm(request.POST)
    message = form.cleaned_data["message"] if form.is_valid() else ""
    with told(request, _("Je vraag is onderweg naar %(name)s.") % {"name": trainer.name}):
        matches.ask_trainer(
            row,
            trainer=trainer,
            by=request.user,
            message=message,
            **shortlist.why(row, trainer),
        )
    return redirect("matching:request", public_id)


@personal
@require_POST
def stop_asking(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Trek je vraag terug»; ``public_id`` is the match."""
    match = access.get_match_for_asker(request.user, public_id)
    with told(request, _("Je vraag is teruggetrokken. Kies een andere collega.")):
        matches.stop_asking(match, by=request.user)
    return redirect("matching:request", match.request.public_id)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: PersonRequest, public_id: uuid.UUID, trainer_id: uuid.UUID) -> HttpResponse:
    """«Past niet», with a reason."""
    row = access.get_request_for_asker(request.user, public_id)
    trainer = _trainer(trainer_id)
    form = DismissForm(posted(request))
    if request.method == "POST" and form.is_valid():
        requests.dismiss(row, trainer=trainer, by=request.user, **form.cleaned_data)
        messages.success(
            request, _("Dank je, daar leren we van. Deze collega staat er niet meer bij.")
        )
        return redirect("matching:request", public_id)
    context = {
        "title": _("%(name)s past niet") % {"name": trainer.name},
        "lead": _(
            "Dan laten we deze collega bij deze vraag niet meer zien. De collega merkt hier niets van."
        ),
        "button": _("Laat niet meer zien"),
        "form": form,
        "back": row.get_absolute_url(),
    }
    return render(request, "courses/bevestig.html", context)


@personal
@require_POST
def pick_date(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Kies dit moment»: course, session and invitations exist from here on."""
    row = access.get_request_for_asker(request.user, public_id)
    try:
        wanted = uuid.UUID(request.POST.get("moment", ""))
    except ValueError:
        messages.error(request, _("Kies een van de momenten."))
        return redirect("matching:request", public_id)
    option = DateOption.objects.filter(public_id=wanted, match__request=row).first()
    if option is None:
        messages.error(request, _("Dit moment is er niet meer. Kies een ander."))
        return redirect("matching:request", public_id)
    done = _("Het staat. De uitnodiging voor je agenda is onderweg naar je werkmail.")
    with told(request, done):
        planning.pick_date(option, by=request.user)
    return redirect("matching:request", public_id)


@personal
@require_POST
def seek_on(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Dit moment past mij niet, zoek verder»: of who did not choose it."""
    row = access.get_request_for_asker(request.user, public_id)
    with told(request, _("We zoeken verder voor jouw vraag.")):
        company.seek_on(row, by=request.user)
    return redirect("matching:request", public_id)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def circle(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Start een leerkring»: for the asker and who asks the same."""
    row = access.get_request(public_id)
    person = request.user
    if row.asker_id != person.pk and not row.supports.filter(person=person).exists():
        raise Http404
    theme = row.theme.slug if row.theme else ""
    form = CircleForm(posted(request), initial={"theme": theme})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        first = nobody.FirstDate(cleaned["day"], cleaned["time"], cleaned["online_url"])
        try:
            session = nobody.start_circle(row, host=person, theme=cleaned["theme"], first=first)
        except MatchingError as error:
            form.refuse(error)
        else:
            messages.success(request, _("De leerkring staat. Jij bent de gastheer of gastvrouw."))
            return redirect("courses:session-manage", session.public_id)
    context = {
        "title": _("Start een leerkring"),
        "lead": _(
            "Met drie tot acht collega’s van verschillende organisaties zoeken jullie het samen uit. Jij nodigt uit en opent; niemand hoeft de expert te zijn."
        ),
        "button": _("Start de leerkring"),
        "form": form,
        "back": reverse("matching:request", args=[public_id]),
    }
    return render(request, "courses/bevestig.html", context)


def _trainer(public_id: uuid.UUID) -> Person:
    return get_object_or_404(
        Person.objects.select_related("organisation", "trainer_profile"),
        public_id=public_id,
        trainer_profile__isnull=False,
    )
