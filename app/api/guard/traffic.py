"""Kinds of requests, told from their first line: what goes before what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from starlette.types import Scope

UPLOADS = "/v1/events/batch"
NDJSON = b"application/x-ndjson"
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Traffic(StrEnum):
    """What a request is about; each kind has places of its own."""

    EVENTS = "events"
    UPLOADS = "uploads"
    READING = "reading"
    REPORTS = "reports"
    OTHER = "other"


# By the beginning of the address: the first that fits. What is not named is OTHER.
_BY_PREFIX = (
    ("/v1/reports", Traffic.REPORTS),
    ("/v1/publications", Traffic.REPORTS),
    ("/figures", Traffic.REPORTS),
    ("/v1/deadlines/explanation", Traffic.OTHER),
    ("/v1/definitions", Traffic.OTHER),
    ("/v1/", Traffic.READING),
    ("/worklist", Traffic.READING),
    ("/cases", Traffic.READING),
    ("/findings", Traffic.READING),
    ("/sources", Traffic.READING),
)
TODAY = "/"
# A file is set while others wait: the worklist as PDF is as much work as a report.
_FILES = (b"format=csv", b"format=xlsx", b"format=pdf")
_FILE_TYPES = (b"text/csv", b"application/pdf", b"spreadsheetml")


def traffic_of(scope: Scope) -> Traffic:
    """Return which kind of request this is."""
    path: str = scope["path"]
    if scope["method"] == "POST":
        if path == "/v1/events":
            return Traffic.EVENTS
        if path == UPLOADS or path.endswith("/control-counts"):
            return Traffic.UPLOADS
    if path == TODAY:
        return Traffic.READING
    for prefix, traffic in _BY_PREFIX:
        if path.startswith(prefix):
            if traffic is Traffic.READING and _is_for_a_file(scope):
                return Traffic.REPORTS
            return traffic
    return Traffic.OTHER


def is_unsafe(scope: Scope) -> bool:
    """Tell whether a request may change something, and may have a body."""
    return scope["method"] in _UNSAFE


def is_long_upload(scope: Mapping[str, Any]) -> bool:
    """Tell whether the body of a request may come for a long time: NDJSON alone."""
    return scope["path"] == UPLOADS and any(
        name == b"content-type" and value.lower().startswith(NDJSON)
        for name, value in scope["headers"]
    )


def _is_for_a_file(scope: Scope) -> bool:
    query: bytes = scope["query_string"]
    if any(each in query for each in _FILES):
        return True
    return any(
        name == b"accept" and any(each in value.lower() for each in _FILE_TYPES)
        for name, value in scope["headers"]
    )
