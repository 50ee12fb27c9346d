"""Charts: valid SVG of the same bytes each time, readable without colour or sight."""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.texts import Language
from app.exports import charts
from app.exports.charts.drawing import FILL, GREY, INK, PALE, PAPER, WIDTH, fitted
from app.exports.charts.model import (
    Bin,
    Chart,
    Series,
    Unit,
)
from app.exports.charts.scale import label, scale
from app.exports.charts.twins import plot
from tests.exports.example import (
    BINS,
    CHARTS,
    GAPS,
    HOSTILE,
    INTERVALS,
    LINES,
    RUN,
)

SVG = "{http://www.w3.org/2000/svg}"


def drawn(chart: Chart, language: Language = Language.FI) -> Element:
    return fromstring(charts.svg(chart, language))  # noqa: S314 (our own)


def texts(picture: Element) -> list[str]:
    return [element.text or "" for element in picture.iter(f"{SVG}text")]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.code)
def test_a_chart_has_a_role_a_title_and_a_description(chart: Chart) -> None:
    picture = drawn(chart)

    assert picture.tag == f"{SVG}svg"
    assert picture.get("role") == "img"
    title, description = picture[0], picture[1]
    assert (title.tag, title.text) == (f"{SVG}title", chart.title)
    assert (description.tag, description.text) == (f"{SVG}desc", chart.description)
    assert (
        picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    )


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.code)
def test_a_chart_is_drawn_equal_each_time_and_inside_its_frame(chart: Chart) -> None:
    assert charts.svg(chart, Language.SV) == charts.svg(chart, Language.SV)
    picture = drawn(chart)
    _, _, width, height = map(float, str(picture.get("viewBox")).split())
    assert width == WIDTH
    for element in picture.iter():
        for name in ("x", "cx"):
            assert 0 <= float(element.get(name, "0")) <= width
        for name in ("y", "cy"):
            assert 0 <= float(element.get(name, "0")) <= height
        for corner in (element.get("points") or "").split():
            x, y = map(float, corner.split(","))
            assert 0 <= x <= width
            assert -1 <= y <= height


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.code)
def test_nothing_is_told_by_colour_alone(chart: Chart) -> None:
    picture = drawn(chart)

    inks = {
        element.get(name)
        for element in picture.iter()
        for name in ("fill", "stroke")
        if element.get(name) not in (None, "none")
    }
    # Black, two greys and paper; the one colour is dark where its neighbour is white.
    assert inks <= {INK, GREY, PALE, PAPER, FILL}
    assert (FILL in inks) == (chart.code == "days")


def test_series_differ_in_dash_and_shape_and_are_named_with_their_last_value() -> None:
    picture = drawn(LINES)

    lines = [
        (line.get("stroke-dasharray"), line.get("stroke-width"))
        for line in picture.iter(f"{SVG}polyline")
        if line.get("stroke-width") == "1.6"
    ]
    assert {dash for dash, _ in lines} == {None, "7 4", "5 3"}
    assert list(picture.iter(f"{SVG}circle"))
    assert list(picture.iter(f"{SVG}polygon"))
    for text in ("95,0\u00a0% vireilletulo", "85,0\u00a0% arviointi", "ei lukuja"):
        assert text in texts(picture)


def test_a_value_that_is_not_shown_breaks_the_line() -> None:
    whole = replace(LINES, series=(Series(name="a", values=(0.9, 0.92, 0.95)),))
    broken = replace(LINES, series=(Series(name="a", values=(0.9, None, 0.95)),))

    def count(chart: Chart) -> int:
        found = drawn(chart).iter(f"{SVG}polyline")
        return sum(line.get("stroke-width") == "1.6" for line in found)

    assert count(broken) == count(whole) + 1


def test_a_row_tells_value_interval_and_number() -> None:
    assert "94,3\u00a0% (92,8 … 95,5\u00a0%), n\u00a0=\u00a01\u00a0234" in texts(
        drawn(INTERVALS)
    )
    assert "–, n\u00a0=\u00a03" in texts(drawn(INTERVALS))
    assert "94.3% (92.8 … 95.5%), n\u00a0=\u00a01,234" in texts(
        drawn(INTERVALS, Language.EN)
    )
    assert "−12,0 (−17,0 … −7,0)" in texts(drawn(GAPS))


def test_a_signal_has_a_number_that_its_rule_explains() -> None:
    assert "1" in texts(drawn(RUN))
    assert "1: piste rajojen ulkopuolella" in texts(drawn(RUN))


