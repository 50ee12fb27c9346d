"""/sources: how fresh what each client system sends is, and which are silent."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.domain.access import Actor, Permission, Role
from app.domain.texts import Language
from app.exports import numbers
from app.services import freshness as service
from app.services.freshness import SourceState
from app.visits import database_of
from app.web.access import permitted
from app.web.languages import language_of
from app.web.questions import PageQuestion
from app.web.rendering import page

router = APIRouter(include_in_schema=False)

_FORBIDDEN = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSource:
    """A client system as a reader sees it; empty where nothing is known."""

    source: str
    is_silent: bool
    silent_hours: str
    expected_hours: str
    last_recorded: str
    last_occurred: str
    live_since: str
    events: str
    open_findings: int


@router.get("/sources")
def sources(
    request: Request,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
    actor: Annotated[Actor, permitted(Permission.READ_SOURCES)],
) -> Response:
    """Show every client system, for leads of all units and administrators."""
    if actor.role is Role.LEAD and actor.units:
        raise HTTPException(_FORBIDDEN)
    language = language_of(request)
    states = service.states(database_of(request, actor), actor)
    return page(
        request,
        "sources.html",
        sources=tuple(_shown(state, language) for state in states),
    )


def _shown(state: SourceState, language: Language) -> ShownSource:
    rhythm, fresh, live = state.rhythm, state.freshness, state.setting.live_since
    return ShownSource(
        source=state.source,
        is_silent=rhythm is not None and rhythm.is_silent,
        silent_hours=_hours(rhythm.silent if rhythm else None, language),
        expected_hours=_hours(rhythm.expected if rhythm else None, language),
        last_recorded=numbers.instant(rhythm.last_at, language) if rhythm else "",
        last_occurred=(
            numbers.day(fresh.last_occurred_on, language)
            if fresh.last_occurred_on
            else ""
        ),
        live_since=numbers.day(live, language) if live else "",
        events=numbers.count(sum(fresh.counts.values()), language),
        open_findings=state.open_findings,
    )


def _hours(hours: float | None, language: Language) -> str:
    return "" if hours is None else numbers.decimal(hours, language)
