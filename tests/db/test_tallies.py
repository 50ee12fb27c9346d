"""The database counts generated counties as the domain does, in every dimension."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app import clock
from app.db import compliance as compliance_table
from app.db import deadlines as deadline_table
from app.db.database import Database, driver
from app.db.report_questions import Question
from app.domain.cells import Layout, Place, Span
from app.domain.compliance import (
    FACTS,
    Basis,
    Dimension,
    Frame,
    Judged,
    group_of,
    judged,
)
from app.domain.deadlines import Deadline, deadlines
from app.domain.events import CaseEvent, CaseKey, Entry, Matter
from app.domain.figures import Number, Tally, numbers_of
from app.domain.law import Law
from app.domain.periods import Eves, LegalReading, Roll
from app.domain.report_settings import ASSUMED, OUTCOMES, Inclusion
from app.domain.reporting_periods import Period, months_until, parse_period
from tests import histories
from tests.conftest import fresh_database

EVERY_COMBINATION = [
    by for size in range(len(Dimension) + 1) for by in combinations(Dimension, size)
]
# Each county is asked about every so many combinations, so that all get their turn.
STEP = 16
# Two sources, and since when they are live.
SOURCES = {"imported": None, "live": date(2024, 3, 1)}
KNOWN_AT = datetime(2026, 4, 1, tzinfo=UTC)
PERIODS = [
    parse_period(code)
    for code in (
        "2024",
        "2024-03",
        "2024-05",
        "2024-T1",
        "2024-Q3",
        "thl:2024-04",
        "thl:2024-10",
        "2024-01-01..2026-12-31",
        "2023-11-30..2024-05-01",
    )
]


class Clock(NamedTuple):
    """A deadline and its case."""

    case: CaseKey
    deadline: Deadline


@pytest.fixture(scope="module")
def county(server_url: str, template: str) -> Iterator[Database]:
    """Give a database whose read model is filled straight from the domain."""
    with fresh_database(server_url, template) as database:
        with database.write() as connection:
            connection.execute(
                text(
                    "INSERT INTO source_setting (source, recorded_at, live_since) "
                    "VALUES ('live', '2024-03-01', '2024-03-01')"
                )
            )
        yield database


laws = st.builds(
    Law, st.builds(LegalReading, st.sampled_from(Eves), st.sampled_from(Roll))
)
inclusions = st.just(ASSUMED) | st.builds(
    Inclusion,
    in_force_from=st.just(date(2014, 4, 1)),
    excluded_outcomes=st.lists(st.sampled_from(sorted(OUTCOMES))).map(tuple),
    excluded_entries=st.lists(st.sampled_from(Entry)).map(tuple),
    excluded_matters=st.lists(st.sampled_from(Matter)).map(tuple),
    counts_repeated=st.booleans(),
)
days = st.dates(histories.FIRST_DAY, date(2026, 3, 1)) | st.just(clock.today())
frames = st.builds(
    Frame,
    period=st.sampled_from(PERIODS),
    as_of=days,
    basis=st.just(Basis.DUE),
    inclusion=inclusions,
    law=laws,
)
scopes = st.none() | st.frozensets(
    st.sampled_from((*histories.UNITS, "unheard-of")), min_size=1
)
# Of `.ci/run`, and of `make test`.
COUNTIES = 300 if settings().max_examples >= 100 else 15
counties = st.tuples(histories.several_cases(most=8), histories.several_cases(most=4))


@settings(max_examples=COUNTIES)
@given(told=counties, units=scopes, frame=frames, first=st.integers(0, STEP - 1))
def test_the_database_tallies_as_the_domain_does_by_every_combination(
    county: Database,
    told: tuple[list[CaseEvent], list[CaseEvent]],
    frame: Frame,
    units: frozenset[str] | None,
    first: int,
) -> None:
    clocks = _clocks(told, frame.law)
    with county.rehearse() as connection:
        _prepare(connection, clocks)
        for basis in Basis:
            asked = replace(frame, basis=basis)
            finest = _finest(clocks, asked, units)
            for by in EVERY_COMBINATION[first::STEP]:
                question = Question(
                    frame=asked,
                    by=by,
                    known_at=KNOWN_AT,
                    units=units,
                    with_days_taken=True,
                    # Nothing is superseded here: it may be told or not.
                    is_latest=first % 2 == 0,
                )

                found = compliance_table.tallies(connection, question)

                assert found == _summed(finest, by)


@settings(max_examples=max(5, settings().max_examples // 10))
@given(
    told=counties,
    units=scopes,
    frame=frames,
    by=st.lists(st.sampled_from(Dimension), max_size=2, unique=True).map(tuple),
)
def test_the_list_behind_every_number_of_every_cell_is_as_long_as_it_says(
    county: Database,
    told: tuple[list[CaseEvent], list[CaseEvent]],
    frame: Frame,
    units: frozenset[str] | None,
    by: tuple[Dimension, ...],
) -> None:
    with county.rehearse() as connection:
        _prepare(connection, _clocks(told, frame.law))
        for basis in Basis:
            question = Question(
                frame=replace(frame, basis=basis),
                by=by,
                known_at=KNOWN_AT,
                units=units,
            )
            counted = compliance_table.tallies(connection, question)
            for cell in Layout(by=by).cells({basis: counted}):
                for number in Number:
                    rows = compliance_table.page(
                        connection,
                        question,
                        rule=cell.rule,
                        facts=[f for f in FACTS if number in numbers_of(f, basis)],
                        groups={
                            dimension: None if group is None else {group}
                            for dimension, group in zip(by, cell.groups, strict=True)
                            if not cell.is_total
                        },
                        days_taken=None,
                        after=None,
                        limit=1_000,
                    )

                    assert len(rows) == cell.figures.numbers[number]


@settings(max_examples=settings().max_examples // 2)
@given(told=counties, units=scopes, frame=frames, by=st.sampled_from(EVERY_COMBINATION))
def test_each_month_of_a_series_is_tallied_as_that_month_alone(
    county: Database,
    told: tuple[list[CaseEvent], list[CaseEvent]],
    frame: Frame,
    units: frozenset[str] | None,
    by: tuple[Dimension, ...],
) -> None:
    months = months_until(date(2024, 12, 1), 12)
    year = Period(code="2024", first=months[0].first, last=months[-1].last)
    with county.rehearse() as connection:
        _prepare(connection, _clocks(told, frame.law))
        for basis in Basis:

            def of(period: Period, basis: Basis = basis) -> Question:
                return Question(
                    frame=replace(frame, period=period, basis=basis),
                    by=by,
                    known_at=KNOWN_AT,
                    units=units,
                    with_days_taken=True,
                )

            found = compliance_table.monthly_tallies(connection, of(year), months)

            assert found == [
                compliance_table.tallies(connection, of(month)) for month in months
            ]


# What the domain says


def _clocks(told: Iterable[list[CaseEvent]], law: Law) -> list[Clock]:
    """Return the clocks of what two sources told, one of which is live."""
    clocks: list[Clock] = []
    for source, events in zip(SOURCES, told, strict=True):
        for case_ref, history in histories.by_case(_recorded(events, source)).items():
            for each in deadlines(history, law):
                # No history here is amended; some clocks look as if theirs were.
                corrected = len(clocks) % 5 == 0
                clocks.append(
                    Clock(CaseKey(source, case_ref), each._replace(corrected=corrected))
                )
    return clocks


def _recorded(events: Iterable[CaseEvent], source: str) -> list[CaseEvent]:
    """Return *events* as recorded from the same day to a fortnight later."""
    return [
        each._replace(
            recorded_at=datetime.combine(each.occurred_on, time(20), UTC)
            + timedelta(days=3 * place % 14),
        )
        for place, each in enumerate(histories.of_source(events, source))
    ]


def _finest(
    clocks: Iterable[Clock], frame: Frame, units: frozenset[str] | None
) -> list[tuple[str, dict[Dimension, str | None], Judged]]:
    found = []
    for case, deadline in clocks:
        groups = {
            dimension: group_of(
                deadline, dimension, source=case.source, as_of=frame.as_of
            )
            for dimension in Dimension
        }
        each = judged(deadline, frame, SOURCES[case.source])
        if each and (units is None or groups[Dimension.UNIT] in units):
            found.append((deadline.rule, groups, each))
    return found


def _summed(
    finest: Iterable[tuple[str, dict[Dimension, str | None], Judged]],
    by: Sequence[Dimension],
) -> dict[Place, Tally]:
    tallies: dict[Place, Tally] = {}
    for rule, groups, each in finest:
        place = Place(Span.CELL, rule, tuple(groups[dimension] for dimension in by))
        tallies.setdefault(place, Tally()).count(each)
    return tallies


# What the database says


def _prepare(connection: Connection, clocks: Iterable[Clock]) -> None:
    """Fill the read model with *clocks* alone, and make many questions quick."""
    cases: dict[CaseKey, tuple[Deadline, ...]] = {}
    for case, deadline in clocks:
        cases[case] = (*cases.get(case, ()), deadline)
    deadline_table.replace(connection, cases, KNOWN_AT)
    # A plan may serve for all: what is asked does not depend on it.
    raw = driver(connection)
    raw.prepare_threshold, raw.prepared_max = 0, None
    connection.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
