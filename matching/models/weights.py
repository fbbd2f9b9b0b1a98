# SPDX-License-Identifier: EUPL-1.2
"""What the ranker learned from answers, and what that did: the newest row counts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel


class LearnedWeights(PublicModel):
    """``part`` and ``letters`` as matching.ranking.ranker.RankWeights. Never changed once made."""

    made_at = models.DateTimeField()
    encoder_version = models.CharField(max_length=80)
    part = models.FloatField()
    letters = models.FloatField()
    figures = models.JSONField(default=dict, help_text="Before and after, and of how many answers.")

    class Meta:
        verbose_name = _("geleerde gewichten")
        verbose_name_plural = _("geleerde gewichten")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(part__gte=0, part__lte=1, letters__gte=0, letters__lte=1),
                name="learned_weights_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}: {self.part:.2f}, {self.letters:.2f}"
