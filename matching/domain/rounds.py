# SPDX-License-Identifier: EUPL-1.2
"""A matching round from start to release. What happens in between is matching.domain.pairing, in the worker.

One round at a time: the database refuses a second running one. A round writes its outcome in one
transaction, so one that is killed in the middle leaves nothing but itself; it counts as failed when its
worker has been silent for ``ROUND_SILENT``, or starts anew when the worker comes back for it before that.

Nothing is sent before a release, and a release asks every trainer through ``matches.ask_trainer``, which looks
at the hard rules once more: who withdrew in the meantime is not asked.
"""

import datetime as dt
import logging
import uuid
from collections import Counter

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Person
from base import clock
from courses.models import Edition, Session
from matching import signals
from matching.domain import eligibility, matches, states
from matching.errors import MatchingError, RoundRefused
from matching.models import KnowledgeRequest, Match, MatchRun, TrainerProfile

logger = logging.getLogger(__name__)

State = MatchRun.State
#: A worker says so at every step; the longest step, the flow over 10,000 questions, takes a minute.
ROUND_SILENT = dt.timedelta(minutes=5)
#: How long a round may wait for a worker to take it.
ROUND_WAITS = dt.timedelta(hours=1)
#: States of a lead in which its bundle waits for what comes of it.
_LEADS = (
    KnowledgeRequest.State.ASKED,
    KnowledgeRequest.State.ACCEPTED,
    KnowledgeRequest.State.PLANNED,
)


# --- starting and being carried out ---------------------------------------------------------------


def start(*, kind: str, edition: Edition | None = None, by: Person | None = None) -> MatchRun:
    """A new round, for a worker to ``claim``. Raises RoundRefused when one is running."""
    fail_silent()
    try:
        with transaction.atomic():
            run = MatchRun.objects.create(
                kind=kind, edition=edition, started_by=by, started_at=clock.now()
            )
            audit.record("round.started", actor=by, subject=run, kind=kind)
    except IntegrityError:
        raise RoundRefused(
            _("Er loopt al een koppelronde. Wacht tot die klaar is."), code="running"
        ) from None
    return run


def claim(run_id: int) -> MatchRun | None:
    """The round, now this worker's; None when it is over or another worker is on it."""
    now, worker = clock.now(), uuid.uuid4()
    free = Q(worker__isnull=True) | Q(alive_at__lt=now - ROUND_SILENT)
    mine = MatchRun.objects.filter(free, pk=run_id, state=State.RUNNING).update(
        worker=worker, alive_at=now, done=0, total=0
    )
    return MatchRun.objects.select_related("edition").get(pk=run_id) if mine else None


def report(run: MatchRun, *, done: int, total: int) -> None:
    """Progress, and a sign of life. Raises RoundRefused when the round is not this worker's any more."""
    run.done, run.total, run.alive_at = done, total, clock.now()
    if not _mine(run).update(done=done, total=total, alive_at=run.alive_at):
        raise _taken()


def lock_claimed(run: MatchRun) -> MatchRun:
    """The row, locked, still this worker's. Raises RoundRefused."""
    current = _mine(run).select_for_update(no_key=True).first()
    if current is None:
        raise _taken()
    return current


def fail(run: MatchRun, error: str) -> bool:
    """Only this worker's own round. The error is for the log and the administrator."""
    logger.error("matching round %s failed: %s", run.public_id, error)
    return bool(_mine(run).update(state=State.FAILED, finished_at=clock.now(), error=error[:200]))


def fail_silent(at: dt.datetime | None = None) -> int:
    """Rounds whose worker died, or that no worker took. Returns how many."""
    now = at or clock.now()
    dead = Q(alive_at__lt=now - ROUND_SILENT) | Q(
        alive_at__isnull=True, started_at__lt=now - ROUND_WAITS
    )
    return MatchRun.objects.filter(dead, state=State.RUNNING).update(
        state=State.FAILED, finished_at=now, error="the worker fell silent"
    )


