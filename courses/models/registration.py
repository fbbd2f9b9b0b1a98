# SPDX-License-Identifier: EUPL-1.2
"""A person's place in a session.

    held ──► registered ──► attended | absent
    waiting ──► registered            (promotion)
    held | registered | waiting ──► cancelled

The row keeps the organisation of that moment and survives the erasure of its person.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from base.models import PublicModel, TimestampedModel
from courses.models.session import Session


class Registration(PublicModel, TimestampedModel):
    class State(models.TextChoices):
        HELD = "held", _("Plek vastgehouden")
        REGISTERED = "registered", _("Aangemeld")
        WAITING = "waiting", _("Op de wachtlijst")
        ATTENDED = "attended", _("Geweest")
        ABSENT = "absent", _("Niet geweest")
        CANCELLED = "cancelled", _("Afgemeld")

    class CancelReason(models.TextChoices):
        SELF = "self", _("Zelf afgemeld")
        DECLINED = "declined", _("Uitnodiging afgewezen")
        TRAINER = "trainer", _("Afgemeld door de trainer")
        COORDINATOR = "coordinator", _("Afgemeld door de coördinator")
        MOVED = "moved", _("Verzet naar een ander moment")
        SESSION = "session", _("De bijeenkomst ging niet door")
        HOLD_EXPIRED = "hold_expired", _("De code kwam niet op tijd")
        UNCONFIRMED = "unconfirmed", _("De organisatie is niet bevestigd")
        ERASED = "erased", _("Account verwijderd")
        STARTED = "started", _("De bijeenkomst begon, er kwam geen plek vrij")

    #: States that use a seat (counted in ``Session.taken``).
    SEATED = (State.HELD, State.REGISTERED, State.ATTENDED, State.ABSENT)
    #: States of which a person has at most one per session.
    LIVE = (*SEATED, State.WAITING)

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="registrations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="registrations",
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        help_text="Where the person worked at sign-up.",
    )
    is_home = models.BooleanField(
        default=False, help_text="Counted in taken_home: same organisation as the course."
    )
    state = models.CharField(max_length=10, choices=State)
    question = models.CharField(_("wat wil je vooral leren?"), max_length=500, blank=True)
    typed_name = models.CharField(
        max_length=120,
        blank=True,
        help_text="Name typed with a hold; becomes the person's after the code.",
    )
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True, help_text="Place in the waiting list.")
    registered_at = models.DateTimeField(null=True, blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    moved_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="moved_to"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cancel_reason = models.CharField(max_length=14, choices=CancelReason, blank=True)
    marked_at = models.DateTimeField(null=True, blank=True, help_text="Attendance was marked.")
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("aanmelding")
        verbose_name_plural = _("aanmeldingen")
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["session", "state"], name="registration_session_state"),
            models.Index(fields=["person", "state"], name="registration_person_state"),
            models.Index(
                fields=["session", "queued_at", "id"],
                condition=Q(state="waiting"),
                name="registration_queue",
            ),
            models.Index(
                fields=["hold_expires_at"], condition=Q(state="held"), name="registration_holds"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "session"],
                condition=~Q(state="cancelled"),
                name="registration_one_live_per_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(hold_expires_at__isnull=False),
                name="registration_hold_expires",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(queued_at__isnull=False),
                name="registration_waiting_is_queued",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False),
                name="registration_cancelled_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.session} · {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state != self.State.CANCELLED
