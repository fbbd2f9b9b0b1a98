# SPDX-License-Identifier: EUPL-1.2
"""Post of the last days: notes, news and reminders that go out, and what came back or never arrived.

One or a few of each, so that the mailbox page, «Berichten», the desk and «Post uit» show what they are for.
"""

import datetime as dt
from email.message import EmailMessage
from email.utils import format_datetime

from accounts.models import Person
from base import clock
from courses.domain import co_trainers, sessions
from courses.domain import registration as registrations
from courses.models import Course, CourseTrainer, Registration, Session
from courses.models.course import Format
from notifications import outbox
from notifications.domain import addresses, bulk, follow_up, notes, reminders
from notifications.inbound.receiving import receive
from notifications.models import (
    InboundMessage,
    Invitation,
    Message,
    Outcome,
    Preference,
    ProgrammeInterest,
)
from notifications.models.message import Kind
from tjc.demo.loading.people import COORDINATOR, LEARNER, TRAINER, People
from tjc.demo.loading.programme import Programme

DAY = dt.timedelta(days=1)
REGISTERED, ATTENDED = Registration.State.REGISTERED, Registration.State.ATTENDED
NEW_COURSES = 3
WANT_PROGRAMME = 6
REFUSED_BY_POLICY = 2
POLICY = "554 5.7.1 Message rejected due to content restrictions"
_ON_PAPER = (
    ("Mag ik iemand meenemen?", "Hoi, mijn collega wil ook graag komen. Mag dat, of moet zij zich zelf aanmelden?"),
    ("Vraag over de zaal", "Is de zaal goed bereikbaar met een rolstoel? En is er een ringleiding?"),
)  # fmt: skip
_REPLY = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Voorbeeld//Agenda//NL\r
METHOD:REPLY\r
BEGIN:VEVENT\r
UID:een-afspraak-van-vorig-jaar@agenda.example\r
SEQUENCE:0\r
DTSTAMP:{stamp}\r
ATTENDEE;PARTSTAT=DECLINED:mailto:{address}\r
END:VEVENT\r
END:VCALENDAR\r
"""


def act(people: People, programme: Programme) -> None:
    tomorrow = _tomorrow(people, programme)
    _conversation(people)
    _asked_along(people, programme)
    if tomorrow is not None:
        _remind(tomorrow)
    _ask_how_it_was(people, programme)
    _digest(people[LEARNER])
    _announce(people, programme)
    _desk(people)
    _refused(people)


def _tomorrow(people: People, programme: Programme) -> Registration | None:
    """A date on the next working day, of the demo's trainer and with the learner in it. None when that is
    not tomorrow: then it is too early to remind of."""
    day = clock.today() + DAY
    while day.weekday() >= 5:  # noqa: PLR2004 - Saturday and Sunday
        day += DAY
    course = next(
        row
        for row in programme.courses.values()
        if row.status == Course.Status.PUBLISHED
        and row.trainer_rows.filter(person=people[TRAINER]).exists()
    )
    session = sessions.plan_session(
        course,
        by=people[TRAINER],
        day=day,
        time=dt.time(11),
        minutes=30,
        capacity=12,
        format=Format.ONLINE,
        online_url="https://vergaderen.example/inloopuur",
    )
    row = registrations.register(session, person=people[LEARNER])
    registrations.register(session, person=people[COORDINATOR])
    return row if day == clock.today() + DAY else None


def _asked_along(people: People, programme: Programme) -> None:
    """A colleague asks the learner to give a course together; no answer yet."""
    row = next(
        row
        for course in programme.courses.values()
        if course.status == Course.Status.PUBLISHED
        for row in course.trainer_rows.filter(part=CourseTrainer.Part.LEAD).select_related("person")
        if row.person not in {people[LEARNER], people[TRAINER]}
    )
    co_trainers.invite(row.course, email=people[LEARNER].email, by=row.person)


def _conversation(people: People) -> None:
    """The learner asks and is answered; a colleague asks and still waits; the trainer told everybody."""
    learner, trainer = people[LEARNER], people[TRAINER]
    mine, theirs = (
        Registration.objects.filter(
            session__course__trainer_rows__person=trainer,
            session__starts_at__gt=clock.now(),
            state=REGISTERED,
        )
        .select_related("session__course__organisation", "person")
        .order_by("session__starts_at", "pk")
        .filter(**who)
        .first()
        for who in ({"person": learner}, {"person": people[COORDINATOR]})
    )
    if mine is None or theirs is None:
        return
    notes.write(mine, by=learner, text="Moet ik vooraf iets lezen of installeren?")
    answer = "Nee hoor. Neem gewoon een vraag mee waar je nu mee zit, dan kijken we er samen naar."
    notes.write(mine, by=trainer, text=answer)
    notes.write(
        theirs, by=theirs.person or learner, text="Wordt het opgenomen? Ik moet eerder weg."
    )
    hello = "Leuk dat jullie er zijn. We beginnen op tijd; de link werkt vanaf vijf minuten ervoor."
    notes.write_to_all(mine.session, by=trainer, text=hello)


def _remind(row: Registration) -> None:
    day = clock.local(row.session.starts_at).date().isoformat()
    outbox.put(
        Kind.REMINDER_DAY,
        key=f"{Kind.REMINDER_DAY}:{row.public_id.hex}:{day}",
        person=row.person,
        registration=row.pk,
        start=reminders.key_of_start(row.session),
        day=day,
    )


def _ask_how_it_was(people: People, programme: Programme) -> None:
    """Right after the newest session, and three months after an older one."""
    newest = (
        Registration.objects.filter(state=ATTENDED, evaluation=None)
        .select_related("person")
        .order_by("-session__starts_at", "pk")
        .first()
    )
    older = _three_months_ago(people[LEARNER], programme)
    for kind, row in ((Kind.EVALUATE, newest), (Kind.APPLIED, older)):
        if row is not None:
            key = f"{kind}:{row.public_id.hex}"
            outbox.put(kind, key=key, person=row.person, registration=row.pk)


def _three_months_ago(learner: Person, programme: Programme) -> Registration:
    """A session of then, with the learner in it."""
    day = clock.today() - follow_up.AFTER - DAY
    while day.weekday() >= 5:  # noqa: PLR2004 - Saturday and Sunday
        day -= DAY
    course = next(
        row
        for row in programme.courses.values()
        if row.status == Course.Status.PUBLISHED
        and row.format == Format.ONLINE
        and not row.trainer_rows.filter(person=learner).exists()
    )
    begin = clock.from_wall_time(day, dt.time(10))
    session = Session.objects.create(
        course=course,
        starts_at=begin,
        ends_at=begin + dt.timedelta(minutes=30),
        max_minutes=60,
        format=Format.ONLINE,
        online_url="https://vergaderen.example/toen",
        capacity=12,
        taken=1,
        status=Session.Status.PLANNED,
        attendance_marked_at=begin + DAY,
    )
    return Registration.objects.create(
        session=session,
        person=learner,
        organisation=learner.organisation,
        state=ATTENDED,
        registered_at=begin - 7 * DAY,
        marked_at=begin + DAY,
    )


def _digest(learner: Person) -> None:
    """Three courses of this week, in themes that the learner follows."""
    monday = bulk.digest_monday()
    coming = Session.objects.upcoming(clock.now()).filter(capacity__gt=0, taken=0)
    fresh = list(
        Course.objects.filter(sessions__in=coming, status=Course.Status.PUBLISHED)
        .exclude(trainer_rows__person=learner)
        .distinct()
        .order_by("pk")[:NEW_COURSES]
    )
    for days, course in enumerate(fresh, start=1):
        Course.objects.filter(pk=course.pk).update(
            published_at=bulk.digest_moment(monday) - days * DAY
        )
    chosen = Preference.objects.create(person=learner, digest=True, digest_on=monday)
    chosen.themes.set({course.theme_id for course in fresh if course.theme_id is not None})
    outbox.put(
        Kind.DIGEST,
        key=f"digest:{learner.public_id.hex}:{monday.isoformat()}",
        person=learner,
        week=monday.isoformat(),
    )


def _announce(people: People, programme: Programme) -> None:
    edition = programme.week
    asked = [person for person in people.by_key.values() if person.organisation_id][:WANT_PROGRAMME]
    ProgrammeInterest.objects.bulk_create(
        ProgrammeInterest(edition=edition, person=person) for person in asked
    )
    outbox.put_all(
        [
            outbox.new(
                Kind.PROGRAMME,
                key=f"programme:{edition.pk}:{person.public_id.hex}",
                person=person,
                edition=edition.pk,
            )
            for person in asked
        ]
    )


def _desk(people: People) -> None:
    """What the service desk reads: two questions and an answer to an invitation that is not ours."""
    colleagues = list(people.by_key.values())[10:12]
    for number, (person, (subject, text)) in enumerate(zip(colleagues, _ON_PAPER, strict=True)):
        receive(_mail(person, subject, text, number=number).as_bytes())
    person = people[LEARNER]
    reply = _mail(person, "Afgewezen: overleg", "Ik kan niet.", number=len(_ON_PAPER))
    stamp = f"{clock.now().astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    reply.add_attachment(
        _REPLY.format(stamp=stamp, address=person.email),
        subtype="calendar",
        params={"method": "REPLY"},
    )
    receive(reply.as_bytes())


def _mail(person: Person, subject: str, text: str, *, number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{person.name} <{person.email}>"
    mail["To"] = "uitnodigingen@trainjecollega.example"
    mail["Subject"] = subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<demo.{number}@post.example>"
    mail.set_content(text)
    return mail


def _refused(people: People) -> None:
    """One address that is gone, and a gateway that refuses what it takes for spam: in the organisation of the
    demo's coordinator."""
    home = people[COORDINATOR].organisation_id
    rows = list(
        Invitation.objects.filter(
            role=Invitation.Role.LEARNER,
            state=Invitation.State.ACTIVE,
            person__organisation=home,
            messages__isnull=True,
        )
        .exclude(person__in=[people[key] for key in (LEARNER, TRAINER, COORDINATOR)])
        .select_related("person")
        .order_by("pk")
    )
    seen: dict[int, Invitation] = {}
    for row in rows:
        seen.setdefault(row.person_id or 0, row)
    gone, *by_policy = list(seen.values())[: REFUSED_BY_POLICY + 1]
    addresses.refuse(gone.address, reason="5.1.1 mailbox does not exist")
    InboundMessage.objects.create(
        message_id="<demo.bounce@post.example>",
        received_at=clock.now(),
        subject="Undelivered Mail Returned to Sender",
        outcome=Outcome.BOUNCED,
        state=InboundMessage.State.DONE,
        invitation=gone,
    )
    for row in by_policy:
        Message.objects.create(
            key=f"inv:{row.hex}:request",
            kind=Kind.REGISTERED,
            person=row.person,
            invitation=row,
            domain=row.address.rpartition("@")[2],
            state=Message.State.DEAD,
            not_before=clock.now(),
            attempts=1,
            first_attempt_at=clock.now(),
            last_error=POLICY,
        )
    Invitation.objects.filter(pk__in=[row.pk for row in (gone, *by_policy)]).update(
        state=Invitation.State.BOUNCED
    )
