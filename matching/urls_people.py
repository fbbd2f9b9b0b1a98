# SPDX-License-Identifier: EUPL-1.2
"""Addresses for who asks, supports, teaches and points out. matching/urls.py includes them."""

from django.urls import path

from matching.views import ask, choose, mine, nominate, overview, question, trainer

urlpatterns = [
    path("kennisvragen/", overview.overview, name="requests"),
    path("kennisvragen/nieuw/", ask.new, name="new"),
    path("kennisvragen/nieuw/lijkt-op/", ask.likely, name="likely"),
    path("kennisvragen/ken-jij-een-collega/", nominate.nominate, name="nominate"),
    path("kennisvragen/<uuid:public_id>/", question.question, name="request"),
    path("kennisvragen/<uuid:public_id>/pas-aan/", ask.edit, name="edit"),
    path("kennisvragen/<uuid:public_id>/ik-ook/", question.support, name="support"),
    path("kennisvragen/<uuid:public_id>/sluit/", question.close, name="close"),
    path("kennisvragen/<uuid:public_id>/open/", question.keep_open, name="keep-open"),
    path("kennisvragen/<uuid:public_id>/verder-zoeken/", choose.seek_on, name="seek-on"),
    path("kennisvragen/<uuid:public_id>/help/", question.offer_help, name="offer-help"),
    path("kennisvragen/<uuid:public_id>/oproep/", question.call, name="call"),
    path("kennisvragen/<uuid:public_id>/leerkring/", choose.circle, name="circle"),
    path("kennisvragen/<uuid:public_id>/moment/", choose.pick_date, name="pick-date"),
    path(
        "kennisvragen/<uuid:public_id>/vraag/<uuid:trainer_id>/",
        choose.ask_trainer,
        name="ask-trainer",
    ),
    path(
        "kennisvragen/<uuid:public_id>/past-niet/<uuid:trainer_id>/",
        choose.dismiss,
        name="dismiss",
    ),
    path("mijn/vragen/", mine.mine, name="mine"),
    path("mijn/vragen/<uuid:public_id>/", trainer.answer, name="answer"),
    path("mijn/vragen/<uuid:public_id>/momenten/", trainer.dates, name="dates"),
    path("mijn/vragen/<uuid:public_id>/terug/", choose.stop_asking, name="stop-asking"),
    path("mijn/trainer/", trainer.profile, name="profile"),
    path("mijn/trainer/pauze/", trainer.pause, name="pause"),
    path("mijn/trainer/stop/", trainer.leave, name="leave-pool"),
    path("voordracht/<str:token>/", nominate.answer, name="nomination"),
]