def _mine(run: MatchRun) -> QuerySet[MatchRun]:
    return MatchRun.objects.filter(pk=run.pk, state=State.RUNNING, worker=run.worker)


def _taken() -> RoundRefused:
    return RoundRefused(_("Deze koppelronde is al gestopt."), code="taken")


# --- what a round looks at ------------------------------------------------------------------------


def questions(at: dt.datetime | None = None) -> "QuerySet[KnowledgeRequest]":
    """Open questions that no trainer is being asked for, alone or with the one they are bundled with."""
    return (
        KnowledgeRequest.objects.open()
        .filter(closes_at__gt=at or clock.now())
        .exclude(follows__state__in=_LEADS)
        .exclude(asker__is_active=False)
        .select_related("organisation", "theme")
        .order_by("pk")
    )


def in_time(window: eligibility.Window) -> Q:
    """Questions that can be answered within the window."""
    return (Q(not_before__isnull=True) | Q(not_before__lte=window.last)) & (
        Q(not_after__isnull=True) | Q(not_after__gte=window.first)
    )


# --- releasing and throwing away ------------------------------------------------------------------


def release(run: MatchRun, *, by: Person | None) -> MatchRun:
    """From here on trainers may be asked (``ask_released`` does it). Releasing again changes nothing.

    Raises RoundRefused for a round that is not ready.
    """
    with transaction.atomic():
        current = MatchRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
        if current.state == State.RELEASED:
            return current
        if current.state != State.READY:
            raise RoundRefused(
                _("Deze koppelronde kun je niet vrijgeven. Start een nieuwe."), code="not_ready"
            )
        current.state, current.released_at, current.released_by = State.RELEASED, clock.now(), by
        current.save()
        audit.record("round.released", actor=by, subject=current)
    return current


def discard(run: MatchRun, *, by: Person | None) -> MatchRun:
    """Throws the proposals away and keeps the figures. Again changes nothing. Raises RoundRefused."""
    with transaction.atomic():
        current = MatchRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
        if current.state == State.DISCARDED:
            return current
        if current.state != State.READY:
            raise RoundRefused(_("Deze koppelronde kun je niet meer weggooien."), code="not_ready")
        current.state = State.DISCARDED
        current.save()
        _let_go(current.matches.all())
        audit.record("round.discarded", actor=by, subject=current)
    return current


def _let_go(rows: "QuerySet[Match]") -> None:
    """Out of the round: what only the round knew goes, what the asker sees already stays."""
    rows.filter(state=Match.State.SUGGESTED).delete()
    rows.update(run=None, lead=None)


def left_to_ask(run: MatchRun) -> "QuerySet[Match]":
    """The pairs of a released round whose trainer was not asked yet."""
    return run.matches.filter(
        state__in=(Match.State.SUGGESTED, Match.State.PROPOSED), lead__isnull=True
    )


def unfinished_releases() -> list[MatchRun]:
    waiting = Match.objects.filter(
        state__in=(Match.State.SUGGESTED, Match.State.PROPOSED), lead__isnull=True
    )
    return list(MatchRun.objects.filter(state=State.RELEASED, pk__in=waiting.values("run")))


def ask_released(run: MatchRun, *, limit: int | None = None) -> int:
    """Asks the trainers of a released round, each in a transaction of its own. Returns how many were asked.

    Safe to run twice, at the same time too: whoever was asked stands in another state.
    """
    if run.state != State.RELEASED:
        return 0
    asked = 0
    dropped: Counter[str] = Counter()
    for key in list(left_to_ask(run).order_by("pk").values_list("pk", flat=True)[:limit]):
        try:
            asked += _ask(run, key)
        except MatchingError as refusal:
            dropped[refusal.code] += _drop(run, key)
    if dropped:
        with transaction.atomic():
            current = MatchRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
            before = Counter(current.figures.get("dropped", {}))
            current.figures = current.figures | {"dropped": dict(before + dropped)}
            current.save(update_fields=["figures"])
    return asked


