# SPDX-License-Identifier: EUPL-1.2
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("beheer/", admin.site.urls),
    path("api/v1/", include("tjc.api")),
    path("", include("accounts.urls")),
    path("", include("reach.urls")),
]
if settings.DEMO_MODE:
    urlpatterns += [path("demo/", include("tjc.demo.urls"))]
