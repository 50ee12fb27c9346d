"""CSV: read back as it was written, and no formula for any spreadsheet."""

import csv
import io
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.document import Column, Kind, Table, Value
from app.exports.harmless import FORMULA_STARTS, harmless, readable
from app.exports.separated_values import Dialect, Separator, separated_values
from tests.exports.example import HOSTILE, NOON, document, hostile_table

COMMA = Dialect()
FINNISH = Dialect(separator=Separator.SEMICOLON, byte_order_mark=True)


def read(content: bytes, separator: str = ",") -> list[list[str]]:
    return list(
        csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=separator)
    )


def test_columns_are_named_for_machines_and_values_are_exact() -> None:
    heading, first, second, total = read(separated_values(document(), COMMA))

    assert heading == ["unit", "due", "rate", "mean", "due_on", "known_at"]
    assert first == [
        *("Leppävaara", "12345", "0.9431", "2.25", "2026-10-06"),
        "2026-11-02T10:15:00Z",
    ]
    assert second == ["Espoonlahti", "..", "", "", "", ""]
    assert total[:3] == ["Yhteensä", "12349", "0.99999"]


def test_a_finnish_spreadsheet_gets_semicolons_decimal_commas_and_a_mark() -> None:
    content = separated_values(document(), FINNISH)

    assert content.startswith(b"\xef\xbb\xbfunit;due;")
    assert read(content, ";")[1][:4] == ["Leppävaara", "12345", "0,9431", "2,25"]
    assert not separated_values(document(), COMMA).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_can_act_as_a_formula(text: str) -> None:
    written = harmless(text)

    bare = "".join(char for char in written if char.isprintable()).lstrip()
    assert not bare.startswith(FORMULA_STARTS)
    assert not written.startswith(("\t", "\r", "\n"))
    assert written.removeprefix("'") == text


def test_hostile_texts_come_back_as_they_were() -> None:
    rows = read(separated_values(document(data=hostile_table()), FINNISH), ";")[1:]

    assert [row[0].removeprefix("'") for row in rows] == list(HOSTILE)


VALUES = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.just(NOON),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
)


@given(st.lists(st.tuples(VALUES, VALUES)), st.sampled_from(Separator))
def test_what_is_written_is_read_back_equal(
    rows: list[tuple[Value, Value]], separator: Separator
) -> None:
    columns = (
        Column(code="a", heading="A", kind=Kind.TEXT),
        Column(code="b", heading="B", kind=Kind.NUMBER),
    )
    table = Table(title="", columns=columns, rows=tuple(rows))

    content = separated_values(document(data=table), Dialect(separator=separator))

    _, *found = read(content, separator.value)
    assert len(found) == len(rows)
    for cells, row in zip(found, rows, strict=True):
        for cell, value in zip(cells, row, strict=True):
            assert same(cell, value, separator)


def same(cell: str, value: Value, separator: Separator) -> bool:
    """Tell whether *cell* says *value*."""
    if value is None:
        return not cell
    if isinstance(value, str):
        return cell in (value, f"'{value}")
    if isinstance(value, datetime):
        return datetime.fromisoformat(cell) == value
    if isinstance(value, date):
        return date.fromisoformat(cell) == value
    number = cell.replace(",", ".") if separator is Separator.SEMICOLON else cell
    return float(number) == value


def test_what_cannot_be_seen_is_written_out() -> None:
    assert readable("a\u202eb") == "a[U+202E]b"
    assert readable("Etelä\u00a0Espoo") == "Etelä\u00a0Espoo"
    assert readable("line\u2028end") == "line[U+2028]end"
