# SPDX-License-Identifier: EUPL-1.2
"""Pages on which people write to each other."""

from django.urls import include, path

from notifications import views, views_sent

app_name = "notifications"

urlpatterns = [
    path("", include("notifications.inbound.urls")),
    path("coordinatie/post-uit/", views_sent.sent_mail, name="sent"),
    path("coordinatie/post-uit/<uuid:public_id>/opnieuw/", views_sent.resend, name="sent-resend"),
    path(
        "coordinatie/post-uit/adressen/<uuid:public_id>/weer/",
        views_sent.try_address,
        name="try-address",
    ),
    path("coordinatie/post-uit/opnieuw/", views_sent.try_domain, name="try-domain"),
    path("coordinatie/post-uit/pauze/", views_sent.pause, name="bulk-pause"),
    path("coordinatie/post-uit/verder/", views_sent.resume, name="bulk-resume"),
    path("mijn/bijeenkomsten/<uuid:public_id>/berichten/", views.write_to_all, name="write-to-all"),
    path("berichten/<uuid:public_id>/", views.conversation, name="conversation"),
]
