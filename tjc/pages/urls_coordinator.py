# SPDX-License-Identifier: EUPL-1.2
"""The coordinator's pages; tjc.pages.urls takes them into its namespace."""

from django.urls import path

from tjc.pages import coordinator, coordinator_acts

urlpatterns = [
    path("coordinatie/", coordinator.front, name="coordinator"),
    path("coordinatie/collegas/", coordinator.people, name="coordinator-people"),
    path("coordinatie/cursussen/", coordinator.courses, name="coordinator-courses"),
    path(
        "coordinatie/collegas/aanmelden/",
        coordinator_acts.choose_session,
        name="coordinator-register",
    ),
    path(
        "coordinatie/collegas/aanmelden/<uuid:public_id>/",
        coordinator_acts.register,
        name="coordinator-register-session",
    ),
    path(
        "coordinatie/aanmeldingen/<uuid:public_id>/afmelden/",
        coordinator_acts.withdraw,
        name="coordinator-withdraw",
    ),
    path(
        "coordinatie/bijeenkomsten/<uuid:public_id>/afzeggen/",
        coordinator_acts.cancel_session,
        name="coordinator-cancel-session",
    ),
]
