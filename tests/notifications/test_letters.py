# SPDX-License-Identifier: EUPL-1.2
"""What people read. Every kind of mail has a readable snapshot per language; to renew them after a change
of words run ``UPDATE_SNAPSHOTS=1 pytest tests/notifications/test_letters.py`` and read the diff."""

import datetime as dt
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import transaction
from django.urls import resolve
from django.utils import translation

from accounts import signals as accounts
from accounts.domain import people
from accounts.models import AccessRequest, Person, Role
from courses import signals as courses
from courses.domain import co_trainers
from courses.models import CourseInterest, Registration, Session
from notifications.domain import invitations, notes, notices
from notifications.models import Invitation
from notifications.models.message import Kind
from tests.factories import (
    CourseFactory,
    LocationFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
)
from tests.notifications.conftest import (
    SUMMER,
    Mail,
    call_off,
    change,
    leave,
    move,
    plan,
    post,
    queue_up,
    retitle,
    seat,
)
from tests.notifications.scenes_news import NEWS_SCENES
from tests.notifications.scenes_questions import QUESTION_SCENES

SNAPSHOTS = Path(__file__).parent / "snapshots"
HOUR = dt.timedelta(hours=1)
Reason = Registration.CancelReason


@pytest.fixture(autouse=True)
def clock_in_summer():
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


# --- how each kind comes about --------------------------------------------------------------------


def registered(session, person):
    seat(session, person)
    return post()


def registered_by_coordinator(session, person):
    seat(session, person, registered_by=PersonFactory(email="baas@cjib.example"))
    return post()


def registered_before_the_link(session, person):
    session.online_url = ""
    session.save()
    return registered(session, person)


def registered_unconfirmed(session, person):
    person.organisation_confirmed = False
    person.save()
    return registered(session, person)


def registered_hybrid(session, person):
    session.format, session.location = "hybrid", LocationFactory()
    session.save()
    return registered(session, person)


def promoted(session, person):
    row = queue_up(session, person)
    post()
    row.state = Registration.State.REGISTERED
    row.save()
    courses.registration_confirmed.send(Registration, registration=row, promoted=True)
    return post()


def moved(session, person):
    other = SessionFactory(
        course=session.course,
        starts_at=session.starts_at + dt.timedelta(days=14),
        ends_at=session.ends_at + dt.timedelta(days=14),
    )
    row = seat(session, person)
    post()
    move(row, other)
    return post()[1:]


def moved_away(session, person):
    other = SessionFactory(
        course=session.course,
        starts_at=session.starts_at + dt.timedelta(days=14),
        ends_at=session.ends_at + dt.timedelta(days=14),
    )
    row = seat(session, person)
    post()
    move(row, other)
    return post()[:1]


def waiting(session, person):
    queue_up(session, PersonFactory(email="eerder@cjib.example", name="Eerder Wachtend"))
    post()
    with time_machine.travel(SUMMER + HOUR, tick=False):
        queue_up(session, person)
        return post()


def changed_time(session, person):
    seat(session, person)
    post()
    change(session, starts_at=session.starts_at + HOUR, ends_at=session.ends_at + HOUR)
    return post()


def changed_place(session, person):
    seat(session, person)
    post()
    change(
        session, format="hybrid", location=LocationFactory(), online_url="https://ander.example/x"
    )
    retitle(session, "Brieven die iedereen snapt")
    return post()


def session_cancelled(session, person):
    for number, title in enumerate(("Duidelijke mails", "Schrijven voor het web", "Een derde")):
        SessionFactory(
            course=CourseFactory(title=title, slug=f"gelijk-{number}"),
            starts_at=session.starts_at + dt.timedelta(days=number + 1),
            ends_at=session.ends_at + dt.timedelta(days=number + 1),
        )
    seat(session, person)
    post()
    call_off(session, reason="Ik ben ziek.\nSorry!")
    return post()


def withdrawn(session, person):
    row = seat(session, person)
    post()
    leave(row)
    return post()


def left_waiting_list(session, person):
    row = queue_up(session, person)
    post()
    leave(row)
    return post()


def declined(session, person):
    row = seat(session, person)
    post()
    leave(row, Reason.DECLINED)
    return post()


