# SPDX-License-Identifier: EUPL-1.2
"""Pages on which people write to each other."""

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("mijn/bijeenkomsten/<uuid:public_id>/berichten/", views.write_to_all, name="write-to-all"),
    path("berichten/<uuid:public_id>/", views.conversation, name="conversation"),
]
