"""What was published of each month, once and for good."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from app.clock import rfc3339
from app.db.ledger_lines import Head
from app.db.tables import publication
from app.domain.canonical import canonical
from app.domain.ledger import PUBLICATIONS, publication_hash
from app.domain.public_grid import Count, Measure, Output, Reach, Row, Split
from app.domain.public_tables import all_shown

# Under this lock, held until the transaction ends, the next number is given.
PUBLISHING_LOCK = 0x4D505542


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A month, and the longer periods that end with it, before they have a number."""

    month: str
    as_of: date
    known_at: datetime
    published_at: datetime
    published_by: str
    threshold: int
    minimum_n: int
    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication(Draft):
    """What was published, by the number and the digest that name it, and its link.

    *hash* is taken over both and the hash of the publication before.
    """

    number: int
    digest: bytes
    hash: bytes

    @property
    def position(self) -> int:
        """Return its position in the chain of publications."""
        return self.number

    @property
    def erased(self) -> None:
        """Return that nothing of it is gone: what was shown stays."""

    def flaw(self, previous: bytes | None) -> str | None:
        """Return what is wrong with it, chained to *previous* if known."""
        if previous is not None and self.hash != publication_hash(
            self.number, self.digest, previous
        ):
            return "the publication, or its link to the one before, was changed"
        is_as_shown = digest_of(self.number, self) == self.digest
        return None if is_as_shown else "what was published was changed"


def digest_of(number: int, said: Draft) -> bytes:
    """Return the SHA-256 of what the public was shown, under its *number*.

    Nothing hidden is in it: small counts could be found by trying (ADR 55).
    """
    content = {
        "number": number,
        "month": said.month,
        "as_of": said.as_of.isoformat(),
        "known_at": rfc3339(said.known_at),
        "published_at": rfc3339(said.published_at),
        "threshold": said.threshold,
        "minimum_n": said.minimum_n,
        "outputs": [all_shown(output) for output in said.outputs],
    }
    return sha256(canonical(content).encode()).digest()


def add(connection: Connection, new: Draft) -> Publication | None:
    """Keep *new* under the next number; None if its month had been published before."""
    connection.execute(select(func.pg_advisory_xact_lock(PUBLISHING_LOCK)))
    last = connection.scalar(select(func.max(publication.c.number)))
    number = (last or 0) + 1
    digest = digest_of(number, new)
    added = connection.execute(
        insert(publication)
        .values(
            number=number,
            digest=digest,
            month=new.month,
            as_of=new.as_of,
            known_at=new.known_at,
            published_at=new.published_at,
            published_by=new.published_by,
            threshold=new.threshold,
            minimum_n=new.minimum_n,
            outputs=[_told(output) for output in new.outputs],
        )
        .on_conflict_do_nothing()
        .returning(*publication.c)
    ).first()
    return None if added is None else _publication(dict(added._mapping))  # noqa: SLF001 (public)


def head(connection: Connection) -> Head:
    """Return the number and hash of the last publication."""
    last = select(publication.c.number, publication.c.hash)
    row = connection.execute(last.order_by(publication.c.number.desc()).limit(1))
    position, hashed = row.first() or (0, None)
    return Head(source=PUBLICATIONS, position=position, hash=hashed)


def in_order(connection: Connection) -> Iterator[Publication]:
    """Give all that was published, the first first."""
    for row in connection.execute(select(publication).order_by(publication.c.number)):
        yield _publication(dict(row._mapping))  # noqa: SLF001 (public)


def of_year(connection: Connection, year: int) -> list[Publication]:
    """Return what was published of the months of *year*, in their order."""
    rows = connection.execute(
        select(publication)
        .where(publication.c.month.between(f"{year}-01", f"{year}-12"))
        .order_by(publication.c.month)
    )
    return [_publication(dict(row._mapping)) for row in rows]  # noqa: SLF001 (public)


def of_month(connection: Connection, month: str) -> Publication | None:
    """Return what was published of *month*, and with it."""
    found = connection.execute(
        select(publication).where(publication.c.month == month)
    ).first()
    return None if found is None else _publication(dict(found._mapping))  # noqa: SLF001 (public)


def listed(connection: Connection) -> list[Publication]:
    """Return all that was published, without its counts, the newest first."""
    columns = [each for each in publication.c if each.name != "outputs"]
    rows = connection.execute(select(*columns).order_by(publication.c.month.desc()))
    return [_publication({**row._mapping, "outputs": []}) for row in rows]  # noqa: SLF001


def periods_of_year(connection: Connection, year: int) -> dict[str, tuple[str, ...]]:
    """Return which periods were published with each month of *year*, by the month."""
    each = func.json_array_elements(publication.c.outputs).column_valued(
        "output", joins_implicitly=True
    )
    periods = select(func.array_agg(each.op("->>")("period"))).scalar_subquery()
    rows = connection.execute(
        select(publication.c.month, periods).where(
            publication.c.month.between(f"{year}-01", f"{year}-12")
        )
    )
    return {month: tuple(found) for month, found in rows}


def _publication(values: Mapping[str, Any]) -> Publication:
    outputs = tuple(_output(told) for told in values["outputs"])
    return Publication(**{**values, "outputs": outputs})


def _told(output: Output) -> dict[str, Any]:
    rows = [
        [*row[1:], *split, [m for m in Measure if Count(row, m) in output.hidden]]
        for row, split in output.splits.items()
    ]
    return {"period": output.period, "parents": output.parents, "rows": rows}


def _output(told: Mapping[str, Any]) -> Output:
    splits, hidden = {}, set()
    for rule, reach, *where, in_time, missed, measures in told["rows"]:
        row = Row(told["period"], rule, Reach(reach), *where)
        splits[row] = Split(in_time, missed)
        hidden |= {Count(row, Measure(measure)) for measure in measures}
    return Output(
        period=told["period"],
        splits=splits,
        parents=told["parents"],
        hidden=frozenset(hidden),
    )
