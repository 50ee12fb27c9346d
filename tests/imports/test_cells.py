"""Days, times and texts as spreadsheets hold them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.imports.cells import Cell, instant, moment, text, whole
from app.imports.errors import CellError

DAY = date(2026, 10, 5)
SUMMER = datetime(2026, 10, 5, 11, 20, tzinfo=UTC)  # 14.20 at +03:00


@pytest.mark.parametrize(
    "written",
    [
        "5.10.2026",
        "05.10.2026",
        " 5.10.2026 ",
        "2026-10-05",
        "5.10.2026 0:00",
        "2026-10-05T00:00:00",
        DAY,
        datetime(2026, 10, 5),  # noqa: DTZ001 (as openpyxl reads a date)
    ],
)
def test_a_day_is_read_in_finnish_iso_and_excel_forms(written: Cell) -> None:
    found = moment(written)

    assert found == DAY
    assert not isinstance(found, datetime)


@pytest.mark.parametrize(
    "written",
    [
        "5.10.2026 14:20",
        "5.10.2026 14.20",
        "5.10.2026 klo 14.20",
        "5.10.2026, kello 14:20",
        "5.10.2026 14.20.00",
        "2026-10-05 14:20",
        "2026-10-05T14:20:00.000",
        "2026-10-05T14:20:00+03:00",
        "2026-10-05T11:20Z",
        "2026-10-05T07:20-0400",
        datetime(2026, 10, 5, 14, 20),  # noqa: DTZ001 (as openpyxl reads a date)
    ],
)
def test_an_instant_is_read_as_finnish_time_unless_it_has_an_offset(
    written: Cell,
) -> None:
    assert moment(written) == SUMMER


@pytest.mark.parametrize(
    "clock",
    [
        "14:20",
        "14.20",
        "klo 14.20",
        "14:20:00",
        time(14, 20),
        timedelta(hours=14, minutes=20),
        datetime(1899, 12, 31, 14, 20),  # noqa: DTZ001 (as Excel keeps a time)
    ],
)
@pytest.mark.parametrize("day", ["5.10.2026", datetime(2026, 10, 5)])  # noqa: DTZ001
def test_the_time_may_stand_in_a_column_of_its_own(day: Cell, clock: Cell) -> None:
    assert moment(day, clock) == SUMMER


def test_winter_time_and_the_hour_that_comes_twice_are_finnish_too() -> None:
    assert moment("5.1.2026 14:20") == datetime(2026, 1, 5, 12, 20, tzinfo=UTC)
    # On 25.10.2026 it is 3.30 twice; the first time at +03:00.
    assert moment("25.10.2026 3:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("5.10.26", "no date in a form"),
        ("10/5/2026", "no date in a form"),
        ("eilen", "no date in a form"),
        ("5.10.2026 iltapäivällä", "no date in a form"),
        ("31.2.2026", "no such day"),
        ("5.10.2026 24:00", "no such day or time"),
        ("2026-10-05T14:20:00+25:00", "no such day or time"),
        ("29.3.2026 3:30", "clocks were moved"),  # from 3.00 to 4.00
        (46300, "no date"),
        (True, "no date"),
    ],
)
def test_what_is_no_day_is_refused_with_a_remedy_and_without_the_value(
    written: Cell, says: str
) -> None:
    with pytest.raises(CellError, match=says) as refused:
        moment(written)

    assert refused.value.remedy
    assert str(written) not in refused.value.message


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("5.10.2026 14:20", "14:20"),
        ("5.10.2026", "25:00"),
        ("5.10.2026", "aamulla"),
        ("5.10.2026", timedelta(days=2)),
    ],
)
def test_a_time_that_is_none_or_stands_there_twice_is_refused(
    day: Cell, clock: Cell
) -> None:
    with pytest.raises(CellError):
        moment(day, clock)


def test_a_day_of_entry_counts_as_its_first_moment_in_finland() -> None:
    assert instant("5.10.2026") == datetime(2026, 10, 4, 21, tzinfo=UTC)
    assert instant("5.10.2026 14:20") == SUMMER


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, ""),
        ("  ", ""),
        ("\N{NO-BREAK SPACE}A-1 ", "A-1"),
        (1042, "1042"),
        (1042.0, "1042"),
        (0.5, "0.5"),
        (True, "TRUE"),
        (datetime(2026, 10, 5), "2026-10-05"),  # noqa: DTZ001 (as openpyxl reads a date)
        (time(14, 20), "14:20:00"),
    ],
)
def test_the_text_of_a_cell_is_what_one_sees(cell: Cell, written: str) -> None:
    assert text(cell) == written


def test_whole_numbers_are_whole() -> None:
    assert [whole("7"), whole(7.0), whole("-1")] == [7, 7, -1]
    for wrong in ("7 v", "3,5", 3.5, True):
        with pytest.raises(CellError, match="no whole number"):
            whole(wrong)
