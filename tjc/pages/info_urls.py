# SPDX-License-Identifier: EUPL-1.2
"""Addresses that need no database row and no account."""

from django.urls import path

from tjc.pages import info
from tjc.pages.health import healthz
from tjc.pages.wellknown import security_txt

app_name = "info"
urlpatterns = [
    path("gezond/", healthz, name="health"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
    path("zo-werkt-het/", info.how_it_works, name="how-it-works"),
    path("contact/", info.contact, name="contact"),
    path("privacy/", info.privacy, name="privacy"),
    path("toegankelijkheid/", info.accessibility, name="accessibility"),
]
