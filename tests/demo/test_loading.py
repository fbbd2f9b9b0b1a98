# SPDX-License-Identifier: EUPL-1.2
import datetime as dt
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
import time_machine
from django.db.models import Count, F

from accounts.domain.organisations import match_email
from accounts.models import AuditEvent, Layer, Organisation, Person, Role
from base import clock
from courses.domain import registration as registrations
from courses.domain.sessions import change_session
from courses.models import Course, CourseInterest, Edition, Evaluation, Registration, Session, Theme
from matching.models import KnowledgeRequest, TrainerProfile
from notifications import delivery
from notifications.domain import bounced, notes, sent
from notifications.models import InboundMessage, Invitation, Message, Note
from reach import charts_map
from reach.domain.report import report
from reach.domain.scopes import Scope
from tests.demo.conftest import NOW
from tjc.demo import loading
from tjc.demo.loading import source
from tjc.demo.loading.people import addresses, local_part
from tjc.demo.loading.programme import next_week
from tjc.demo.loading.seats import check_counters

pytestmark = pytest.mark.django_db


def coming():
    return Session.objects.upcoming(clock.now())


def test_load_has_the_promised_size(loaded):
    assert loaded == {
        "people": Person.objects.count(),
        "courses": Course.objects.count(),
        "sessions": Session.objects.count(),
    }
    assert Person.objects.count() >= 900
    assert Organisation.objects.count() >= 60
    assert Course.objects.count() >= 80
    assert Theme.objects.annotate(n=Count("courses")).filter(n__gt=0).count() >= 15
    assert Session.objects.count() >= 180


def test_nobody_is_there_for_nothing(loaded):
    """Who only came for last year's week took part in it, or stood in line to the end."""
    texts = source.read()
    known = {text["name"] for text in texts.people}
    others = Person.objects.exclude(name__in=known)
    assert others.filter(
        registrations__session__edition__slug="tjc-week-2025"
    ).distinct().count() == (others.count())
    assert not others.filter(registrations__session__starts_at__gt=clock.now()).exists()


def test_load_covers_every_government_layer(loaded):
    assert set(Organisation.objects.values_list("layer", flat=True)) == set(Layer.values)


def test_every_session_counts_its_own_seats(loaded):
    for session in Session.objects.prefetch_related("registrations"):
        seated = [r for r in session.registrations.all() if r.state in Registration.SEATED]
        assert session.taken == len(seated)
        assert session.taken_home == sum(r.is_home for r in seated)


def test_a_wrong_counter_stops_the_load(loaded):
    session = Session.objects.filter(taken__lt=F("capacity")).first()
    Session.objects.filter(pk=session.pk).update(taken=F("taken") + 1)
    with pytest.raises(ValueError, match="1 sessions count their seats wrong"):
        check_counters()


def test_the_programme_shows_every_state(loaded):
    assert coming().filter(taken=F("capacity")).count() >= 10
    nearly = coming().filter(taken__lt=F("capacity"), taken__gte=F("capacity") - 3)
    assert nearly.count() >= 10
    assert coming().filter(taken=0).count() >= 5
    assert coming().filter(registrations__state="waiting").distinct().count() >= 5
    assert Session.objects.filter(status="cancelled", starts_at__gt=clock.now()).count() == 3
    assert Session.objects.filter(status="cancelled", starts_at__lt=clock.now()).count() == 2
    assert coming().filter(reserved_seats__gt=0, reserved_until__gt=clock.now()).count() >= 3
    assert set(coming().values_list("format", flat=True)) == {"on_site", "online", "hybrid"}
    assert Course.objects.filter(status="draft").count() == 2
    dates = Course.objects.annotate(n=Count("sessions")).filter(
        sessions__edition__kind="week", sessions__starts_at__gt=clock.now()
    )
    assert dates.filter(n__gte=3).exists()
    without_date = set(CourseInterest.objects.values_list("course_id", flat=True))
    assert without_date
    assert not coming().filter(course_id__in=without_date).exists()


def test_cancelled_sessions_keep_no_seat(loaded):
    taken = Session.objects.filter(status="cancelled").values_list("taken", flat=True)
    assert list(taken) == [0] * 5


def test_last_years_week_was_attended_and_evaluated(loaded):
    week = Edition.objects.get(slug="tjc-week-2025")
    rows = Registration.objects.filter(session__edition=week, session__status="planned")
    assert set(rows.values_list("state", flat=True)) == {"attended", "absent", "cancelled"}
    evaluated = Evaluation.objects.filter(registration__session__edition=week)
    assert evaluated.count() > 100
    assert set(evaluated.values_list("registration__state", flat=True)) == {"attended"}


