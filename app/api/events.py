"""POST /v1/events: one event or a batch, answered after the commit."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, JsonValue
from starlette.responses import Response

from app import clock
from app.api.access import Integrator
from app.api.answers import rfc3339
from app.api.errors import Flaw, Problem, ProblemError, problem
from app.api.schemas import EVENT
from app.api.strict_json import check_texts
from app.api.wire import (
    EVENTS_PER_BATCH,
    LARGEST_BATCH,
    LARGEST_EVENT,
    read_json,
    submission,
)
from app.services.group_commit import GroupCommit
from app.services.intake import Outcome, Status, Submission

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


# A refused amendment is rejected like any other event that is not valid.
COUNTED = ("created", "duplicate", "conflict", "rejected")
PROBLEM_OF = {
    Status.CONFLICT: "event_conflict",
    Status.REFUSED: "amendment_refused",
}


class Receipt(BaseModel):
    """Proof that an event is stored; *sequence* is its gapless place in the ledger."""

    source: str
    id: str
    sequence: int
    recorded_at: str
    digest: str
    hash: str
    status: str


class ClockOut(BaseModel):
    """A clock of the event's case after the event."""

    rule: str
    started_on: date
    due_on: date
    safe_on: date
    status: str


class Accepted(BaseModel):
    """The answer to one event."""

    receipt: Receipt
    deadlines: list[ClockOut]


class Item(BaseModel):
    """What became of one event of a batch; items stand in the order they were sent."""

    source: str | None
    id: str | None
    status: str
    receipt: Receipt | None = None
    problem: Problem | None = None


class BatchAnswer(BaseModel):
    """What became of each event of a batch."""

    items: list[Item]
    counts: dict[str, int]


def _body(schema: dict[str, Any], example: object) -> dict[str, Any]:
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


_EVENT_SCHEMA = {"$ref": "#/components/schemas/EventIn"}


@router.post(
    "/v1/events",
    status_code=201,
    response_model=Accepted,
    responses={200: {"model": Accepted, "description": "The event was known already"}},
    openapi_extra=_body(_EVENT_SCHEMA, EXAMPLE),
)
async def post_event(request: Request, actor: Integrator) -> Response:
    """Record one event, and answer when it is committed.

    The same event again gets its first receipt, for ever, as `duplicate`. The same id
    with other content is refused with 409, and the first event stays.
    """
    now = clock.now()
    value = await read_json(request, limit=LARGEST_EVENT)
    sent = submission(value, source=actor.source, now=now)
    group_commit: GroupCommit = request.app.state.group_commit
    (outcome,) = await group_commit.record([sent])
    if outcome.status in PROBLEM_OF:
        raise ProblemError(problem(PROBLEM_OF[outcome.status]))
    today = clock.today()
    answer = {
        "receipt": _receipt(outcome),
        "deadlines": [
            {
                "rule": each.rule,
                "started_on": str(each.started_on),
                "due_on": str(each.due_on),
                "safe_on": str(each.safe_on),
                "status": each.verdict(today),
            }
            for each in outcome.clocks
        ],
    }
    return _json(answer, 201 if outcome.status is Status.CREATED else 200)


@router.post(
    "/v1/events/batch",
    response_model=BatchAnswer,
    openapi_extra=_body(
        {"type": "array", "items": _EVENT_SCHEMA, "maxItems": EVENTS_PER_BATCH},
        [EXAMPLE],
    ),
)
async def post_batch(request: Request, actor: Integrator) -> Response:
    """Record up to 1,000 events; the good ones are stored whatever the others are."""
    now = clock.now()
    value = await read_json(request, limit=LARGEST_BATCH)
    if not isinstance(value, list):
        raise ProblemError(problem("malformed_body", [_NO_ARRAY]))
    if len(value) > EVENTS_PER_BATCH:
        raise ProblemError(problem("body_too_large"))

    # Parsing a thousand events takes longer than others should wait for the loop.
    def parse() -> list[Submission | Problem]:
        return [_parsed(item, actor.source, now) for item in value]

    parsed = await run_in_threadpool(parse)
    good = [each for each in parsed if isinstance(each, Submission)]
    group_commit: GroupCommit = request.app.state.group_commit
    outcomes = iter(await group_commit.record(good))
    items = [
        _rejected(sent, each) if isinstance(each, Problem) else _item(next(outcomes))
        for sent, each in zip(value, parsed, strict=True)
    ]
    return _json({"items": items, "counts": _counts(items)}, 200)


_NO_ARRAY = Flaw(
    pointer="",
    code="array_expected",
    message="The body is not an array.",
    remedy="Send a JSON array of events, or one event to /v1/events.",
)


def event_schemas(template: str) -> dict[str, Any]:
    """Return the JSON schemas of the events, for the OpenAPI document."""
    schema = EVENT.json_schema(ref_template=template)
    definitions: dict[str, Any] = schema.pop("$defs")
    return {**definitions, "EventIn": schema}


def _parsed(
    value: JsonValue, source: str | None, now: datetime
) -> Submission | Problem:
    try:
        return submission(value, source=source, now=now)
    except ProblemError as error:
        return error.problem


def _receipt(outcome: Outcome) -> dict[str, Any]:
    event = outcome.submission.event
    return {
        "source": event.source,
        "id": event.event_id,
        "sequence": outcome.place.sequence,
        "recorded_at": rfc3339(outcome.place.recorded_at),
        "digest": outcome.place.digest.hex(),
        "hash": outcome.place.hash.hex(),
        "status": outcome.status,
    }


def _item(outcome: Outcome) -> dict[str, Any]:
    event = outcome.submission.event
    item: dict[str, Any] = {
        "source": event.source,
        "id": event.event_id,
        "status": "rejected" if outcome.status is Status.REFUSED else outcome.status,
    }
    if outcome.status in PROBLEM_OF:
        found = problem(PROBLEM_OF[outcome.status])
        item["problem"] = found.model_dump(exclude_defaults=True)
    else:
        item["receipt"] = _receipt(outcome)
    return item


def _rejected(sent: JsonValue, found: Problem) -> dict[str, Any]:
    """Return the item of an event that is not valid, named if its names are safe."""
    names = sent if isinstance(sent, dict) else {}
    return {
        "source": _safe_name(names.get("source")),
        "id": _safe_name(names.get("id")),
        "status": "rejected",
        "problem": found.model_dump(exclude_defaults=True),
    }


def _safe_name(name: JsonValue) -> str | None:
    """Return *name* for the caller to find the item by, unless it may not be told."""
    # What was found cannot tell: of an event with very many problems it is cut short.
    return name if isinstance(name, str) and not check_texts(name) else None


def _counts(items: Sequence[dict[str, Any]]) -> dict[str, int]:
    counts = dict.fromkeys(COUNTED, 0)
    for item in items:
        counts[item["status"]] += 1
    return counts


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(
        json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        status_code=status,
        media_type="application/json",
    )
