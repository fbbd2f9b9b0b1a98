# SPDX-License-Identifier: EUPL-1.2
"""The pages of the service desk; notifications.urls takes them into its namespace."""

from django.urls import path

from notifications.inbound import views

urlpatterns = [
    path("coordinatie/post/", views.post, name="desk"),
    path("coordinatie/post/<uuid:public_id>/besluit/", views.decide, name="desk-decide"),
]
