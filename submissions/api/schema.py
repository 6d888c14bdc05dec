"""The OpenAPI description: what every operation has in common, and an example for every body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

PROBLEM = {"$ref": "#/components/schemas/ProblemShape"}
RATE_HEADERS = {
    "RateLimit": {"description": "What is left of the running window, and when it ends.",
                  "schema": {"type": "string", "examples": ['"default";r=5999;t=60']}},
    "RateLimit-Policy": {"description": "How many requests a window of so many seconds holds.",
                         "schema": {"type": "string", "examples": ['"default";q=6000;w=60']}},
}  # fmt: skip
WORDS = {
    "400": "The request cannot be read; `errors` names each place.",
    "401": "No token, or one that is not valid.",
    "403": "Not allowed in this role or with these scopes.",
    "404": "Not there, not owed, or not for you.",
    "406": "`Accept` allows nothing the portal sends.",
    "409": "Somebody was faster, or this was done before with other content.",
    "412": "The draft was saved meanwhile.",
    "413": "Larger than the portal takes.",
    "415": "A media type that is not read here.",
    "422": "It was understood and cannot be done.",
    "428": "A draft exists: send its ETag as If-Match.",
    "429": "Too many requests; see Retry-After.",
}
WRITES = {"post", "put", "delete"}
more_examples: list[Callable[[], dict[str, Any]]] = []
"""Of operations that other apps add, as `examples.examples` gives them."""


class ClientScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "portal.tokens.ClientAuthentication"
    name = "client"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "oauth2",
            "description": "A program. Scopes are `file:<return>@<entity>`, which also reads, and `read:<return>@<entity>`.",
            "flows": {"clientCredentials": {"tokenUrl": "/api/v1/token/", "scopes": {}}},
        }


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "portal.tokens.UserAuthentication"
    name = "person"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "`Token …`, made by a person on the page Account.",
        }  # fmt: skip


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds what every operation may answer, and the examples."""
    from submissions.api.examples import examples

    result["components"]["securitySchemes"]["clientSecret"] = {
        "type": "http", "scheme": "basic", "description": "Client id and key.",
    }  # fmt: skip
    known = examples() | {name: found for more in more_examples for name, found in more().items()}
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in statuses(path, method, operation):
                operation["responses"].setdefault(status, {
                    "description": WORDS[status],
                    "content": {"application/problem+json": {"schema": PROBLEM}},
                })  # fmt: skip
            for response in operation["responses"].values():
                response.setdefault("headers", {}).update(RATE_HEADERS)
            if operation["operationId"] == "token":
                operation["security"] = [{"clientSecret": []}, {}]
            add_examples(operation, known.get(operation["operationId"], {}))
    return result


def statuses(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    """Codes of the problems that an operation may answer with."""
    found = ["406", "429"]
    if operation.get("security") != [{}] and not path.endswith("/token/"):
        found.append("401")
    if "{" in path or method == "post" or any(p["name"] == "cursor" for p in operation.get("parameters", [])):
        found.append("404")
    if operation.get("requestBody") or method == "get":
        found.append("400")
    if operation.get("requestBody"):
        found += ["413", "415"]
    if method in WRITES and not path.endswith(("/token/", "/check/")):
        found += ["403", "409", "412", "422", "428"]
    if path.endswith("/check/"):
        found.append("422")
    return sorted(found)


def add_examples(operation: dict[str, Any], known: dict[str, Any]) -> None:
    """`request` by media type, responses by status; the first media type of a response is meant."""
    for media_type, value in known.get("request", {}).items():
        operation["requestBody"]["content"][media_type]["examples"] = {"real": {"value": value}}
    for status, value in known.items():
        if status != "request" and status in operation["responses"]:
            content = operation["responses"][status].setdefault("content", {})
            media_type = next(iter(content), "application/json")
            content.setdefault(media_type, {})["examples"] = {"real": {"value": value}}
    for status, response in operation["responses"].items():
        for media_type, content in response.get("content", {}).items():
            if media_type == "application/problem+json" and "examples" not in content:
                content["examples"] = {"real": {"value": problem_example(int(status))}}


def problem_example(status: int) -> dict[str, Any]:
    from submissions.api.examples import PROBLEMS

    return PROBLEMS[status]
