# SPDX-License-Identifier: EUPL-1.2
"""What a colleague or a team wants to learn, who wants the same, and who was said not to fit.

    open ──► proposed ──► asked ──► accepted ──► planned ──► done
      ▲__________│__________│__________│____________│   (said no, no answer, called off)
    every live state ──► closed | expired ──► open    (the asker opens it again)

The steps are made by matching.domain.states alone.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Province
from base.models import PublicModel, TimestampedModel
from courses.models import Course, Session, Theme

MAX_TEXT = 4000
MAX_TITLE = 120


class KnowledgeRequestQuerySet(models.QuerySet["KnowledgeRequest"]):
    def live(self) -> "KnowledgeRequestQuerySet":
        """Still on its way to a session."""
        return self.filter(state__in=KnowledgeRequest.LIVE)

    def open(self) -> "KnowledgeRequestQuerySet":
        """For whom a trainer is still sought: nobody was asked, or who was asked has not answered."""
        return self.filter(state__in=(KnowledgeRequest.State.OPEN, KnowledgeRequest.State.PROPOSED))

    def with_row(self) -> "KnowledgeRequestQuerySet":
        """The joins of a row in a list, and how many colleagues ask the same."""
        return self.select_related("theme", "organisation", "asker").annotate(
            supporters=models.Count("supports", distinct=True)
        )


class KnowledgeRequest(PublicModel, TimestampedModel):
    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PROPOSED = "proposed", _("Collega’s gevonden")
        ASKED = "asked", _("Trainer gevraagd")
        ACCEPTED = "accepted", _("Trainer zegt ja")
        PLANNED = "planned", _("Gepland")
        DONE = "done", _("Geweest")
        CLOSED = "closed", _("Gesloten")
        EXPIRED = "expired", _("Verlopen")

    class Audience(models.TextChoices):
        ME = "me", _("Alleen voor mij")
        TEAM = "team", _("Voor mijn team")

    class Where(models.TextChoices):
        ONLINE = "online", _("Online")
        ON_SITE = "on_site", _("Bij ons op locatie")
        EITHER = "either", _("Maakt niet uit")

    #: On the way to a session.
    LIVE = (State.OPEN, State.PROPOSED, State.ASKED, State.ACCEPTED, State.PLANNED)

    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="knowledge_requests",
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="knowledge_requests",
        help_text="Where the asker worked when asking.",
    )
    title = models.CharField(_("titel"), max_length=MAX_TITLE)
    text = models.TextField(_("waar loop je tegenaan?"), max_length=MAX_TEXT)
    theme = models.ForeignKey(
        Theme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="knowledge_requests",
        verbose_name=_("onderwerp"),
    )
    language = models.CharField(
        _("taal"),
        max_length=2,
        choices=[("nl", _("Nederlands")), ("en", _("Engels"))],
        default="nl",
    )
    audience = models.CharField(_("voor wie?"), max_length=4, choices=Audience, default=Audience.ME)
    people = models.PositiveSmallIntegerField(_("met hoeveel?"), default=1)
    where = models.CharField(_("waar?"), max_length=8, choices=Where, default=Where.ONLINE)
    province = models.CharField(_("provincie"), max_length=20, choices=Province, blank=True)
    not_before = models.DateField(_("niet eerder dan"), null=True, blank=True)
    not_after = models.DateField(_("uiterlijk"), null=True, blank=True)
    when_text = models.CharField(_("wanneer kun je?"), max_length=200, blank=True)
    open_to_others = models.BooleanField(_("anderen mogen meedoen"), default=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_index=True)
    state_changed_at = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="Expires then, unless a trainer was found.")
    nudged_at = models.DateTimeField(
        null=True, blank=True, help_text="The asker was told that it closes soon."
    )
    course = models.ForeignKey(
        Course,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="knowledge_requests",
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="knowledge_requests",
    )
    follows = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="followers",
        help_text="A round bundled this question with that one: one session answers both.",
    )
    search_text = models.TextField(
        blank=True,
        default="",
        editable=False,
        help_text="Stems of title and theme: what everyone may find it by.",
    )
    search_more = models.TextField(
        blank=True,
        default="",
        editable=False,
        help_text="The same with the text: for colleagues who may read it.",
    )

    objects = KnowledgeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("kennisvraag")
        verbose_name_plural = _("kennisvragen")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["state", "-created_at"], name="request_state_new"),
            models.Index(fields=["state", "closes_at"], name="request_state_closes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & (~Q(text="") | Q(state__in=["done", "closed", "expired"])),
                name="request_has_words",
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1, people__lte=500), name="request_people"
            ),
            models.CheckConstraint(
                condition=Q(not_before__isnull=True)
                | Q(not_after__isnull=True)
                | Q(not_after__gte=models.F("not_before")),
                name="request_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=True) | Q(course__isnull=False),
                name="request_session_has_course",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("matching:request", args=[self.public_id])

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE


class Support(TimestampedModel):
    """'Ik ook': a colleague who wants the same. Never the asker."""

    request = models.ForeignKey(KnowledgeRequest, on_delete=models.CASCADE, related_name="supports")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="supports"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("ik ook")
        verbose_name_plural = _("ik ook")
        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="support_once_per_request"),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.request}"


class Dismissal(TimestampedModel):
    """'Past niet': this trainer is not shown for this question again, and the ranker can learn."""

    class Reason(models.TextChoices):
        OTHER_SUBJECT = "other_subject", _("Gaat over iets anders")
        TOO_BASIC = "too_basic", _("Te eenvoudig voor mijn vraag")
        TOO_HARD = "too_hard", _("Te ingewikkeld voor mijn vraag")
        KNOWN = "known", _("Deze collega ken ik al")
        OTHER = "other", _("Anders")

    request = models.ForeignKey(
        KnowledgeRequest, on_delete=models.CASCADE, related_name="dismissals"
    )
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="dismissals"
    )
    reason = models.CharField(_("reden"), max_length=14, choices=Reason)
    note = models.CharField(_("toelichting"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("past niet")
        verbose_name_plural = _("past niet")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "trainer"], name="dismissal_once_per_trainer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trainer} ✕ {self.request}"