def test_what_lies_beyond_the_limit_is_filled_and_the_line_is_named() -> None:
    picture = drawn(BINS)

    assert [box.get("fill") for box in picture.iter(f"{SVG}rect")] == [
        *(PAPER, PAPER),
        FILL,
    ]
    assert "määräaika 7 arkipäivää" in texts(picture)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.code)
def test_the_table_says_what_the_chart_says(chart: Chart) -> None:
    twin = plot(chart, Language.FI).twin

    assert twin.title == chart.title
    assert all(len(row) == len(twin.columns) for row in twin.rows)
    assert len({column.code for column in twin.columns}) == len(twin.columns)


def test_the_table_has_every_value_of_the_chart() -> None:
    assert plot(INTERVALS, Language.FI).twin.rows[0] == (
        *("suomi", 1234, 0.943),
        *(0.928, 0.955),
    )
    assert plot(GAPS, Language.FI).twin.rows == (("muu kieli", None, -12, -17, -7),)
    assert plot(RUN, Language.FI).twin.rows[2][-1] == "piste rajojen ulkopuolella"
    assert plot(BINS, Language.FI).twin.rows[1] == ("4–7", 1210)
    assert plot(LINES, Language.FI).twin.rows[1] == ("2025", None, 0.82, None)


@pytest.mark.parametrize("text", [text for text in HOSTILE if len(text) < 100])
def test_a_hostile_name_is_only_a_text(text: str) -> None:
    chart = replace(
        INTERVALS,
        title=text,
        estimates=(replace(INTERVALS.estimates[0], label=text),),
    )

    picture = drawn(chart)

    assert [each.tag for each in picture].count(f"{SVG}title") == 1
    assert not list(picture.iter(f"{SVG}script"))


def test_each_mark_tells_its_value_to_who_points_at_it() -> None:
    def told(chart: Chart) -> list[str]:
        marks = [each for each in drawn(chart) if each.find(f"{SVG}title") is not None]
        return ["".join(each.itertext()) for each in marks]

    assert told(BINS)[1] == "4–7: 1\u00a0210"
    assert told(INTERVALS)[0].startswith("suomi: 94,3\u00a0% (92,8 … 95,5\u00a0%)")
    assert any("piste rajojen ulkopuolella" in each for each in told(RUN))
    assert "2024, vireilletulo: " in " ".join(told(LINES))


def test_a_chart_of_nothing_is_drawn_too() -> None:
    for chart in (
        replace(INTERVALS, estimates=(), limit=None),
        replace(GAPS, estimates=()),
        replace(RUN, points=(), baseline=0),
        replace(BINS, bins=(Bin(label="0", count=0),)),
        replace(LINES, labels=(), series=(), limit=None),
    ):
        assert drawn(chart).tag == f"{SVG}svg"


@given(
    st.lists(st.floats(-1e6, 1e6), max_size=5),
    st.sampled_from([Unit.COUNT, Unit.POINTS]),
)
def test_every_value_has_its_place_on_the_scale(
    values: list[float], unit: Unit
) -> None:
    found = scale(values, unit, start=0, end=100)

    assert 2 <= len(found.ticks) <= 12
    for value in (*values, 0.0):
        assert -1e-6 <= found(value) <= 100 + 1e-6


@given(st.lists(st.floats(0, 1), min_size=1))
def test_the_scale_of_shares_ends_at_all_of_them(values: list[float]) -> None:
    found = scale(values, Unit.SHARE, start=0, end=100)

    assert found(1.0) == pytest.approx(100)
    assert all(-1e-6 <= found(value) <= 100 + 1e-6 for value in values)
    assert re.fullmatch(r"\d+\u00a0%", label(found.ticks[0], Unit.SHARE, Language.FI))


def test_a_long_name_is_cut_on_the_chart_only() -> None:
    assert fitted("a" * 50, 100).endswith("…")
    assert plot(INTERVALS, Language.FI).twin.rows[1][0] == INTERVALS.estimates[1].label


def test_a_name_that_is_too_long_for_a_line_goes_on_in_the_next() -> None:
    name = "Palvelutarpeen arvioinnin aloittaminen"
    lines = replace(LINES, series=(replace(LINES.series[0], name=name),))
    rows = replace(INTERVALS, estimates=(replace(INTERVALS.estimates[0], label=name),))

    for chart in (lines, rows):
        written = " ".join(texts(drawn(chart)))
        assert name in written
        assert "…" not in written.replace(" … ", " ")
