"""Settings of reports: read strictly, written back as they were, in force from days."""

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.compliance import Basis, Column, Frame, column_of
from app.domain.deadlines import INITIATION, deadlines
from app.domain.events import CaseEvent, Entry, InitiationOutcome, Matter
from app.domain.law import Law
from app.domain.report_settings import (
    ASSUMED,
    OUTCOMES,
    Baseline,
    Inclusion,
    InvalidReportSettingsError,
    ReportSettings,
    describe,
    described,
)
from app.domain.reporting_periods import parse_period
from tests.factories import decision, notification

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "report-settings.toml"
RECEIVED = date(2026, 3, 2)
Code = TypeVar("Code", bound=str)


def sets(of: Iterable[Code]) -> st.SearchStrategy[tuple[Code, ...]]:
    codes = st.sampled_from(sorted(of))
    return st.sets(codes).map(lambda chosen: tuple(sorted(chosen)))


inclusions = st.builds(
    Inclusion,
    in_force_from=st.dates(date(2014, 4, 1), date(2030, 1, 1)),
    excluded_outcomes=sets(OUTCOMES),
    excluded_entries=sets(Entry),
    excluded_matters=sets(Matter),
    counts_repeated=st.booleans(),
    confirmed=st.booleans(),
)
settings = st.builds(
    ReportSettings,
    inclusions=st.lists(
        inclusions, min_size=1, max_size=3, unique_by=lambda each: each.in_force_from
    ).map(lambda all_: tuple(sorted(all_, key=lambda each: each.in_force_from))),
    minimum_n=st.integers(1, 100),
    disclosure_threshold=st.integers(1, 100),
    baseline=st.none()
    | st.just(
        Baseline(
            first=date(2025, 1, 1), last=date(2025, 12, 1), fixed_on=date(2026, 1, 15)
        )
    ),
)


@given(settings=settings)
def test_what_is_described_is_read_back(settings: ReportSettings) -> None:
    assert described(describe(settings)) == settings


def test_what_is_left_out_has_its_default() -> None:
    assert described({}) == ReportSettings()
    assert described({"minimum_n": 3}) == ReportSettings(minimum_n=3)


def test_the_example_of_the_documents_says_the_defaults() -> None:
    settings = described(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")))

    assert settings.inclusions == (ASSUMED,)
    assert settings.baseline == Baseline(
        first=date(2025, 1, 1), last=date(2025, 12, 1), fixed_on=date(2026, 1, 15)
    )


@pytest.mark.parametrize(
    ("description", "says"),
    [
        ({"minimum": 5}, "minimum is not one of"),
        ({"minimum_n": 0}, "minimum_n is a whole number"),
        ({"minimum_n": True}, "minimum_n is a whole number"),
        ({"disclosure_threshold": "5"}, "disclosure_threshold is a whole number"),
        ({"baseline": "2025"}, "baseline is a table"),
        ({"baseline": {"first": "2025-01"}}, "baseline has first, last and fixed_on"),
        ({"baseline": {"until": "2025-01"}}, "until is not one of"),
        (
            {
                "baseline": {
                    "first": "2025-02",
                    "last": "2025-01",
                    "fixed_on": "2025-03-01",
                }
            },
            "ends before it begins",
        ),
        (
            {
                "baseline": {
                    "first": "2025",
                    "last": "2025-01",
                    "fixed_on": "2025-03-01",
                }
            },
            "first is a month",
        ),
        (
            {"baseline": {"first": "May", "last": "2025-01", "fixed_on": "2025-03-01"}},
            "first is a month",
        ),
        (
            {"baseline": {"first": "2025-01", "last": "2025-02", "fixed_on": "soon"}},
            "fixed_on is a day",
        ),
        ({"inclusion": []}, "a list of one table or more"),
        ({"inclusion": ["all"]}, "inclusion is a table"),
        ({"inclusion": [{}]}, "has in_force_from"),
        ({"inclusion": [{"since": "2026-01-01"}]}, "since is not one of"),
        (
            {
                "inclusion": [
                    {"in_force_from": "2026-01-01"},
                    {"in_force_from": date(2026, 1, 1)},
                ]
            },
            "two inclusions",
        ),
        (
            {"inclusion": [{"in_force_from": "2026-01-01", "confirmed": "yes"}]},
            "confirmed is true or false",
        ),
        (
            {
                "inclusion": [
                    {"in_force_from": "2026-01-01", "excluded_outcomes": ["gone"]}
                ]
            },
            "excluded_outcomes is a list of any of",
        ),
        (
            {
                "inclusion": [
                    {"in_force_from": "2026-01-01", "excluded_entries": "report"}
                ]
            },
            "excluded_entries is a list of any of",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(
    description: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidReportSettingsError, match=says):
        described(description)


def test_the_inclusion_of_a_report_is_that_of_the_first_day_of_its_period() -> None:
    since_2020, since_2027 = (
        Inclusion(in_force_from=day, excluded_outcomes=())
        for day in (date(2020, 1, 1), date(2027, 4, 1))
    )
    settings = ReportSettings(inclusions=(since_2020, since_2027))

    assert settings.inclusion_on(date(2019, 12, 31)) is since_2020
    assert settings.inclusion_on(date(2027, 3, 31)) is since_2020
    assert settings.inclusion_on(date(2027, 4, 1)) is since_2027


REPEATED = notification(date(2026, 3, 3), "n2")


@pytest.mark.parametrize(
    ("inclusion", "history", "started_by", "expected"),
    [
        pytest.param({}, [], "n1", Column.OPEN_LATE, id="the first one counts"),
        pytest.param({}, [REPEATED], "n2", Column.EXCLUDED, id="a repeated one not"),
        pytest.param(
            {"counts_repeated": True},
            [REPEATED],
            "n2",
            Column.OPEN_LATE,
            id="unless it is to",
        ),
        pytest.param(
            {"excluded_entries": (Entry.REPORT,)}, [], "n1", Column.EXCLUDED, id="entry"
        ),
        pytest.param(
            {"excluded_matters": (Matter.CHILD_PROTECTION,)},
            [],
            "n1",
            Column.EXCLUDED,
            id="matter",
        ),
        pytest.param(
            {"excluded_outcomes": ("obviously_unnecessary",)},
            [decision(date(2026, 3, 5), InitiationOutcome.OBVIOUSLY_UNNECESSARY)],
            "n1",
            Column.EXCLUDED,
            id="outcome",
        ),
        pytest.param(
            {},
            [decision(date(2026, 3, 5), InitiationOutcome.JOINED_RUNNING_ASSESSMENT)],
            "n1",
            Column.EXCLUDED,
            id="joined to a running assessment",
        ),
    ],
)
def test_an_inclusion_leaves_out_what_it_names(
    inclusion: dict[str, Any],
    history: list[CaseEvent],
    started_by: str,
    expected: Column,
) -> None:
    chosen = Inclusion(
        in_force_from=date(2014, 4, 1),
        **{"excluded_outcomes": ASSUMED.excluded_outcomes, **inclusion},
    )
    clocks = deadlines([notification(RECEIVED, "n1"), *history], Law())
    (clock,) = (
        each
        for each in clocks
        if (each.rule, each.started_by) == (INITIATION, started_by)
    )

    found = column_of(
        clock,
        Frame(
            period=parse_period("2026-03"),
            as_of=date(2026, 4, 1),
            basis=Basis.THL,
            inclusion=chosen,
        ),
    )

    assert found is expected