def removed_by_coordinator(session, person):
    row = seat(session, person)
    post()
    leave(row, Reason.COORDINATOR)
    return post()


def removed_by_trainer(session, person):
    row = seat(session, person)
    post()
    leave(row, Reason.TRAINER)
    return post()


def released(session, person):
    row = seat(session, person)
    post()
    leave(row, Reason.UNCONFIRMED)
    return post()


def _as_trainer(session, person):
    trainer = session.course.trainers.get()
    trainer.language = person.language
    trainer.save()


def teach(session, person):
    _as_trainer(session, person)
    plan(session)
    return post()


def teach_asked(session, person):
    trainer = session.course.trainers.get()
    co_trainers.invite(session.course, email=person.email, by=trainer)
    return post()


def teach_changed(session, person):
    teach(session, person)
    change(session, starts_at=session.starts_at + HOUR, ends_at=session.ends_at + HOUR)
    return post()


def teach_cancelled(session, person):
    teach(session, person)
    call_off(session)
    return post()


def teach_removed(session, person):
    teach(session, person)
    trainer = session.course.trainers.get()
    invitations.withdraw_trainer(session.course, trainer)
    return post()


def note(session, person):
    """From a trainer to everyone; others who take part get theirs apart."""
    seat(session, person)
    post()
    text = "Hoi allemaal,\n\nNeem je eigen brief mee. Haal er namen uit.\n\nTot dinsdag!"
    notes.write_to_all(session, by=session.course.trainers.get(), text=text)
    return [mail for mail in post() if mail["To"].addresses[0].addr_spec == person.email]


def note_to_trainer(session, person):
    _as_trainer(session, person)
    row = seat(session, person)
    post()
    notes.write(row, by=person, text="Mag ik ook een mail meenemen?")
    return post()


def new_date(session, person):
    CourseInterest.objects.create(course=session.course, person=person)
    plan(session)
    return [mail for mail in post() if mail["To"].addresses[0].addr_spec == person.email]


def evaluate(session, person):
    row = seat(session, person)
    post()
    with time_machine.travel(session.ends_at + HOUR, tick=False):
        row.state = Registration.State.ATTENDED
        row.save()
        courses.attendance_marked.send(Session, session=session, registrations=[row], by=None)
        return post()


def time_fixed(session, person):
    seat(session, person)
    post()
    notices.tell_time_fixed(Invitation.objects.get(person=person))
    return post()


def delegated(session, person):
    seat(session, person)
    post()
    notices.tell_delegated(Invitation.objects.get(person=person))
    return post()


def _trainer_invited(session, person):
    _as_trainer(session, person)
    plan(session)
    post()
    return Invitation.objects.get(session=session, role=Invitation.Role.TRAINER)


def time_fixed_trainer(session, person):
    notices.tell_time_fixed(_trainer_invited(session, person))
    return post()


def delegated_trainer(session, person):
    notices.tell_delegated(_trainer_invited(session, person))
    return post()


def trainer_declined(session, person):
    Role.objects.create(
        person=person, kind=Role.Kind.COORDINATOR, organisation=session.course.organisation
    )
    notices.tell_trainer_declined(_trainer_invited(session, person))
    return post()


def login_code(session, person):
    accounts.signin_code_requested.send(
        Person,
        person=person,
        email=person.email,
        code="K7F3QX",
        language=person.language,
        browser="a",
    )
    return post()


def address_code(session, person):
    accounts.address_code_requested.send(
        Person,
        person=person,
        email="merel@nieuw.example",
        code="K7F3QX",
        language=person.language,
        browser="a",
    )
    return post()


def address_changed(session, person):
    people.change_email(person, email="merel@nieuw.example", by=person)
    return post()


def access_granted(session, person):
    row = AccessRequest.objects.create(person=person, organisation=person.organisation)
    accounts.access_granted.send(AccessRequest, access_request=row)
    return post()


def access_refused(session, person):
    row = AccessRequest.objects.create(person=person, organisation=person.organisation)
    accounts.access_refused.send(AccessRequest, access_request=row)
    return post()


def organisation_confirmed(session, person):
    accounts.organisation_confirmed.send(
        Person, person=person, organisation=person.organisation, by=None
    )
    return post()


