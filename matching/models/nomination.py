# SPDX-License-Identifier: EUPL-1.2
"""'Ken jij een collega die ...?': somebody points out a trainer, who says yes or no.

The name and address of who was pointed out come from somebody else. They go when there is an answer, or
after thirty days without one; the row stays as a count. Of a no a keyed hash of the address stays for a year,
so that this person is left alone.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel
from courses.models import Theme
from matching.models.request import KnowledgeRequest


class Nomination(PublicModel, TimestampedModel):
    class State(models.TextChoices):
        SENT = "sent", _("Gemaild")
        ACCEPTED = "accepted", _("Zegt ja")
        DECLINED = "declined", _("Zegt nee")
        EXPIRED = "expired", _("Geen antwoord")

    nominator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="nominations",
    )
    email = models.EmailField(_("werkmail"), max_length=254, blank=True)
    name = models.CharField(_("naam"), max_length=120, blank=True)
    why = models.CharField(_("waarom deze collega?"), max_length=500, blank=True)
    theme = models.ForeignKey(Theme, on_delete=models.SET_NULL, null=True, blank=True)
    request = models.ForeignKey(
        KnowledgeRequest,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="nominations",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="nominated",
        help_text="Who said yes.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.SENT)
    said_no_key = models.CharField(
        max_length=64, blank=True, help_text="Keyed hash of the address of who said no."
    )
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("voordracht")
        verbose_name_plural = _("voordrachten")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["said_no_key"], condition=~Q(said_no_key=""), name="nomination_said_no"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(state="sent"), name="nomination_open_once"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(email="", name="", why=""),
                name="nomination_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | ~Q(email=""), name="nomination_sent_has_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} ({self.created_at:%Y-%m-%d})"
