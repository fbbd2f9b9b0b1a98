# SPDX-License-Identifier: EUPL-1.2
"""The outbox: one row is one mail to one person.

    pending ──► leased ──► sent
       ▲          │  └───► skipped   nothing to tell any more
       └──────────┴──────► dead      refused for good, or tried for a day

The row holds ids; the mail is made at the first attempt and its bytes are kept, so that a retry repeats it
octet for octet. notifications.outbox writes these rows, notifications.delivery carries them.
"""

import zlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel
from notifications import sealing


class Kind(models.TextChoices):
    LOGIN_CODE = "login_code", _("Inlogcode")
    ADDRESS_CODE = "address_code", _("Code voor een nieuwe werkmail")
    ADDRESS_CHANGED = "address_changed", _("Je werkmail is veranderd")
    REGISTERED = "registered", _("Je doet mee")
    PROMOTED = "promoted", _("Er kwam een plek vrij")
    MOVED = "moved", _("Verzet naar een ander moment")
    WAITING = "waiting", _("Op de wachtlijst")
    CHANGED = "changed", _("Nieuwe tijd of plaats")
    SESSION_CANCELLED = "session_cancelled", _("Gaat niet door")
    WITHDRAWN = "withdrawn", _("Je bent afgemeld")
    MOVED_AWAY = "moved_away", _("Verzet: het oude moment vervalt")
    REMOVED = "removed", _("Afgemeld door een ander")
    RELEASED = "released", _("Organisatie niet bevestigd")
    TEACH_ASKED = "teach_asked", _("Geef je deze cursus mee?")
    TEACH = "teach", _("Je geeft deze cursus")
    TEACH_CHANGED = "teach_changed", _("Trainer: nieuwe tijd of plaats")
    TEACH_CANCELLED = "teach_cancelled", _("Trainer: gaat niet door")
    TEACH_REMOVED = "teach_removed", _("Trainer: geeft de cursus niet meer")
    NEW_DATE = "new_date", _("Nieuwe datum van een cursus")
    EVALUATE = "evaluate", _("Hoe was het?")
    NOTE = "note", _("Bericht van een collega")
    TIME_FIXED = "time_fixed", _("Antwoord: de tijd ligt vast")
    DELEGATED = "delegated", _("Antwoord: je collega kan zich aanmelden")
    TRAINER_DECLINED = "trainer_declined", _("De trainer kan niet")
    REMINDER_DAY = "reminder_day", _("Morgen is het zover")
    REMINDER_HOUR = "reminder_hour", _("Over een uur, met de link")
    APPLIED = "applied", _("Heb je het toegepast?")
    DIGEST = "digest", _("Nieuw in jouw thema’s")
    PROGRAMME = "programme", _("Het programma is bekend")
    READDRESSED = "readdressed", _("Je werkmail is nieuw: uit de oude agenda")
    DAY = "day", _("TJC-dag in je agenda")
    DAY_CHANGED = "day_changed", _("Nieuwe datum van een TJC-dag")
    DAY_CANCELLED = "day_cancelled", _("TJC-dag uit je agenda")
    REQUEST_ASKED = "request_asked", _("Een collega heeft een vraag aan jou")
    REQUEST_WITHDRAWN = "request_withdrawn", _("De vraag aan jou hoeft niet meer")
    REQUEST_YES = "request_yes", _("Een collega helpt je")
    REQUEST_NO = "request_no", _("Een collega kan nu niet")
    REQUEST_UNANSWERED = "request_unanswered", _("Geen antwoord op je vraag")
    HELP_OFFERED = "help_offered", _("Een collega biedt hulp aan")
    ASKED_FOR_YOU = "asked_for_you", _("We vroegen een collega voor je")
    DATES_OFFERED = "dates_offered", _("Kies een moment")
    DATES_AWAITED = "dates_awaited", _("Noem je momenten")
    REQUEST_EXPIRING = "request_expiring", _("Je vraag sluit bijna")
    SEAT_FIRST = "seat_first", _("Een plek voor wie hetzelfde vroeg")
    REQUEST_CALL = "request_call", _("Oproep: wie weet dit?")
    NOMINATED = "nominated", _("Een collega draagt je voor")
    NOMINATION_ANSWERED = "nomination_answered", _("Antwoord op je voordracht")
    ACCESS_REQUESTED = "access_requested", _("Iemand vraagt toegang")
    ACCESS_GRANTED = "access_granted", _("Toegang gekregen")
    ACCESS_REFUSED = "access_refused", _("Toegang niet gekregen")
    ORGANISATION_CONFIRMED = "organisation_confirmed", _("Organisatie bevestigd")
    ORGANISATION_REJECTED = "organisation_rejected", _("Organisatie niet bevestigd: hulp")
    EXPORT_READY = "export_ready", _("Je download staat klaar")
    REACH_MONTHLY = "reach_monthly", _("De cijfers van deze maand")


