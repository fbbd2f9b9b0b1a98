# SPDX-License-Identifier: EUPL-1.2
"""One matching round: what it was given and what came out, kept for the algorithm register.

running ──► ready ──► released
└──► failed  └──► discarded      (by hand, or by a newer round)
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel
from courses.models import Edition
from matching.models.request import KnowledgeRequest


class MatchRun(PublicModel):
    class Kind(models.TextChoices):
        NIGHTLY = "nightly", _("Elke nacht")
        EDITION = "edition", _("Voor een editie")
        COMMAND = "command", _("Met de hand, door beheer")
        BUTTON = "button", _("Met de knop")

    class State(models.TextChoices):
        RUNNING = "running", _("Bezig")
        READY = "ready", _("Klaar om vrij te geven")
        RELEASED = "released", _("Vrijgegeven")
        FAILED = "failed", _("Mislukt")
        DISCARDED = "discarded", _("Weggegooid")

    kind = models.CharField(max_length=8, choices=Kind)
    edition = models.ForeignKey(
        Edition, on_delete=models.SET_NULL, null=True, blank=True, related_name="match_runs"
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING, db_index=True)
    parameters = models.JSONField(default=dict, blank=True)
    encoder_version = models.CharField(max_length=80, blank=True)
    figures = models.JSONField(default=dict, blank=True)
    done = models.PositiveIntegerField(default=0, help_text="Progress: so many steps ...")
    total = models.PositiveIntegerField(default=0, help_text="... of so many.")
    worker = models.UUIDField(null=True, blank=True, help_text="Who carries it out ...")
    alive_at = models.DateTimeField(null=True, blank=True, help_text="... and last said so.")
    error = models.CharField(max_length=200, blank=True, help_text="For the log: what went wrong.")

    class Meta:
        verbose_name = _("koppelronde")
        verbose_name_plural = _("koppelrondes")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="run_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="ready"), name="run_one_ready"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def by_words(self) -> bool:
        """The language model was away: words alone decided, and nothing was bundled."""
        return self.encoder_version.startswith("letters-")

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING


class Unmatched(models.Model):
    """A question for which a round found nobody, and why."""

    class Why(models.TextChoices):
        NOBODY_MAY = "nobody_may", _("Niemand voldoet aan de voorwaarden")
        NOBODY_FITS = "nobody_fits", _("Niemand in de trainerpool past bij de vraag")
        ALL_BUSY = "all_busy", _("Wie past, helpt al een ander")

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="unmatched")
    request = models.ForeignKey(KnowledgeRequest, on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=12, choices=Why)
    detail = models.JSONField(
        default=dict, blank=True, help_text="How many trainers each hard rule kept away."
    )

    class Meta:
        verbose_name = _("niet gekoppeld")
        verbose_name_plural = _("niet gekoppeld")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "request"], name="unmatched_once_per_run"),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.get_why_display()}"
