"""The compliance report: how many deadlines were kept, of how many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.db import activations
from app.db import compliance as compliance_table
from app.db import findings as finding_table
from app.db import units as unit_table
from app.db.compliance import DIMENSIONS, Cell
from app.db.database import Database
from app.domain.compliance import Basis
from app.domain.events import legal_day
from app.domain.law import Law
from app.domain.reporting_periods import Period
from app.services.deadlines import scope
from app.services.keys import Actor

__all__ = ["DIMENSIONS", "Report", "compliance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a period, each cell and the total of each rule.

    *findings* are how many findings in cases are open, by kind.
    """

    period: Period
    by: tuple[str, ...]
    basis: Basis
    as_of: date
    known_at: datetime
    law: Law
    rows: list[Cell]
    totals: list[Cell]
    findings: dict[str, int]


def compliance(
    database: Database,
    actor: Actor,
    *,
    period: Period,
    by: Sequence[str],
    basis: Basis,
    as_of: date | None,
    known_at: datetime | None,
) -> Report:
    """Return the figures of *period* over the actor's units.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
    """
    with database.read(known_at) as question:
        instant = question.known_at
        day = as_of or legal_day(instant)
        units = unit_table.known(question.connection, instant)
        law = activations.in_use(question.connection, known_at=instant)
        cells = compliance_table.cells(
            question.connection,
            period=period,
            by=by,
            basis=basis,
            as_of=day,
            known_at=instant,
            units=scope(units, actor, None),
        )
        findings = finding_table.open_counts(
            question.connection, known_at=instant, units=scope(units, actor, None)
        )
    cells.sort(key=lambda cell: (cell.rule != "initiation", _sort_key(cell)))
    return Report(
        period=period,
        by=tuple(by),
        basis=basis,
        as_of=day,
        known_at=instant,
        law=law,
        rows=[cell for cell in cells if not cell.is_total],
        totals=[cell for cell in cells if cell.is_total],
        findings=findings,
    )


def _sort_key(cell: Cell) -> tuple[str, ...]:
    # A deadline without a unit comes last, not first.
    return tuple(group if group is not None else "\uffff" for group in cell.groups)
