# SPDX-License-Identifier: EUPL-1.2
"""How a view of this room gets at what it may show (accounts.access tells the rules)."""

import uuid

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts import access, rules
from accounts.models import Organisation, Person
from reach.domain import export_jobs
from reach.models import ExportJob


def coordinated(person: Person) -> list[Organisation]:
    """Those this person coordinates, by name. No query for who coordinates none."""
    ids = rules.coordinated_organisation_ids(person)
    return list(Organisation.objects.filter(pk__in=ids).order_by("name")) if ids else []


def export_job(request: HttpRequest, public_id: uuid.UUID) -> ExportJob:
    """Only for who asked, and only as long as they still have the role they asked it with."""
    person = access.me(request)
    job = get_object_or_404(
        ExportJob.objects.select_related("organisation"), public_id=public_id, person=person
    )
    if not export_jobs.may_have(person, job):
        raise Http404
    return job
