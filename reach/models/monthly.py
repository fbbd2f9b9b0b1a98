# SPDX-License-Identifier: EUPL-1.2
"""Once a month a mail with a link to the figures, for coordinators who switched it on.

The mail holds no figure and no file: the link opens the download page, where the coordinator signs in.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from base.models import PublicModel, TimestampedModel


class MonthlyExport(PublicModel, TimestampedModel):
    """Switched on by one coordinator for one organisation; ``organisation`` is empty for the national one."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="monthly_exports"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    table = models.CharField(max_length=20)
    format = models.CharField(max_length=4)

    class Meta:
        verbose_name = _("maandelijkse download")
        verbose_name_plural = _("maandelijkse downloads")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"], name="monthly_once_per_organisation"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(organisation__isnull=True),
                name="monthly_once_national",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table}.{self.format}"


class MonthlyNotice(models.Model):
    """That month was told: the unique row is what keeps a second mail away."""

    export = models.ForeignKey(MonthlyExport, on_delete=models.CASCADE, related_name="notices")
    month = models.DateField(help_text="Its first day.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("maandbericht")
        verbose_name_plural = _("maandberichten")
        constraints = [
            models.UniqueConstraint(fields=["export", "month"], name="monthly_notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
