# SPDX-License-Identifier: EUPL-1.2
"""What a learner says afterwards: a score, whether it will be used and is worth telling a colleague, one
sentence; three months later whether it was of use."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel
from courses.models.registration import Registration


class Evaluation(PublicModel, TimestampedModel):
    class WouldApply(models.TextChoices):
        YES = "yes", _("Ja")
        PARTLY = "partly", _("Een beetje")
        NO = "no", _("Nee")

    registration = models.OneToOneField(
        Registration, on_delete=models.CASCADE, related_name="evaluation"
    )
    score = models.PositiveSmallIntegerField(
        _("rapportcijfer"), validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    recommend = models.PositiveSmallIntegerField(
        _("zou het een collega aanraden"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(10)],
        help_text="0 to 10, for the net promoter score; not everybody answers.",
    )
    would_apply = models.CharField(
        _("gaat het gebruiken"), max_length=6, choices=WouldApply, blank=True
    )
    sentence = models.CharField(_("in één zin"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("evaluatie")
        verbose_name_plural = _("evaluaties")
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=10), name="evaluation_score_one_to_ten"
            ),
            models.CheckConstraint(
                condition=Q(recommend__isnull=True) | Q(recommend__lte=10),
                name="evaluation_recommend_to_ten",
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
