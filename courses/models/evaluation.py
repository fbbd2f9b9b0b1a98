# SPDX-License-Identifier: EUPL-1.2
"""What a learner says afterwards: a score and one sentence; three months later whether it was of use."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel
from courses.models.registration import Registration


class Evaluation(PublicModel, TimestampedModel):
    registration = models.OneToOneField(
        Registration, on_delete=models.CASCADE, related_name="evaluation"
    )
    score = models.PositiveSmallIntegerField(
        _("rapportcijfer"), validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    sentence = models.CharField(_("in één zin"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("evaluatie")
        verbose_name_plural = _("evaluaties")
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=10), name="evaluation_score_one_to_ten"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score}: {self.sentence}"


class AppliedAnswer(TimestampedModel):
    """'Heb je het toegepast?', three months later."""

    class Applied(models.TextChoices):
        YES = "yes", _("Ja")
        PARTLY = "partly", _("Een beetje")
        NO = "no", _("Nee")

    registration = models.OneToOneField(
        Registration, on_delete=models.CASCADE, related_name="applied_answer"
    )
    applied = models.CharField(_("toegepast"), max_length=6, choices=Applied)

    class Meta:
        verbose_name = _("antwoord: toegepast?")
        verbose_name_plural = _("antwoorden: toegepast?")

    def __str__(self) -> str:
        return self.get_applied_display()
