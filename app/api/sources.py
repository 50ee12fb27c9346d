"""GET /v1/sources: how fresh what each client system sends is."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from app.api.access import permitted
from app.api.problems import ProblemError, problem
from app.clock import rfc3339
from app.domain.access import Actor, Permission, Role
from app.services import freshness as service
from app.services.freshness import SourceState
from app.visits import database_of

router = APIRouter(tags=["sources"])


class LagOut(BaseModel):
    """Hours from the act to our record of it; null where no instants are known."""

    p50: float | None
    p95: float | None


class SourceOut(BaseModel):
    """A client system, and how it has been heard in the last four weeks."""

    source: str
    last_recorded_at: str | None
    last_occurred_on: date | None
    lag_hours: LagOut
    events: dict[str, int] = Field(description="Recorded in 28 days, by kind")
    open_findings: int
    live_since: date | None
    successor: str | None
    expected_working_hours: int | None = Field(
        description="It may be silent so long; null where too little is known"
    )
    expectation_is_learned: bool
    silent_working_hours: float | None
    is_silent: bool


@router.get("/v1/sources", response_model=list[SourceOut])
def list_sources(
    request: Request, actor: Annotated[Actor, permitted(Permission.READ_SOURCES)]
) -> list[dict[str, Any]]:
    """List the client systems: freshness, delays, counts, open findings.

    For leads of all units, administrators, and each client system about itself. Working
    hours are those from 8 to 16 in Helsinki on working days.
    """
    if not _may_see(actor):
        raise ProblemError(problem("forbidden"))
    return [_shown(each) for each in service.states(database_of(request, actor), actor)]


def _may_see(actor: Actor) -> bool:
    if actor.role is Role.LEAD:
        return not actor.units
    return actor.role in (Role.ADMIN, Role.INTEGRATOR)


def _shown(state: SourceState) -> dict[str, Any]:
    rhythm, fresh = state.rhythm, state.freshness
    said = state.setting.expected_working_hours
    return {
        "source": state.source,
        "last_recorded_at": rfc3339(rhythm.last_at) if rhythm else None,
        "last_occurred_on": fresh.last_occurred_on,
        "lag_hours": {"p50": _rounded(fresh.lag_p50), "p95": _rounded(fresh.lag_p95)},
        "events": fresh.counts,
        "open_findings": state.open_findings,
        "live_since": state.setting.live_since,
        "successor": state.setting.successor,
        "expected_working_hours": rhythm.expected if rhythm else said,
        "expectation_is_learned": said is None and rhythm is not None,
        "silent_working_hours": _rounded(rhythm.silent) if rhythm else None,
        "is_silent": rhythm is not None and rhythm.is_silent,
    }


def _rounded(hours: float | None) -> float | None:
    return None if hours is None else round(hours, 1)
