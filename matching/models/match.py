# SPDX-License-Identifier: EUPL-1.2
"""A proposed pair of question and trainer, with its reasons, and the dates a trainer offers.

    suggested ──► proposed ──► asked ──► accepted ──► done
        (round)     (asker sees it)  └──► declined | expired ──► accepted (a late yes, nobody else yet)
    every live state ──► withdrawn

``suggested`` rows belong to a round that nobody released yet: no page but the round's own shows them.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel
from matching.models.request import KnowledgeRequest
from matching.models.run import MatchRun


class Match(PublicModel, TimestampedModel):
    class State(models.TextChoices):
        SUGGESTED = "suggested", _("In een koppelronde")
        PROPOSED = "proposed", _("Voorgesteld")
        ASKED = "asked", _("Gevraagd")
        ACCEPTED = "accepted", _("Zegt ja")
        DECLINED = "declined", _("Zegt nee")
        EXPIRED = "expired", _("Geen antwoord")
        WITHDRAWN = "withdrawn", _("Ingetrokken")
        DONE = "done", _("Geweest")

    class Origin(models.TextChoices):
        RANKING = "ranking", _("Gekozen door de vrager")
        ROUND = "round", _("Uit een koppelronde")
        OFFER = "offer", _("Bood zelf hulp aan")

    class AnswerReason(models.TextChoices):
        BUSY = "busy", _("Te druk")
        NOT_MINE = "not_mine", _("Niet mijn vak")
        OTHER_DATE = "other_date", _("Andere datum")

    #: Of which a question and a trainer have at most one together.
    LIVE = (State.SUGGESTED, State.PROPOSED, State.ASKED, State.ACCEPTED)

    request = models.ForeignKey(KnowledgeRequest, on_delete=models.CASCADE, related_name="matches")
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="matches",
    )
    run = models.ForeignKey(
        MatchRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="matches"
    )
    lead = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="bundled",
        help_text="In a round: the match that answers this question too (one session for a bundle).",
    )
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.RANKING)
    state = models.CharField(max_length=10, choices=State)
    score = models.FloatField(default=0, help_text="Never shown.")
    reasons = models.JSONField(default=list, blank=True, help_text='[{"kind", "data"}]')
    minuses = models.JSONField(default=list, blank=True, help_text='[{"kind", "data"}]')
    message = models.CharField(
        _("bericht"), max_length=500, blank=True, help_text="From the asker, or with an offer."
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_reason = models.CharField(max_length=10, choices=AnswerReason, blank=True)
    answer_text = models.CharField(_("bericht"), max_length=500, blank=True)
    plan = models.JSONField(
        default=dict,
        blank=True,
        help_text="What the trainer offers beside the dates (planning.Plan).",
    )

    class Meta:
        verbose_name = _("koppeling")
        verbose_name_plural = _("koppelingen")
        ordering = ["-score", "id"]
        indexes = [
            models.Index(fields=["trainer", "state"], name="match_trainer_state"),
            models.Index(fields=["run", "state"], name="match_run_state"),
            models.Index(
                fields=["answer_due_at"], condition=Q(state="asked"), name="match_unanswered"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "trainer"],
                condition=Q(state__in=["suggested", "proposed", "asked", "accepted"]),
                name="match_one_live_per_pair",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="asked"), name="match_one_asked"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="accepted"), name="match_one_accepted"
            ),
            models.CheckConstraint(
                condition=~Q(state="asked")
                | Q(asked_at__isnull=False, answer_due_at__isnull=False),
                name="match_asked_has_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} → {self.trainer} · {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE


class DateOption(PublicModel):
    """One of at most three moments a trainer offers; the asker picks one."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="options")
    starts_at = models.DateTimeField(_("begin"))
    minutes = models.PositiveSmallIntegerField(_("duur in minuten"))

    class Meta:
        verbose_name = _("moment")
        verbose_name_plural = _("momenten")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["match", "starts_at"], name="date_option_once"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
