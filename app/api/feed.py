"""GET /v1/events: the ledgers as CloudEvents, for data warehouses."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, TypeAdapter

from app.api import cloud_events, pages
from app.api.parameters import Code
from app.api.viewing import viewing
from app.clock import rfc3339
from app.db.feed import FeedEntry
from app.domain.access import Permission
from app.services import feed as service
from app.services.viewing import Viewer

router = APIRouter(tags=["events"])

LARGEST_PAGE = 1_000
AFTER = "after"

# How far the ledger of each source has been read.
_CURSOR = TypeAdapter(dict[Code, Annotated[int, Field(ge=0, lt=2**63)]])
_PAGE = {
    "schema": {
        "type": "array",
        "items": {"$ref": "#/components/schemas/CloudEventIn"},
    }
}


class FeedQuery(BaseModel):
    """From where the feed is read, and how much of it."""

    model_config = {"extra": "forbid"}

    after: str | None = Field(default=None, description="From the header `Link`")
    limit: int = Field(default=LARGEST_PAGE, ge=1, le=LARGEST_PAGE)


@router.get(
    "/v1/events",
    response_class=Response,
    responses={
        200: {"description": "A page", "content": {cloud_events.BATCHED: _PAGE}}
    },
)
def read_feed(
    query: Annotated[FeedQuery, Query()],
    request: Request,
    viewer: Annotated[Viewer, viewing(Permission.READ_FEED)],
) -> Response:
    """Give every accepted event once, in the order in which it was recorded.

    The header `Link` always leads on (`rel="next"`). An empty page means that you have
    everything: ask the same address again later. What is committed late is on a later
    page, never skipped. `data` is what the source sent; `recordedat` and
    `ledgerposition` are ours.
    """
    after = pages.read(request, _CURSOR, query.after, parameter=AFTER)
    page = service.page(viewer, after=after or {}, limit=query.limit)
    link = pages.link(request, _CURSOR, dict(page.position), parameter=AFTER)
    return Response(
        "[" + ",".join([_cloud_event(entry) for entry in page.entries]) + "]",
        media_type=cloud_events.BATCHED,
        headers={"Link": link},
    )


def _cloud_event(entry: FeedEntry) -> str:
    attributes: dict[str, Any] = {
        "specversion": cloud_events.SPEC_VERSION,
        "type": cloud_events.TYPE_PREFIX + entry.kind,
        "source": entry.source,
        "id": entry.event_id,
        "subject": entry.case_ref,
    }
    if entry.occurred_at is not None:
        attributes["time"] = rfc3339(entry.occurred_at)
    else:
        attributes["occurredon"] = str(entry.occurred_on)
    if entry.registered_at is not None:
        attributes["registeredat"] = rfc3339(entry.registered_at)
    if entry.source_sequence is not None:
        attributes["sequence"] = str(entry.source_sequence)
    attributes["recordedat"] = rfc3339(entry.recorded_at)
    attributes["ledgerposition"] = entry.sequence
    attributes["datacontenttype"] = "application/json"
    head = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
    # The text as it was committed, so that its digest can be computed from it.
    return f'{head[:-1]},"data":{entry.data}}}'
