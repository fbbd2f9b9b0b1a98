# SPDX-License-Identifier: EUPL-1.2
"""Courses, their themes, trainers and materials, and people who wait for the subject."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from base import clock
from base.models import PublicModel, TimestampedModel
from courses.models.edition import HALF_DAY_MINUTES


class Format(models.TextChoices):
    ON_SITE = "on_site", _("Op locatie")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("Op locatie en online")


class Theme(models.Model):
    class Tint(models.TextChoices):
        """The six theme colours of the design (ux-brief, section 8)."""

        SCHRIJVEN = "schrijven", _("oranje")
        DIGITAAL = "digitaal", _("blauw")
        DATA = "data", _("lila")
        GESPREK = "gesprek", _("geel")
        GEZOND = "gezond", _("groen")
        RECHT = "recht", _("zand")

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("naam"), max_length=60)
    tint = models.CharField(_("kleur"), max_length=12, choices=Tint)
    icon = models.CharField(_("pictogram"), max_length=40, help_text="lucide")

    class Meta:
        verbose_name = _("thema")
        verbose_name_plural = _("thema’s")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Course(PublicModel, TimestampedModel):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Concept")
        PUBLISHED = "published", _("Gepubliceerd")
        CANCELLED = "cancelled", _("Gaat niet door")
        ARCHIVED = "archived", _("Gearchiveerd")

    class Level(models.TextChoices):
        EVERYONE = "iedereen", _("Voor iedereen")
        BEGINNER = "beginner", _("Voor beginners")
        ADVANCED = "gevorderd", _("Voor gevorderden")

    class Licence(models.TextChoices):
        CC_BY = "cc-by-4.0", _("CC BY 4.0: iedereen mag het gebruiken met je naam erbij")
        ALL_RIGHTS = "all-rights", _("Alleen voor deelnemers")

    slug = models.SlugField(max_length=140, unique=True)
    title = models.CharField(_("titel"), max_length=120)
    promise = models.CharField(_("belofte in één zin"), max_length=200, blank=True)
    goals = models.JSONField(_("dit kun je na afloop"), default=list, blank=True)
    description = models.TextField(_("beschrijving"), blank=True, help_text="Markdown")
    bring = models.CharField(_("neem mee"), max_length=300, blank=True)
    quote = models.CharField(_("waarom geef je dit?"), max_length=200, blank=True)
    audience = models.CharField(_("voor wie"), max_length=200, blank=True)
    level = models.CharField(_("niveau"), max_length=12, choices=Level, default=Level.EVERYONE)
    language = models.CharField(
        _("taal"),
        max_length=2,
        choices=[("nl", _("Nederlands")), ("en", _("Engels"))],
        default="nl",
    )
    format = models.CharField(_("vorm"), max_length=8, choices=Format, default=Format.ONLINE)
    minutes = models.PositiveSmallIntegerField(
        _("duur in minuten"),
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(HALF_DAY_MINUTES)],
    )
    min_participants = models.PositiveSmallIntegerField(_("minste aantal deelnemers"), default=1)
    max_participants = models.PositiveSmallIntegerField(_("plekken"), default=20)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="courses"
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="courses",
        verbose_name=_("organisatie"),
    )
    trainers: "models.ManyToManyField[settings.AUTH_USER_MODEL, CourseTrainer]" = (  # type: ignore[name-defined]
        models.ManyToManyField(
            settings.AUTH_USER_MODEL, through="CourseTrainer", related_name="courses_taught"
        )
    )
    licence = models.CharField(_("licentie"), max_length=12, choices=Licence, default=Licence.CC_BY)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, db_index=True)
    published_at = models.DateTimeField(null=True, blank=True)
    draft = models.JSONField(
        default=dict,
        blank=True,
        help_text="What the trainer typed so far in 'Geef een cursus', as typed; emptied on publishing.",
    )

    search_text = models.TextField(
        blank=True,
        default="",
        editable=False,
        help_text="Normalised words to find it by (domain/search.py).",
    )

    class Meta:
        verbose_name = _("cursus")
        verbose_name_plural = _("cursussen")
        ordering = ["-published_at", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=HALF_DAY_MINUTES),
                name="course_at_most_half_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="course_published_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("courses:course", args=[self.slug])

    @property
    def is_public(self) -> bool:
        return self.status in {self.Status.PUBLISHED, self.Status.CANCELLED, self.Status.ARCHIVED}


class CourseTrainer(models.Model):
    class Part(models.TextChoices):
        LEAD = "lead", _("Trainer")
        CO = "co", _("Medetrainer")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="trainer_rows")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="trainer_rows"
    )
    part = models.CharField(max_length=4, choices=Part, default=Part.LEAD)

    class Meta:
        verbose_name = _("trainer")
        verbose_name_plural = _("trainers")
        ordering = ["-part", "id"]  # lead before co
        constraints = [
            models.UniqueConstraint(fields=["course", "person"], name="trainer_once_per_course"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(part="lead"), name="trainer_one_lead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_part_display()})"


class TrainerInvitation(PublicModel, TimestampedModel):
    """A colleague is asked to give the course too. Only after a yes there is a CourseTrainer, so that no page,
    mail, count or search can name somebody who did not agree."""

    class Answer(models.TextChoices):
        NONE = "", _("Nog geen antwoord")
        YES = "yes", _("Ja")
        NO = "no", _("Nee")
        WITHDRAWN = "off", _("Ingetrokken")

    #: Without an answer the question lapses: nobody is asked for ever.
    OPEN_FOR = dt.timedelta(days=30)

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="trainer_invitations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trainer_invitations"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    answer = models.CharField(
        _("antwoord"), max_length=3, choices=Answer, blank=True, default=Answer.NONE
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("uitnodiging als medetrainer")
        verbose_name_plural = _("uitnodigingen als medetrainer")
        constraints = [
            models.UniqueConstraint(
                fields=["course", "person"], name="trainer_invited_once_per_course"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.course}"

    @property
    def is_over(self) -> bool:
        """Withdrawn, or not answered in time: a yes no longer counts."""
        lapsed = self.answer == self.Answer.NONE and clock.now() - self.created_at >= self.OPEN_FOR
        return lapsed or self.answer == self.Answer.WITHDRAWN


class Material(PublicModel, TimestampedModel):
    """A link or a file that stays findable after the session. Exactly one of the two."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="materials")
    title = models.CharField(_("titel"), max_length=120)
    url = models.URLField(_("link"), max_length=500, blank=True)
    file = models.FileField(_("bestand"), upload_to="materiaal/%Y/", blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="bytes")

    class Meta:
        verbose_name = _("materiaal")
        verbose_name_plural = _("materialen")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(url="") & ~Q(file="")) | (~Q(url="") & Q(file="")),
                name="material_link_or_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CourseInterest(TimestampedModel):
    """Waiting for the subject instead of the slot: 'mail me when there is a new date'."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="interests")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="course_interests"
    )
    notified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("belangstelling")
        verbose_name_plural = _("belangstelling")
        constraints = [
            models.UniqueConstraint(fields=["course", "person"], name="interest_once_per_course"),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.course}"
