# SPDX-License-Identifier: EUPL-1.2
"""Roles, requests for a role, and tokens for the API."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation
from base.models import PublicModel, TimestampedModel


class Role(TimestampedModel):
    """A granted role. Trainer is not a role here: who teaches a course is its trainer."""

    class Kind(models.TextChoices):
        COORDINATOR = "coordinator", _("Coördinator")
        NATIONAL = "national", _("Landelijk coördinator")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roles"
    )
    kind = models.CharField(_("rol"), max_length=20, choices=Kind)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="roles"
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("rol")
        verbose_name_plural = _("rollen")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="coordinator", organisation__isnull=False)
                | Q(kind="national", organisation__isnull=True),
                name="role_coordinator_has_organisation",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(kind="coordinator"),
                name="role_coordinator_once",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind="national"), name="role_national_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.organisation or ''}".strip()


class AccessRequest(PublicModel, TimestampedModel):
    """'Vraag toegang aan': someone asks to coordinate an organisation; a coordinator there or the
    national coordinator decides."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        GRANTED = "granted", _("Toegekend")
        REFUSED = "refused", _("Afgewezen")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_requests"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    motivation = models.CharField(_("toelichting"), max_length=500, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("aanvraag voor toegang")
        verbose_name_plural = _("aanvragen voor toegang")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(status="open"),
                name="access_request_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.organisation}"


class ApiToken(TimestampedModel):
    """A bearer token for one person. Only its SHA-256 is kept; the token itself is shown once."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    key_hash = models.CharField(max_length=64, unique=True)
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API-token")
        verbose_name_plural = _("API-tokens")

    def __str__(self) -> str:
        return f"{self.key_hash[:8]}…"
