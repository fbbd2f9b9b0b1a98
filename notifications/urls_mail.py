# SPDX-License-Identifier: EUPL-1.2
"""Pages about the mail itself."""

from django.urls import path

from notifications import views_mail as views

app_name = "mail"

urlpatterns = [
    path("mijn/meldingen/", views.preferences, name="preferences"),
    path("mijn/agenda-abonnement/", views.feed, name="feed"),
    path("uitschrijven/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("toegepast/<str:token>/", views.applied, name="applied"),
    path("edities/<slug:slug>/bericht/", views.programme, name="programme"),
    path("edities/<slug:slug>/in-mijn-agenda/", views.day, name="day"),
]
