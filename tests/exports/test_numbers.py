"""Numbers and days as each language writes them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.texts import Language
from app.exports import numbers
from app.exports.document import Kind, Withheld
from app.exports.wording import written

FI, SV, EN = Language
DAY = date(2026, 10, 5)
NOON = datetime(2026, 10, 5, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            FI,
            ["1\u00a0234\u00a0567", "−2,5", "92,3\u00a0%", "+1,2", "ma\u00a05.10.2026"],
        ),
        (
            SV,
            [
                "1\u00a0234\u00a0567",
                "−2,5",
                "92,3\u00a0%",
                "+1,2",
                "mån\u00a05.10.2026",
            ],
        ),
        (EN, ["1,234,567", "−2.5", "92.3%", "+1.2", "Mon\u00a05\u00a0Oct\u00a02026"]),
    ],
)
def test_each_language_writes_numbers_and_days_its_own_way(
    language: Language, expected: list[str]
) -> None:
    assert [
        numbers.count(1234567, language),
        numbers.decimal(-2.5, language),
        numbers.share(0.9231, language),
        numbers.points(0.0123, language),
        numbers.day(DAY, language),
    ] == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (FI, "ma\u00a05.10.2026 klo\u00a014.05"),
        (SV, "mån\u00a05.10.2026 kl.\u00a014.05"),
        (EN, "Mon\u00a05\u00a0Oct\u00a02026, 14:05"),
    ],
)
def test_an_instant_is_told_by_the_clocks_of_helsinki(
    language: Language, expected: str
) -> None:
    assert numbers.instant(NOON, language) == expected


@given(st.integers(1, 10**7), st.integers(0, 10**7))
def test_only_all_is_a_hundred_and_only_nothing_is_zero(of: int, kept: int) -> None:
    fraction = min(kept, of) / of

    assert (numbers.share(fraction, EN) == "100.0%") == (kept >= of)
    assert (numbers.share(fraction, EN) == "0.0%") == (kept == 0)


def test_halves_go_away_from_zero() -> None:
    assert numbers.decimal(0.25, EN) == "0.3"


def test_an_interval_has_one_sign() -> None:
    assert numbers.interval(0.881, 0.952, FI) == "88,1–95,2\u00a0%"
    assert numbers.interval(0.881, 0.952, EN) == "88.1–95.2%"
    assert numbers.interval(-0.1, 0.02, EN, numbers.points) == "−10.0–+2.0"


def test_values_are_written_by_their_kind() -> None:
    assert written(0.5, Kind.SHARE, EN) == "50.0%"
    assert written(0.5, Kind.NUMBER, EN) == "0.5"
    assert written(1500, Kind.COUNT, EN) == "1,500"
    assert written(None, Kind.SHARE, EN) == "–"
    assert written(Withheld.FEW, Kind.COUNT, EN) == ".."
    assert written(DAY, Kind.DAY, EN) == "Mon\u00a05\u00a0Oct\u00a02026"
    assert written(NOON, Kind.INSTANT, FI).endswith("klo\u00a014.05")
    assert numbers.span(DAY, date(2026, 10, 31), FI) == "5.10.2026–31.10.2026"
