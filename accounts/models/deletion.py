# SPDX-License-Identifier: EUPL-1.2
"""That somebody was erased: no name, no address. Its key finds the person again in a backup that is put back,
so that the erasure can be repeated (docs/operations.md)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel


class DeletionRecord(PublicModel):
    person_key = models.UUIDField(unique=True, help_text="The person's public id.")
    asked_at = models.DateTimeField(_("gevraagd op"))
    done_at = models.DateTimeField(
        _("klaar op"), null=True, blank=True, help_text="When the last mails had left."
    )
    counts = models.JSONField(
        default=dict, blank=True, help_text="How many rows of what; never what they said."
    )

    class Meta:
        verbose_name = _("verwijdering")
        verbose_name_plural = _("verwijderingen")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return str(self.person_key)
