# SPDX-License-Identifier: EUPL-1.2
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("beheer/", admin.site.urls),
    path("api/v1/", include("tjc.api")),
    path("", include("tjc.pages.urls_plain")),
    path("", include("notifications.urls_feeds")),
    path("", include("reach.urls_open")),
    # Pages: Dutch as they stand here, English under /en/ (tjc/pages/language.py).
    *i18n_patterns(
        path("", include("accounts.urls")),
        path("", include("courses.urls")),
        path("", include("matching.urls")),
        path("", include("notifications.urls")),
        path("", include("notifications.urls_mail")),
        path("", include("matching.urls_rounds")),
        path("", include("reach.urls")),
        path("", include("tjc.pages.urls")),
        prefix_default_language=False,
    ),
]
if settings.DEMO_MODE:
    urlpatterns += [path("demo/", include("tjc.demo.urls"))]

handler400 = "tjc.pages.errors.bad_request"
handler403 = "tjc.pages.errors.forbidden"
handler404 = "tjc.pages.errors.not_found"
handler500 = "tjc.pages.errors.server_error"
