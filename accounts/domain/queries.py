# SPDX-License-Identifier: EUPL-1.2
"""Reads that views, API and exports share."""

from django.db.models import QuerySet

from accounts import rules
from accounts.models import AccessRequest, Person


def open_access_requests(person: Person) -> QuerySet[AccessRequest]:
    """Requests that this person may decide on, oldest first."""
    rows = AccessRequest.objects.filter(status=AccessRequest.Status.OPEN).exclude(person=person)
    if not rules.is_national(person):
        rows = rows.filter(organisation__in=rules.coordinated_organisation_ids(person))
    return rows.select_related("person__organisation", "organisation").order_by("created_at", "id")


def people_to_confirm(person: Person) -> QuerySet[Person]:
    """Colleagues who say where they work while their mail domain does not show it, and whom this person
    may confirm. Only people who typed their code: what strangers type reaches nobody."""
    rows = Person.objects.filter(
        organisation__isnull=False,
        organisation_confirmed=False,
        verified_at__isnull=False,
        is_active=True,
    ).exclude(pk=person.pk)
    if not rules.is_national(person):
        rows = rows.filter(organisation__in=rules.coordinated_organisation_ids(person))
    return rows.select_related("organisation").order_by("verified_at", "id")
