# SPDX-License-Identifier: EUPL-1.2
"""The coordinator's pages about matching: rounds."""

from django.urls import path

from matching.views import rounds

app_name = "rounds"

urlpatterns = [
    path("coordinatie/matching/", rounds.overview, name="overview"),
    path("coordinatie/matching/start/", rounds.start, name="start"),
    path("coordinatie/matching/<uuid:public_id>/", rounds.detail, name="round"),
    path("coordinatie/matching/<uuid:public_id>/vrijgeven/", rounds.release, name="release"),
    path("coordinatie/matching/<uuid:public_id>/weggooien/", rounds.discard, name="discard"),
]
