# SPDX-License-Identifier: EUPL-1.2
"""What an organisation fills in to see what learning from each other saves. Nothing is assumed for it."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from base.models import PublicModel, TimestampedModel

_RATE: dict[str, Any] = {
    "max_digits": 8,
    "decimal_places": 2,
    "validators": [MinValueValidator(0), MaxValueValidator(10000)],
}


class SavingsParameters(PublicModel, TimestampedModel):
    """Amounts in euros, each with where it comes from (reach.domain.savings has the formula)."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="savings_parameters"
    )
    external_rate = models.DecimalField(_("een uur cursus buiten de deur"), **_RATE)
    external_source = models.CharField(_("waar komt dit bedrag vandaan?"), max_length=300)
    internal_rate = models.DecimalField(_("een uur van een collega die traint"), **_RATE)
    internal_source = models.CharField(_("waar komt dit bedrag vandaan?"), max_length=300)
    preparation_hours = models.DecimalField(
        _("uren voorbereiding per gegeven uur"),
        max_digits=4,
        decimal_places=1,
        validators=[MinValueValidator(0), MaxValueValidator(20)],
    )
    travel_cost = models.DecimalField(_("reiskosten per keer op locatie"), **_RATE)
    travel_source = models.CharField(_("waar komt dit bedrag vandaan?"), max_length=300)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("bedragen voor de besparing")
        verbose_name_plural = _("bedragen voor de besparing")
        constraints = [
            models.CheckConstraint(
                condition=Q(external_rate__gte=0)
                & Q(internal_rate__gte=0)
                & Q(preparation_hours__gte=0)
                & Q(travel_cost__gte=0),
                name="savings_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)
