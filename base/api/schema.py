# SPDX-License-Identifier: EUPL-1.2
"""The finishing touch on the generated OpenAPI document: version header and problem answers everywhere."""

from typing import Any

_PROBLEM = {
    "type": "object",
    "required": ["status", "title", "detail"],
    "properties": {
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
_DESCRIPTIONS = {
    "400": "De gegevens kloppen niet.",
    "401": "Er is een geldige token nodig.",
    "403": "Deze token mag dit niet.",
    "404": "Dit bestaat niet (meer).",
    "413": "Dit is te veel om in één keer te sturen.",
    "415": "Stuur application/json.",
    "429": "Te vaak; Retry-After zegt wanneer het weer kan.",
    "503": "De database of de cache antwoordt niet; Retry-After zegt wanneer het weer kan.",
    "409": "De regels staan dit niet toe; detail is de zin voor een mens.",
}
_VERSION = {
    "description": "Versie van deze API",
    "schema": {"type": "string", "example": "1.0.0"},
}


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A drf-spectacular postprocessing hook."""
    result.setdefault("components", {}).setdefault("schemas", {})["Probleem"] = _PROBLEM
    for operations in result["paths"].values():
        for method, operation in operations.items():
            expected = ["400", "404", "503"]
            if operation.get("security") and {} not in operation["security"]:
                expected += ["401", "403"]
            if method in {"post", "patch", "put", "delete"}:
                expected += ["409"]
            if "requestBody" in operation:
                expected += ["413", "415"]
            expected += [code for code in operation["responses"] if code.startswith("4")]
            for code in expected:
                operation["responses"][code] = {
                    "description": _DESCRIPTIONS[code],
                    "content": {
                        "application/problem+json": {
                            "schema": {"$ref": "#/components/schemas/Probleem"}
                        }
                    },
                }
            for response in operation["responses"].values():
                response.setdefault("headers", {})["API-Version"] = _VERSION
    return result
