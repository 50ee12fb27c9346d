"""The report of delays: what missed deadlines are put down to, and what is done."""

from dataclasses import dataclass

from app.db import delay_figures as delay_table
from app.db.database import Database
from app.domain.access import Actor
from app.domain.cells import Place, in_order
from app.domain.compliance import Basis
from app.domain.delay_figures import DelayFigures, DelayTally
from app.domain.reporting_periods import Period
from app.services.reports import Asked, Query, inquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayReport:
    """The figures of a period: of each cell, sub-total and the total of each rule."""

    asked: Asked
    period: Period
    cells: list[tuple[Place, DelayFigures]]


def delays(
    database: Database, actor: Actor, query: Query, period: Period
) -> DelayReport:
    """Return what the missed deadlines of *period* are put down to.

    They are those that the compliance report counts, by what fell due.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
    """
    with inquiry(database, actor, query) as asking:
        counted = delay_table.tallies(
            asking.connection, asking.question_of(period, Basis.DUE)
        )
    asked = asking.asked
    laid_out = asked.layout.laid_out(counted, DelayTally)
    return DelayReport(
        asked=asked,
        period=period,
        cells=[
            (place, DelayFigures(laid_out[place], asked.settings.minimum_n))
            for place in in_order(laid_out)
        ],
    )
