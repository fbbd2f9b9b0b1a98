# SPDX-License-Identifier: EUPL-1.2
"""What a page asked of the matching worker, and what it answered. Technical rows, gone after a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel
from matching.models.request import KnowledgeRequest


class RankTask(PublicModel):
    class Kind(models.TextChoices):
        TRAINERS = "trainers", _("collega’s bij een vraag")
        COURSES = "courses", _("cursussen bij een zoekvraag")

    class State(models.TextChoices):
        WAITING = "waiting", _("Wacht")
        READY = "ready", _("Klaar")
        FAILED = "failed", _("Mislukt")

    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    request = models.ForeignKey(
        KnowledgeRequest,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="rank_tasks",
    )
    text = models.CharField(
        max_length=200, blank=True, help_text="Of a search; emptied when it is answered."
    )
    key = models.CharField(
        max_length=64,
        null=True,
        blank=True,
        unique=True,
        help_text="Of a search: the same words ask once.",
    )
    result = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("zoekopdracht")
        verbose_name_plural = _("zoekopdrachten")
        indexes = [
            models.Index(fields=["state", "created_at"], name="rank_task_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
