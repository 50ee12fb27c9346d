"""Whether the process lives, and whether it can do its work."""

from fastapi import APIRouter, Request

from app.api.access import PUBLIC
from app.services import health

router = APIRouter(tags=["health"])


@router.get("/health/live", dependencies=[PUBLIC])
async def live() -> dict[str, str]:
    """Answer as long as the process runs."""
    return {"status": "alive"}


@router.get("/health/ready", dependencies=[PUBLIC])
def ready(request: Request) -> dict[str, str]:
    """Answer 200 when the database keeps what it acknowledges, 503 when not.

    It is also 503 while it is not decided how long what is kept; `detail` names the
    settings.
    """
    health.check(request.app.state.database, request.app.state.undecided)
    return {"status": "ready"}