def organisation_rejected(session, person):
    accounts.organisation_rejected.send(
        Person, person=person, organisation=person.organisation, by=None
    )
    return post()


SCENES = {
    scene.__name__: scene
    for scene in (
        registered,
        registered_by_coordinator,
        registered_before_the_link,
        registered_unconfirmed,
        registered_hybrid,
        promoted,
        moved,
        moved_away,
        waiting,
        changed_time,
        changed_place,
        session_cancelled,
        withdrawn,
        left_waiting_list,
        declined,
        removed_by_coordinator,
        removed_by_trainer,
        released,
        teach,
        teach_asked,
        teach_changed,
        teach_cancelled,
        teach_removed,
        note,
        note_to_trainer,
        new_date,
        evaluate,
        time_fixed,
        time_fixed_trainer,
        delegated,
        delegated_trainer,
        trainer_declined,
        login_code,
        address_code,
        address_changed,
        access_granted,
        access_refused,
        organisation_confirmed,
        organisation_rejected,
    )
}
SCENES |= NEWS_SCENES
SCENES |= QUESTION_SCENES
every_scene = pytest.mark.parametrize("scene", SCENES)
every_language = pytest.mark.parametrize("language", ["nl", "en"])


def only_mail(scene, language, session, person) -> Mail:
    person.language = language
    person.save()
    (mail,) = SCENES[scene](session, person)
    return mail


# --- the tests ------------------------------------------------------------------------------------


def readable(mail):
    """The mail as a text file: headers, text, calendar; what is random is replaced."""
    names = ["From", "To", "Subject", "Auto-Submitted", "Content-Language"]
    names += [name for name in ("List-Unsubscribe", "List-Unsubscribe-Post") if mail[name]]
    parts = ["\n".join(f"{name}: {mail[name]}" for name in names), mail.text.strip()]
    if mail.calendar_octets is not None:
        lines = mail.calendar_octets.decode().replace("\r\n ", "").split("\r\n")
        event = lines[lines.index("BEGIN:VEVENT") : -1]
        parts.append("\n".join([lines[4], *event]))
    text = "\n\n----\n\n".join(parts) + "\n"
    text = re.sub(
        r"/(afmelden|evaluatie|toegepast|uitschrijven|voordracht|maandmail-uit)/[^/\s\\>]+/",
        r"/\1/<token>/",
        text,
    )
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", text)
    return re.sub(r"[0-9a-f]{32}", "<uid>", text)


@every_scene
@every_language
def test_mail_reads_as_its_snapshot(scene, language, rows, learner):
    found = readable(only_mail(scene, language, rows, learner))
    file = SNAPSHOTS / f"{scene}.{language}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_text(found)

    assert found == file.read_text()


def test_every_kind_of_mail_has_a_snapshot():
    names = {"removed_by_trainer": "removed", "changed_time": "changed"}
    assert {kind.value for kind in Kind} <= {names.get(scene, scene) for scene in SCENES}


class _Reader(HTMLParser):
    """HTML as a person would read it aloud: link texts with their address, cells after each other."""

    def __init__(self):
        super().__init__()
        self.out, self.href, self.skip, self.buttons, self.plain_url = [], None, False, 0, False

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in {"title", "style"}:
            self.skip = True
        if tag == "br":
            self.out.append(" ")
        if tag == "a":
            self.href = attrs["href"]
            self.buttons += "background:#00665c" in attrs.get("style", "")

    def handle_endtag(self, tag):
        if tag in {"title", "style"}:
            self.skip = False
        if tag == "a":
            if self.out[-1].strip() != self.href:
                self.out.append(f": {self.href}")
            self.href = None

    def handle_data(self, data):
        if not self.skip:
            self.out.append(data)


def aloud(html):
    reader = _Reader()
    reader.feed(html)
    return "".join(reader.out).split(), reader.buttons


