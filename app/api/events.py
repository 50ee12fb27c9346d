"""POST /v1/events: one event or a batch, answered after the commit."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import JsonValue
from pydantic_core import to_json
from starlette.responses import Response

from app import clock
from app.api import cloud_events, ndjson, outcomes, wire
from app.api.access import GatedRoute, Sender, is_still_permitted
from app.api.outcomes import PROBLEM_OF, Accepted, BatchAnswer, Rejected
from app.api.problems import Flaw, ProblemError, problem, refusals
from app.api.schemas import EVENT
from app.api.wire import (
    EVENTS_PER_BATCH,
    LARGEST_BATCH,
    LARGEST_EVENT,
    media_type,
    read_json,
)
from app.db.database import Work
from app.domain.access import Actor, Permission
from app.security.hashes import References
from app.services import intake
from app.services.group_commit import GroupCommit
from app.services.intake import Status, Submission
from app.services.reference_rules import ReferenceRules
from app.visits import database_of

router = APIRouter(tags=["events"])

EXAMPLE = {
    "id": "e-1001",
    "source": "client-a",
    "kind": "notification",
    "case_ref": "A-2026-0001",
    "occurred_at": "2026-10-05T14:20:00+03:00",
    "data": {
        "unit": "leppavaara",
        "entry": "report",
        "child": {
            "ref": "p-81f3",
            "age_years": 7,
            "mother_tongue": "so",
            "citizenship": "FI",
        },
        "reasons": ["adult_substance_use"],
    },
}


@dataclass(frozen=True, slots=True)
class _Form:
    """A way to write events: what makes a submission of one, and names it uses."""

    submission: Callable[..., Submission]
    known: frozenset[str]

    def parsed(
        self,
        value: JsonValue,
        source: str | None,
        now: datetime,
        references: References,
    ) -> Submission | Rejected:
        """Return the submission that *value* is, or what is wrong with it."""
        try:
            return self.submission(value, source=source, now=now, references=references)
        except ProblemError as error:
            return outcomes.rejected(value, error.problem)


_PLAIN = _Form(wire.submission, wire.KNOWN_NAMES)
_CLOUD_EVENT = _Form(cloud_events.submission, cloud_events.KNOWN_NAMES)
_FORMS_OF_ONE = {"application/json": _PLAIN, cloud_events.STRUCTURED: _CLOUD_EVENT}
_FORMS_OF_MANY = {"application/json": _PLAIN, cloud_events.BATCHED: _CLOUD_EVENT}

# The document is written by hand, since bodies and parameters are read by hand.
_EVENT_SCHEMA = {"$ref": "#/components/schemas/EventIn"}
_CLOUD_EVENT_SCHEMA = {"$ref": "#/components/schemas/CloudEventIn"}
_CLOUD_EVENT_EXAMPLE = {
    "specversion": "1.0",
    "type": "fi.maaraaika.notification",
    "source": "client-a",
    "id": "e-1001",
    "subject": "A-2026-0001",
    "time": "2026-10-05T14:20:00+03:00",
    "datacontenttype": "application/json",
    "data": EXAMPLE["data"],
}
_DRY_RUN = {
    "name": "dry_run",
    "in": "query",
    "description": "Check everything, answer with the deadlines, and store nothing",
    "schema": {"type": "boolean", "default": False},
}


def _documented(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "parameters": [_DRY_RUN],
        "requestBody": {"required": True, "content": content},
    }


def _many(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema, "maxItems": EVENTS_PER_BATCH}


_ONE = {
    "application/json": {"schema": _EVENT_SCHEMA, "example": EXAMPLE},
    cloud_events.STRUCTURED: {
        "schema": _CLOUD_EVENT_SCHEMA,
        "example": _CLOUD_EVENT_EXAMPLE,
    },
}
_MANY = {
    "application/json": {"schema": _many(_EVENT_SCHEMA), "example": [EXAMPLE]},
    cloud_events.BATCHED: {
        "schema": _many(_CLOUD_EVENT_SCHEMA),
        "example": [_CLOUD_EVENT_EXAMPLE],
    },
    ndjson.MEDIA_TYPE: {
        "schema": {
            "type": "string",
            "description": "An event on each line, in the plain form or as CloudEvent",
        },
        "example": json.dumps(EXAMPLE) + "\n",
    },
}


@router.post(
    "/v1/events",
    status_code=201,
    response_model=Accepted,
    responses={
        200: {
            "model": Accepted,
            "description": "The event was known already, or was only rehearsed",
        },
        **refusals("event_conflict", "amendment_refused", "event_erased"),
    },
    openapi_extra=_documented(_ONE),
)
async def post_event(request: Request, actor: Sender) -> Response:
    """Record one event, and answer when it is committed.

    The same event again gets its first receipt, for ever, as `duplicate`, in whichever
    form it is written. The same id with other content is refused with 409, and the
    first event stays. A CloudEvent may also be sent in binary mode: its attributes in
    headers `ce-…`, its data as the body.
    """
    now = clock.now()
    dry_run = _is_dry_run(request)
    form = _FORMS_OF_ONE.get(media_type(request))
    if form is None:
        raise ProblemError(problem("unsupported_media_type"))
    value = await read_json(request, limit=LARGEST_EVENT, known=form.known)
    if form is _PLAIN and cloud_events.is_binary(request.scope["headers"]):
        form = _CLOUD_EVENT
        value = cloud_events.from_headers(request.scope["headers"], value)
    references = await _references(request, actor)
    sent = form.submission(value, source=actor.source, now=now, references=references)
    (outcome,) = await _store(request, actor, dry_run)([sent])
    if outcome.status in PROBLEM_OF:
        raise ProblemError(problem(PROBLEM_OF[outcome.status]))
    deadlines = outcomes.clocks(outcome, clock.today())
    if dry_run:
        told = {"dry_run": True, "status": outcome.status, "deadlines": deadlines}
        return _json(told, 200)
    answer = {"receipt": outcomes.receipt(outcome), "deadlines": deadlines}
    return _json(answer, 201 if outcome.status is Status.CREATED else 200)


# Of the time that a POST took in this process, most went into FastAPI and what stands
# around it. This route is answered before and by the same function; FastAPI's documents
# it.
DIRECT = GatedRoute(
    "/v1/events", post_event, method="POST", permission=Permission.SEND_EVENTS
)


@router.post(
    "/v1/events/batch", response_model=BatchAnswer, openapi_extra=_documented(_MANY)
)
async def post_batch(request: Request, actor: Sender) -> Response:
    """Record many events; the good ones are stored whatever the others are.

    An array has up to 1,000 events. NDJSON has up to 50,000 lines; every thousand of
    them is stored together and answered at once, a line for each line.
    """
    now = clock.now()
    dry_run = _is_dry_run(request)
    sent_as = media_type(request)
    references = await _references(request, actor)
    if sent_as == ndjson.MEDIA_TYPE:
        upload = ndjson.Upload(
            _store(request, actor, dry_run),
            partial(is_still_permitted, request, Permission.SEND_EVENTS),
            source=actor.source,
            references=references,
            dry_run=dry_run,
        )
        return ndjson.DuplexResponse(upload.results(request.stream()))
    form = _FORMS_OF_MANY.get(sent_as)
    if form is None:
        raise ProblemError(problem("unsupported_media_type"))
    value = await read_json(request, limit=LARGEST_BATCH, known=form.known)
    if not isinstance(value, list):
        raise ProblemError(problem("malformed_body", [_NO_ARRAY]))
    if len(value) > EVENTS_PER_BATCH:
        raise ProblemError(problem("body_too_large"))

    # Parsing a thousand events takes longer than others should wait for the loop.
    def parse() -> list[Submission | Rejected]:
        return [form.parsed(item, actor.source, now, references) for item in value]

    parsed = await run_in_threadpool(parse)
    good = [each for each in parsed if isinstance(each, Submission)]
    recorded = await _store(request, actor, dry_run)(good)
    rehearsed_on = clock.today() if dry_run else None
    items = outcomes.items(parsed, recorded, rehearsed_on=rehearsed_on)
    head = {"dry_run": True} if dry_run else {}
    return _json({**head, "items": items, "counts": outcomes.counts(items)}, 200)


_NO_ARRAY = Flaw(
    pointer="",
    code="array_expected",
    message="The body is not an array.",
    remedy="Send a JSON array of events, or one event to /v1/events.",
)
_NO_SUCH_PARAMETER = Flaw(
    pointer="dry_run",
    code="bool_parsing",
    message="The parameters are not dry_run=true, dry_run=false or none.",
    remedy="Mend them: what is meant as a dry run must not be stored.",
)


def event_schemas(template: str) -> dict[str, Any]:
    """Return the JSON schemas of the events, for the OpenAPI document."""
    schema = EVENT.json_schema(ref_template=template)
    definitions: dict[str, Any] = schema.pop("$defs")
    return {**definitions, "EventIn": schema, "CloudEventIn": cloud_events.SCHEMA}


def _is_dry_run(request: Request) -> bool:
    """Tell whether nothing is to be stored.

    Read by hand: a model of the query would cost every event 40 µs. A misspelt name is
    refused, since what is meant as a dry run must not be stored.
    """
    query: bytes = request.scope["query_string"]
    if not query:
        return False
    # Of bytes the parser would fail where one is not ASCII.
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    if asked not in ([("dry_run", "true")], [("dry_run", "false")]):
        raise ProblemError(problem("invalid_parameter", [_NO_SUCH_PARAMETER]))
    return asked[0][1] == "true"


async def _references(request: Request, actor: Actor) -> References:
    """Return which references the actor's source may send."""
    rules: ReferenceRules = request.app.state.reference_rules
    known = rules.remembered(actor.source)
    if known is not None:
        return known
    return await run_in_threadpool(rules.look_up, actor.source)


def _store(
    request: Request,
    actor: Actor,
    dry_run: bool,  # noqa: FBT001 (as asked)
) -> ndjson.Store:
    if dry_run:
        preview = partial(intake.preview, database_of(request, actor).at(Work.INTAKE))
        return partial(run_in_threadpool, preview)
    group_commit: GroupCommit = request.app.state.group_commit
    return group_commit.record


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(
        to_json(content),
        status_code=status,
        media_type="application/json",
    )
