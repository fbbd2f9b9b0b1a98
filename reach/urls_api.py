# SPDX-License-Identifier: EUPL-1.2
"""Resources in Dutch, without a trailing slash (NL GOV REST API Design Rules)."""

from django.urls import path

from reach import api

urlpatterns = [
    path("bereik", api.BereikCijfers.as_view(), name="bereik"),
    path("bereik/periodes", api.BereikPeriodes.as_view(), name="bereik-periodes"),
]