def test_last_years_week_is_worth_a_page(loaded):
    """Enough colleagues of enough organisations everywhere for the small-cell method to tell most of it."""
    week = Edition.objects.get(slug="tjc-week-2025")
    found = report(Scope(week.slug, week.name, week))
    head = found.headline
    assert found.exact
    assert 700 <= head["people"] <= 1000
    assert 900 <= head["times"] <= 1300
    assert 55 <= head["elsewhere_share"] <= 60
    assert head["absent"] > 50
    assert head["waited"] >= 10
    assert head["scores"] >= head["times"] // 4
    assert charts_map.provinces(found.provinces)
    told = [bar for bar in found.provinces if bar.key in charts_map.TILES and bar.value]
    assert len(told) >= 9
    assert len([bar for bar in found.layers if not bar.rest]) >= 5
    assert found.hours
    assert found.flows
    assert found.top_organisations


def test_mail_addresses_lead_to_the_persons_organisation(loaded):
    for person in Person.objects.select_related("organisation"):
        match = match_email(person.email)
        found = [match.organisation] if match.organisation else match.choices
        assert person.organisation in found
        assert person.email == person.email.lower()
        assert person.email.isascii()
        assert person.is_verified


def test_nobody_is_in_two_places_at_once(loaded):
    agenda = defaultdict(list)
    rows = Registration.objects.filter(state__in=Registration.SEATED).select_related("session")
    # What the examples do goes through the domain, which warns of overlap and allows it.
    learner = AuditEvent.objects.get(verb="demo.loaded").detail["roles"]["learner"]
    for row in rows.exclude(person__public_id=learner):
        agenda[row.person_id].append((row.session.starts_at, row.session.ends_at))
    for session in Session.objects.prefetch_related("course__trainer_rows"):
        for trainer in session.course.trainer_rows.all():
            agenda[trainer.person_id].append((session.starts_at, session.ends_at))
    for moments in agenda.values():
        moments.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(moments))


def test_loading_makes_a_handful_of_mails_of_every_sort(loaded):
    kinds = Counter(Message.objects.values_list("kind", flat=True))
    assert set(kinds) == {
        "teach_asked",
        "request_asked",
        "request_yes",
        "request_no",
        "help_offered",
        "dates_offered",
        "seat_first",
        "registered",
        "promoted",
        "moved",
        "waiting",
        "changed",
        "session_cancelled",
        "withdrawn",
        "teach",
        "teach_changed",
        "teach_cancelled",
        "note",
        "evaluate",
        "applied",
        "digest",
        "programme",
    }
    assert kinds.total() < 90


def test_every_page_about_post_has_something_to_show(loaded):
    queued = InboundMessage.objects.filter(state="queued").order_by("pk")
    assert list(queued.values_list("outcome", flat=True)) == [
        "free_text",
        "free_text",
        "unknown_uid",
    ]
    roles = AuditEvent.objects.get(verb="demo.loaded").detail["roles"]
    boss = Person.objects.get(public_id=roles["coordinator"])
    reader = sent.Reader.of(boss)
    assert sent.refused(reader).count() == 1
    assert [group.number for group in bounced.groups(reader)] == [2]
    assert sent.counts(sent.visible(reader))["mislukt"] == 2
    assert [(row.done, row.total) for row in sent.rounds()] == [(0, 1), (0, 6)]
    session = Note.objects.filter(registration=None).get().session
    assert [row.waits for row in notes.conversations_of(session)] == [True, False]


def test_all_mails_of_the_demo_can_be_written(loaded):
    """As the worker writes them when the demo starts; nothing fails and little is needless."""
    delivery.drain()
    states = Counter(Message.objects.values_list("state", flat=True))
    assert set(states) <= {"sent", "dead", "pending", "skipped"}
    assert states["dead"] == 2
    told = set(Message.objects.filter(state="sent").values_list("kind", flat=True))
    assert told >= {"note", "evaluate", "applied", "digest", "programme", "registered"}


def test_everybody_with_a_coming_seat_is_invited(loaded):
    seats = Registration.objects.filter(
        state="registered", session__status="planned", session__starts_at__gt=clock.now()
    )
    assert set(seats.values_list("pk", flat=True)) == set(
        Invitation.objects.filter(state__in=["active", "bounced"], role="learner").values_list(
            "registration_id", flat=True
        )
    )


