"""The OpenAPI document: exact about what a route takes, and what it may answer."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api import events
from app.api.problems import PROBLEMS, refusals

Json: TypeAlias = dict[str, Any]

# A status that is in none of these may be the answer to any request.
_OF_ROUTES_THAT_SAY_SO = frozenset({404, 405, 406, 409, 410})
_OF_PROTECTED_ROUTES = frozenset({401, 403})
_OF_FASTAPI = ("HTTPValidationError", "ValidationError")
# Which it tells of where a route does not say how it refuses; ours refuse alike.
_FASTAPIS_REFUSAL = {
    "description": "Validation Error",
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/HTTPValidationError"}
        }
    },
}
_RETRY_AFTER = {
    "Retry-After": {"description": "In seconds", "schema": {"type": "integer"}}
}
_CHALLENGE = {
    "WWW-Authenticate": {
        "description": "Which kind of credentials to send",
        "schema": {"type": "string"},
    }
}
_HEADERS = {401: _CHALLENGE, 429: _RETRY_AFTER, 503: _RETRY_AFTER}


def describe(app: FastAPI) -> None:
    """Let *app* show its document with all that FastAPI cannot know."""

    def document() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # FastAPI's documented way


def _document(app: FastAPI) -> Json:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
    )
    components = document["components"]
    # Events are parsed by hand.
    components["schemas"] |= events.event_schemas("#/components/schemas/{model}")
    for name in _OF_FASTAPI:
        components["schemas"].pop(name, None)
    components["responses"] = {str(status): _refused(status) for status in _statuses()}
    for path in document["paths"].values():
        for operation in path.values():
            _complete(operation)
    return document


def _statuses() -> list[int]:
    return sorted({status for status, _, _ in PROBLEMS.values()})


def _refused(status: int) -> Json:
    """Return how any request is refused with *status*."""
    codes = [code for code, (each, _, _) in PROBLEMS.items() if each == status]
    return refusals(*codes)[status] | {"headers": _HEADERS.get(status, {})}


def _complete(operation: Json) -> None:
    """Tell of *operation* what is true of all that are like it."""
    responses = operation["responses"]
    if responses.get("422") == _FASTAPIS_REFUSAL:
        del responses["422"]
    for status in _general(operation):
        shown = {"$ref": f"#/components/responses/{status}"}
        responses.setdefault(str(status), shown)
    operation["responses"] = dict(sorted(responses.items()))
    for parameter in operation.get("parameters", ()):
        # An address cannot say null; a parameter is left out.
        parameter["schema"] = _without_null(parameter["schema"])


def _general(operation: Json) -> Iterator[int]:
    for status in _statuses():
        if status in _OF_ROUTES_THAT_SAY_SO:
            continue
        if status in _OF_PROTECTED_ROUTES and "security" not in operation:
            continue
        yield status


def _without_null(schema: Json) -> Json:
    forms = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(forms) != 1:
        return schema
    rest = {name: each for name, each in schema.items() if name != "anyOf"}
    return {**forms[0], **rest}
