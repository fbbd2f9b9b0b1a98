# SPDX-License-Identifier: EUPL-1.2
"""Editions, for the national coordinator; courses.urls takes them into its namespace."""

from django.urls import path

from courses.views import editions

urlpatterns = [
    path("edities-beheer/", editions.manage, name="editions-manage"),
    path("edities-beheer/nieuw/", editions.new, name="edition-new"),
    path("edities-beheer/<slug:slug>/", editions.edit, name="edition-edit"),
    path("edities-beheer/<slug:slug>/kopie/", editions.clone, name="edition-clone"),
]
