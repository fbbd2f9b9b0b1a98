# SPDX-License-Identifier: EUPL-1.2
"""Mounted at /demo/ by tjc.urls, in demo mode only."""

from django.urls import path, register_converter

from tjc.demo import views

app_name = "demo"


class MailKeyConverter:
    """The name of an .eml file without its extension; no separators."""

    regex = r"[A-Za-z0-9._-]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(MailKeyConverter, "mail_key")

urlpatterns = [
    path("inloggen/", views.sign_in, name="sign-in"),
    path("uitloggen/", views.sign_out, name="sign-out"),
    path("postbus/", views.mail_list, name="mails"),
    path("postbus/<mail_key:key>/", views.mail_detail, name="mail"),
    path("postbus/<mail_key:key>/bericht.eml", views.mail_file, name="mail-file"),
    path("postbus/<mail_key:key>/uitnodiging.ics", views.calendar_file, name="calendar-file"),
]
