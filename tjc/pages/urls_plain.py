# SPDX-License-Identifier: EUPL-1.2
"""For programs rather than people: in no language, so without a twin under /en/."""

from django.urls import path

from tjc.pages import health, sitemap, wellknown

urlpatterns = [
    path("gezond/", health.healthz, name="health"),
    path(".well-known/security.txt", wellknown.security_txt, name="security-txt"),
    path("robots.txt", wellknown.robots_txt, name="robots"),
    path("site.webmanifest", wellknown.web_manifest, name="web-manifest"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
]
