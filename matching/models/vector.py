# SPDX-License-Identifier: EUPL-1.2
"""What the ranker made of a text. Lives and goes with the text: a vector tells what somebody wrote."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Vector(models.Model):
    class Kind(models.TextChoices):
        #: Of a trainer (``object_id`` is the person): the pieces of letters, the whole, and own parts.
        TRAINER = "trainer", _("trainer")
        COURSE = "course", _("cursus")
        REQUEST = "request", _("kennisvraag")

    kind = models.CharField(max_length=8, choices=Kind)
    object_id = models.BigIntegerField(help_text="Primary key of person, course or question.")
    version = models.CharField(max_length=40, help_text="Of the encoder.")
    text_hash = models.CharField(max_length=32, help_text="Of all the text it was made of.")
    changes = models.PositiveIntegerField(
        default=0, help_text="How often the text was said to have changed ..."
    )
    made_of = models.PositiveIntegerField(
        default=0, help_text="... and how often when it was read. Not the same: stale."
    )
    parts = models.PositiveSmallIntegerField(default=0, help_text="Rows in ``meaning``.")
    meaning = models.BinaryField(
        default=b"", help_text="float16[parts, dimensions], little-endian; the first is the whole."
    )
    letters = models.BinaryField(default=b"", help_text="uint16[], sorted, little-endian.")
    revised_at = models.DateTimeField(help_text="How the index in memory knows what is new.")

    class Meta:
        verbose_name = _("vector")
        verbose_name_plural = _("vectoren")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "version"], name="vector_once_per_version"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "version", "revised_at"], name="vector_revised"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