def _ask(run: MatchRun, key: int) -> bool:
    with transaction.atomic():
        match = _locked(run, key)
        if match is None:
            return False
        if match.trainer is None:
            raise RoundRefused(_("Deze collega werkt hier niet meer."), code="gone")
        request = match.request
        bundled = _still_together(match)
        asked = matches.ask_trainer(
            request, trainer=match.trainer, by=run.released_by, run=run, origin=match.origin
        )
        KnowledgeRequest.objects.filter(pk__in=[row.pk for row in bundled]).update(follows=request)
        _let_go(match.bundled.all())
        signals.round_released.send(MatchRun, run=run, requests=[asked.request, *bundled])
    return True


_OPEN = (KnowledgeRequest.State.OPEN, KnowledgeRequest.State.PROPOSED)


def _still_together(match: Match) -> list[KnowledgeRequest]:
    """Of the bundle: who still seeks, still wants company, and may still be answered by this trainer."""
    profile = TrainerProfile.objects.select_related("person").filter(person=match.trainer).first()
    if profile is None or not match.request.open_to_others:
        return []
    waiting = match.bundled.filter(state__in=(Match.State.SUGGESTED, Match.State.PROPOSED))
    rows = (
        KnowledgeRequest.objects.filter(
            pk__in=waiting.values("request"), state__in=_OPEN, open_to_others=True
        )
        .select_related("asker", "organisation")
        .order_by("pk")
    )
    return [row for row in rows if not eligibility.why_not(row, profile)]


def _drop(run: MatchRun, key: int) -> int:
    """The pair cannot be asked any more (withdrawn, full, answered): the questions wait for the next round."""
    with transaction.atomic():
        match = _locked(run, key)
        if match is None:
            return 0
        _let_go(match.bundled.all())
        _let_go(Match.objects.filter(pk=match.pk))
    return 1


def _locked(run: MatchRun, key: int) -> Match | None:
    """The pair, its question locked, when it is still to be asked."""
    match = left_to_ask(run).filter(pk=key).select_related("trainer").first()
    if match is None:
        return None
    request = states.lock(match.request_id)
    match = left_to_ask(run).filter(pk=key).select_related("trainer").first()
    if match is not None:
        match.request = request
    return match


# --- bundles --------------------------------------------------------------------------------------


def follow_planned(request: KnowledgeRequest, session: Session) -> int:
    """The questions that a round bundled with this one are answered by the same session. Returns how many."""
    keys = list(
        request.followers.filter(state__in=_OPEN).order_by("pk").values_list("pk", flat=True)
    )
    count = 0
    for key in keys:
        follower = states.lock(key)
        if follower.state not in _OPEN or follower.follows_id != request.pk:
            continue
        follower.course, follower.session = session.course, session
        states.move(follower, KnowledgeRequest.State.PLANNED, by=None)
        signals.request_planned.send(
            KnowledgeRequest, request=follower, course=session.course, session=session, bundled=True
        )
        count += 1
    return count


def recent(limit: int = 12) -> list[MatchRun]:
    return list(MatchRun.objects.select_related("edition", "started_by")[:limit])


def before(run: MatchRun) -> MatchRun | None:
    """The round that was finished last before this one, for comparison; thrown away counts, failed does not."""
    return (
        MatchRun.objects.exclude(pk=run.pk)
        .filter(started_at__lte=run.started_at, state__in=_FINISHED)
        .filter(edition=run.edition)
        .order_by(F("started_at").desc(), "-pk")
        .first()
    )


_FINISHED = (State.READY, State.RELEASED, State.DISCARDED)


def auto_release() -> bool:
    return bool(settings.ROUNDS_RELEASE_THEMSELVES)
