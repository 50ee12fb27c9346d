"""GET /v1/cases: one case with its timeline, its clocks and why they are so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from app.api.answers import DeadlineOut, ExplanationOut, deadline_out, explanation_out
from app.api.parameters import Code, Question
from app.api.problems import refusals
from app.api.viewing import CaseViewer
from app.clock import rfc3339
from app.domain.access_log import ReasonElsewhere
from app.domain.deadlines import Deadline, Verdict
from app.domain.event_words import word
from app.domain.events import (
    CaseEvent,
    CaseKey,
    EventCorrected,
    EventKey,
    EventRetracted,
    NotificationReceived,
)
from app.domain.law.explanations import Explanation
from app.services import cases as service

router = APIRouter(tags=["cases"])


class SaidOut(BaseModel):
    """What is said of an event: when it was, and what; the `unit` of a notification."""

    occurred_on: date
    occurred_at: datetime | None
    detail: str
    unit: str | None


class AmendmentOut(BaseModel):
    """What an amendment is about: as it was first said, and as it is said now.

    `before` is null while the target has not come, `after` if it is taken back.
    """

    target: str
    before: SaidOut | None
    after: SaidOut | None


class EventOut(BaseModel):
    """One event of a case: what happened, and when that became known.

    `amends` tells of a correction or retraction what was before and what is after it.
    """

    id: str
    source: str
    case_ref: str
    kind: str
    occurred_on: date
    occurred_at: datetime | None
    registered_at: datetime | None
    recorded_at: datetime
    detail: str
    amends: AmendmentOut | None


class FindingOut(BaseModel):
    """Something odd in the case, and the event that brought it."""

    code: str
    event_id: str


class StretchOut(BaseModel):
    """A run of a chain; `ended_on` and `end` are null while it goes on."""

    case_ref: str
    started_on: date
    ended_on: date | None
    end: str | None


class ChainOut(BaseModel):
    """Runs of one child that follow each other within 30 days, and their whole time."""

    runs: list[StretchOut]
    total_days: int


class ExplainedDeadline(DeadlineOut):
    """A clock of the case, and how its due date came about."""

    explanation: ExplanationOut


class CaseOut(BaseModel):
    """A case: `incomplete` until its notification has arrived."""

    source: str
    case_ref: str
    state: str
    as_of: date
    known_at: datetime
    timeline: list[EventOut]
    deadlines: list[ExplainedDeadline]
    findings: list[FindingOut]
    chain: ChainOut | None


class CaseQuery(Question):
    """What may be asked of a case."""

    reason: ReasonElsewhere | None = Field(
        default=None, description="Why a case of units is asked for that are not yours"
    )


@router.get(
    "/v1/cases/{source}/{case_ref:path}",
    response_model=CaseOut,
    responses=refusals("not_found"),
)
def get_case(
    source: Annotated[Code, Path(examples=["client-a"])],
    case_ref: Annotated[Code, Path(examples=["A-2026-0001"])],
    viewer: CaseViewer,
    query: Annotated[CaseQuery, Query()],
) -> dict[str, Any]:
    """Show one case: its timeline, its state and its deadlines, each explained.

    A lead may look at a case of other units with a `reason`, one case at a time; such
    looks are listed weekly. Without one, it is not found.
    """
    viewer.reason = query.reason
    case = service.case(
        viewer,
        CaseKey(source, case_ref),
        as_of=query.as_of,
        known_at=query.known_at,
    )
    return {
        "source": case.key.source,
        "case_ref": case.key.case_ref,
        "state": case.state.name,
        "as_of": case.as_of,
        "known_at": rfc3339(case.known_at),
        "timeline": list(_timeline(case.timeline)),
        "deadlines": [
            {
                **deadline_out(clock, case.key.source, case, query.lang),
                "explanation": explanation_out(_explained(clock, case), query.lang),
            }
            for clock in case.deadlines
        ],
        "findings": [
            {"code": finding.code, "event_id": finding.event_id}
            for finding in case.findings
        ],
        "chain": asdict(case.chain) if case.chain else None,
    }


def _timeline(events: Sequence[CaseEvent]) -> Iterator[dict[str, Any]]:
    by_key = {event.key: event for event in events}
    for event in events:
        yield {
            "id": event.event_id,
            "source": event.source,
            "case_ref": event.case_ref,
            "kind": event.data.kind,
            "occurred_on": event.occurred_on,
            "occurred_at": event.occurred_at,
            "registered_at": event.registered_at,
            "recorded_at": event.recorded_at,
            "detail": word(event.data),
            "amends": _amends(event, by_key),
        }


def _amends(
    event: CaseEvent, by_key: Mapping[EventKey, CaseEvent]
) -> dict[str, Any] | None:
    """Return what the amendment *event* is about, before and after it."""
    if not isinstance(event.data, EventCorrected | EventRetracted):
        return None
    target = by_key.get(EventKey(event.source, event.data.target))
    after = event.data if isinstance(event.data, EventCorrected) else None
    return {
        "target": event.data.target,
        "before": _said(target) if target else None,
        "after": _said(after) if after else None,
    }


def _said(event: CaseEvent | EventCorrected) -> dict[str, Any]:
    data = event.data
    return {
        "occurred_on": event.occurred_on,
        "occurred_at": event.occurred_at,
        "detail": word(data),
        "unit": data.unit if isinstance(data, NotificationReceived) else None,
    }


def _explained(clock: Deadline, case: service.Case) -> Explanation:
    """Return how the due date came about; a void clock is neither kept nor missed."""
    if clock.verdict(case.as_of) is Verdict.VOID:
        return case.law.explain(clock.rule, clock.started_on)
    return case.law.explain(
        clock.rule,
        clock.started_on,
        done_on=clock.closed_by(case.as_of),
        as_of=case.as_of,
    )
