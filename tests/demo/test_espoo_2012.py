"""The published year, as its events tell it and as the reports answer."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime

import pytest

from app.demo import county
from app.demo.espoo_2012 import (
    ASSESSED_BY_AGE,
    NOTIFIED_BY_AGE,
    by_largest_remainder,
    espoo_2012,
)
from app.demo.wire import Event
from app.domain.events import Kind, legal_day
from app.domain.law import Law
from app.domain.periods import Eves, LegalReading, Roll
from tests.api.asking import County
from tests.api.asking import county as asked_county

READINGS = [LegalReading(eves=eves, roll=roll) for eves in Eves for roll in Roll]


@pytest.fixture(scope="module")
def year() -> list[Event]:
    return espoo_2012(seed=2012)


@pytest.fixture(scope="module")
def espoo(server_url: str, template: str, year: list[Event]) -> Iterator[County]:
    units = {unit.code: unit.parent for unit in county.UNITS}
    with asked_county(server_url, template, units, *map(dict, year)) as found:
        yield found


def per_cent(share: float) -> float:
    return round(100 * share, 1)


def by_band(shares: Mapping[range, float]) -> dict[str, float]:
    return {f"{band.start}-{band.stop - 1}": each for band, each in shares.items()}


def data_of(event: Event) -> Mapping[str, object]:
    data = event["data"]
    assert isinstance(data, Mapping)
    return data


def day_of(event: Event) -> date:
    return legal_day(datetime.fromisoformat(str(event["occurred_at"])))


def of_kind(events: list[Event], kind: Kind) -> list[Event]:
    return [event for event in events if event["kind"] == kind]


def first_days(year: list[Event]) -> dict[str, date]:
    found: dict[str, date] = {}
    for event in sorted(of_kind(year, Kind.NOTIFICATION), key=day_of):
        found.setdefault(str(event["case_ref"]), day_of(event))
    return found


# What the reports answer


def test_the_matters_and_children_are_the_published_ones(espoo: County) -> None:
    total = espoo.ask("counts", period="2012")["total"]

    assert total["notifications"] == 4_984
    assert total["children"] == 2_789
    assert total["reports"] == 4_741
    assert round(total["reports_per_child"], 1) == 1.7
    assert total["without_reference"] == {"notifications": 0, "cases": 0}


def test_1_858_assessments_of_which_47_6_per_cent_end_without_client_status(
    espoo: County,
) -> None:
    assessments = espoo.ask("counts", period="2012")["total"]["assessments"]

    assert assessments["completed"] == 1_858
    assert per_cent(assessments["share_without_client_status"]) == 47.6


@pytest.mark.parametrize("basis", ["due", "thl"])
def test_81_per_cent_of_them_are_complete_in_three_months(
    espoo: County, basis: str
) -> None:
    counted = espoo.ask("counts", period="2012")["total"]["assessments"]
    totals = espoo.ask("compliance", period="2012", basis=basis)["totals"]
    rated = {row["rule"]: row for row in totals}["assessment"]

    assert (rated["in_time"], rated["due"]) == (1_505, 1_858)
    assert rated["rate"] == counted["share_in_time"]
    assert round(100 * rated["rate"]) == 81


def test_children_and_assessments_have_the_published_ages(espoo: County) -> None:
    report = espoo.ask("counts", period="2012", by="age_band")
    total = report["total"]

    children = {
        row["age_band"]: per_cent(row["children"] / total["children"])
        for row in report["rows"]
    }
    assessments = {
        row["age_band"]: per_cent(
            row["assessments"]["completed"] / total["assessments"]["completed"]
        )
        for row in report["rows"]
    }
    assert children == by_band(NOTIFIED_BY_AGE)
    assert assessments == by_band(ASSESSED_BY_AGE)


def test_each_unit_has_its_matters(espoo: County) -> None:
    report = espoo.ask("counts", period="2012", by="unit")

    assert {row["unit"] for row in report["rows"]} == set(county.REGIONS)
    for figure in ("notifications", "children", "reports"):
        assert sum(row[figure] for row in report["rows"]) == report["total"][figure]


# What the events tell


def test_the_same_seed_gives_the_same_year(year: list[Event]) -> None:
    assert espoo_2012(seed=2012) == year


def test_everything_happens_in_2012(year: list[Event]) -> None:
    assert {day_of(event).year for event in year} == {2012}


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_every_duty_that_was_done_fell_due_in_2012(
    year: list[Event], reading: LegalReading
) -> None:
    law = Law(reading)
    received = {day_of(event) for event in of_kind(year, Kind.NOTIFICATION)}
    assessed = {str(event["case_ref"]) for event in of_kind(year, Kind.ASSESSMENT)}
    begun = {day for case, day in first_days(year).items() if case in assessed}

    due = {law.limits("initiation", day).due_on for day in received}
    due |= {law.limits("assessment", day).due_on for day in begun}

    assert {day.year for day in due} == {2012}


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_81_per_cent_are_complete_in_three_months_however_read(
    year: list[Event], reading: LegalReading
) -> None:
    law, begun = Law(reading), first_days(year)
    in_time = sum(
        day_of(event) <= law.limits("assessment", begun[str(event["case_ref"])]).due_on
        for event in of_kind(year, Kind.ASSESSMENT)
    )

    assert in_time == 1_505
    assert round(100 * in_time / 1_858) == 81


def test_each_child_has_at_most_one_assessment(year: list[Event]) -> None:
    cases = Counter(event["case_ref"] for event in of_kind(year, Kind.ASSESSMENT))

    assert set(cases.values()) == {1}


def test_nothing_is_heard_while_an_assessment_runs(year: list[Event]) -> None:
    completed = {
        event["case_ref"]: day_of(event) for event in of_kind(year, Kind.ASSESSMENT)
    }
    decided: dict[object, date] = {}
    for event in sorted(of_kind(year, Kind.INITIATION), key=day_of):
        decided.setdefault(event["case_ref"], day_of(event))

    joined = [
        event
        for event in of_kind(year, Kind.NOTIFICATION)
        if event["case_ref"] in completed
        and decided[event["case_ref"]] < day_of(event) <= completed[event["case_ref"]]
    ]

    assert not joined


def test_the_matters_are_those_of_the_four_regions(year: list[Event]) -> None:
    units = {data_of(event)["unit"] for event in of_kind(year, Kind.NOTIFICATION)}

    assert units == set(county.REGIONS)


def test_ids_are_unique(year: list[Event]) -> None:
    assert len({event["id"] for event in year}) == len(year)


@pytest.mark.parametrize(
    ("total", "shares", "counts"),
    [
        pytest.param(10, {"a": 1, "b": 1}, {"a": 5, "b": 5}, id="even"),
        pytest.param(  # 3.33 each: one is left over and goes to the first
            10, {"a": 1, "b": 1, "c": 1}, {"a": 4, "b": 3, "c": 3}, id="a tie"
        ),
        pytest.param(  # 1.24, 2.76: the remainder .76 is the larger
            4, {"a": 31, "b": 69}, {"a": 1, "b": 3}, id="the largest remainder"
        ),
    ],
)
def test_a_division_by_largest_remainder_sums_to_its_total(
    total: int, shares: dict[str, float], counts: dict[str, int]
) -> None:
    assert by_largest_remainder(total, shares) == counts