def test_moving_a_session_tells_everybody_in_it(loaded):
    trainer = AuditEvent.objects.get(verb="demo.loaded").detail["roles"]["trainer"]
    session = coming().filter(course__trainer_rows__person__public_id=trainer, taken__gt=4).first()
    start = clock.local(session.starts_at)
    before = set(Message.objects.values_list("pk", flat=True))
    change_session(
        session,
        by=Person.objects.get(public_id=trainer),
        time=(start + dt.timedelta(minutes=30)).time(),
    )
    told = Message.objects.exclude(pk__in=before).filter(kind="changed")
    mailed_already = session.registrations.filter(state="registered", invitations__told_revision=0)
    assert told.count() == mailed_already.count() >= 4
    teach = Message.objects.exclude(pk__in=before).filter(kind="teach_changed")
    assert teach.count() == 1
    assert set(
        Invitation.objects.filter(session=session, told_revision=0).values_list(
            "sequence", flat=True
        )
    ) == {1}


def test_roles(loaded):
    # Counted without who only took part last year, and has no part in the rest of the demo.
    of_texts = Counter(text["organisation"] for text in source.read().people)
    coordinated = Role.objects.filter(kind="coordinator").values_list(
        "organisation__slug", flat=True
    )
    assert set(coordinated) == {slug for slug, count in of_texts.items() if count > 5}
    assert Role.objects.filter(kind="national").count() == 1
    assert Person.objects.filter(is_superuser=True, is_staff=True).count() == 1


def test_the_demo_roles_have_something_to_do(loaded):
    roles = AuditEvent.objects.get(verb="demo.loaded").detail["roles"]
    people = {role: Person.objects.get(public_id=key) for role, key in roles.items()}
    assert people["coordinator"].organisation == people["trainer"].organisation
    taught = Session.objects.filter(course__trainer_rows__person=people["trainer"])
    unmarked = taught.filter(ends_at__lt=clock.now(), attendance_marked_at=None, taken__gt=0)
    assert unmarked.exists()
    assert taught.filter(starts_at__gt=clock.now(), taken__gt=0).exists()
    mine = people["learner"].registrations
    assert set(mine.values_list("state", flat=True)) >= {
        "registered",
        "waiting",
        "attended",
        "cancelled",
    }
    assert not Evaluation.objects.filter(registration__person=people["learner"]).exists()


def test_loading_twice_on_one_day_gives_the_same_demo(loaded):
    def picture():
        return [
            Counter(Session.objects.values_list("course__slug", "starts_at", "taken", "status")),
            Counter(
                Registration.objects.values_list("person__email", "session__starts_at", "state")
            ),
        ]

    first = picture()
    loading.load(replace=True)
    assert picture() == first


def test_next_week_starts_on_a_monday_within_two_to_three_weeks():
    for offset in range(800):
        today = dt.date(2026, 1, 1) + dt.timedelta(days=offset)
        monday = next_week(today)
        assert monday.weekday() == 0
        assert 14 <= (monday - today).days <= 20


# --- is an older demo still good? ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "untouched", "touched"),
    [(9, "fresh", "fresh"), (11, "stale", "fresh"), (16, "stale", "fresh"), (21, "stale", "stale")],
)
def test_state_of_an_older_demo(loaded, days, untouched, touched):
    later = NOW + dt.timedelta(days=days)
    with time_machine.travel(later, tick=False):
        assert loading.state().value == untouched
    session = coming().filter(taken=0, reserved_seats=0).first()
    person = Person.objects.exclude(registrations__session=session).first()
    registrations.register(session, person=person)
    with time_machine.travel(later, tick=False):
        assert loading.state().value == touched


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("Samira El Idrissi", "samira.el.idrissi"),
        ("Ömer Şahin", "omer.sahin"),
        ("Mehmet Aydın", "mehmet.aydin"),
        ("Noël d’Hondt", "noel.dhondt"),
        ("Jan-Willem Koekkoek", "jan-willem.koekkoek"),
        ("  Agnieszka   Wójcik ", "agnieszka.wojcik"),
    ],
)
def test_local_part(name, local):
    assert local_part(name) == local


def test_namesakes_get_a_number():
    people = [("Jan de Vries", "a.nl"), ("Jan de Vries", "b.nl"), ("Jan de Vriés", "a.nl")]
    assert addresses(people) == ["jan.de.vries@a.nl", "jan.de.vries@b.nl", "jan.de.vries2@a.nl"]


def test_the_pool_and_questions_in_every_state(loaded):
    assert TrainerProfile.objects.count() >= 40
    states = Counter(KnowledgeRequest.objects.values_list("state", flat=True))
    assert {"open", "proposed", "asked", "accepted", "planned", "done", "closed"} <= set(states)
    assert sum(states.values()) >= 25
    for row in KnowledgeRequest.objects.all():
        assert row.theme is not None or row.state == "open", row.title
    planned = KnowledgeRequest.objects.filter(state="planned")
    assert all(row.session.registrations.exists() for row in planned)
