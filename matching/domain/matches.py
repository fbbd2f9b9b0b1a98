# SPDX-License-Identifier: EUPL-1.2
"""Asking a trainer, and what the trainer answers. One trainer at a time; the first yes counts."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from base import clock
from base.templatetags.dates import long_day
from base.text import one_line
from matching import signals
from matching.domain import eligibility, states, workdays
from matching.errors import MatchRefused
from matching.models import KnowledgeRequest, Match, TrainerProfile

State = Match.State
#: Without an answer for so many working days the next trainer may be asked.
ANSWER_WORKDAYS = 5


def ask_trainer(
    request: KnowledgeRequest,
    *,
    trainer: Person,
    by: Person | None,
    message: str = "",
    **why: Any,
) -> Match:
    """'Vraag deze trainer': from here on the trainer knows the question. Repeating it changes nothing.

    ``why`` are score, reasons and minuses as the ranker gave them; ``by`` is None when a round released itself.
    Raises MatchRefused.
    """
    with transaction.atomic():
        current = states.lock(request)
        asked = _asked_now(current)
        if asked is not None and asked.trainer_id == trainer.pk:
            return asked
        _check_may_ask(current, trainer, asked)
        if asked is not None:
            _expire(asked, current)
        now = clock.now()
        match = current.matches.filter(trainer=trainer, state__in=Match.LIVE).first() or Match(
            request=current, trainer=trainer
        )
        match.request = current
        for name, value in why.items():
            setattr(match, name, value)
        match.message = one_line(message, limit=500)
        match.asked_at = now
        match.answer_due_at = workdays.after(now, ANSWER_WORKDAYS)
        states.move_match(match, State.ASKED, by=by)
        states.move(current, KnowledgeRequest.State.ASKED, by=by)
        signals.request_asked.send(Match, match=match)
    return match


def _asked_now(request: KnowledgeRequest) -> Match | None:
    return request.matches.filter(state=State.ASKED).select_related("trainer").first()


def _check_may_ask(request: KnowledgeRequest, trainer: Person, asked: Match | None) -> None:
    states_to_ask = (
        KnowledgeRequest.State.OPEN,
        KnowledgeRequest.State.PROPOSED,
        KnowledgeRequest.State.ASKED,
    )
    if request.state not in states_to_ask:
        raise MatchRefused(_("Voor deze vraag zoeken we geen trainer meer."), code="wrong_state")
    if asked is not None and (asked.answer_due_at or clock.now()) > clock.now():
        raise MatchRefused(
            _(
                "Je vroeg al een trainer. Komt er geen antwoord? Dan kun je na %(day)s een ander vragen."
            )
            % {"day": long_day(asked.answer_due_at)},  # type: ignore[arg-type]
            code="already_asked",
        )
    if trainer.pk == request.asker_id:
        raise MatchRefused(_("Dit ben je zelf. Kies een collega."), code="own")
    # Two askers at once must not give somebody more questions than they want in a year.
    profile = (
        TrainerProfile.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person")
        .filter(person=trainer)
        .first()
    )
    if profile is None:
        raise MatchRefused(_("Deze collega staat niet meer in de trainerpool."), code="not_in_pool")
    offered = request.matches.filter(
        trainer=trainer, state=State.PROPOSED, origin=Match.Origin.OFFER
    ).exists()
    if why_not := eligibility.why_not(request, profile, offered=offered):
        raise MatchRefused(why_not[0], code="not_eligible")


def stop_asking(match: Match, *, by: Person) -> Match:
    """The asker takes the question back, after a yes too as long as nothing is planned. Repeating it changes nothing.

    Raises MatchRefused.
    """
    with transaction.atomic():
        request = states.lock(match.request_id)
        current = _fresh(match, request)
        if request.state == KnowledgeRequest.State.PLANNED:
            raise MatchRefused(
                _("De bijeenkomst staat al gepland. Meld je daar af als je niet kunt."),
                code="planned",
            )
        if current.state in {State.ASKED, State.PROPOSED, State.ACCEPTED}:
            current.plan = {}
            current.options.all().delete()
            before = states.move_match(current, State.WITHDRAWN, by=by)
            if before != State.PROPOSED:
                signals.match_withdrawn.send(Match, match=current, previous=before, by=by)
            states.settle(request, by=by)
    return current


# --- answering ------------------------------------------------------------------------------------


def say_yes(match: Match, *, by: Person, text: str = "") -> Match:
    """'Ik help je'. A late yes is fine while nobody else said it. Repeating it changes nothing.

    Raises MatchRefused: somebody else was first, or the asker needs no help any more.
    """
    with transaction.atomic():
        request = states.lock(match.request_id)
        current = _fresh(match, request)
        if current.state in {State.ACCEPTED, State.DONE}:
            return current
        if current.state not in {State.ASKED, State.EXPIRED}:
            raise MatchRefused(_too_late(current), code="too_late")
        others = request.matches.exclude(pk=current.pk)
        if others.filter(state__in=(State.ACCEPTED, State.DONE)).exists() or request.state not in {
            KnowledgeRequest.State.OPEN,
            KnowledgeRequest.State.PROPOSED,
            KnowledgeRequest.State.ASKED,
        }:
            raise MatchRefused(
                _("Lief dat je wilt helpen. Een andere collega was eerder."), code="too_late"
            )
        for other in others.filter(state=State.ASKED).select_related("trainer"):
            other.request = request
            before = states.move_match(other, State.WITHDRAWN, by=None)
            signals.match_withdrawn.send(Match, match=other, previous=before, by=None)
        current.answered_at = clock.now()
        current.answer_text = one_line(text, limit=500)
        before = states.move_match(current, State.ACCEPTED, by=by)
        states.move(request, KnowledgeRequest.State.ACCEPTED, by=by)
        signals.match_answered.send(Match, match=current, previous=before)
    return current


def say_no(match: Match, *, by: Person, reason: str = "", text: str = "") -> Match:
    """'Niet nu', also after a yes as long as nothing is planned. Repeating it changes nothing."""
    with transaction.atomic():
        request = states.lock(match.request_id)
        current = _fresh(match, request)
        if current.state == State.DECLINED:
            return current
        if current.state not in {State.ASKED, State.ACCEPTED, State.EXPIRED}:
            raise MatchRefused(_too_late(current), code="too_late")
        if request.state == KnowledgeRequest.State.PLANNED:
            raise MatchRefused(
                _("De bijeenkomst staat al gepland. Zeg hem daar af als je niet kunt."),
                code="planned",
            )
        was_late = current.state == State.EXPIRED
        current.answered_at = clock.now()
        current.answer_reason = reason
        current.answer_text = one_line(text, limit=500)
        current.plan = {}
        current.options.all().delete()
        before = states.move_match(current, State.DECLINED, by=by)
        if not was_late:
            states.settle(request, by=by)
        signals.match_answered.send(Match, match=current, previous=before)
    return current


def _too_late(match: Match) -> str:
    if match.state == State.DECLINED:
        return _("Je zei al nee. Kun je toch? Bied dan je hulp aan bij de vraag.")
    return _("Deze vraag is niet meer voor jou. Er is al hulp, of hij is gesloten.")


def offer_help(request: KnowledgeRequest, *, trainer: Person, text: str = "") -> Match:
    """A colleague says 'dit kan ik': proposed to the asker, who may then ask. Repeating it changes nothing.

    Who said no before may offer it now. Raises MatchRefused for the own question and for who is not in the pool.
    """
    with transaction.atomic():
        current = states.lock(request)
        live = current.matches.filter(trainer=trainer, state__in=Match.LIVE).first()
        if live is not None and live.state != State.SUGGESTED:
            return live
        if current.state not in {
            KnowledgeRequest.State.OPEN,
            KnowledgeRequest.State.PROPOSED,
            KnowledgeRequest.State.ASKED,
        }:
            raise MatchRefused(_("Deze vraag is al beantwoord."), code="wrong_state")
        if trainer.pk == current.asker_id:
            raise MatchRefused(_("Dit is je eigen vraag."), code="own")
        if trainer.organisation_id is None:
            raise MatchRefused(_("Vertel ons eerst waar je werkt."), code="organisation_missing")
        profile = TrainerProfile.objects.filter(person=trainer).first()
        if profile is None or profile.state == TrainerProfile.State.WITHDRAWN:
            raise MatchRefused(
                _("Vertel eerst in je trainerprofiel wat je kunt."), code="not_in_pool"
            )
        match = live or Match(request=current, trainer=trainer)
        match.request = current
        match.origin = Match.Origin.OFFER
        match.message = one_line(text, limit=500)
        states.move_match(match, State.PROPOSED, by=trainer)
        if current.state == KnowledgeRequest.State.OPEN:
            states.move(current, KnowledgeRequest.State.PROPOSED, by=trainer)
        signals.help_offered.send(Match, match=match)
    return match


def _fresh(match: Match, request: KnowledgeRequest) -> Match:
    """The match as it is under the question's lock."""
    current = Match.objects.select_related("trainer__organisation").get(pk=match.pk)
    current.request = request
    return current


# --- what beat does -------------------------------------------------------------------------------


def expire_unanswered(at: dt.datetime | None = None) -> int:
    """Five working days without an answer: the asker may ask the next. Returns how many."""
    now = at or clock.now()
    late = Match.objects.filter(state=State.ASKED, answer_due_at__lte=now).order_by("pk")
    count = 0
    for key, request_id in list(late.values_list("pk", "request_id")):
        with transaction.atomic():
            request = states.lock(request_id)
            match = (
                Match.objects.select_related("trainer")
                .filter(pk=key, state=State.ASKED, answer_due_at__lte=now)
                .first()
            )
            if match is not None:
                match.request = request
                _expire(match, request)
                states.settle(request, by=None)
                count += 1
    return count


def _expire(match: Match, request: KnowledgeRequest) -> None:
    match.request = request
    states.move_match(match, State.EXPIRED, by=None)
    signals.match_unanswered.send(Match, match=match)
