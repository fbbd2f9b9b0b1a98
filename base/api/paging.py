# SPDX-License-Identifier: EUPL-1.2
"""Pages in Dutch: ``?pagina=2&perPagina=50`` -> ``{aantal, volgende, vorige, resultaten}``."""

from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response


class DutchPagination(PageNumberPagination):
    page_size = 30
    max_page_size = 200
    page_query_param = "pagina"
    page_size_query_param = "perPagina"

    def get_paginated_response(self, data: Any) -> Response:
        assert self.page is not None
        return Response(
            {
                "aantal": self.page.paginator.count,
                "volgende": self.get_next_link(),
                "vorige": self.get_previous_link(),
                "resultaten": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["aantal", "resultaten"],
            "properties": {
                "aantal": {"type": "integer", "example": 123},
                "volgende": link,
                "vorige": link,
                "resultaten": schema,
            },
        }
