"""The tallies of ``domain.delay_figures``, counted by the database."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import (
    ARRAY,
    Boolean,
    Connection,
    Date,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from app.db.clock_rules import delay_on
from app.db.fact_numbers import is_counted_as
from app.db.judged import judged
from app.db.report_questions import AS_OF, Question, parameters
from app.db.statements import Statement, compiled
from app.domain.cells import Place, Span
from app.domain.compliance import MISSED, Basis, Column, Dimension
from app.domain.delay_codes import DelayAction, DelayCause
from app.domain.delay_figures import DelayFact, DelayTally


def tallies(connection: Connection, question: Question) -> dict[Place, DelayTally]:
    """Return the tally of each rule and combination of groups with a missed deadline.

    They are those that *question* counts as late, or open and late.
    """
    has_units = question.units is not None
    statement = _counting(question.frame.basis, question.by, has_units)
    found: dict[Place, DelayTally] = {}
    for times, rule, is_open, cause, action, is_overdue, *groups in statement.execute(
        connection, parameters(question)
    ):
        place = Place(Span.CELL, rule, tuple(groups))
        fact = DelayFact(
            Column.OPEN_LATE if is_open else Column.LATE,
            None if cause is None else DelayCause(cause),
            None if action is None else DelayAction(action),
            is_overdue,
        )
        found.setdefault(place, DelayTally()).facts[fact] += times
    return found


@lru_cache(maxsize=256)
def _counting(
    basis: Basis,
    by: Sequence[Dimension],
    has_units: bool,  # noqa: FBT001 (a part of the key of the cache)
) -> Statement:
    groups = dict.fromkeys((*by, *((Dimension.UNIT,) if has_units else ())))
    clock = judged(basis, groups, ("rule", "delays"))
    missed = select(
        clock.c.rule,
        is_counted_as(clock, (Column.OPEN_LATE,)).label("is_open"),
        delay_on(clock, AS_OF).label("told"),
        *(clock.c[f"by_{dimension}"] for dimension in by),
    ).where(is_counted_as(clock, MISSED))
    if has_units:
        units = bindparam("units", type_=ARRAY(Text))
        missed = missed.where(clock.c.by_unit == any_(units))
    # A fence: what was told is looked up once for each.
    each = missed.offset(literal_column("0")).subquery("missed")
    follow_up_on = cast(each.c.told[3].astext, Date)
    is_overdue = func.coalesce(
        and_(each.c.is_open, follow_up_on < AS_OF), literal_column("false", Boolean)
    )
    keys = [
        each.c.rule,
        each.c.is_open,
        each.c.told[1].astext.label("cause"),
        each.c.told[2].astext.label("action"),
        is_overdue.label("is_overdue"),
        *(each.c[f"by_{dimension}"] for dimension in by),
    ]
    return compiled(select(func.count(), *keys).group_by(*(key.name for key in keys)))
