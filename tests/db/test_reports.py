"""Ageing and flow, as the database counts them, are what the domain says."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.db import ageing as ageing_table
from app.db import deadlines as deadline_table
from app.db import flow as flow_table
from app.db.ageing import Started
from app.db.database import Database
from app.db.deadlines import Row
from app.domain.deadlines import ASSESSMENT, INITIATION, Deadline, Verdict
from app.domain.events import CaseEvent
from app.domain.flow import Movement, backlog, movement
from app.domain.reporting_periods import months_until
from app.services import intake
from tests import histories
from tests.amended_histories import amended_cases
from tests.conftest import fresh_database
from tests.factories import submissions

RULES = (INITIATION, ASSESSMENT)
SOURCES = (f"source-{number}" for number in count())
OPEN = (Verdict.OPEN_IN_TIME, Verdict.OPEN_LATE)

days = st.dates(histories.FIRST_DAY, date(2026, 3, 1))
scopes = st.none() | st.frozensets(
    st.sampled_from((*histories.UNITS, "unheard-of")), min_size=1
)


@pytest.fixture(scope="module")
def shared(server_url: str, template: str) -> Iterator[Database]:
    """Give one database, in which each example makes all others be forgotten."""
    with fresh_database(server_url, template) as database:
        yield database


@given(events=amended_cases(), as_of=days, units=scopes)
def test_the_open_clocks_are_those_of_the_domain(
    shared: Database,
    events: list[CaseEvent],
    as_of: date,
    units: frozenset[str] | None,
) -> None:
    clocks = _of(_known_alone(shared, events))

    for rule in RULES:
        with shared.read() as question:
            found = ageing_table.open_clocks(
                question.connection,
                rule,
                as_of=as_of,
                known_at=question.known_at,
                units=units,
            )

        assert sorted(found, key=repr) == sorted(
            _started(clocks, rule, as_of, units), key=repr
        )


@given(
    events=amended_cases(), as_of=days, units=scopes, months=st.sampled_from((1, 3, 30))
)
def test_the_flow_is_that_of_the_domain_and_conserves_the_clocks(
    shared: Database,
    events: list[CaseEvent],
    as_of: date,
    units: frozenset[str] | None,
    months: int,
) -> None:
    clocks = _of(_known_alone(shared, events))
    periods = months_until(as_of, months)

    for rule in RULES:
        with shared.read() as question:
            found = flow_table.months(
                question.connection,
                rule,
                periods,
                as_of=as_of,
                known_at=question.known_at,
                units=units,
            )

        of_rule = [each for each in clocks if each.rule == rule]
        for unit in {each.accountable_unit(as_of) for each in of_rule} | set(found):
            of_unit = [e for e in of_rule if e.accountable_unit(as_of) == unit]
            if units is not None and unit not in units:
                assert unit not in found
                continue
            for period in periods:
                month = next(
                    (m for m in found.get(unit, []) if m.period == period), None
                )
                said = movement(of_unit, period, as_of)
                assert (month.movement if month else Movement()) == said
                if month:
                    end = min(period.last, as_of)
                    assert month.backlog == backlog(of_unit, end)
                    assert month.backlog == month.backlog_before + said.net


def _known_alone(database: Database, events: list[CaseEvent]) -> list[Row]:
    """Record *events*, let all else be forgotten, and return what is stored of them."""
    with database.write() as connection:
        connection.execute(text("TRUNCATE deadline"))
    named = histories.of_source(events, next(SOURCES))
    intake.record(database, submissions(named))
    with database.read() as question:
        stored = question.connection.execute(
            select(deadline_table.known(question.known_at))
        )
        return [deadline_table.row_of(each._mapping) for each in stored]


def _of(rows: Iterable[Row]) -> list[Deadline]:
    return [row.deadline for row in rows]


def _started(
    clocks: Iterable[Deadline], rule: str, as_of: date, units: frozenset[str] | None
) -> list[Started]:
    counted: dict[tuple[str | None, date], Counter[str]] = {}
    for each in clocks:
        unit = each.responsible_unit(as_of)
        if (
            each.rule != rule
            or each.started_on > as_of
            or each.verdict(as_of) not in OPEN
            or (units is not None and unit not in units)
        ):
            continue
        cell = counted.setdefault((unit, each.started_on), Counter())
        cell[each.verdict(as_of).value] += 1
        cell["joined"] += each.joined
    return [
        Started(
            unit=unit,
            started_on=day,
            open_in_time=cell["open_in_time"],
            open_late=cell["open_late"],
            joined=cell["joined"],
        )
        for (unit, day), cell in counted.items()
    ]
