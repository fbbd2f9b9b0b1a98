# SPDX-License-Identifier: EUPL-1.2
"""Where in the made-up data of the demo each state of tests.e2e.states is."""

import json

from tests.e2e.product import Product

#: Run in the demo; makes what the data does not have, and the pages of our own mistakes.
LOOK_UP = """
import json
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation
from base import clock
from courses import tokens
from datetime import timedelta
from uuid import uuid4
from unittest import mock
from django.test import Client
from accounts.errors import TooManyRequests
from accounts.models import Person
from courses.models import Course, Registration, Session, Theme, TrainerInvitation
from matching.models import KnowledgeRequest, Nomination
from matching.tokens import nomination_token
from tests.factories import EditionFactory, KnowledgeRequestFactory, MatchFactory
from reach import documents
from reach.models import ExportJob, MonthlyExport
from notifications import tokens as mail_tokens
from tjc.demo.roles import BY_KEY, person_for
now, learner = clock.now(), person_for(BY_KEY["learner"])
soon = now + timedelta(days=1)  # what is walked may not begin meanwhile
sessions = Session.objects.order_by("pk")
mine = Registration.objects.filter(person=learner).order_by("pk")
form = lambda session: f"/bijeenkomsten/{session.public_id}/aanmelden/"
course = lambda session: f"/cursussen/{session.course.slug}/"
def errors(language, status=500):
    with translation.override(language):
        return render_to_string(f"pages/fout/{status}.html")
def without_pdf(language):
    client = Client(headers={"host": "localhost"})
    client.force_login(person_for(BY_KEY["coordinator"]))
    with mock.patch("reach.documents.pdf", side_effect=documents.DocumentsMissing):
        return client.get(f"{language}/coordinatie/bereik/rapport.pdf").content.decode()
def too_often(language):
    with mock.patch("courses.views.catalogue.filters_from", side_effect=TooManyRequests):
        return Client(headers={"host": "localhost"}).get(f"{language}/cursussen/").content.decode()
full = sessions.upcoming(soon).filter(taken=F("capacity")).exclude(registrations__person=learner)[0]
cancelled = sessions.filter(status="cancelled").exclude(starts_at__lt=soon)[0]
started = sessions.planned().filter(starts_at__lt=now)[0]
kept = sessions.upcoming(soon).filter(reserved_seats__gt=0, reserved_until__gt=soon)[0]
joins = mine.filter(state="registered", session__starts_at__gt=soon)[0]
waits = mine.filter(state="waiting")[0]
went = mine.filter(state="attended")[0]
going = mine.filter(state="registered", session__starts_at__gt=soon)
dates = lambda row: sessions.upcoming(soon).filter(course=row.session.course).exclude(pk=row.session_id)
moves = next(row for row in going if dates(row).exists())
taught = sessions.filter(course__trainer_rows__person=person_for(BY_KEY["trainer"]))
to_come = taught.upcoming(soon)[0]
teaches = person_for(BY_KEY["trainer"])
others = Person.objects.filter(verified_at__isnull=False, is_active=True).exclude(pk__in=[learner.pk, teaches.pk])
own = {"asker": learner, "theme": Theme.objects.first()}
strange = {"asker": others.filter(organisation__isnull=False)[0], "theme": Theme.objects.first()}
seeks = KnowledgeRequestFactory(**own)
asked = MatchFactory(trainer=teaches, request=KnowledgeRequestFactory(state="asked", **strange))
agreed = MatchFactory(trainer=teaches, state="accepted", request=KnowledgeRequestFactory(state="accepted", **strange))
choose = MatchFactory(trainer=teaches, state="accepted", request=KnowledgeRequestFactory(state="accepted", **own))
choose.options.create(starts_at=now + timedelta(days=30), minutes=60)
waits_for = MatchFactory(trainer=teaches, request=KnowledgeRequestFactory(state="asked", **own))
over = KnowledgeRequestFactory(state="closed", **own)
# Below the learner's own questions of the demo, which the walk of the pages looks for.
KnowledgeRequest.objects.filter(asker=learner, pk__gte=seeks.pk).update(state_changed_at=now - timedelta(days=400))
pointed = Nomination.objects.create(nominator=learner, email="nieuw@zwolle.nl", name="Noor", why="Ze legt het zo goed uit.")
led = to_come.course
beside = others.filter(organisation=teaches.organisation).exclude(pk__in=led.trainer_rows.values("person"))[0]
led.trainer_rows.create(person=beside, part="co")
strangers = Course.objects.filter(status="published").exclude(trainer_rows__person=learner).exclude(trainer_invitations__person=learner)
said = {
    answer: TrainerInvitation.objects.create(course=course, person=learner, asked_by=course.trainers.first(), answer=answer, answered_at=now)
    for answer, course in zip(("off", "no"), strangers.order_by("pk"))
}
present = Registration.objects.filter(session__in=taught.upcoming(soon), state="registered")[0]
helped = KnowledgeRequestFactory(**strange)
KnowledgeRequest.objects.filter(pk=helped.pk).update(state_changed_at=now - timedelta(days=400))
secret = EditionFactory(kind="day", starts_on=(now + timedelta(days=300)).date(), ends_on=(now + timedelta(days=300)).date(), programme_published_at=now + timedelta(days=200))
coordinates = person_for(BY_KEY["coordinator"])
tomorrow = now + timedelta(days=1)
files = [
    ExportJob.objects.create(person=coordinates, organisation=coordinates.organisation, table="registrations", format="csv", scope="alles", choice=state, state=state, file="uitvoer/a.csv", size=80_000,
        rows_expected=60_000, rows_done=12_000, lease_token=uuid4(), lease_until=tomorrow,
        ready_at=now, expires_at=tomorrow)
    for state in ("running", "ready", "failed", "gone")
]
monthly = MonthlyExport.objects.get_or_create(person=coordinates, organisation=coordinates.organisation, defaults={"table": "registrations", "format": "ods"})[0]
question = lambda row: f"/kennisvragen/{row.public_id}/"
print("FOUND" + json.dumps({
    "full": form(full), "full course": course(full),
    "cancelled": form(cancelled), "cancelled course": course(cancelled),
    "started": form(started), "started course": f"{course(started)}?moment={started.public_id}",
    "move": f"/verzetten/{tokens.withdraw_token(moves)}/",
    "moved": f"/verzetten/{tokens.withdraw_token(went)}/",
    "withdrawn": f"/afmelden/{tokens.withdraw_token(went)}/",
    "change": f"/mijn/bijeenkomsten/{to_come.public_id}/wijzig/",
    "cancel": f"/mijn/bijeenkomsten/{to_come.public_id}/zeg-af/",
    "too early": f"/mijn/bijeenkomsten/{to_come.public_id}/aanwezigheid/",
    "another date": f"/mijn/cursussen/{to_come.course.public_id}/datum/",
    "kept course": course(kept),
    "joins": form(joins.session), "joined": f"/aanmelden/gelukt/{joins.public_id}/",
    "waits": form(waits.session), "waiting": f"/aanmelden/gelukt/{waits.public_id}/",
    "evaluation": f"/evaluatie/{tokens.evaluate_token(went)}/",
    "unsubscribe": f"/uitschrijven/{mail_tokens.unsubscribe_token(learner)}/",
    "monthly off": f"/bereik/maandmail-uit/{mail_tokens.monthly_token(monthly.public_id.hex)}/",
    "applied": f"/toegepast/{mail_tokens.applied_token(went)}/",
    "question": question(seeks), "question closed": question(over),
    "question asked": question(waits_for.request), "question agreed": question(choose.request),
    "write to all": f"/mijn/bijeenkomsten/{to_come.public_id}/berichten/",
    "published": f"/geef-een-cursus/{to_come.course.public_id}/gelukt/",
    "hand over": f"/mijn/cursussen/{led.public_id}/draag-over/{beside.public_id}/",
    **{f"asked to teach: {answer}": f"/mijn/medetrainer/{row.public_id}/" for answer, row in said.items()},
    "deregister": f"/mijn/deelnemers/{present.public_id}/meld-af/",
    "thanks": f"/evaluatie/{tokens.evaluate_token(went)}/bedankt/",
    "nobody's programme": f"/tjc-dagen/{secret.starts_on.isoformat()}/",
    "help": question(helped) + "help/",
    **{f"file {row.state}": row.get_absolute_url() for row in files},
    "close": question(seeks) + "sluit/", "circle": question(seeks) + "leerkring/",
    "dismiss": f"{question(seeks)}past-niet/{teaches.public_id}/",
    "answer": f"/mijn/vragen/{asked.public_id}/", "answered": f"/mijn/vragen/{agreed.public_id}/",
    "dates": f"/mijn/vragen/{agreed.public_id}/momenten/",
    "nominated": f"/voordracht/{nomination_token(pointed)}/",
    "500": errors("nl"), "500 /en": errors("en"),
    "no pdf": without_pdf(""), "no pdf /en": without_pdf("/en"),
    "429": too_often(""), "429 /en": too_often("/en"),
    "503": errors("nl", 503), "503 /en": errors("en", 503),
}))
"""


def look_up(product: Product) -> dict[str, str]:
    output = product.manage("shell", "-c", LOOK_UP)
    return json.loads(output[output.index("FOUND") + len("FOUND") :])
