# SPDX-License-Identifier: EUPL-1.2
"""'Ken jij een collega die ...?': point somebody out; who says yes makes an own profile.

The nominee asked for nothing. One mail, one reminder at most, and after thirty days without an answer name,
address and reason are gone (docs/privacy.md). Who says no is not asked again for a year: a keyed hash of the
address, and nothing else, remembers that.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.domain import audit, names, organisations
from accounts.errors import AccountsError
from accounts.models import Person
from base import clock
from base.text import one_line
from courses.models import Theme
from matching import signals
from matching.errors import NominationRefused
from matching.models import KnowledgeRequest, Nomination, TrainerProfile

State = Nomination.State
REMIND_AFTER = dt.timedelta(days=10)
ERASE_AFTER = dt.timedelta(days=30)
NO_MEANS_NO = dt.timedelta(days=365)
#: Of one person in a week: enough for a whole team, too few to bother a country.
MOST_A_WEEK = 10


def nominate(
    *,
    by: Person,
    name: str,
    email: str,
    why: str,
    theme: Theme | None = None,
    request: KnowledgeRequest | None = None,
) -> Nomination | None:
    """Raises NominationRefused with the field it belongs to. Who stands in the pool already, was
    pointed out by somebody else just now or said no is not mailed: then None, which the page does not tell."""
    name, email, why = _checked(by, name, email, why)
    if _is_known(email):
        return None
    try:
        with transaction.atomic():
            row = Nomination.objects.create(
                nominator=by, email=email, name=name, why=why, theme=theme, request=request
            )
            audit.record("nomination.made", actor=by, subject=row, organisation=by.organisation_id)
            signals.nomination_made.send(Nomination, nomination=row)
    except IntegrityError:  # pointed out by somebody else, and not answered yet
        return None
    return row


def _checked(by: Person, name: str, email: str, why: str) -> tuple[str, str, str]:
    if not by.is_verified:
        raise NominationRefused(_("Typ eerst de code uit je mail."), code="code_first")
    try:
        name = names.clean_name(name)
    except AccountsError:
        raise NominationRefused(
            _("Vul de naam van je collega in."), code="name", field="name"
        ) from None
    try:
        email = organisations.normalise_email(email)
    except AccountsError as error:
        raise NominationRefused(error.sentence, code=error.code, field="email") from error
    if email == by.email:
        raise NominationRefused(
            _("Dit ben je zelf. Maak dan meteen je trainerprofiel."), code="own", field="email"
        )
    if organisations.match_email(email).kind not in {"known", "shared"}:
        # Only to mailboxes of the government: nobody makes us write to anybody else.
        raise NominationRefused(
            _("Vul de werkmail bij een overheidsorganisatie in."), code="domain", field="email"
        )
    why = one_line(why)
    if not why or len(why) > 500:  # noqa: PLR2004
        raise NominationRefused(
            _("Vertel in hooguit 500 tekens waarom je aan deze collega denkt."),
            code="why",
            field="why",
        )
    week_ago = clock.now() - dt.timedelta(days=7)
    if Nomination.objects.filter(nominator=by, created_at__gt=week_ago).count() >= MOST_A_WEEK:
        raise NominationRefused(
            _("Je droeg deze week al tien collega’s voor. Ga volgende week verder."),
            code="too_many",
        )
    return name, email, why


def _is_known(email: str) -> bool:
    """Stands in the pool already, is asked now, or said no."""
    pool = TrainerProfile.objects.filter(person__email=email).exclude(
        state=TrainerProfile.State.WITHDRAWN
    )
    said_no = Q(said_no_key=_key(email), answered_at__gt=clock.now() - NO_MEANS_NO)
    known = Nomination.objects.filter(Q(email=email, state=State.SENT) | said_no)
    return pool.exists() or known.exists()


def _key(email: str) -> str:
    return salted_hmac("matching.nomination", email, algorithm="sha256").hexdigest()


def answer(nomination: Nomination, *, yes: bool, person: Person | None = None) -> Nomination:
    """The nominee decides; name, address and reason are no longer needed and go. Repeating the same answer
    changes nothing. Raises NominationRefused after erasure."""
    wanted = State.ACCEPTED if yes else State.DECLINED
    with transaction.atomic():
        row = Nomination.objects.select_for_update(no_key=True, of=("self",)).get(pk=nomination.pk)
        if row.state == wanted:
            return row
        if row.state != State.SENT:
            raise NominationRefused(
                _("Deze voordracht is al beantwoord of verlopen."), code="too_late"
            )
        row.person = person or Person.objects.filter(email=row.email).first()
        row.state, row.answered_at = wanted, clock.now()
        row.said_no_key = "" if yes else _key(row.email)
        row.save()
        audit.record(f"nomination.{wanted}", actor=row.person, subject=row)
        signals.nomination_answered.send(Nomination, nomination=row)
        _erase(row)
    return row


def _erase(row: Nomination) -> None:
    row.email = row.name = row.why = ""
    row.erased_at = clock.now()
    row.save()
    signals.nominations_erased.send(Nomination, ids=[row.pk])


# --- what beat does -------------------------------------------------------------------------------


def remind(at: dt.datetime | None = None) -> int:
    """One reminder after ten days, never a second."""
    now = at or clock.now()
    waiting = Nomination.objects.filter(
        state=State.SENT,
        reminded_at__isnull=True,
        created_at__lte=now - REMIND_AFTER,
        created_at__gt=now - ERASE_AFTER,
    )
    count = 0
    for key in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            noted = Nomination.objects.filter(
                pk=key, state=State.SENT, reminded_at__isnull=True
            ).update(reminded_at=now, updated_at=now)
            if noted:
                signals.nomination_reminded.send(
                    Nomination, nomination=Nomination.objects.get(pk=key)
                )
                count += 1
    return count


def erase_unanswered(at: dt.datetime | None = None) -> int:
    """Thirty days without an answer: everything about the nominee goes."""
    now = at or clock.now()
    old = Nomination.objects.filter(state=State.SENT, created_at__lte=now - ERASE_AFTER)
    with transaction.atomic():
        keys = list(old.values_list("pk", flat=True))
        erased = old.filter(pk__in=keys).update(
            state=State.EXPIRED, email="", name="", why="", erased_at=now, updated_at=now
        )
        signals.nominations_erased.send(Nomination, ids=keys)
    return erased


def forget_noes(at: dt.datetime | None = None) -> int:
    """A year after a no the hash goes too."""
    before = (at or clock.now()) - NO_MEANS_NO
    return (
        Nomination.objects.exclude(said_no_key="")
        .filter(answered_at__lte=before)
        .update(said_no_key="", updated_at=at or clock.now())
    )
