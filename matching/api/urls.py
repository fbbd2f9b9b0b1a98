# SPDX-License-Identifier: EUPL-1.2
"""Resources in Dutch, plural, without a trailing slash (NL GOV REST API Design Rules)."""

from django.urls import path

from matching.api import views

urlpatterns = [
    path("kennisvragen", views.Kennisvragen.as_view(), name="kennisvragen"),
    path("kennisvragen/<uuid:id>", views.KennisvraagDetail.as_view(), name="kennisvraag"),
    path("trainers", views.Trainers.as_view(), name="trainers"),
    path("trainers/<uuid:id>", views.TrainerDetail.as_view(), name="trainer"),
]
