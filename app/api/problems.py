"""Problems by RFC 9457, in one table: what callers are told when something is wrong."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from app.observability import request_ids

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:maaraaika:problem:"


class Flaw(BaseModel):
    """One thing wrong with a request: where, what, and what to do about it."""

    pointer: str = Field(description="JSON Pointer into the body, or a parameter name")
    code: str
    message: str
    remedy: str


class Problem(BaseModel):
    """A problem by RFC 9457; *type* is stable, and no value of the caller's is told."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = Field(
        None, description="The number of the request, as in `X-Request-Id`"
    )
    errors: list[Flaw] = []


class ProblemError(Exception):
    """A request is answered with *problem*."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


# How the OpenAPI document shows what any request may be answered with.
DESCRIPTION: dict[str, Any] = {
    "description": "A problem",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}

# code: (status, title, what to do)
PROBLEMS = {
    "malformed_body": (
        400,
        "The body cannot be read",
        "Send one JSON value in UTF-8, with each member once.",
    ),
    "malformed_request": (
        400,
        "The request cannot be read",
        "Send HTTP/1.1 with one `Host`, and each other header once.",
    ),
    "unauthenticated": (
        401,
        "No valid key or token",
        (
            "Send an API key that is neither revoked nor expired, or an access token "
            "issued for this service, as `Authorization: Bearer <key or token>`."
        ),
    ),
    "forbidden": (
        403,
        "The key does not permit this",
        "Use a key whose role permits it; see the documentation of the endpoint.",
    ),
    "wrong_network": (
        403,
        "The key is not good from this address",
        "Ask from one of the networks of the key, which the operator has set.",
    ),
    "cross_site": (
        403,
        "The request comes from another site's page",
        "Client systems send neither `Origin` nor `Sec-Fetch-Site`, and a key.",
    ),
    "wrong_source": (
        403,
        "The key belongs to another source",
        "Post only events whose `source` is the one that the key was made for.",
    ),
    "not_found": (
        404,
        "Not found",
        "Check the address; a case that the key may not see is not found either.",
    ),
    "method_not_allowed": (
        405,
        "The method is not allowed here",
        "Use one of the methods in the `Allow` header.",
    ),
    "not_acceptable": (
        406,
        "The answer does not come in that format",
        (
            "Accept `application/json`, or one of the other media types that the "
            "documentation of the endpoint names, or ask with `format`."
        ),
    ),
    "event_conflict": (
        409,
        "The event id is taken by an event with other content",
        "The first event stays. Send a new event under an id of its own.",
    ),
    "amendment_refused": (
        409,
        "The amendment does not fit the event that it is about",
        (
            "Amend an event of the same source, case and kind; else retract it and "
            "send a new one."
        ),
    ),
    "request_timeout": (
        408,
        "The request did not come in time",
        (
            "Send head and body at once, within eight seconds; what takes longer as "
            "NDJSON. Send the same again: that is always safe."
        ),
    ),
    "event_erased": (
        410,
        "What the event said has been erased",
        "It was accepted once and is not recorded again. Do not send it any more.",
    ),
    "key_reused": (
        409,
        "The idempotency key was used for other content",
        "What was said first stays. Use a new key for everything else.",
    ),
    "nothing_late": (
        409,
        "Nothing is late that this would explain",
        (
            "Name the rule of a deadline of the case that is over, and in `explains` "
            "the notification where not the last late run is meant."
        ),
    ),
    "finding_closed": (
        409,
        "The finding is closed already",
        "Ask for it with `status=closed` to see why.",
    ),
    "already_published": (
        409,
        "The month has been published",
        (
            "What was published stays. What became known since is in the longer "
            "periods that are published later."
        ),
    ),
    "earlier_month_missing": (
        409,
        "An earlier month of the year has not been published",
        "Publish the months of a calendar year in their order, from January on.",
    ),
    "month_not_over": (
        409,
        "The month was not over",
        "Publish a month with an `as_of` behind its last day.",
    ),
    "not_published": (
        404,
        "The period has not been published",
        (
            "Publish its months with `POST /v1/publications`: a longer period is "
            "published with its last month, unless its corrections would give small "
            "counts away."
        ),
    ),
    "year_not_published": (
        409,
        "The year has not been published",
        "Publish its months as `detail` says, or ask with `audience=internal`.",
    ),
    "not_public": (
        422,
        "No such table is public",
        "Ask for one of the tables that `detail` names.",
    ),
    "unit_cycle": (
        409,
        "A unit would stand below itself",
        "Choose a parent that is not below the unit.",
    ),
    "body_too_large": (
        413,
        "The body is too large",
        (
            "Send at most 1 MB for one event, 5 MB and 1,000 events for a batch, and "
            "50,000 lines of NDJSON, 5 MB for each thousand."
        ),
    ),
    "unsupported_media_type": (
        415,
        "The content type is not supported",
        (
            "Send `Content-Type: application/json`, or one of the other forms that the "
            "documentation of the endpoint names, without `Content-Encoding`."
        ),
    ),
    "misdirected": (
        421,
        "The service is not known under this name",
        "Use its own address; the operator sets the names it answers to.",
    ),
    "invalid_event": (
        422,
        "The event is not valid",
        "Mend what `errors` names and send the event again; nothing was stored.",
    ),
    "invalid_body": (
        422,
        "The body is not valid",
        "Mend what `errors` names and send it again; nothing was stored.",
    ),
    "invalid_parameter": (
        422,
        "A parameter is not valid",
        "Mend what `errors` names and ask again.",
    ),
    "invalid_period": (
        422,
        "The period is not valid",
        "Write it as one of the forms that `detail` names.",
    ),
    "future_knowledge": (
        422,
        "The instant lies in the future",
        "Ask with a `known_at` that is not ahead of the server's clock.",
    ),
    "future_report": (
        422,
        "The day of the report lies in the future",
        "Seal with an `as_of` that is not behind the day of `known_at`.",
    ),
    "unverified_year": (
        422,
        "The day is outside the verified years",
        "Ask about days whose deadlines end in the years 2008 to 2100.",
    ),
    "unknown_rule": (
        422,
        "There is no such rule",
        "Use the code of a rule: `initiation` or `assessment`.",
    ),
    "reason_required": (
        422,
        "A reason is required",
        (
            "Say why in `reason`, by one of the codes that the documentation of the "
            "endpoint names; it is written into the access log."
        ),
    ),
    "too_many_rows": (
        422,
        "The file would have too many rows",
        "Narrow the question as `detail` says.",
    ),
    "too_many_requests": (
        429,
        "Too many requests of yours are under way",
        "Wait for answers; send again after the time in `Retry-After`.",
    ),
    "headers_too_large": (
        431,
        "The head of the request is too large",
        "Send at most 16 kB of address and headers.",
    ),
    "export_quota_used": (
        429,
        "No more files can be taken today",
        (
            "Look at the rest as JSON, page by page, or take it tomorrow. The operator "
            "sets how many files with cases one may take in a day."
        ),
    ),
    "internal_error": (
        500,
        "Something went wrong here",
        "Try again; if it stays, tell the operator the `instance`.",
    ),
    "provider_unavailable": (
        503,
        "The identity provider is not available",
        (
            "Its keys are not known, so that no token of it can be verified. Send the "
            "same again after the time in `Retry-After`."
        ),
    ),
    "service_busy": (
        503,
        "The service has more to do than it can",
        "Send the same again after the time in `Retry-After`; that is always safe.",
    ),
    "retention_undecided": (
        503,
        "It is not decided how long data are kept",
        "Set the periods that `detail` names; see docs/privacy.md.",
    ),
    "database_unavailable": (
        503,
        "The database is not available",
        "Send the same again after the time in `Retry-After`; that is always safe.",
    ),
    "look_not_written": (
        503,
        "The access log cannot be written",
        (
            "Cases are shown only after the look is written down. Ask again after the "
            "time in `Retry-After`; if it stays, tell the operator."
        ),
    ),
}


def problem(
    code: str, errors: Sequence[Flaw] = (), *, detail: str | None = None
) -> Problem:
    """Return the problem *code*, which is a key of ``PROBLEMS``."""
    status, title, remedy = PROBLEMS[code]
    return Problem(
        type=TYPE + code.replace("_", "-"),
        title=title,
        status=status,
        detail=detail or remedy,
        errors=list(errors),
    )


def refusals(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Return how the OpenAPI document shows that a route answers with *codes*."""
    titles: dict[int | str, list[str]] = {}
    for code in codes:
        status, title, _ = PROBLEMS[code]
        titles.setdefault(status, []).append(title)
    return {
        status: {**DESCRIPTION, "description": "; ".join(told)}
        for status, told in titles.items()
    }


def answer(found: Problem, headers: dict[str, str] | None = None) -> Response:
    """Return *found* as a response, which names the request that it answers."""
    if (number := request_ids.current()) is not None:
        found = found.model_copy(update={"instance": f"urn:uuid:{number}"})
        request_ids.note_problem(found.type.removeprefix(TYPE))
    return JSONResponse(
        found.model_dump(exclude_defaults=True),
        status_code=found.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )
