"""The database puts missed deadlines down to causes as the domain does."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given

from app.db import compliance as compliance_table
from app.db import delay_figures as delay_table
from app.db.database import Database
from app.db.report_questions import Question
from app.domain.cells import Place, Span
from app.domain.compliance import MISSED, Basis, Dimension, Frame, group_of
from app.domain.delay_figures import DelayTally, delay_fact, delay_tally
from app.domain.events import CaseEvent
from app.domain.figures import Tally
from tests.conftest import fresh_database
from tests.db.test_tallies import (
    EVERY_COMBINATION,
    KNOWN_AT,
    Clock,
    _clocks,
    _prepare,
    counties,
    frames,
    scopes,
)
from tests.histories import on_one_database

COMBINATIONS = EVERY_COMBINATION[::17]


@pytest.fixture(scope="module")
def county(server_url: str, template: str) -> Iterator[Database]:
    """Give a database whose read model is filled straight from the domain."""
    with fresh_database(server_url, template) as database:
        yield database


@on_one_database
@given(told=counties, units=scopes, frame=frames)
def test_the_database_counts_delays_as_the_domain_does(
    county: Database,
    told: tuple[list[CaseEvent], list[CaseEvent]],
    frame: Frame,
    units: frozenset[str] | None,
) -> None:
    clocks = _clocks(told, frame.law)
    with county.rehearse() as connection:
        _prepare(connection, clocks)
        asked = replace(frame, basis=Basis.DUE)
        for by in COMBINATIONS:
            question = Question(frame=asked, by=by, known_at=KNOWN_AT, units=units)

            found = delay_table.tallies(connection, question)

            assert found == _expected(clocks, asked, by, units)
            counted = compliance_table.tallies(connection, question)
            assert {place: each.facts.total() for place, each in found.items()} == {
                place: missed
                for place, each in counted.items()
                if (missed := _missed(each))
            }


def _expected(
    clocks: list[Clock],
    frame: Frame,
    by: tuple[Dimension, ...],
    units: frozenset[str] | None,
) -> dict[Place, DelayTally]:
    found: dict[Place, DelayTally] = {}
    for case, deadline in clocks:
        fact = delay_fact(deadline, frame)
        if fact is None or not (
            units is None or deadline.accountable_unit(frame.as_of) in units
        ):
            continue
        groups = (
            group_of(deadline, each, source=case.source, as_of=frame.as_of)
            for each in by
        )
        place = Place(Span.CELL, deadline.rule, tuple(groups))
        found.setdefault(place, DelayTally()).add(delay_tally([deadline], frame))
    return found


def _missed(tally: Tally) -> int:
    return sum(n for fact, n in tally.facts.items() if fact.column in MISSED)
