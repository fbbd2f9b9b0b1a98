# SPDX-License-Identifier: EUPL-1.2
"""Giving a course together: a colleague is asked and says yes or no; the lead may hand the course over.

Who asks learns nothing before the yes: an unknown address, a colleague who said no and one who did not answer
yet all look the same. So a question is withdrawn as it was asked, by address. Without an answer it lapses
after thirty days (TrainerInvitation.OPEN_FOR).
"""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.organisations import normalise_email
from accounts.models import Person
from base import clock
from courses import signals
from courses.domain import courses
from courses.errors import ChangeRefused
from courses.models import Course, CourseTrainer, TrainerInvitation

Answer = TrainerInvitation.Answer
Part = CourseTrainer.Part


def invite(course: Course, *, email: str, by: Person) -> None:
    """Ask whoever has this address, if we know them. One mail, however often it is asked; who said no is not
    asked again, who gave the course before is, and who did not answer in time. Raises InvalidEmail.
    """
    person = _known(email)
    if person is None:
        return
    with transaction.atomic():
        current = _locked(course)
        if current.trainer_rows.filter(person=person).exists():
            return
        rows = TrainerInvitation.objects.filter(course=current, person=person)
        rows.filter(Q(answer=Answer.YES) | _unanswered()).delete()  # came and went, or let it lapse
        row, made = rows.get_or_create(course=current, person=person, defaults={"asked_by": by})
        if made or row.answer == Answer.WITHDRAWN:
            row.answer, row.answered_at, row.asked_by = Answer.NONE, None, by
            row.created_at = clock.now()  # the days to answer begin anew
            row.save(
                update_fields=["answer", "answered_at", "asked_by", "created_at", "updated_at"]
            )
            audit.record(
                "course.co_trainer_asked",
                actor=by,
                subject=current,
                organisation=current.organisation,
            )
            signals.trainer_invited.send(TrainerInvitation, invitation=row)


def withdraw(course: Course, *, email: str, by: Person) -> None:
    """Take back the question to whoever has this address, as long as there is no answer. The link in the mail
    then says so. Raises InvalidEmail; says no more than ``invite`` does.
    """
    person = _known(email)
    if person is None:
        return
    with transaction.atomic():
        current = _locked(course)
        row = TrainerInvitation.objects.filter(
            course=current, person=person, answer=Answer.NONE
        ).first()
        if row is None:
            return
        _answer(row, Answer.WITHDRAWN)
        audit.record(
            "course.co_trainer_withdrawn",
            actor=by,
            subject=current,
            organisation=current.organisation,
        )


def forget_unanswered() -> int:
    """Beat: questions that lapsed leave nothing behind. Returns how many went."""
    gone, _by_model = TrainerInvitation.objects.filter(_unanswered()).delete()
    return gone


def accept(invitation: TrainerInvitation, *, by: Person) -> Course:
    """Who was asked gives the course too from now on. Repeating it changes nothing; a no may become a yes.

    Raises ChangeRefused when the course has ended, when the question was withdrawn or lapsed, or when the
    trainer took the colleague off the course since.
    """
    with transaction.atomic():
        course = _locked(invitation.course)
        row = TrainerInvitation.objects.get(pk=invitation.pk)
        if row.answer == Answer.YES:
            if not course.trainer_rows.filter(person=by).exists():
                raise ChangeRefused(_("Deze uitnodiging geldt niet meer."), code="over")
            return course
        if row.is_over:
            raise ChangeRefused(_("Deze vraag geldt niet meer."), code="over")
        if course.status not in {Course.Status.DRAFT, Course.Status.PUBLISHED}:
            raise ChangeRefused(_("Deze cursus is gestopt."), code="ended")
        _answer(row, Answer.YES)
        courses.add_co_trainer(course, person=by, by=by)
    return course


def decline(invitation: TrainerInvitation, *, by: Person) -> None:
    """No, thanks. Nobody is told. After a yes it changes nothing: a co-trainer steps down on the own page."""
    with transaction.atomic():
        course = _locked(invitation.course)
        row = TrainerInvitation.objects.get(pk=invitation.pk)
        if row.answer == Answer.NONE:
            _answer(row, Answer.NO)
            audit.record(
                "course.co_trainer_declined",
                actor=by,
                subject=course,
                organisation=course.organisation,
            )


def hand_over(course: Course, *, to: Person, by: Person) -> None:
    """The lead makes a co-trainer the lead, and gives the course along. Calendars stay as they are: both are
    trainers before and after. Repeating it changes nothing. Raises ChangeRefused.
    """
    with transaction.atomic():
        current = _locked(course)
        parts = {row.person_id: row for row in current.trainer_rows.select_related("person")}
        new, old = parts.get(to.pk), parts.get(by.pk)
        if new is None or old is None:
            raise ChangeRefused(_("Deze collega geeft de cursus niet mee."), code="not_co")
        if new.part == Part.LEAD:
            return
        if old.part != Part.LEAD:
            raise ChangeRefused(_("Alleen de trainer kan de cursus overdragen."), code="not_lead")
        old.part = Part.CO  # first: the database knows one lead
        old.save(update_fields=["part"])
        new.part = Part.LEAD
        new.save(update_fields=["part"])
        audit.record(
            "course.handed_over", actor=by, subject=current, organisation=current.organisation
        )


def _known(email: str) -> Person | None:
    """Raises InvalidEmail."""
    return Person.objects.filter(
        email=normalise_email(email),
        is_active=True,
        verified_at__isnull=False,
        organisation__isnull=False,
    ).first()


def _unanswered() -> Q:
    """Asked too long ago; also what was withdrawn is kept no longer than that."""
    return Q(
        answer__in=[Answer.NONE, Answer.WITHDRAWN],
        created_at__lte=clock.now() - TrainerInvitation.OPEN_FOR,
    )


def _locked(course: Course) -> Course:
    return (
        Course.objects.select_related("organisation")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=course.pk)
    )


def _answer(row: TrainerInvitation, answer: str) -> None:
    row.answer = answer
    row.answered_at = clock.now()
    row.save(update_fields=["answer", "answered_at", "updated_at"])
