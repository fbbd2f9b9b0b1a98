# SPDX-License-Identifier: EUPL-1.2
"""Resources in Dutch, plural, without a trailing slash (NL GOV REST API Design Rules)."""

from django.urls import path

from courses.api import courses, registrations, sessions

urlpatterns = [
    path("cursussen", courses.Cursussen.as_view(), name="cursussen"),
    path("cursussen/<uuid:id>", courses.CursusDetail.as_view(), name="cursus"),
    path(
        "cursussen/<uuid:id>/bijeenkomsten",
        sessions.CursusBijeenkomsten.as_view(),
        name="cursus-bijeenkomsten",
    ),
    path("bijeenkomsten", sessions.Bijeenkomsten.as_view(), name="bijeenkomsten"),
    path("bijeenkomsten/<uuid:id>", sessions.BijeenkomstDetail.as_view(), name="bijeenkomst"),
    path("bijeenkomsten/<uuid:id>/annulering", sessions.Annulering.as_view(), name="annulering"),
    path(
        "bijeenkomsten/<uuid:id>/aanmeldingen",
        registrations.Aanmeldingen.as_view(),
        name="aanmeldingen",
    ),
    path(
        "bijeenkomsten/<uuid:id>/aanmeldingen/<uuid:aanmelding>",
        registrations.AanmeldingDetail.as_view(),
        name="aanmelding",
    ),
    path("edities", courses.Edities.as_view(), name="edities"),
]
