# SPDX-License-Identifier: EUPL-1.2
"""What learning from each other saved an organisation, by a formula that everybody can follow.

    saved = hours learned x hourly rate of an outside course
            - hours that own colleagues taught, preparation included x their hourly rate
            - times on site x travel cost

The learner's own working time is on neither side: it costs the same inside and out. Nothing is assumed: without
the organisation's own amounts and their sources there is no figure.
"""

import dataclasses
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.domain import audit
from accounts.models import Organisation, Person
from reach.domain.published import Row
from reach.models import SavingsParameters

EDITABLE = (
    "external_rate",
    "external_source",
    "internal_rate",
    "internal_source",
    "preparation_hours",
    "travel_cost",
    "travel_source",
)


@dataclasses.dataclass(frozen=True)
class Saved:
    """Euros, and the quantities they were made of."""

    learned_hours: Decimal
    taught_hours: Decimal
    on_site: Decimal
    outside: Decimal
    inside: Decimal
    travel: Decimal

    @property
    def total(self) -> Decimal:
        return self.outside - self.inside - self.travel


def saved(own: Row, parameters: SavingsParameters | None) -> Saved | None:
    """None without amounts, or where too few colleagues learned to tell their hours."""
    if parameters is None or own.get("hours") is None or own.get("on_site") is None:
        return None
    learned, on_site = Decimal(own["hours"]), Decimal(own["on_site"])
    given = Decimal(str(own["given_hours"]))
    taught = given * (1 + parameters.preparation_hours)
    return Saved(
        learned_hours=learned,
        taught_hours=taught,
        on_site=on_site,
        outside=learned * parameters.external_rate,
        inside=taught * parameters.internal_rate,
        travel=on_site * parameters.travel_cost,
    )


def parameters_of(organisation: Organisation) -> SavingsParameters | None:
    return SavingsParameters.objects.filter(organisation=organisation).first()


@transaction.atomic
def set_parameters(organisation: Organisation, *, by: Person, **amounts: Any) -> SavingsParameters:
    """All of ``EDITABLE``. Who changed them is in the audit trail."""
    row, _made = SavingsParameters.objects.update_or_create(
        organisation=organisation,
        defaults={name: amounts[name] for name in EDITABLE} | {"changed_by": by},
    )
    audit.record("reach.savings_set", actor=by, organisation=organisation, subject=row)
    return row


@transaction.atomic
def forget_parameters(organisation: Organisation, *, by: Person) -> None:
    """Off again."""
    deleted, _rows = SavingsParameters.objects.filter(organisation=organisation).delete()
    if deleted:
        audit.record("reach.savings_cleared", actor=by, organisation=organisation)
