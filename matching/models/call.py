# SPDX-License-Identifier: EUPL-1.2
"""When nobody in the pool fits: a call to people who may know somebody, or a circle of peers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel
from courses.models import Course
from matching.models.request import KnowledgeRequest


class Call(PublicModel, TimestampedModel):
    """An appeal about one question, once per kind. Who got it is in the outbox; here only how many."""

    class Kind(models.TextChoices):
        TRAINERS = "trainers", _("Oproep aan collega’s")
        COORDINATORS = "coordinators", _("Vraag aan coördinatoren")

    request = models.ForeignKey(KnowledgeRequest, on_delete=models.CASCADE, related_name="calls")
    kind = models.CharField(max_length=12, choices=Kind)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    receivers = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("oproep")
        verbose_name_plural = _("oproepen")
        constraints = [
            models.UniqueConstraint(fields=["request", "kind"], name="call_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.request}"


class Circle(PublicModel, TimestampedModel):
    """A 'leerkring': three to eight colleagues with the same question learn from each other. Its course
    holds the host, the first date and the seats."""

    request = models.OneToOneField(
        KnowledgeRequest, on_delete=models.CASCADE, related_name="circle"
    )
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="circles",
    )
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="circle")

    class Meta:
        verbose_name = _("leerkring")
        verbose_name_plural = _("leerkringen")

    def __str__(self) -> str:
        return str(self.course)
