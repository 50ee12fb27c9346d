"""The worked examples of deadlines.csv, each under all four readings."""

import csv
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from app.domain.law import Law
from app.domain.periods import Eves, LegalReading, Roll

TABLE = Path(__file__).parent / "deadlines.csv"
VECTORS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))

EVES_COLUMN = {
    Eves.NON_WORKING: "initiation_due_eves_nonworking",
    Eves.WORKING: "initiation_due_eves_working",
}

ROLL_COLUMN = {Roll.OFF: "assessment_due_unrolled", Roll.ON: "assessment_due_rolled"}

READINGS = [LegalReading(eves, roll) for eves, roll in product(Eves, Roll)]

every_example = pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{row['id']}: {row['why']}") for row in VECTORS]
)
every_reading = pytest.mark.parametrize(
    "reading", READINGS, ids=lambda reading: f"eves {reading.eves}, roll {reading.roll}"
)


def test_no_example_is_lost() -> None:
    assert [row["id"] for row in VECTORS] == [f"D{n:02}" for n in range(1, 39)]


@every_example
@every_reading
def test_the_initiation_is_due_as_worked_out_by_hand(
    row: dict[str, str], reading: LegalReading
) -> None:
    received_on = date.fromisoformat(row["received_on"])

    limits = Law(reading).limits("initiation", received_on)

    assert limits.due_on.isoformat() == row[EVES_COLUMN[reading.eves]]


@every_example
@every_reading
def test_the_assessment_is_due_as_worked_out_by_hand(
    row: dict[str, str], reading: LegalReading
) -> None:
    received_on = date.fromisoformat(row["received_on"])

    limits = Law(reading).limits("assessment", received_on)

    assert limits.due_on.isoformat() == row[ROLL_COLUMN[reading.roll]]


@every_example
@every_reading
def test_the_safe_date_is_no_later_than_any_due_date(
    row: dict[str, str], reading: LegalReading
) -> None:
    law = Law(reading)
    received_on = date.fromisoformat(row["received_on"])

    initiation = law.limits("initiation", received_on).safe_on
    assessment = law.limits("assessment", received_on).safe_on

    assert initiation.isoformat() == min(row[name] for name in EVES_COLUMN.values())
    assert assessment.isoformat() <= row["assessment_due_unrolled"]
    assert law.calendar.is_working_day(assessment)
