"""What sources count is compared with the same, however their ledgers are cut."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.db import control_counts as count_table
from app.db.database import Database
from app.domain.events import Kind
from app.services import control_counts, intake
from app.services.control_counts import ControlCount
from tests.factories import assessment, notification, submissions
from tests.histories import on_one_database

FIRST_DAY = date(2026, 3, 2)
DAYS = [FIRST_DAY + timedelta(number) for number in range(3)]
KINDS = (Kind.NOTIFICATION, Kind.ASSESSMENT)
FORGET = text("""
    WITH gone AS (
        DELETE FROM case_event WHERE source = :source AND sequence = ANY(:lines)
        RETURNING source, sequence, recorded_at, hash
    )
    INSERT INTO forgotten_line (source, sequence, recorded_at, hash)
    SELECT source, sequence, recorded_at, hash FROM gone
""")
LEFT = text("""
    SELECT occurred_on, kind FROM case_event
    WHERE source = :source AND recorded_at <= :known_at
""")

_Said: TypeAlias = dict[date, dict[str, int]]


@dataclass(frozen=True)
class History:
    """What a source does and says, in two goes, and which of its lines go."""

    first_acts: list[tuple[date, Kind]]
    first_said: _Said
    more_acts: list[tuple[date, Kind]]
    more_said: _Said
    forgotten: list[int]


_sources = (f"source-{number}" for number in count())
_numbers = count()
_acts = st.lists(st.tuples(st.sampled_from(DAYS), st.sampled_from(KINDS)), max_size=8)
_said = st.dictionaries(
    st.sampled_from(DAYS),
    st.dictionaries(st.sampled_from(KINDS).map(str), st.integers(0, 3), min_size=1),
)
_histories = st.builds(
    History,
    first_acts=_acts,
    first_said=_said,
    more_acts=_acts,
    more_said=_said,
    forgotten=st.lists(st.integers(1, 16), max_size=4),
)


@settings(on_one_database, max_examples=25)
@given(history=_histories, lines=st.integers(1, 5))
def test_the_counts_differ_from_all_that_had_been_accepted_by_then(
    database: Database, owned: Database, history: History, lines: int
) -> None:
    source = next(_sources)
    asked: list[tuple[datetime, _Said]] = []

    def all_differ_as_they_should() -> bool:
        return all(
            _differing(database, source, known_at, lines)
            == _expected(database, source, known_at, said)
            for known_at, said in asked
        )

    # Asked in between, so that parts which are full then are remembered.
    _record(database, source, history.first_acts)
    _say(database, source, history.first_said)
    asked.append((_now(database), history.first_said))
    assert all_differ_as_they_should()

    _record(database, source, history.more_acts)
    _say(database, source, history.more_said)
    asked.append((_now(database), history.first_said | history.more_said))
    assert all_differ_as_they_should()

    with owned.write() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(FORGET, {"source": source, "lines": history.forgotten})
    assert all_differ_as_they_should()


def _record(database: Database, source: str, acts: list[tuple[date, Kind]]) -> None:
    events = [
        (notification if kind is Kind.NOTIFICATION else assessment)(
            day, event_id=f"e-{next(_numbers)}", source=source
        )
        for day, kind in acts
    ]
    if events:
        intake.record(database, submissions(events))


def _say(database: Database, source: str, said: _Said) -> None:
    for day, counts in said.items():
        control_counts.compare(
            database, ControlCount(source=source, day=day, counts=counts)
        )


def _now(database: Database) -> datetime:
    with database.read() as question:
        return question.known_at


def _differing(
    database: Database, source: str, known_at: datetime, lines: int
) -> dict[date, object]:
    with database.read(known_at) as question:
        found = count_table.mismatches(
            question.connection, known_at=question.known_at, lines=lines
        )
    return {
        each.day: each.facts["kinds"]
        for each in found
        if each.source == source and each.day is not None
    }


def _expected(
    database: Database,
    source: str,
    known_at: datetime,
    said: _Said,
) -> dict[date, object]:
    with database.read(known_at) as question:
        rows = question.connection.execute(
            LEFT, {"source": source, "known_at": known_at}
        )
        accepted = Counter((day, kind) for day, kind in rows)
    differing = {
        day: {
            kind: {"sent": sent, "accepted": accepted[day, kind]}
            for kind, sent in counts.items()
            if sent != accepted[day, kind]
        }
        for day, counts in said.items()
    }
    return {day: kinds for day, kinds in differing.items() if kinds}
