# SPDX-License-Identifier: EUPL-1.2
"""Resources in Dutch, plural, without a trailing slash (NL GOV REST API Design Rules)."""

from django.urls import path

from courses.api import views

urlpatterns = [
    path("cursussen", views.Cursussen.as_view(), name="cursussen"),
    path("cursussen/<uuid:id>", views.CursusDetail.as_view(), name="cursus"),
    path(
        "cursussen/<uuid:id>/bijeenkomsten",
        views.CursusBijeenkomsten.as_view(),
        name="cursus-bijeenkomsten",
    ),
    path("bijeenkomsten", views.Bijeenkomsten.as_view(), name="bijeenkomsten"),
    path("bijeenkomsten/<uuid:id>", views.BijeenkomstDetail.as_view(), name="bijeenkomst"),
    path("bijeenkomsten/<uuid:id>/annulering", views.Annulering.as_view(), name="annulering"),
    path("bijeenkomsten/<uuid:id>/aanmeldingen", views.Aanmeldingen.as_view(), name="aanmeldingen"),
    path(
        "bijeenkomsten/<uuid:id>/aanmeldingen/<uuid:aanmelding>",
        views.AanmeldingDetail.as_view(),
        name="aanmelding",
    ),
    path("edities", views.Edities.as_view(), name="edities"),
]
