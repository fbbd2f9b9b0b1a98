# SPDX-License-Identifier: EUPL-1.2
"""Material of a course: adding, taking away, and giving a file to who may have it."""

import uuid
from pathlib import PurePosixPath

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses import access
from courses.domain import materials
from courses.errors import ChangeRefused
from courses.forms.manage import FileForm, LinkForm
from courses.views.manage import manage_page
from courses.views.personal import PersonRequest, personal


@personal
@require_POST
def add_link(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    course = access.get_course_for_manager(request.user, public_id)
    form = LinkForm(request.POST, prefix="link")
    if form.is_valid():
        try:
            materials.add_link(course, by=request.user, **form.cleaned_data)
        except ChangeRefused as error:
            form.refuse(error)
        else:
            messages.success(request, _("De link staat bij je cursus."))
            return redirect("courses:manage", public_id)
    return manage_page(request, course, link_form=form)


@personal
@require_POST
def add_file(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    course = access.get_course_for_manager(request.user, public_id)
    form = FileForm(request.POST, request.FILES, prefix="bestand")
    if form.is_valid():
        try:
            materials.add_file(course, by=request.user, **form.cleaned_data)
        except ChangeRefused as error:
            form.refuse(error)
        else:
            messages.success(request, _("Het bestand staat bij je cursus."))
            return redirect("courses:manage", public_id)
    return manage_page(request, course, file_form=form)


@personal
@require_POST
def remove_material(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    material = access.get_material_for_manager(request.user, public_id)
    course_id = material.course.public_id
    materials.remove(material, by=request.user)
    messages.success(request, _("Het materiaal is weg."))
    return redirect("courses:manage", course_id)


@never_cache
@require_safe
def material(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse | FileResponse:
    """A file is always saved, never shown: nothing that somebody uploaded runs on our address."""
    row = access.get_material_for_reader(request.user, public_id)
    if row.url:
        return HttpResponseRedirect(row.url)
    try:
        file = row.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        file,
        as_attachment=True,
        filename=PurePosixPath(str(row.file.name)).name,
        content_type=row.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
