# SPDX-License-Identifier: EUPL-1.2
"""What trainers and participants write to each other: text, one way through the service mailbox.

A note without registration went to everyone of that moment; the others belong to the conversation between
one participant and the trainers. A conversation has the address of its registration.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel
from courses.models import Registration, Session

MAX_LENGTH = 2000


class Note(PublicModel, TimestampedModel):
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="notes")
    registration = models.ForeignKey(
        Registration,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notes",
        help_text="Whose conversation it belongs to; empty: to everyone.",
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="notes"
    )
    from_trainer = models.BooleanField()
    to_waiting = models.BooleanField(
        default=False, help_text="To everyone, and also to who is on the waiting list."
    )
    receivers = models.PositiveIntegerField(default=0, help_text="How many mails it became.")
    text = models.TextField(_("bericht"), max_length=MAX_LENGTH)

    class Meta:
        verbose_name = _("bericht tussen collega’s")
        verbose_name_plural = _("berichten tussen collega’s")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(registration__isnull=False) | Q(from_trainer=True),
                name="note_to_all_is_from_trainer",
            ),
            models.CheckConstraint(
                condition=Q(to_waiting=False) | Q(registration__isnull=True),
                name="note_to_waiting_is_to_all",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