@every_scene
@every_language
def test_html_equals_text_is_short_and_leads_to_our_pages(scene, language, rows, learner, settings):
    mail = only_mail(scene, language, rows, learner)
    heard, buttons = aloud(mail.html)

    assert heard == mail.text.split()
    assert buttons == (0 if scene in {"login_code", "address_code"} else 1)
    assert f'lang="{language}"' in mail.html
    assert "<img" not in mail.html
    said = re.sub(r"(Je krijgt deze mail|You get this mail) [^:]+\.$", "", mail.text.strip())
    words = [word for word in said.split() if not word.startswith("http") and word != "→"]
    assert len(words) <= 90
    links = set(re.findall(r"https?://\S+", mail.text))
    ours = {link for link in links if link.startswith(settings.BASE_URL)}
    assert links - ours <= {"https://vergadering.example/abc", "https://ander.example/x"}
    with translation.override(language):
        for link in ours:
            assert resolve(
                urlsplit(link).path
            )  # raises Resolver404 for an address that is not ours


@pytest.mark.parametrize("scene", ["registered", "waiting", "evaluate"])
def test_a_personal_link_opens_and_changes_nothing(scene, rows, learner, client):
    """Mail scanners open every link."""
    mail = only_mail(scene, "nl", rows, learner)
    before = list(Registration.objects.order_by("pk").values_list("pk", "state", "cancelled_at"))
    (link,) = re.findall(r"https?://\S+/(?:afmelden|evaluatie)/\S+", mail.text)
    assert client.get(urlsplit(link).path).status_code == 200
    assert before == list(
        Registration.objects.order_by("pk").values_list("pk", "state", "cancelled_at")
    )


@every_scene
def test_no_mail_names_another_learner(scene, rows, learner):
    """Three others have a seat or wait, each with a name and address that would be found."""
    for number, state in enumerate(("registered", "waiting", "registered")):
        other = PersonFactory(name=f"Geheime Ander{number}", email=f"geheim{number}@elders.example")
        (queue_up if state == "waiting" else seat)(rows, other)
    others = [mail.octets for mail in post()]
    assert sum(b"geheim" in octets for octets in others) == 3  # there is something to leak

    mail = next(
        mail
        for mail in SCENES[scene](rows, learner)
        if "geheim" not in mail["To"].addresses[0].addr_spec
    )

    everything = " ".join(
        [str(mail.parsed), mail.text, mail.html, (mail.calendar_octets or b"").decode()]
    )
    everything = everything.replace("\r\n ", "").replace("\n ", "").lower()
    for secret in ("geheim", "elders.example", "ander0", "ander1", "ander2"):
        assert secret not in everything
    if mail.calendar is not None:
        assert len(mail.calendar.walk("VEVENT")) == 1
        assert not isinstance(mail.event["ATTENDEE"], list)


def test_a_trainers_text_cannot_make_a_link_or_a_button(rows, learner):
    rows.course.bring = "=> Klik hier: https://kwaad.example\n=> Of hier: https://kwaad.example"
    rows.course.title = '-> x: https://kwaad.example"><script>alert(1)</script>'
    rows.course.save()
    (mail,) = registered(rows, learner)
    retitle(rows, "=> Nieuw: https://kwaad.example")
    (update,) = post()

    for found in (mail, update):
        assert "<script>" not in found.html
        assert aloud(found.html)[1] == 1
        assert "background:#00665c" in found.html.split("Bekijk de cursus")[0].rsplit("<a", 1)[1]


def test_the_waiting_list_tells_ones_own_place(rows, learner):
    (mail,) = waiting(rows, learner)
    assert "Je staat op plek 2." in mail.text


def test_new_date_is_not_told_to_who_already_joins(rows, learner):
    CourseInterest.objects.create(course=rows.course, person=learner)
    with transaction.atomic():
        seat(rows, learner)
    post()
    plan(rows)
    assert [mail.subject[:5] for mail in post()] == ["Je ge"]


def test_an_expired_code_is_not_sent_and_forgotten(rows, learner, clock_in_summer):
    from notifications.models import Message

    accounts.signin_code_requested.send(
        Person, person=learner, email=learner.email, code="K7F3QX", language="nl", browser="a"
    )
    clock_in_summer.shift(601)
    assert post() == []
    row = Message.objects.get()
    assert (row.state, row.secret, row.rendered) == ("skipped", None, None)


def test_an_international_domain_goes_out_in_idna(rows):
    learner = PersonFactory(email="merel@münchen.example", organisation=OrganisationFactory())
    (mail,) = registered(rows, learner)
    assert mail["To"].addresses[0].addr_spec == "merel@xn--mnchen-3ya.example"
