"""What senders are told: what became of each event, in every form the same."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias

from pydantic import BaseModel, JsonValue

from app.api.problems import Problem, problem
from app.api.strict_json import check_texts
from app.clock import rfc3339
from app.services.intake import Outcome, Status, Submission

# A refused amendment is rejected like any other event that is not valid, and so is what
# has been erased; the problem tells them apart.
COUNTED = ("created", "duplicate", "conflict", "rejected")
PROBLEM_OF = {
    Status.CONFLICT: "event_conflict",
    Status.REFUSED: "amendment_refused",
    Status.ERASED: "event_erased",
}
_REJECTED = frozenset({Status.REFUSED, Status.ERASED})
# The item of an event that is not valid, made where it is found out.
Rejected: TypeAlias = dict[str, Any]


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
    """The answer to one event; to a dry run *status* in place of the receipt."""

    receipt: Receipt | None = None
    dry_run: bool = False
    status: str | None = None
    deadlines: list[ClockOut]


class Item(BaseModel):
    """What became of one event of a batch; items stand in the order they were sent."""

    source: str | None
    id: str | None
    status: str
    receipt: Receipt | None = None
    problem: Problem | None = None
    deadlines: list[ClockOut] | None = None


class BatchAnswer(BaseModel):
    """What became of each event of a batch."""

    dry_run: bool = False
    items: list[Item]
    counts: dict[str, int]


def receipt(outcome: Outcome) -> dict[str, Any]:
    """Return the receipt of an event that is stored."""
    event, place = outcome.submission.event, outcome.place
    assert place.digest is not None, "it is stored"  # noqa: S101
    return {
        "source": event.source,
        "id": event.event_id,
        "sequence": place.sequence,
        "recorded_at": rfc3339(place.recorded_at),
        "digest": place.digest.hex(),
        "hash": place.hash.hex(),
        "status": outcome.status,
    }


def clocks(outcome: Outcome, today: date) -> list[dict[str, str]]:
    """Return the clocks of the event's case, as they stand *today*."""
    return [
        {
            "rule": each.rule,
            "started_on": str(each.started_on),
            "due_on": str(each.due_on),
            "safe_on": str(each.safe_on),
            "status": each.verdict(today),
        }
        for each in outcome.clocks
    ]


def items(
    parsed: Iterable[Submission | Rejected],
    outcomes: Iterable[Outcome],
    *,
    rehearsed_on: date | None,
) -> list[dict[str, Any]]:
    """Return an item for each event *parsed*; *outcomes* are those of the valid ones.

    A dry run says on which day it was *rehearsed_on*, and its items show deadlines.
    """
    following = iter(outcomes)
    return [
        _item(next(following), rehearsed_on) if isinstance(each, Submission) else each
        for each in parsed
    ]


def not_stored(parsed: Iterable[Submission | Rejected]) -> list[dict[str, Any]]:
    """Return items that say which events may be sent again just as they are."""
    again = problem("database_unavailable").model_dump(exclude_defaults=True)
    return [
        {**_named(each), "status": "unavailable", "problem": again}
        if isinstance(each, Submission)
        else each
        for each in parsed
    ]


def rejected(sent: JsonValue, found: Problem) -> Rejected:
    """Return the item of an event that is not valid, named if its names are safe."""
    names = sent if isinstance(sent, dict) else {}
    return {
        "source": _safe_name(names.get("source")),
        "id": _safe_name(names.get("id")),
        "status": "rejected",
        "problem": found.model_dump(exclude_defaults=True),
    }


def counts(items: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Return how many *items* there are of each status."""
    counted = dict.fromkeys(COUNTED, 0)
    for item in items:
        counted[item["status"]] += 1
    return counted


def _item(outcome: Outcome, rehearsed_on: date | None) -> dict[str, Any]:
    item: dict[str, Any] = {
        **_named(outcome.submission),
        "status": "rejected" if outcome.status in _REJECTED else outcome.status,
    }
    if outcome.status in PROBLEM_OF:
        found = problem(PROBLEM_OF[outcome.status])
        item["problem"] = found.model_dump(exclude_defaults=True)
    elif rehearsed_on is None:
        item["receipt"] = receipt(outcome)
    else:
        item["deadlines"] = clocks(outcome, rehearsed_on)
    return item


def _named(submission: Submission) -> dict[str, str]:
    return {"source": submission.event.source, "id": submission.event.event_id}


def _safe_name(name: JsonValue) -> str | None:
    """Return *name* for the caller to find the item by, unless it may not be told."""
    # What was found cannot tell: of an event with very many problems it is cut short.
    return name if isinstance(name, str) and not check_texts(name) else None
