"""Counts, ageing and flow, as the database counts them, are what the domain says."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import count, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.db import ageing as ageing_table
from app.db import counts as counts_table
from app.db import deadlines as deadline_table
from app.db import flow as flow_table
from app.db import known_deadlines
from app.db.counts import Groups
from app.db.database import Database, Knowledge
from app.db.deadlines import Row
from app.domain.ageing import Number as Ageing
from app.domain.ageing import age, bins, first_days
from app.domain.counts import Clock, CountedBy, Counts, counts
from app.domain.deadlines import ASSESSMENT, INITIATION, Deadline, Verdict
from app.domain.events import CaseEvent
from app.domain.flow import Number as Flow
from app.domain.flow import backlog, movement, together
from app.domain.law import Law
from app.domain.reporting_periods import Period, month_of, months_until, parse_period
from app.services import intake
from tests import databases, histories
from tests.amended_histories import amended_cases
from tests.conftest import fresh_database
from tests.factories import submissions

RULES = (INITIATION, ASSESSMENT)
SOURCES = (f"source-{number}" for number in count())
ALL = 10_000
LAW = Law()
OPEN = (Verdict.OPEN_IN_TIME, Verdict.OPEN_LATE)


@dataclass(frozen=True)
class Asked:
    """What the reports are asked for."""

    as_of: date
    units: frozenset[str] | None
    months: int
    period: Period
    by: tuple[CountedBy, ...]

    def has(self, unit: str | None) -> bool:
        """Tell whether *unit* is one of those asked for."""
        return self.units is None or unit in self.units


questions = st.builds(
    Asked,
    # Days on which something has happened, and any others.
    as_of=st.sampled_from((date(2024, 3, 5), date(2024, 6, 1), date(2026, 3, 1)))
    | st.dates(histories.FIRST_DAY, date(2025, 3, 1)),
    units=st.none()
    | st.frozensets(st.sampled_from((*histories.UNITS, "unheard-of")), min_size=1),
    months=st.sampled_from((1, 6, 30, 30)),
    period=st.sampled_from(
        [parse_period(code) for code in ("2024", "2024-03", "2024-H1", "2024-T2")]
    ),
    by=st.lists(st.sampled_from(CountedBy), unique=True, max_size=3).map(tuple),
)


@pytest.fixture(scope="module")
def shared(server_url: str, template: str) -> Iterator[Database]:
    """Give one database, in which each example makes all others be forgotten."""
    with fresh_database(server_url, template) as database:
        yield database


@pytest.fixture(scope="module")
def owned(server_url: str, shared: Database) -> Iterator[Database]:
    """Give that database to its owner, who can make it forget."""
    with databases.owned(server_url, shared) as database:
        yield database


@given(events=amended_cases(), asked=questions)
def test_the_reports_count_what_the_domain_counts(
    shared: Database, owned: Database, events: list[CaseEvent], asked: Asked
) -> None:
    clocks = _known_alone(shared, owned, events)

    with shared.read() as question:
        _assert_counts(question, clocks, asked)
        for rule in RULES:
            of_rule = [each.deadline for each in clocks if each.deadline.rule == rule]
            _assert_ageing(question, of_rule, rule, asked)
            _assert_flow(question, of_rule, rule, asked)


def _assert_counts(question: Knowledge, clocks: Sequence[Clock], asked: Asked) -> None:
    found = counts_table.counts(
        question.connection,
        asked.period,
        asked.by,
        as_of=asked.as_of,
        known_at=question.known_at,
        units=asked.units,
    )

    # Of everything together there is always a row.
    cells: dict[Groups, list[Clock]] = {} if asked.by else {(): []}
    for each in clocks:
        if asked.has(each.deadline.accountable_unit(asked.as_of)):
            for groups in _groups(each, asked):
                cells.setdefault(groups, []).append(each)
    said = {
        groups: counts(cell, asked.period, asked.as_of)
        for groups, cell in cells.items()
    }
    assert {groups: found.get(groups, Counts()) for groups in said} == said
    assert set(found) <= set(said)


def _groups(each: Clock, asked: Asked) -> Iterable[Groups]:
    """Return every cell in which *each* is counted: one for each of its reasons."""
    deadline = each.deadline
    values: dict[CountedBy, Iterable[str | None]] = {
        CountedBy.UNIT: [deadline.accountable_unit(asked.as_of)],
        CountedBy.SOURCE: [each.source],
        CountedBy.REASON: set(deadline.reasons) or [None],
    }
    return product(
        *(values.get(name) or [getattr(deadline, name)] for name in asked.by)
    )


def _assert_ageing(
    question: Knowledge, clocks: Sequence[Deadline], rule: str, asked: Asked
) -> None:
    limit = LAW.rule(rule).version_on(asked.as_of).period
    every = bins(limit)
    of_rule = ageing_table.Question(
        rule=rule,
        as_of=asked.as_of,
        known_at=question.known_at,
        units=asked.units,
        first_days=first_days(limit, asked.as_of, LAW.calendar),
    )

    counted = ageing_table.counted(question.connection, of_rule)

    # The oldest bin is counted as the first.
    said: dict[tuple[str | None, int], Counter[str]] = {}
    aged: dict[tuple[int, Ageing], list[Deadline]] = {}
    for each in _open(clocks, asked):
        days = age(limit, each.started_on, asked.as_of, LAW.calendar)
        (place,) = (n for n, bin_ in enumerate(reversed(every)) if days in bin_)
        cell = said.setdefault((each.responsible_unit(asked.as_of), place), Counter())
        for number in _numbers(each, asked.as_of):
            cell[number] += 1
            aged.setdefault((place, number), []).append(each)
    assert {
        (each.unit, each.bin): +Counter(
            open_in_time=each.open_in_time,
            open_late=each.open_late,
            joined=each.joined,
        )
        for each in counted
    } == {at: cell - Counter(open=cell["open"]) for at, cell in said.items()}
    for (place, number), those in [*aged.items(), ((0, Ageing.OPEN), [])]:
        listed = ageing_table.page(
            question.connection, of_rule, number, bin_=place, after=None, limit=ALL
        )
        assert _same(listed, those or aged.get((place, number), []))


def _numbers(each: Deadline, as_of: date) -> Iterator[Ageing]:
    yield Ageing.OPEN
    is_late = each.verdict(as_of) is Verdict.OPEN_LATE
    yield Ageing.OPEN_LATE if is_late else Ageing.OPEN_IN_TIME
    if each.joined:
        yield Ageing.JOINED


def _open(clocks: Iterable[Deadline], asked: Asked) -> Iterator[Deadline]:
    for each in clocks:
        is_open = each.started_on <= asked.as_of and each.verdict(asked.as_of) in OPEN
        if is_open and asked.has(each.responsible_unit(asked.as_of)):
            yield each


def _same(rows: Iterable[Row], clocks: Iterable[Deadline]) -> bool:
    """Tell whether *rows* are those *clocks*, each once, the longest due first."""
    listed = [row.deadline for row in rows]
    in_order = [each.due_on for each in listed]
    return in_order == sorted(in_order) and Counter(map(repr, listed)) == Counter(
        map(repr, clocks)
    )


def _assert_flow(
    question: Knowledge, clocks: Sequence[Deadline], rule: str, asked: Asked
) -> None:
    as_of = asked.as_of
    periods = months_until(as_of, asked.months)

    of_rule = flow_table.Question(
        rule=rule, as_of=as_of, known_at=question.known_at, units=asked.units
    )
    found = flow_table.months(question.connection, of_rule, periods)

    by_unit: dict[str | None, list[Deadline]] = {unit: [] for unit in found}
    for each in clocks:
        by_unit.setdefault(each.accountable_unit(as_of), []).append(each)
    for unit, of_unit in by_unit.items():
        months = found.get(unit)
        if months is None:
            # Nothing moved in these months, and nothing was left from before.
            assert not asked.has(unit) or not backlog(of_unit, as_of)
            continue
        assert asked.has(unit)
        assert [month.period for month in months] == list(periods)
        for month in months:
            assert month.movement == movement(of_unit, month.period, as_of)
            assert month.backlog == backlog(of_unit, min(month.period.last, as_of))
            # What was there, and what came, is what went and what is there.
            day_before = date.fromordinal(month.period.first.toordinal() - 1)
            assert month.backlog_before == backlog(of_unit, day_before)
            moved = month.movement
            assert (
                month.backlog_before + moved.pending
                == month.backlog + moved.done + moved.ended
            )

    # Some of them, where each is a question.
    for month in together([*found.values()])[-3:] if found else ():
        told = asdict(month.movement) | {
            "backlog_before": month.backlog_before,
            "backlog": month.backlog,
        }
        for number in Flow:
            rows = flow_table.page(
                question.connection,
                of_rule,
                number,
                month.period,
                after=None,
                limit=ALL,
            )
            assert len(rows) == told[number], (month.period, number)
            assert len({(row.case, row.deadline.started_by) for row in rows}) == len(
                rows
            )


def _known_alone(
    database: Database, owned: Database, events: list[CaseEvent]
) -> list[Clock]:
    """Record *events*, let all else be forgotten, and return what is stored of them."""
    with owned.write() as connection:
        connection.execute(text("TRUNCATE deadline"))
    named = histories.of_source(events, next(SOURCES))
    intake.record(database, submissions(named))
    with database.read() as question:
        stored = question.connection.execute(
            select(known_deadlines.known(question.known_at))
        )
        rows = [deadline_table.row_of(each._mapping) for each in stored]
    return [
        Clock(source=r.source, case_ref=r.case_ref, deadline=r.deadline) for r in rows
    ]


def test_the_months_until_a_day_follow_each_other() -> None:
    months = months_until(date(2025, 2, 28), 3)

    assert [each.code for each in months] == ["2024-12", "2025-01", "2025-02"]
    assert months_until(date(2025, 2, 1), 1) == (month_of(date(2025, 2, 1)),)
