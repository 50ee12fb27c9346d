"""The gaps in the numbers of a source are the same, however its ledger is cut."""

from datetime import date
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from app.db import numbering
from app.db.database import Database
from app.domain.events import CaseEvent
from app.services import intake
from tests.factories import notification, submissions
from tests.histories import on_one_database

_sources = (f"source-{number}" for number in count())


@settings(on_one_database, max_examples=30)
@given(
    numbers=st.lists(st.none() | st.integers(1, 30), min_size=1, max_size=24),
    lines=st.integers(1, 9),
    sent_before=st.integers(0, 24),
)
def test_the_gaps_are_between_all_the_numbers_that_were_sent(
    database: Database, numbers: list[int | None], lines: int, sent_before: int
) -> None:
    source = next(_sources)
    events = [
        notification(date(2026, 3, 2), f"n-{place}", source=source, sequence=number)
        for place, number in enumerate(numbers)
    ]

    # Asked in between, so that parts which are full then are remembered.
    _record(database, events[:sent_before])
    _missing_by(database, source, lines)
    _record(database, events[sent_before:])

    sent = {each for each in numbers if each is not None}
    between = range(min(sent, default=0), max(sent, default=0))
    assert _missing_by(database, source, lines) == [n for n in between if n not in sent]


def _record(database: Database, events: list[CaseEvent]) -> None:
    if events:
        intake.record(database, submissions(events))


def _missing_by(database: Database, source: str, lines: int) -> list[int]:
    with database.read() as question:
        found = numbering.runs(
            question.connection, known_at=question.known_at, lines=lines
        )
    return [
        number
        for gap in numbering.gaps(found.get(source, []))
        for number in range(gap.first, gap.last + 1)
    ]
