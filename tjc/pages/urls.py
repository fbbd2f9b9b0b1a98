# SPDX-License-Identifier: EUPL-1.2
"""Pages that mix rooms, and pages of no room."""

from django.conf import settings
from django.urls import path

from tjc.pages import calendar, home, info, mine, my_data, style
from tjc.pages.urls_coordinator import urlpatterns as coordinator

app_name = "pages"

urlpatterns = [
    path("", home.home, name="home"),
    *coordinator,
    path("mijn/", mine.mine, name="mine"),
    path("mijn/agenda/<uuid:public_id>.ics", calendar.calendar_file, name="calendar-file"),
    path("mijn/uitnodiging/<uuid:public_id>/", mine.resend, name="resend-invitation"),
    path("mijn/gegevens/download/", my_data.download, name="my-data"),
    path("mijn/gegevens/verwijderen/", my_data.erase, name="erase-account"),
    path("zo-werkt-het/", info.how_it_works, name="how-it-works"),
    path("contact/", info.contact, name="contact"),
    path("privacy/", info.privacy, name="privacy"),
    path("toegankelijkheid/", info.accessibility, name="accessibility"),
]
if settings.DEMO_MODE or settings.DEBUG:
    urlpatterns += [path("stijl/", style.style, name="style")]