#: The first mail of an invitation, by its role.
FIRST_KIND = {"learner": Kind.REGISTERED, "trainer": Kind.TEACH, "day": Kind.DAY}
#: Mails that carry METHOD:REQUEST, and those that carry METHOD:CANCEL.
REQUEST_KINDS = frozenset(
    {
        Kind.REGISTERED,
        Kind.PROMOTED,
        Kind.MOVED,
        Kind.CHANGED,
        Kind.TEACH,
        Kind.TEACH_CHANGED,
        Kind.DAY,
        Kind.DAY_CHANGED,
    }
)
CANCEL_KINDS = frozenset(
    {
        Kind.SESSION_CANCELLED,
        Kind.WITHDRAWN,
        Kind.MOVED_AWAY,
        Kind.REMOVED,
        Kind.RELEASED,
        Kind.TEACH_CANCELLED,
        Kind.TEACH_REMOVED,
        Kind.DAY_CANCELLED,
        Kind.READDRESSED,
    }
)
#: Mails that answer an answer: they say so, lest two machines keep each other busy.
REPLY_KINDS = frozenset({Kind.TIME_FIXED, Kind.DELEGATED})
#: Who asked for it knows already; when no invitation ever left, there is nothing to say.
SILENT_WHEN_NEVER_SENT = frozenset(
    {
        Kind.WITHDRAWN,
        Kind.MOVED_AWAY,
        Kind.TEACH_CANCELLED,
        Kind.TEACH_REMOVED,
        Kind.DAY_CANCELLED,
    }
)
#: Sent to many who asked for it: with a List-Unsubscribe (RFC 8058), after everything else.
BULK_KINDS = frozenset({Kind.DIGEST, Kind.PROGRAMME})
#: To an address that may belong to no account: the mail names nobody but who wrote it.
ADDRESSED_KINDS = frozenset({Kind.NOMINATED})
#: Their bytes are stored encrypted and forgotten as soon as they are no longer needed.
SECRET_KINDS = frozenset({Kind.LOGIN_CODE, Kind.ADDRESS_CODE})


class Message(PublicModel, TimestampedModel):
    class State(models.TextChoices):
        PENDING = "pending", _("Wacht")
        LEASED = "leased", _("Onderweg")
        SENT = "sent", _("Verstuurd")
        SKIPPED = "skipped", _("Niet meer nodig")
        DEAD = "dead", _("Mislukt")

    class Queue(models.TextChoices):
        NORMAL = "normal", _("Gewoon")
        BULK = "bulk", _("Als er niets anders wacht")
        URGENT = "urgent", _("Met voorrang")

    key = models.CharField(
        max_length=200,
        unique=True,
        help_text="Event, revision, kind and attempt-kind: queued once.",
    )
    kind = models.CharField(_("soort"), max_length=30, choices=Kind)
    queue = models.CharField(_("rij"), max_length=6, choices=Queue, default=Queue.NORMAL)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("aan"),
    )
    invitation = models.ForeignKey(
        "notifications.Invitation",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
    )
    payload = models.JSONField(
        default=dict,
        blank=True,
        help_text="Ids of rows and small flags; never a name, text or code.",
    )
    secret = models.BinaryField(null=True, help_text="Encrypted; only until the mail has left.")
    to_address = models.CharField(
        _("adres"), max_length=320, blank=True, help_text="Resolved at the first attempt."
    )
    domain = models.CharField(
        max_length=255,
        blank=True,
        help_text="Of the address when it was queued: what the sending rate is counted by.",
    )
    rendered = models.BinaryField(
        null=True, help_text="The mail as sent, compressed; encrypted for secret kinds."
    )
    facts = models.JSONField(
        null=True, blank=True, help_text="What the calendar part of `rendered` says."
    )
    state = models.CharField(_("staat"), max_length=8, choices=State, default=State.PENDING)
    not_before = models.DateTimeField(_("niet eerder dan"))
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(_("pogingen"), default=0)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("reden"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("verstuurd op"), null=True, blank=True)

    class Meta:
        verbose_name = _("bericht")
        verbose_name_plural = _("berichten")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["queue", "not_before", "id"],
                condition=Q(state="pending"),
                name="message_due",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="leased"), name="message_leases"
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(rendered__isnull=False),
                name="message_with_bytes",
            ),
            # What a page asks: the newest that failed or wait, and how far a round of bulk mail is.
            models.Index(fields=["state", "-id"], name="message_by_state"),
            models.Index(fields=["kind", "state"], condition=Q(queue="bulk"), name="message_bulk"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="leased")
                | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="message_leased_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="message_sent_has_date"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_secret(self) -> bool:
        return self.kind in SECRET_KINDS

    @property
    def resend_number(self) -> int:
        """0 for the mail itself, 1 for the first time it was sent again on request."""
        return int(self.payload.get("resend", 0))

    @property
    def wire_bytes(self) -> bytes | None:
        """The mail exactly as it was handed over, or None before the first attempt and after erasure."""
        if self.rendered is None:
            return None
        stored = bytes(self.rendered)
        return zlib.decompress(sealing.open_sealed(stored) if self.is_secret else stored)

    def pack(self, raw: bytes) -> bytes:
        """How ``raw`` is kept in ``rendered``."""
        packed = zlib.compress(raw, 1)
        return sealing.seal(packed) if self.is_secret else packed
