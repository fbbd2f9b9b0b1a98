# SPDX-License-Identifier: EUPL-1.2
"""Addresses for who teaches. courses/urls.py includes them under the name ``courses``."""

from django.urls import path

from courses.views import (
    again,
    attendance,
    evaluate,
    manage,
    materials,
    participants,
    sessions,
    teach,
    together,
)

urlpatterns = [
    path("geef-een-cursus/", teach.teach, name="teach"),
    path("geef-een-cursus/<uuid:public_id>/", teach.teach_edit, name="teach-edit"),
    path("geef-een-cursus/<uuid:public_id>/bewaar/", teach.teach_save, name="teach-save"),
    path("geef-een-cursus/<uuid:public_id>/gelukt/", teach.teach_published, name="teach-published"),
    path("geef-een-cursus/<uuid:public_id>/weg/", teach.teach_discard, name="teach-discard"),
    path("mijn/cursussen/", manage.my_courses, name="my-courses"),
    path("mijn/cursussen/<uuid:public_id>/", manage.manage, name="manage"),
    path("mijn/cursussen/<uuid:public_id>/tekst/", manage.manage_text, name="manage-text"),
    path("mijn/cursussen/<uuid:public_id>/datum/", manage.add_session, name="add-session"),
    path(
        "mijn/cursussen/<uuid:public_id>/medetrainer/",
        together.add_co_trainer,
        name="add-co-trainer",
    ),
    path(
        "mijn/cursussen/<uuid:public_id>/medetrainer/weg/",
        together.remove_co_trainer,
        name="remove-co-trainer",
    ),
    path(
        "mijn/cursussen/<uuid:public_id>/draag-over/<uuid:trainer_id>/",
        together.hand_over,
        name="hand-over",
    ),
    path("mijn/medetrainer/<uuid:public_id>/", together.invitation, name="trainer-invitation"),
    path("mijn/cursussen/<uuid:public_id>/kopie/", again.copy_course, name="copy-course"),
    path("mijn/cursussen/<uuid:public_id>/link/", materials.add_link, name="add-link"),
    path("mijn/cursussen/<uuid:public_id>/bestand/", materials.add_file, name="add-file"),
    path("mijn/cursussen/<uuid:public_id>/stop/", manage.cancel_course, name="cancel-course"),
    path("mijn/cursussen/<uuid:public_id>/archief/", manage.archive_course, name="archive-course"),
    path("mijn/bijeenkomsten/<uuid:public_id>/", sessions.session_manage, name="session-manage"),
    path(
        "mijn/bijeenkomsten/<uuid:public_id>/wijzig/",
        sessions.session_change,
        name="session-change",
    ),
    path(
        "mijn/bijeenkomsten/<uuid:public_id>/plekken/",
        sessions.session_seats,
        name="session-seats",
    ),
    path(
        "mijn/bijeenkomsten/<uuid:public_id>/zeg-af/",
        sessions.session_cancel,
        name="session-cancel",
    ),
    path(
        "mijn/bijeenkomsten/<uuid:public_id>/aanwezigheid/",
        attendance.attendance,
        name="attendance",
    ),
    path(
        "mijn/bijeenkomsten/<uuid:public_id>/lijst/",
        participants.participant_list,
        name="participant-list",
    ),
    path("mijn/deelnemers/<uuid:public_id>/meld-af/", sessions.deregister, name="deregister"),
    path("materiaal/<uuid:public_id>/", materials.material, name="material"),
    path("materiaal/<uuid:public_id>/weg/", materials.remove_material, name="remove-material"),
    path("evaluatie/<str:token>/", evaluate.evaluate, name="evaluate"),
    path("evaluatie/<str:token>/bedankt/", evaluate.evaluate_thanks, name="evaluate-thanks"),
]
