# SPDX-License-Identifier: EUPL-1.2
"""The trainer pool: what a colleague can be asked for, where, and how often."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel
from courses.models import Theme

MAX_EXPERTISE = 2000
MAX_EXAMPLES = 3
MAX_EXAMPLE = 200


class TrainerProfileQuerySet(models.QuerySet["TrainerProfile"]):
    def in_pool(self, on: dt.date) -> "TrainerProfileQuerySet":
        """Profiles that may get a question that day, capacity and the question itself left out:
        not withdrawn, not paused, of somebody who still works at an organisation and typed a code.
        """
        return self.filter(
            Q(state=TrainerProfile.State.ACTIVE)
            | Q(state=TrainerProfile.State.PAUSED, paused_until__lte=on),
            person__is_active=True,
            person__verified_at__isnull=False,
            person__organisation__isnull=False,
        )


class TrainerProfile(PublicModel, TimestampedModel):
    class State(models.TextChoices):
        ACTIVE = "active", _("Je staat in de trainerpool")
        PAUSED = "paused", _("Je hebt pauze")
        WITHDRAWN = "withdrawn", _("Je staat niet in de trainerpool")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trainer_profile"
    )
    headline = models.CharField(_("wat kun jij goed?"), max_length=120)
    expertise = models.TextField(
        _("waar kunnen collega’s je voor vragen?"), max_length=MAX_EXPERTISE, blank=True
    )
    example_questions = models.JSONField(
        _("voorbeelden van vragen"),
        default=list,
        blank=True,
        help_text="At most 3 of 200 characters.",
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="trainer_profiles")
    languages = models.JSONField(_("talen"), default=list, help_text='["nl", "en"]')
    provinces = models.JSONField(
        _("provincies"), default=list, blank=True, help_text="Where this person travels to."
    )
    online = models.BooleanField(_("online"), default=True)
    requests_per_year = models.PositiveSmallIntegerField(_("vragen per jaar"), default=4)
    may_be_called = models.BooleanField(_("mag gevraagd worden als er niemand past"), default=False)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE, db_index=True)
    paused_until = models.DateField(_("pauze tot"), null=True, blank=True)

    objects = TrainerProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("trainerprofiel")
        verbose_name_plural = _("trainerprofielen")
        ordering = ["person__name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(requests_per_year__gte=1, requests_per_year__lte=52),
                name="profile_requests_per_year",
            ),
            models.CheckConstraint(condition=~Q(headline=""), name="profile_has_headline"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.headline}"

    def is_paused(self, on: dt.date) -> bool:
        """Paused that day: a pause without a date lasts until the trainer ends it."""
        if self.state != self.State.PAUSED:
            return False
        return self.paused_until is None or self.paused_until > on
