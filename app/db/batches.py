"""All cases, in batches of which one fits into memory."""

from itertools import zip_longest
from typing import NamedTuple

from sqlalchemy import Connection

from app.db.database import driver
from app.domain.events import CaseKey


class Batch(NamedTuple):
    """The cases from *first* on, in order of source and reference.

    They end before *end*. The last batch has no end: what is new may come behind it.
    """

    first: CaseKey
    end: CaseKey | None


def batches(connection: Connection, size: int) -> list[Batch]:
    """Return all cases, in batches of *size*."""
    rows = driver(connection).execute(
        """
        WITH numbered AS (
            SELECT source, case_ref,
                   row_number() OVER (ORDER BY source, case_ref) - 1 AS number
            FROM (SELECT DISTINCT source, case_ref FROM case_event) AS known
        )
        SELECT source, case_ref FROM numbered WHERE number %% %s = 0 ORDER BY number
        """,
        [size],
    )
    firsts = [CaseKey(*row) for row in rows]
    return [Batch(*both) for both in zip_longest(firsts, firsts[1:])]


def cases_in(connection: Connection, batch: Batch) -> list[CaseKey]:
    """Return the cases that are in *batch* by now, in order."""
    rows = driver(connection).execute(
        """
        SELECT DISTINCT source, case_ref FROM case_event
        WHERE (source, case_ref) >= (%(first)s, %(first_ref)s)
          AND (%(end)s::text IS NULL OR (source, case_ref) < (%(end)s, %(end_ref)s))
        ORDER BY source, case_ref
        """,
        {
            "first": batch.first.source,
            "first_ref": batch.first.case_ref,
            "end": batch.end and batch.end.source,
            "end_ref": batch.end and batch.end.case_ref,
        },
    )
    return [CaseKey(*row) for row in rows]
