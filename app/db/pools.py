"""Pools of connections, one for each kind of work: none can use up another's."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event

from app.db.embedded import EmbeddedPostgres

WAIT_SECONDS = 1.0
SESSION_OPTIONS = (
    "-c timezone=UTC "
    # A plan made while a table was small must not serve it when it has grown.
    "-c plan_cache_mode=force_custom_plan "
    # Questions are small; to start helpers for them takes longer than to answer them.
    "-c max_parallel_workers_per_gather=0"
)


class Work(StrEnum):
    """What a connection is used for."""

    OPERATIONS = "operations"  # commands, who calls, checkpoints
    INTAKE = "intake"
    READING = "reading"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """How many connections one kind of work has, and how long each may take.

    *idle_seconds* is how long a transaction may do nothing, while its locks stay.
    """

    size: int
    statement_seconds: int
    lock_seconds: int
    idle_seconds: int

    @property
    def options(self) -> str:
        """Return what the server is told when a connection is made."""
        return (
            f"{SESSION_OPTIONS} -c statement_timeout={self.statement_seconds}s "
            f"-c lock_timeout={self.lock_seconds}s "
            f"-c idle_in_transaction_session_timeout={self.idle_seconds}s"
        )


POOLS = {
    Work.OPERATIONS: Pool(
        size=4, statement_seconds=60, lock_seconds=10, idle_seconds=60
    ),
    Work.INTAKE: Pool(size=4, statement_seconds=20, lock_seconds=5, idle_seconds=20),
    Work.READING: Pool(size=8, statement_seconds=10, lock_seconds=3, idle_seconds=20),
    # A report is computed and set while its transaction is open.
    Work.REPORTS: Pool(size=4, statement_seconds=30, lock_seconds=3, idle_seconds=60),
}


def engines(url: str, embedded: EmbeddedPostgres | None) -> Mapping[Work, Engine]:
    """Return an engine for each kind of work; none has connected yet."""
    return {work: _engine(url, pool, embedded) for work, pool in POOLS.items()}


def _engine(url: str, pool: Pool, embedded: EmbeddedPostgres | None) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool.size,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={"options": pool.options, "connect_timeout": 5},
    )
    if embedded is not None:
        _restart_when_dead(engine, embedded)
    return engine


def _restart_when_dead(engine: Engine, embedded: EmbeddedPostgres) -> None:
    @event.listens_for(engine, "do_connect")
    def _connect(
        _dialect: object,
        _record: object,
        arguments: list[Any],
        keywords: dict[str, Any],
    ) -> psycopg.Connection:
        try:
            return psycopg.connect(*arguments, **keywords)
        except psycopg.OperationalError:
            embedded.ensure_running()
            return psycopg.connect(*arguments, **keywords)
