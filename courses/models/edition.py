# SPDX-License-Identifier: EUPL-1.2
"""A TJC-week, a TJC-dag or another bounded campaign."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from base import clock
from base.models import PublicModel, TimestampedModel

WEEK_OR_DAY_MINUTES = 60
HALF_DAY_MINUTES = 240


class Edition(PublicModel, TimestampedModel):
    class Kind(models.TextChoices):
        WEEK = "week", _("TJC-week")
        DAY = "day", _("TJC-dag")
        SERIES = "series", _("Reeks")

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("naam"), max_length=120)
    kind = models.CharField(_("soort"), max_length=10, choices=Kind)
    description = models.TextField(_("beschrijving"), blank=True)
    starts_on = models.DateField(_("eerste dag"))
    ends_on = models.DateField(_("laatste dag"))
    registration_opens_at = models.DateTimeField(_("aanmelden vanaf"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("aanmelden tot"), null=True, blank=True)
    programme_published_at = models.DateTimeField(_("programma bekend op"), null=True, blank=True)
    slots = models.JSONField(
        _("starttijden"), default=list, blank=True, help_text='["09:00", "10:00"]: wandkloktijd'
    )
    max_minutes = models.PositiveSmallIntegerField(_("hooguit zoveel minuten"))

    class Meta:
        verbose_name = _("editie")
        verbose_name_plural = _("edities")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="edition_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(kind="day", ends_on=F("starts_on")) | ~Q(kind="day"),
                name="edition_day_is_one_day",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["week", "day"], max_minutes__lte=WEEK_OR_DAY_MINUTES)
                | Q(kind="series", max_minutes__lte=HALF_DAY_MINUTES),
                name="edition_minutes_within_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        return self.ends_on < clock.today()

    @property
    def programme_is_public(self) -> bool:
        return (
            self.programme_published_at is not None and self.programme_published_at <= clock.now()
        )

    @property
    def days(self) -> list[dt.date]:
        """Every day from first to last."""
        span = (self.ends_on - self.starts_on).days
        return [self.starts_on + dt.timedelta(days=n) for n in range(span + 1)]
