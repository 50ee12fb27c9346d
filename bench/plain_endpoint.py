"""The comparison: one transaction per request, as one would write it first.

It reads the JSON without looking at it, inserts the event, upserts one row of a
projection and commits, through SQLAlchemy Core on psycopg's asynchronous connections.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    MetaData,
    Table,
    Text,
    func,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import create_async_engine

from bench.servers import HOST

DATABASE = "plain"
# Of 5, 12 and 32 the fastest for 32 clients on two cores.
POOL_SIZE = 12

metadata = MetaData()

event_table = Table(
    "event",
    metadata,
    Column("source", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("case_ref", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("recorded_at", DateTime(timezone=True), server_default=func.now()),
)

case_table = Table(
    "case_file",
    metadata,
    Column("source", Text, primary_key=True),
    Column("case_ref", Text, primary_key=True),
    Column("last_event_id", Text, nullable=False),
    Column("last_kind", Text, nullable=False),
    Column("events", BigInteger, nullable=False),
)


def create_app(server_url: str) -> FastAPI:
    """Return the endpoint, on a database of its own on the server."""
    url = make_url(server_url)
    engine = create_async_engine(
        url.set(database=DATABASE), pool_size=POOL_SIZE, max_overflow=0
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        creator = create_async_engine(url, isolation_level="AUTOCOMMIT")
        async with creator.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {DATABASE}"))
        await creator.dispose()
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/events")
    async def post_event(request: Request) -> JSONResponse:
        event = await request.json()
        upsert = insert(case_table).values(
            source=event["source"],
            case_ref=event["case_ref"],
            last_event_id=event["id"],
            last_kind=event["kind"],
            events=1,
        )
        async with engine.begin() as connection:
            await connection.execute(
                insert(event_table).values(
                    source=event["source"],
                    event_id=event["id"],
                    kind=event["kind"],
                    case_ref=event["case_ref"],
                    body=event,
                )
            )
            await connection.execute(
                upsert.on_conflict_do_update(
                    index_elements=[case_table.c.source, case_table.c.case_ref],
                    set_={
                        "last_event_id": upsert.excluded.last_event_id,
                        "last_kind": upsert.excluded.last_kind,
                        "events": case_table.c.events + 1,
                    },
                )
            )
        return JSONResponse({"id": event["id"], "status": "created"}, status_code=201)

    return app


def main() -> None:
    app = create_app(sys.stdin.read())
    uvicorn.run(app, host=HOST, port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
