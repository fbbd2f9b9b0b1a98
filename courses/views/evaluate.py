# SPDX-License-Identifier: EUPL-1.2
"""«Hoe was het?»: the link in the mail shows a form, only the button saves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses import tokens
from courses.domain import attendance
from courses.errors import ChangeRefused
from courses.forms.manage import EvaluationForm
from courses.models import Evaluation, Registration
from courses.views.personal import posted


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def evaluate(request: HttpRequest, token: str) -> HttpResponse:
    registration = tokens.registration_to_evaluate(token)
    if registration is None:
        return render(request, "courses/evaluatie.html", {"expired": True}, status=404)
    form = EvaluationForm(posted(request), initial=_given(registration))
    if request.method == "POST" and form.is_valid():
        try:
            attendance.evaluate(
                registration,
                person=registration.person,
                score=form.cleaned_data["score"],
                sentence=form.cleaned_data["sentence"],
                recommend=form.cleaned_data["recommend"],
                would_apply=form.cleaned_data["would_apply"],
            )
        except ChangeRefused as error:
            form.refuse(error)
        else:
            return redirect("courses:evaluate-thanks", token)
    context = {
        "form": form,
        "registration": registration,
        "course": registration.session.course,
        "session": registration.session,
        "was_there": registration.state == Registration.State.ATTENDED,
    }
    return render(request, "courses/evaluatie.html", context)


def _given(registration: Registration) -> dict[str, object]:
    given = Evaluation.objects.filter(registration=registration).first()
    if given is None:
        return {}
    return {
        "score": given.score,
        "sentence": given.sentence,
        "recommend": given.recommend,
        "would_apply": given.would_apply,
    }


@never_cache
@require_safe
def evaluate_thanks(request: HttpRequest, token: str) -> HttpResponse:
    registration = tokens.registration_to_evaluate(token)
    if registration is None:
        return render(request, "courses/evaluatie.html", {"expired": True}, status=404)
    context = {"course": registration.session.course, "token": token}
    return render(request, "courses/evaluatie_bedankt.html", context)
