# SPDX-License-Identifier: EUPL-1.2
"""Files of open data: one address each, in no language in particular."""

from django.urls import path

from reach import views_open

app_name = "open-data"

urlpatterns = [
    path("bereik/open-data/dcat.jsonld", views_open.catalogue, name="catalogue"),
    path("bereik/open-data/<slug:slug>.<str:kind>", views_open.table, name="table"),
]
