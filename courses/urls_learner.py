# SPDX-License-Identifier: EUPL-1.2
"""Pages for everyone who wants to learn something."""

from django.urls import path

from courses.views import (
    catalogue,
    certificate,
    course,
    move,
    organisation,
    poster,
    programme,
    sign_up,
    sign_up_code,
    trainer,
    withdraw,
)

urlpatterns = [
    path("cursussen/", catalogue.catalogue, name="catalogue"),
    path("cursussen/<slug:slug>/", course.course, name="course"),
    path("cursussen/<slug:slug>/poster/", poster.poster, name="poster"),
    path("cursussen/<slug:slug>/op-de-hoogte/", course.interest, name="interest"),
    path("bijeenkomsten/organisatie/", sign_up.organisation, name="register-organisation"),
    path("bijeenkomsten/<uuid:public_id>/aanmelden/", sign_up.sign_up, name="register"),
    path("bijeenkomsten/<uuid:public_id>/aanmelden/code/", sign_up_code.code, name="register-code"),
    path("aanmelden/gelukt/<uuid:public_id>/", sign_up_code.done, name="registered"),
    path("mijn/bewijs/<uuid:public_id>/", certificate.certificate, name="certificate"),
    path("afmelden/<str:token>/", withdraw.withdraw, name="withdraw"),
    path("verzetten/<str:token>/", move.move, name="move"),
    path("edities/<slug:slug>/", programme.edition, name="edition"),
    path("tjc-week/", programme.week, name="tjc-week"),
    path("tjc-week/<str:day>/", programme.week, name="tjc-week"),
    path("tjc-dagen/<str:day>/", programme.day, name="tjc-day"),
    path("trainers/<slug:slug>/", trainer.trainer, name="trainer"),
    path("organisaties/<slug:slug>/", organisation.organisation, name="organisation"),
]
