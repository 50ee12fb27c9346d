"""An original and its copy, recorded at the same moment, find each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest

from app.db.database import Database, driver
from app.domain.events import CaseEvent, CopyOf, NotificationReceived
from app.services.intake import record
from app.services.rebuild import check
from tests.conftest import fresh_database
from tests.factories import notification, submissions

PAIRS = 25
RECEIVED = date(2026, 3, 2)


@pytest.fixture
def both(server_url: str, template: str) -> Iterator[Database]:
    """Give a database in which two sources have spoken before."""
    with fresh_database(server_url, template) as database:
        for source in ("client-a", "client-b"):
            first = notification(RECEIVED, "first")._replace(
                source=source, case_ref="first"
            )
            record(database, submissions([first]))
        yield database


def test_an_original_and_its_copy_at_the_same_moment_start_one_pair_of_clocks(
    both: Database,
) -> None:
    at_once = Barrier(2)

    def tell(said: CaseEvent) -> None:
        at_once.wait()
        record(both, submissions([said]))

    with ThreadPoolExecutor(2) as threads:
        for number in range(PAIRS):
            list(threads.map(tell, _pair(number)))

    with both.write() as connection:
        clocks = driver(connection).execute(
            "SELECT count(*) FROM deadline "
            "WHERE recorded_until = 'infinity' AND case_ref <> 'first'"
        )
        assert clocks.fetchone() == (2 * PAIRS,)
    assert list(check(both)) == []


def _pair(number: int) -> tuple[CaseEvent, CaseEvent]:
    original = notification(RECEIVED, f"e-{number}")._replace(
        source="client-a", case_ref=f"A-{number}"
    )
    assert isinstance(original.data, NotificationReceived)
    copied = replace(original.data, copy_of=CopyOf(source="client-a", id=f"e-{number}"))
    return original, original._replace(
        source="client-b", event_id=f"c-{number}", case_ref=f"B-{number}", data=copied
    )
