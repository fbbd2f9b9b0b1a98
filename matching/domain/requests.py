# SPDX-License-Identifier: EUPL-1.2
"""Asking, changing, supporting and ending a question."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Person
from base import clock
from base.text import one_line
from matching import signals
from matching.domain import alike, states, words
from matching.errors import RequestRefused
from matching.models import Dismissal, KnowledgeRequest, Match, Support
from matching.models.request import MAX_TEXT, MAX_TITLE

State = KnowledgeRequest.State

#: A question without a trainer closes by itself; the asker is told so long before.
OPEN_FOR = dt.timedelta(days=90)
NUDGE_BEFORE = dt.timedelta(days=14)
#: After this long a question that ended keeps its title and nothing of who asked.
KEEP_TEXT = dt.timedelta(days=365)
MAX_PEOPLE = 500
SENT_TWICE = dt.timedelta(minutes=10)

#: What the asker fills in; ``ask`` and ``change`` take any of them.
EDITABLE = frozenset(
    {
        "text",
        "title",
        "theme",
        "language",
        "audience",
        "people",
        "where",
        "province",
        "not_before",
        "not_after",
        "when_text",
        "open_to_others",
    }
)


def ask(*, by: Person, **fields: Any) -> KnowledgeRequest:
    """A new question. Title, language and theme are made from the text where they are not given. The same
    text again within ten minutes is a form that was sent twice, and gives the question that is there.

    Raises RequestRefused with the field it belongs to.
    """
    if by.organisation_id is None:
        raise RequestRefused(_("Vertel ons eerst waar je werkt."), code="organisation_missing")
    if not by.is_verified:
        raise RequestRefused(_("Typ eerst de code uit je mail."), code="code_first")
    now = clock.now()
    with transaction.atomic():
        request = KnowledgeRequest(
            asker=by,
            organisation_id=by.organisation_id,
            state_changed_at=now,
            closes_at=now + OPEN_FOR,
        )
        _fill(request, fields)
        if (there := _asked_just_now(request, by)) is not None:
            return there
        request.save()
        audit.record(
            "request.asked", actor=by, subject=request, organisation=request.organisation_id
        )
        signals.request_changed.send(KnowledgeRequest, request=request)
    return request


def _asked_just_now(request: KnowledgeRequest, by: Person) -> KnowledgeRequest | None:
    """Behind the lock on the person, where two posts of one form meet."""
    Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.pk)
    return (
        KnowledgeRequest.objects.live()
        .filter(asker=by, text=request.text, created_at__gt=clock.now() - SENT_TWICE)
        .first()
    )


def change(request: KnowledgeRequest, *, by: Person, **fields: Any) -> KnowledgeRequest:
    """Other words, dates or numbers, until a trainer said yes. Raises RequestRefused."""
    with transaction.atomic():
        current = states.lock(request)
        if current.state not in {State.OPEN, State.PROPOSED, State.ASKED}:
            raise RequestRefused(_("Deze vraag kun je niet meer aanpassen."), code="wrong_state")
        _fill(current, fields)
        current.save()
        audit.record(
            "request.changed",
            actor=by,
            subject=current,
            organisation=current.organisation_id,
            fields=sorted(fields),
        )
        signals.request_changed.send(KnowledgeRequest, request=current)
    return current


def _fill(request: KnowledgeRequest, fields: dict[str, Any]) -> None:
    unknown = fields.keys() - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    before = request.text
    for name, value in fields.items():
        setattr(request, name, value)
    request.text = request.text.replace("\0", "").strip()
    _check_text(request.text)
    made = request.title == words.title_of(before) if before else False
    request.title = one_line(request.title)
    if not request.title or (made and "title" not in fields):
        request.title = words.title_of(request.text)
    if len(request.title) > MAX_TITLE or not words.has_words(request.title):
        raise RequestRefused(
            _("Schrijf een titel van hooguit 120 tekens."), code="title", field="title"
        )
    if "language" not in fields and request._state.adding:
        request.language = words.language_of(request.text)
    if request.theme_id is None and request._state.adding:
        request.theme = alike.guess_theme(request.text)
    if request.audience == KnowledgeRequest.Audience.ME:
        request.people = 1
    if not 1 <= request.people <= MAX_PEOPLE:
        raise RequestRefused(
            _("Vul in met hoeveel collega’s je bent: 1 tot en met 500."),
            code="people",
            field="people",
        )
    _check_dates(request)
    theme = request.theme.name if request.theme else ""
    request.search_text = words.searchable(request.title, theme)
    request.search_more = words.searchable(request.title, theme, request.text)


def _check_text(text: str) -> None:
    sentence = ""
    if not text:
        sentence = _("Vertel waar je tegenaan loopt.")
    elif len(text) > MAX_TEXT:
        sentence = _(
            "Maak je vraag korter: hooguit %(limit)d tekens. Nu zijn het er %(count)d."
        ) % {"limit": MAX_TEXT, "count": len(text)}
    elif not words.has_words(text):
        sentence = _("Schrijf je vraag in woorden. Dan kunnen we een collega zoeken.")
    if sentence:
        raise RequestRefused(sentence, code="text", field="text")


def _check_dates(request: KnowledgeRequest) -> None:
    first, last = request.not_before, request.not_after
    if last and last < clock.today():
        raise RequestRefused(
            _("Deze datum is al geweest. Kies een datum vanaf morgen."),
            code="past",
            field="not_after",
        )
    if first and last and last < first:
        raise RequestRefused(
            _("De laatste dag komt voor de eerste. Draai ze om."), code="dates", field="not_after"
        )


# --- ik ook ---------------------------------------------------------------------------------------


def support(request: KnowledgeRequest, *, person: Person) -> Support:
    """'Ik ook'. Repeating it changes nothing. Raises RequestRefused for the asker and an ended question."""
    if person.pk == request.asker_id:
        raise RequestRefused(_("Dit is je eigen vraag."), code="own")
    if not person.is_verified:
        raise RequestRefused(_("Typ eerst de code uit je mail."), code="code_first")
    if not request.is_live:
        raise RequestRefused(_("Deze vraag is al afgerond."), code="ended")
    with transaction.atomic():
        row, made = Support.objects.get_or_create(
            request=request,
            person=person,
            defaults={"organisation_id": person.organisation_id},
        )
        if made:
            audit.record(
                "request.supported",
                actor=person,
                subject=request,
                organisation=person.organisation_id,
            )
            signals.request_supported.send(KnowledgeRequest, request=request, support=row)
    return row


def stop_supporting(request: KnowledgeRequest, *, person: Person) -> None:
    with transaction.atomic():
        gone, _rows = Support.objects.filter(request=request, person=person).delete()
        if gone:
            audit.record(
                "request.unsupported",
                actor=person,
                subject=request,
                organisation=person.organisation_id,
            )


# --- past niet ------------------------------------------------------------------------------------


def dismiss(
    request: KnowledgeRequest, *, trainer: Person, reason: str, note: str = "", by: Person
) -> Dismissal:
    """'Past niet': not shown for this question again. Repeating it keeps the first reason."""
    with transaction.atomic():
        current = states.lock(request)
        try:
            with transaction.atomic():
                row, made = Dismissal.objects.get_or_create(
                    request=current,
                    trainer=trainer,
                    defaults={"reason": reason, "note": one_line(note, limit=200)},
                )
        except IntegrityError:  # the same button twice at once
            return Dismissal.objects.get(request=current, trainer=trainer)
        if made:
            audit.record(
                "match.dismissed",
                actor=by,
                subject=current,
                organisation=current.organisation_id,
                reason=reason,
            )
            for match in current.matches.filter(
                trainer=trainer, state__in=(Match.State.SUGGESTED, Match.State.PROPOSED)
            ):
                states.move_match(match, Match.State.WITHDRAWN, by=by)
            if current.state == State.PROPOSED:
                states.settle(current, by=by)
    return row


# --- ending ---------------------------------------------------------------------------------------


def close(request: KnowledgeRequest, *, by: Person) -> KnowledgeRequest:
    """The asker needs no answer any more; who was asked is told. Repeating it changes nothing.

    Raises RequestRefused once a session is planned: that is called off by its trainer.
    """
    with transaction.atomic():
        current = states.lock(request)
        if current.state == State.CLOSED:
            return current
        if current.state == State.PLANNED:
            raise RequestRefused(
                _("De bijeenkomst staat al gepland. Meld je daar af als je niet kunt."),
                code="planned",
            )
        end(current, State.CLOSED, by=by)
    return current


def keep_open(request: KnowledgeRequest, *, by: Person) -> KnowledgeRequest:
    """'Ja, nog steeds': another three months, also after it closed or expired."""
    with transaction.atomic():
        current = states.lock(request)
        if current.state in {State.CLOSED, State.EXPIRED}:
            if not current.text or current.asker_id is None:
                raise RequestRefused(
                    _("Deze vraag is te oud. Stel hem opnieuw."), code="wrong_state"
                )
            states.move(current, State.OPEN, by=by)
        current.closes_at = clock.now() + OPEN_FOR
        current.nudged_at = None
        current.save(update_fields=["closes_at", "nudged_at", "updated_at"])
        audit.record(
            "request.kept_open", actor=by, subject=current, organisation=current.organisation_id
        )
        signals.request_changed.send(KnowledgeRequest, request=current)
    return current


def end(request: KnowledgeRequest, to: str, *, by: Person | None) -> None:
    """Closed or expired, of a locked question: nobody is asked any more, and who was is told."""
    for match in request.matches.filter(state__in=Match.LIVE).select_related("trainer"):
        match.request = request
        before = states.move_match(match, Match.State.WITHDRAWN, by=by)
        if before in {Match.State.ASKED, Match.State.ACCEPTED}:
            signals.match_withdrawn.send(Match, match=match, previous=before, by=by)
    states.move(request, to, by=by)


# --- what beat does -------------------------------------------------------------------------------


def nudge_expiring(at: dt.datetime | None = None) -> int:
    """Ask the asker whether the question still stands, once, two weeks before it closes."""
    now = at or clock.now()
    return each(
        Q(
            state__in=(State.OPEN, State.PROPOSED),
            closes_at__lte=now + NUDGE_BEFORE,
            closes_at__gt=now,
            nudged_at__isnull=True,
            asker__isnull=False,
        ),
        lambda request: _nudge(request, now),
    )


def _nudge(request: KnowledgeRequest, now: dt.datetime) -> None:
    request.nudged_at = now
    request.save(update_fields=["nudged_at", "updated_at"])
    signals.request_expiring.send(KnowledgeRequest, request=request)


def expire(at: dt.datetime | None = None) -> int:
    """Questions whose time is over and that nobody is asked about: an answer is waited for."""
    now = at or clock.now()
    return each(
        Q(state__in=(State.OPEN, State.PROPOSED), closes_at__lte=now),
        lambda request: end(request, State.EXPIRED, by=None),
    )


def finish(at: dt.datetime | None = None) -> int:
    """Planned questions whose session was: done."""
    now = at or clock.now()
    return each(
        Q(state=State.PLANNED, session__ends_at__lte=now, session__status="planned"), _finish
    )


def _finish(request: KnowledgeRequest) -> None:
    for match in request.matches.filter(state=Match.State.ACCEPTED):
        match.request = request
        states.move_match(match, Match.State.DONE, by=None)
    states.move(request, State.DONE, by=None)


def forget_texts(at: dt.datetime | None = None) -> int:
    """A year after a question ended its text and asker go; title, theme and counts stay."""
    before = (at or clock.now()) - KEEP_TEXT
    ended = KnowledgeRequest.objects.filter(
        state__in=(State.DONE, State.CLOSED, State.EXPIRED), state_changed_at__lt=before
    ).filter(~Q(text="") | Q(asker__isnull=False))
    keys = list(ended.values_list("pk", flat=True))
    with transaction.atomic():
        Support.objects.filter(request__in=keys).delete()
        Match.objects.filter(request__in=keys).update(message="", answer_text="", plan={})
        Dismissal.objects.filter(request__in=keys).update(note="")
        return KnowledgeRequest.objects.filter(pk__in=keys).update(
            text="", asker=None, when_text="", search_more=""
        )


def each(where: Q, act: Callable[[KnowledgeRequest], None]) -> int:
    """One transaction a question, each looked at again under its lock."""
    count = 0
    for key in list(
        KnowledgeRequest.objects.filter(where).order_by("pk").values_list("pk", flat=True)
    ):
        with transaction.atomic():
            request = states.lock(key)
            if KnowledgeRequest.objects.filter(where, pk=key).exists():
                act(request)
                count += 1
    return count
