"""Ledgers are read before anybody asks for what is found in them."""

from datetime import date, timedelta
from time import monotonic, sleep
from typing import Any

from app.db import backdating, control_counts, numbering
from app.db.control_counts import ControlCount
from app.db.database import Database
from app.db.ledger_parts import LINES, Readings
from app.services import control_counts as counting
from app.services import intake, sources
from app.services.reading_ahead import read_ahead
from tests.factories import notification, submissions

READINGS: tuple[Readings[Any], ...] = (
    control_counts._ACCEPTED,
    numbering._RUNS,
    backdating._DAYS,
)
SOURCE = "client-ahead"
DAY = date(2026, 3, 2)
PATIENCE = 60


def test_what_is_found_in_a_full_part_is_known_before_somebody_asks(
    database: Database,
) -> None:
    sources.put_live(database, SOURCE, DAY - timedelta(1))
    told = ControlCount(source=SOURCE, day=DAY, counts={"notification": LINES})
    counting.compare(database, told)
    events = [
        notification(
            DAY, f"n-{number}", source=SOURCE, case_ref=f"A-{number}", sequence=number
        )
        for number in range(LINES)
    ]
    intake.record(database, submissions(events))

    patience = monotonic() + PATIENCE
    with read_ahead(database):
        while not all(SOURCE in each._remembered for each in READINGS):
            assert monotonic() < patience
            sleep(0.02)
