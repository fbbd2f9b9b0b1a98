# SPDX-License-Identifier: EUPL-1.2
"""Mail that came back: answers of calendars, bounces, and what a person of the service desk has to read.

One row per Message-ID, written in the transaction that does what the mail asks; so a mail that is offered
twice, or again after a crash, changes nothing.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel
from notifications.models.invitation import Invitation


class Outcome(models.TextChoices):
    """What was done with a mail, or why it waits for a person."""

    # Done; nobody has to look.
    ACCEPTED = "accepted", _("Komt")
    TENTATIVE = "tentative", _("Komt misschien; de plek blijft")
    DECLINED = "declined", _("Komt niet")
    OLD_VERSION = "old_version", _("Antwoord op een oudere versie; niets veranderd")
    NEWER_KNOWN = "newer_known", _("Er was al een nieuwer antwoord; niets veranderd")
    UNKNOWN_VERSION = (
        "unknown_version",
        _("Antwoord op een versie die we niet stuurden; niets gedaan"),
    )
    WITHDRAWN = "withdrawn", _("Antwoord op een ingetrokken uitnodiging; niets veranderd")
    TOO_LATE = "too_late", _("De bijeenkomst was al begonnen; niets veranderd")
    COUNTER = "counter", _("Andere tijd voorgesteld; geantwoord dat de tijd vastligt")
    REFRESH = "refresh", _("Uitnodiging opnieuw gestuurd")
    DELEGATED = "delegated", _("Doorgegeven aan een collega; gemaild hoe die zich aanmeldt")
    FORGED = "forged", _("Alleen wij mogen uitnodigen of intrekken; weggegooid")
    AUTOMATIC = "automatic", _("Automatisch antwoord; weggegooid")
    BOUNCED = "bounced", _("Niet aangekomen; er gaat geen mail meer heen")
    BOUNCE_LATER = "bounce_later", _("Nog niet aangekomen; geteld")
    BOUNCE_UNKNOWN = "bounce_unknown", _("Niet aangekomen, maar niet van een bericht van ons")
    # For a person.
    TRAINER_DECLINED = "trainer_declined", _("De trainer kan niet. De bijeenkomst staat nog.")
    STRANGER = "stranger", _("Een ander dan de genodigde geeft antwoord")
    NOT_PROVEN = "not_proven", _("De afzender is niet te vertrouwen (DMARC)")
    UNKNOWN_UID = "unknown_uid", _("Antwoord op een uitnodiging die we niet kennen")
    YES_AGAIN = "yes_again", _("Zegt alsnog ja, maar is al afgemeld")
    FREE_TEXT = "free_text", _("Een bericht van een mens")
    UNCLEAR = "unclear", _("Agenda-antwoord dat we niet begrijpen")
    SEVERAL = "several", _("Meer dan één afspraak, genodigde of agenda in één mail")
    RECURRING = "recurring", _("Antwoord op een reeks; die sturen we niet")
    TOO_BIG = "too_big", _("Te groot om te lezen")
    BROKEN = "broken", _("Onleesbaar")


class InboundMessage(PublicModel, TimestampedModel):
    class State(models.TextChoices):
        DONE = "done", _("Verwerkt")
        QUEUED = "queued", _("Wacht op een mens")
        DECIDED = "decided", _("Besloten")

    class Decision(models.TextChoices):
        APPLIED = "applied", _("Antwoord verwerkt")
        DROPPED = "dropped", _("Weggelegd")
        BY_HAND = "by_hand", _("Zelf beantwoord")

    message_id = models.CharField(
        max_length=255,
        unique=True,
        help_text="Message-ID, or a digest of a mail without (short) one.",
    )
    received_at = models.DateTimeField(_("ontvangen"))
    sender = models.CharField(_("van"), max_length=320, blank=True)
    subject = models.CharField(_("onderwerp"), max_length=300, blank=True)
    body = models.TextField(
        _("tekst"), blank=True, help_text="Only of mails that wait; erased after 30 days."
    )
    outcome = models.CharField(_("wat er gebeurde"), max_length=20, choices=Outcome)
    state = models.CharField(_("staat"), max_length=8, choices=State)
    invitation = models.ForeignKey(
        Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="inbound"
    )
    # What we understood of its calendar part.
    method = models.CharField(max_length=20, blank=True)
    attendee = models.CharField(_("genodigde"), max_length=320, blank=True)
    partstat = models.CharField(_("antwoord"), max_length=20, blank=True)
    sequence = models.PositiveIntegerField("SEQUENCE", null=True, blank=True)
    reply_dtstamp = models.DateTimeField("DTSTAMP", null=True, blank=True)
    decision = models.CharField(_("besluit"), max_length=8, choices=Decision, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("besloten op"), null=True, blank=True)

    class Meta:
        verbose_name = _("ontvangen mail")
        verbose_name_plural = _("ontvangen mails")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["received_at"], condition=Q(state="queued"), name="inbound_queued"
            ),
            models.Index(fields=["received_at"], condition=~Q(sender=""), name="inbound_readable"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="decided") | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="inbound_decided_has_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M} {self.outcome}"


class RefusedAddress(PublicModel, TimestampedModel):
    """An address that our mail does not reach. ``blocked_at``: since then nothing is sent to it, except what
    somebody asks for at that moment (a code, a resend)."""

    address = models.CharField(_("adres"), max_length=320, unique=True)
    reason = models.CharField(_("reden"), max_length=300, blank=True)
    soft_since = models.DateTimeField(
        null=True, blank=True, help_text="First of a row of temporary refusals (4.x)."
    )
    soft_last = models.DateTimeField(null=True, blank=True)
    soft_count = models.PositiveIntegerField(default=0)
    blocked_at = models.DateTimeField(_("geblokkeerd sinds"), null=True, blank=True)

    class Meta:
        verbose_name = _("adres dat mail weigert")
        verbose_name_plural = _("adressen die mail weigeren")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.address


class Lease(models.Model):
    """'One at a time' that also holds without a shared cache, and ends by itself when the holder dies."""

    name = models.CharField(max_length=40, primary_key=True)
    token = models.UUIDField(default=uuid.uuid4)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
