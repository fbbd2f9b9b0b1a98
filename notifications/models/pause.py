# SPDX-License-Identifier: EUPL-1.2
"""Bulk mail that somebody holds back. What people wait for (codes, invitations, cancellations) goes on."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from base.models import TimestampedModel


class BulkPause(TimestampedModel):
    """There is at most one row, and as long as it is there no bulk mail leaves."""

    one = models.BooleanField(default=True, unique=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("pauze van bulkmail")
        verbose_name_plural = _("pauzes van bulkmail")
        constraints = [
            models.CheckConstraint(condition=models.Q(one=True), name="bulk_pause_is_one")
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"
