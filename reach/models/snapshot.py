# SPDX-License-Identifier: EUPL-1.2
"""Figures as they were published: small groups merged already, so page, export and API read the same.

A *part* is what periods are made of: an edition, or the year-round offer of one quarter. No two parts share
a registration. A *snapshot* holds the figures of one period (an edition, a quarter, a year, ...), which is a
union of parts. Once the parts of a closed period are frozen, its figures never change again
(docs/privacy-figures.md). Nothing here names a person, so nothing here is ever anonymised.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from base.models import TimestampedModel


class ReachPart(TimestampedModel):
    key = models.CharField(max_length=80, unique=True, help_text="reach.domain.periods.Part.key")
    computed_at = models.DateTimeField()
    frozen_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on its groups and sums never change."
    )
    groups = models.JSONField(default=dict, help_text="reach.domain.groups.Groups, as JSON.")
    sums = models.JSONField(default=dict, help_text="What adds up, per published cell.")

    class Meta:
        verbose_name = _("deel van een periode")
        verbose_name_plural = _("delen van een periode")

    def __str__(self) -> str:
        return self.key


class ReachSnapshot(TimestampedModel):
    scope = models.CharField(max_length=80, unique=True, help_text="reach.domain.scopes.Scope.key")
    computed_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    headline = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("cijfers van een periode")
        verbose_name_plural = _("cijfers van periodes")

    def __str__(self) -> str:
        return self.scope


class ReachTable(models.Model):
    """One published table of a period; with an organisation, what only its coordinators see."""

    snapshot = models.ForeignKey(ReachSnapshot, on_delete=models.CASCADE, related_name="tables")
    name = models.CharField(max_length=30)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    rows = models.JSONField(default=list)

    class Meta:
        verbose_name = _("tabel met cijfers")
        verbose_name_plural = _("tabellen met cijfers")
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "name"],
                condition=Q(organisation__isnull=True),
                name="reach_table_once",
            ),
            models.UniqueConstraint(
                fields=["snapshot", "name", "organisation"],
                name="reach_table_once_per_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.name}"
