# SPDX-License-Identifier: EUPL-1.2
"""One time and place at which a course is given, and the seats it has.

``taken`` counts seats in use: held, registered, attended and absent registrations. ``taken_home`` is the
part of it held by colleagues of the course's own organisation, so that seats kept for others can be
guarded in the same conditional UPDATE (courses.domain.seats).
"""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Province
from base import clock
from base.models import MinutesBetween, PublicModel, TimestampedModel
from courses.models.course import Course, Format
from courses.models.edition import HALF_DAY_MINUTES, Edition


class Location(PublicModel, TimestampedModel):
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="locations"
    )
    name = models.CharField(_("gebouw"), max_length=120)
    room = models.CharField(_("zaal"), max_length=80, blank=True)
    city = models.CharField(_("plaats"), max_length=80, blank=True)
    province = models.CharField(_("provincie"), max_length=20, choices=Province, blank=True)
    capacity = models.PositiveSmallIntegerField(_("plekken"), null=True, blank=True)
    access_notes = models.CharField(_("toegankelijkheid"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("locatie")
        verbose_name_plural = _("locaties")
        ordering = ["name", "room"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name", "room", "city"], name="location_once"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.room, self.city) if part)


class SessionQuerySet(models.QuerySet["Session"]):
    def planned(self) -> "SessionQuerySet":
        return self.filter(status=Session.Status.PLANNED)

    def upcoming(self, at: dt.datetime) -> "SessionQuerySet":
        """Planned sessions of published courses that have not started."""
        return self.planned().filter(starts_at__gt=at, course__status=Course.Status.PUBLISHED)

    def for_everyone(self, at: dt.datetime) -> "SessionQuerySet":
        """Without those that are for who asked for them."""
        return self.filter(Q(guests_only=False) | Q(guests_until__lte=at))

    def for_guests(self, at: dt.datetime) -> "SessionQuerySet":
        """The others (``is_for_guests``)."""
        return self.filter(Q(guests_until__isnull=True) | Q(guests_until__gt=at), guests_only=True)

    def with_card(self) -> "SessionQuerySet":
        """The joins that a card, a row in 'mijn' or a mail needs."""
        return self.select_related("course__theme", "course__organisation", "edition", "location")


class Session(PublicModel, TimestampedModel):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Concept")
        PLANNED = "planned", _("Gepland")
        CANCELLED = "cancelled", _("Gaat niet door")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="sessions")
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    starts_at = models.DateTimeField(_("begin"))
    ends_at = models.DateTimeField(_("einde"))
    max_minutes = models.PositiveSmallIntegerField(
        default=HALF_DAY_MINUTES,
        help_text="Limit of the edition, copied so the database checks it.",
    )
    format = models.CharField(_("vorm"), max_length=8, choices=Format, default=Format.ONLINE)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    online_url = models.URLField(
        _("link"), max_length=500, blank=True, help_text=_("Alleen voor wie meedoet.")
    )
    capacity = models.PositiveIntegerField(_("plekken"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    taken_home = models.PositiveIntegerField(default=0, editable=False)
    reserved_seats = models.PositiveIntegerField(_("plekken voor andere organisaties"), default=0)
    reserved_until = models.DateTimeField(null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("aanmelden tot"), null=True, blank=True)
    guests_only = models.BooleanField(
        default=False,
        help_text="Made from a question: for who asked it, until guests_until (for good when empty).",
    )
    guests_until = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("reden"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(
        default=0, editable=False, help_text="Raised by every change that people must be told."
    )
    attendance_marked_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bijeenkomst")
        verbose_name_plural = _("bijeenkomsten")
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["status", "starts_at"], name="session_status_start"),
            models.Index(fields=["course", "starts_at"], name="session_course_start"),
            models.Index(fields=["edition", "starts_at"], name="session_edition_start"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="session_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(taken_home__lte=F("taken")), name="session_home_within_taken"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(max_minutes__lte=HALF_DAY_MINUTES)
                & Q(max_minutes__gte=MinutesBetween("starts_at", "ends_at")),
                name="session_within_max_minutes",
            ),
            models.CheckConstraint(
                condition=Q(reserved_seats__lte=F("capacity")),
                name="session_reserved_within_capacity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} ({clock.local(self.starts_at):%Y-%m-%d %H:%M})"

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.taken)

    @property
    def has_started(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def is_online(self) -> bool:
        return self.format in {Format.ONLINE, Format.HYBRID}

    @property
    def is_on_site(self) -> bool:
        return self.format in {Format.ON_SITE, Format.HYBRID}

    def is_for_guests(self, at: dt.datetime) -> bool:
        """Whether at that instant only who asked for it may take part (courses.availability)."""
        return self.guests_only and (self.guests_until is None or at < self.guests_until)

    def reserved_now(self, at: dt.datetime | None = None) -> int:
        """Seats that only other organisations may take at that instant (default: now)."""
        if not self.reserved_seats or self.reserved_until is None:
            return 0
        return self.reserved_seats if (at or clock.now()) < self.reserved_until else 0
