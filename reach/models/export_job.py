# SPDX-License-Identifier: EUPL-1.2
"""A table that is too big to wait for: made by a worker, kept for a day, for who asked alone.

waiting ──► running ──► ready ──► gone     a day later the file is deleted, the row tells that it was there
   ▲___________│  └───► failed             a worker that was killed lets its lease run out; three times is enough
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from base import clock
from base.models import PublicModel, TimestampedModel


class ExportJob(PublicModel, TimestampedModel):
    class State(models.TextChoices):
        WAITING = "waiting", _("Wacht op zijn beurt")
        RUNNING = "running", _("Wordt gemaakt")
        READY = "ready", _("Staat klaar")
        FAILED = "failed", _("Mislukt")
        GONE = "gone", _("Verwijderd")

    #: Of which one person has at most one for the same choice.
    LIVE = (State.WAITING, State.RUNNING)

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="export_jobs"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    table = models.CharField(max_length=20)
    format = models.CharField(max_length=4)
    delimiter = models.CharField(max_length=1, default=",")
    scope = models.CharField(max_length=100, help_text="The period, as in ?editie=.")
    language = models.CharField(max_length=2, default="nl")
    choice = models.CharField(max_length=200, help_text="All of the above: what is asked once.")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    rows_expected = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    file = models.FileField(upload_to="uitvoer/", blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="bytes")
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="The file is deleted then.")

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["waiting", "running"]),
                name="export_job_due",
            ),
            models.Index(
                fields=["expires_at"], condition=Q(state="ready"), name="export_job_expires"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "choice"],
                condition=Q(state__in=["waiting", "running"]),
                name="export_job_one_live_per_choice",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file="") & Q(expires_at__isnull=False)),
                name="export_job_ready_has_file",
            ),
            models.CheckConstraint(
                condition=~Q(state="running")
                | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="export_job_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table}.{self.format} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("reach:export", args=[self.public_id])

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def is_here(self) -> bool:
        """The file can be had; a day after it was ready it cannot, also when nobody deleted it yet."""
        return (
            self.state == self.State.READY
            and self.expires_at is not None
            and clock.now() < self.expires_at
        )

    @property
    def percent(self) -> int:
        """How far it is; never 100 before it is ready."""
        if self.state == self.State.READY:
            return 100
        return min(99, 100 * self.rows_done // self.rows_expected) if self.rows_expected else 0
