"""The published year, counted from its events alone."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

import pytest

from app.demo import county
from app.demo.espoo_2012 import (
    ASSESSED_BY_AGE,
    NOTIFIED_BY_AGE,
    Published,
    by_largest_remainder,
    espoo_2012,
    totals,
)
from app.demo.wire import Event
from app.domain.events import Kind, legal_day
from app.domain.law import Law
from app.domain.periods import Eves, LegalReading, Roll

READINGS = [LegalReading(eves=eves, roll=roll) for eves in Eves for roll in Roll]


@pytest.fixture(scope="module")
def year() -> list[Event]:
    return espoo_2012(seed=2012)


def data_of(event: Event) -> Mapping[str, object]:
    data = event["data"]
    assert isinstance(data, Mapping)
    return data


def day_of(event: Event) -> date:
    return legal_day(datetime.fromisoformat(str(event["occurred_at"])))


def of_kind(events: list[Event], kind: Kind) -> list[Event]:
    return [event for event in events if event["kind"] == kind]


def ages(year: list[Event]) -> dict[str, int]:
    """Return the age of each child by case; a child has one age and one case."""
    found: dict[str, int] = {}
    for event in of_kind(year, Kind.NOTIFICATION):
        child = data_of(event)["child"]
        assert isinstance(child, Mapping)
        age = found.setdefault(str(event["case_ref"]), child["age_years"])
        assert age == child["age_years"]
    return found


def per_cent_by_band(ages: list[int]) -> dict[range, float]:
    return {
        band: round(100 * sum(age in band for age in ages) / len(ages), 1)
        for band in NOTIFIED_BY_AGE
    }


def first_days(year: list[Event]) -> dict[str, date]:
    found: dict[str, date] = {}
    for event in sorted(of_kind(year, Kind.NOTIFICATION), key=day_of):
        found.setdefault(str(event["case_ref"]), day_of(event))
    return found


def test_the_totals_are_the_published_ones(year: list[Event]) -> None:
    assert totals(year) == Published(
        matters=4_984, reports=4_741, children=2_789, assessments=1_858, no_client=884
    )


def test_each_child_is_reported_1_7_times(year: list[Event]) -> None:
    sent = totals(year)

    assert round(sent.reports / sent.children, 1) == 1.7


def test_47_6_per_cent_end_without_client_status(year: list[Event]) -> None:
    sent = totals(year)

    assert round(100 * sent.no_client / sent.assessments, 1) == 47.6


def test_the_totals_hold_for_any_seed() -> None:
    assert totals(espoo_2012(seed=1)) == totals(espoo_2012(seed=2))


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


def test_the_children_notified_have_the_published_ages(year: list[Event]) -> None:
    assert per_cent_by_band(list(ages(year).values())) == NOTIFIED_BY_AGE


def test_the_children_assessed_have_the_published_ages(year: list[Event]) -> None:
    age_of = ages(year)
    assessed = [
        age_of[str(event["case_ref"])] for event in of_kind(year, Kind.ASSESSMENT)
    ]

    assert per_cent_by_band(assessed) == ASSESSED_BY_AGE


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
