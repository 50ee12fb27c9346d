"""Sealed reports: appended, read, and never changed."""

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.db.database import driver
from app.db.ledger_lines import Head
from app.domain.ledger import SEALED_REPORTS, Checkpoint, seal_hash

# Under this lock, held until the transaction ends, the next number is given.
SEALING_LOCK = 0x4D53454C
SEALS_PER_FETCH = 50
# What a list of seals tells of each; the figures stay where they are.
IN_LISTS = (
    *("number", "kind", "period", "by", "basis", "as_of", "known_at", "scope"),
    *("sealed_at", "sealed_by", "comment"),
)
_SEAL = "number, content::text, digest, hash"


class Seal(NamedTuple):
    """A sealed report as it is stored; *content* is the text whose digest was taken."""

    number: int
    content: str
    digest: bytes
    hash: bytes

    @property
    def position(self) -> int:
        """Return its position in the chain of seals."""
        return self.number

    @property
    def erased(self) -> None:
        """Return that nothing of it is gone: what was reported stays."""

    def flaw(self, previous: bytes | None) -> str | None:
        """Return what is wrong with it, chained to *previous* if known."""
        if previous is not None and self.hash != seal_hash(
            self.number, self.digest, previous
        ):
            return "the seal, or its link to the one before, was changed"
        if sha256(self.content.encode()).digest() != self.digest:
            return "the report was changed"
        try:
            if json.loads(self.content)["number"] != self.number:
                return "the report was given another number"
            self.heads()
        except (KeyError, TypeError, ValueError):
            # Whoever makes the chain anew can seal whatever they like.
            return "this is no report as we write them"
        return None

    def heads(self) -> list[Checkpoint]:
        """Return where the ledgers stood, as it says."""
        said = json.loads(self.content)
        known_at = datetime.fromisoformat(said["known_at"])
        return [
            Checkpoint(
                source=head["source"],
                position=head["position"],
                hash=bytes.fromhex(head["hash"]),
                written_at=known_at,
            )
            for head in said["ledgers"]
        ]


class Listed(NamedTuple):
    """A sealed report as a list shows it; *content* has the members ``IN_LISTS``."""

    number: int
    content: dict[str, Any]
    digest: bytes
    hash: bytes


def lock(connection: Connection) -> None:
    """Let nobody else seal anything until the transaction ends."""
    driver(connection).execute("SELECT pg_advisory_xact_lock(%s)", [SEALING_LOCK])


def head(connection: Connection) -> Head:
    """Return the number and hash of the last seal."""
    row = (
        driver(connection)
        .execute("SELECT number, hash FROM sealed_report ORDER BY number DESC LIMIT 1")
        .fetchone()
    )
    position, hashed = row or (0, None)
    return Head(source=SEALED_REPORTS, position=position, hash=hashed)


def append(connection: Connection, seal: Seal) -> None:
    """Add *seal*, under the lock, behind the last one."""
    driver(connection).execute(
        """
        INSERT INTO sealed_report (number, content, digest, hash)
        VALUES (%s, %s, %s, %s)
        """,
        seal,
    )


def find(connection: Connection, number: int) -> Seal | None:
    """Return the seal of that number."""
    row = (
        driver(connection)
        .execute(
            f"SELECT {_SEAL} FROM sealed_report WHERE number = %s",  # noqa: S608
            [number],
        )
        .fetchone()
    )
    return None if row is None else Seal(*row)


def requested(connection: Connection, sealed_by: str, key: str) -> Seal | None:
    """Return what *sealed_by* has sealed under the request key *key*."""
    row = (
        driver(connection)
        .execute(
            f"""
            SELECT {_SEAL} FROM sealed_report
            WHERE sealed_by = %s AND request_key = %s
            """,  # noqa: S608 (names of our own)
            [sealed_by, key],
        )
        .fetchone()
    )
    return None if row is None else Seal(*row)


def newest_first(
    connection: Connection,
    *,
    kind: str | None,
    period: str | None,
    before: int | None,
) -> Iterator[Listed]:
    """Give the seals of *kind* and *period*, or of any, numbered below *before*."""
    members = ", ".join(f"'{name}', content -> '{name}'" for name in IN_LISTS)
    while True:
        rows = (
            driver(connection)
            .execute(
                f"""
                SELECT number, json_build_object({members}), digest, hash
                FROM sealed_report
                WHERE (%(kind)s::text IS NULL OR kind = %(kind)s)
                  AND (%(period)s::text IS NULL OR period = %(period)s)
                  AND (%(before)s::bigint IS NULL OR number < %(before)s)
                ORDER BY number DESC LIMIT {SEALS_PER_FETCH}
                """,  # noqa: S608 (names of our own)
                {"kind": kind, "period": period, "before": before},
            )
            .fetchall()
        )
        yield from (Listed(*row) for row in rows)
        if len(rows) < SEALS_PER_FETCH:
            return
        before = rows[-1][0]


def in_order(connection: Connection) -> Iterator[Seal]:
    """Give every seal, the first first; only a few are held at a time."""
    with driver(connection).cursor("sealed_reports") as cursor:
        cursor.itersize = SEALS_PER_FETCH
        for row in cursor.execute(
            f"SELECT {_SEAL} FROM sealed_report ORDER BY number"  # noqa: S608
        ):
            yield Seal(*row)


def heads_of_ledgers(connection: Connection, known_at: datetime) -> list[Head]:
    """Return where each ledger that had begun stood at *known_at*."""
    rows = driver(connection).execute(
        """
        SELECT source.code, line.sequence, line.hash
        FROM source CROSS JOIN LATERAL (
            (SELECT sequence, hash FROM case_event
             WHERE source = source.code AND recorded_at <= %(known_at)s
             ORDER BY sequence DESC LIMIT 1)
            UNION ALL
            (SELECT sequence, hash FROM forgotten_line
             WHERE source = source.code AND recorded_at <= %(known_at)s
             ORDER BY sequence DESC LIMIT 1)
            ORDER BY sequence DESC LIMIT 1
        ) line
        ORDER BY source.code
        """,
        {"known_at": known_at},
    )
    return [
        Head(source=source, position=position, hash=hashed)
        for source, position, hashed in rows
    ]
