# SPDX-License-Identifier: EUPL-1.2
"""What people want to be told beside what they must be told, and what was told to many at once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import TimestampedModel
from courses.models import Edition, Theme


class Preference(TimestampedModel):
    """No row means: reminders yes, digest no. The language of mails is Person.language."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preference"
    )
    reminders = models.BooleanField(_("herinneringen"), default=True)
    digest = models.BooleanField(_("elke week nieuw in je thema’s"), default=False)
    themes = models.ManyToManyField(Theme, blank=True, related_name="+", verbose_name=_("thema’s"))
    digest_on = models.DateField(
        null=True, blank=True, help_text="Monday of the last digest that was queued or not needed."
    )

    class Meta:
        verbose_name = _("mailvoorkeur")
        verbose_name_plural = _("mailvoorkeuren")
        indexes = [
            models.Index(fields=["digest_on"], condition=Q(digest=True), name="preference_digest"),
        ]

    def __str__(self) -> str:
        return str(self.person)


class ProgrammeInterest(TimestampedModel):
    """'Mail me when the programme of this edition is known.'"""

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="programme_interests"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="programme_interests"
    )

    class Meta:
        verbose_name = _("belangstelling voor een programma")
        verbose_name_plural = _("belangstelling voor programma’s")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "person"], name="programme_interest_once_per_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.edition}"


class Round(models.Model):
    """Something was told to everybody it concerns: a reminder of a session that starts then, a programme.

    Saves looking at the same people every minute; that nobody is told twice is the outbox's unique key.
    """

    key = models.CharField(max_length=100, unique=True)
    done_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class Feed(TimestampedModel):
    """A person's calendar address. Who knows the token reads the calendar: looked up by its digest, kept
    encrypted so that the address can be shown again."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feed"
    )
    digest = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("agenda-abonnement")
        verbose_name_plural = _("agenda-abonnementen")

    def __str__(self) -> str:
        return str(self.person)
