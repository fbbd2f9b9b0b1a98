# SPDX-License-Identifier: EUPL-1.2
"""One invitation in one person's calendar: the state machine of calendar.md, section 5.

Two numbers look alike. ``sequence`` is iTIP's: it rises when time, place or link changed after something
left, and with a CANCEL. ``revision`` is ours: it rises with everything that makes a mail under way out of
date, so that delivery can see in one conditional UPDATE whether it still tells the truth.
"""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel
from courses.models import Edition, Registration, Session
from notifications.models.message import Message


def new_uid() -> str:
    """Random, never derived from a row or an address (calendar.md, section 1)."""
    return f"{secrets.token_hex(16)}@{settings.INVITE_FROM.rpartition('@')[2]}"


class Invitation(PublicModel, TimestampedModel):
    class Role(models.TextChoices):
        LEARNER = "learner", _("Deelnemer")
        TRAINER = "trainer", _("Trainer")
        DAY = "day", _("TJC-dag in de agenda")

    class State(models.TextChoices):
        ACTIVE = "active", _("Geldig")
        CANCELLED = "cancelled", _("Ingetrokken")
        BOUNCED = "bounced", _("Niet aangekomen")

    class Method(models.TextChoices):
        REQUEST = "REQUEST", _("Uitnodiging")
        CANCEL = "CANCEL", _("Intrekking")

    class PartStat(models.TextChoices):
        NEEDS_ACTION = "NEEDS-ACTION", _("Nog geen antwoord")
        ACCEPTED = "ACCEPTED", _("Geaccepteerd")
        TENTATIVE = "TENTATIVE", _("Misschien")
        DECLINED = "DECLINED", _("Afgewezen")

    uid = models.CharField("UID", max_length=290, unique=True, default=new_uid, editable=False)
    role = models.CharField(_("rol"), max_length=7, choices=Role, default=Role.LEARNER)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="invitations",
        verbose_name=_("aan"),
    )
    # None only for a DAY, which never comes where a session is asked for.
    session: "models.ForeignKey[Session, Session]" = models.ForeignKey(  # type: ignore[misc]
        Session, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    edition = models.ForeignKey(
        Edition,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        help_text="Only for a whole TJC-dag, which has no session.",
    )
    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    state = models.CharField(_("staat"), max_length=9, choices=State, default=State.ACTIVE)
    sequence = models.PositiveIntegerField("SEQUENCE", default=0)
    revision = models.PositiveIntegerField(default=0)
    told_revision = models.IntegerField(
        default=-1, help_text="The revision of the newest mail that was made (or found needless)."
    )
    address = models.CharField(
        _("adres"), max_length=320, blank=True, help_text="ATTENDEE; fixed by the first REQUEST."
    )
    dtstamp = models.DateTimeField(
        "DTSTAMP", null=True, blank=True, help_text="Of the newest mail that was made."
    )
    in_flight = models.ForeignKey(
        Message,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Handed to SMTP, outcome not known (yet).",
    )
    in_flight_until = models.DateTimeField(null=True, blank=True)
    method_sent = models.CharField(_("laatst verstuurd"), max_length=7, choices=Method, blank=True)
    payload_hash = models.CharField(max_length=64, blank=True, help_text="Of `sent_facts`.")
    sent_facts = models.JSONField(
        null=True, blank=True, help_text="Time, place, link and title of the last REQUEST."
    )
    first_message_id = models.CharField(max_length=400, blank=True)
    partstat = models.CharField(
        _("antwoord"), max_length=12, choices=PartStat, default=PartStat.NEEDS_ACTION
    )
    reply_sequence = models.PositiveIntegerField(null=True, blank=True)
    reply_dtstamp = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("agenda-uitnodiging")
        verbose_name_plural = _("agenda-uitnodigingen")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["session"], condition=Q(state="active"), name="invitation_active_session"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(state="active", registration__isnull=False),
                name="invitation_one_active_per_registration",
            ),
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=Q(state="active", role="trainer"),
                name="invitation_one_active_per_trainer",
            ),
            models.UniqueConstraint(
                fields=["edition", "person"],
                condition=Q(state="active", role="day"),
                name="invitation_one_active_per_day",
            ),
            models.CheckConstraint(
                condition=Q(role="learner", registration__isnull=False)
                | Q(role__in=["trainer", "day"], registration__isnull=True),
                name="invitation_learner_has_registration",
            ),
            models.CheckConstraint(
                condition=Q(role="day", edition__isnull=False, session__isnull=True)
                | Q(role__in=["learner", "trainer"], edition__isnull=True, session__isnull=False),
                name="invitation_about_session_or_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uid} ({self.sequence})"

    @property
    def hex(self) -> str:
        return self.uid.partition("@")[0]

    @property
    def is_over(self) -> bool:
        return self.edition.is_over if self.edition is not None else self.session.is_over

    @property
    def may_have_left(self) -> bool:
        """Whether this invitation can be in somebody's calendar."""
        return bool(self.method_sent) or self.in_flight_id is not None
