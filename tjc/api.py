# SPDX-License-Identifier: EUPL-1.2
"""``/api/v1``: the rooms' resources side by side, and the document that describes them."""

from django.urls import include, path, re_path
from django.utils.cache import patch_cache_control
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from base.api.problem import not_found


class OpenApi(SpectacularAPIView):
    """Public, and readable from any origin (design rule /core/publish-openapi)."""

    renderer_classes = [OpenApiJsonRenderer2]
    authentication_classes: list[type] = []

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        response: Response = super().get(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        patch_cache_control(response, public=True, max_age=3600)
        return response


app_name = "api"
urlpatterns = [
    path("openapi.json", OpenApi.as_view(), name="openapi"),
    path("", include("courses.api.urls")),
    path("", include("matching.api.urls")),
    path("", include("reach.urls_api")),
    re_path(r"^.*$", not_found, name="not-found"),
]
