# SPDX-License-Identifier: EUPL-1.2
"""For calendar programs: in no language, without cookies."""

from django.urls import path

from notifications import views_feeds as views

app_name = "feeds"

urlpatterns = [
    path("agenda/<str:token>.ics", views.person, name="person"),
    path("edities/<slug:slug>/programma.ics", views.edition, name="edition"),
    path("organisaties/<slug:slug>/agenda.ics", views.organisation, name="organisation"),
]
