# SPDX-License-Identifier: EUPL-1.2
"""Who did or saw what that matters for trust: names viewed, lists exported, roles, seats taken for others."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation
from base.models import PublicModel


class AuditEvent(PublicModel):
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    verb = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(
        max_length=80, blank=True, help_text="model:public_id of what it is about"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("gebeurtenis")
        verbose_name_plural = _("gebeurtenissen")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"

    @classmethod
    def subject_of(cls, row: Any) -> str:
        return f"{row._meta.model_name}:{row.public_id}"
