"""A mapping is checked in every detail, and each refusal names file, table, remedy."""

from pathlib import Path

import pytest

from app.domain.events import Kind
from app.imports.errors import MappingError
from app.imports.mapping import Column, FileMap
from app.imports.mapping_file import read_mapping
from app.imports.members import KINDS, members
from tests.imports.conftest import MAPPING
from tests.imports.example import EXAMPLES


def read(folder: Path, content: str) -> FileMap:
    path = folder / "mapping.toml"
    path.write_text(content, encoding="utf-8")
    return read_mapping(path)


def test_the_example_maps_three_events_of_a_row() -> None:
    mapping = read_mapping(EXAMPLES / "import.toml")

    kinds = [event.kind for event in mapping.events]
    assert kinds == [Kind.NOTIFICATION, Kind.INITIATION, Kind.ASSESSMENT]
    assert mapping.layout.header_row == 3
    assert "Lapsen nimi" not in mapping.columns
    assert "Klo" in mapping.columns


def test_what_the_layout_does_not_say_is_as_in_finnish_excel(tmp_path: Path) -> None:
    layout = read(tmp_path, MAPPING).layout

    assert (layout.delimiter, layout.encoding) == (";", "utf-8-sig")
    assert (layout.sheet, layout.header_row) == (None, 1)


def test_an_event_may_have_an_id_of_its_own(tmp_path: Path) -> None:
    changed = MAPPING.replace('when = "Päätetty"', 'when = "Päätetty"\nid = "p-{Nro}"')

    notification, initiation = read(tmp_path, changed).events

    assert notification.id.text == "{kind}-{Nro}"
    assert initiation.id.text == "p-{Nro}"


def test_values_may_stand_where_they_are_used(tmp_path: Path) -> None:
    changed = MAPPING.replace(
        '"Yksikkö"', '{ column = "Yksikkö", values = { "A-alue" = "a" } }'
    )

    unit = next(
        given.origin
        for given in read(tmp_path, changed).events[0].data
        if given.member.name == "unit"
    )
    assert isinstance(unit, Column)
    assert unit.values is not None
    assert unit.values.meaning(" a-ALUE ") == "a"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_a_file_can_tell_has_its_members(kind: Kind) -> None:
    assert any(member.is_required for member in members(kind))


REFUSALS = [
    ("[row]", "[row", "is not TOML", "line 2"),
    ("[row]", "[rows]", "`rows` is not known; did you mean `row`?", ""),
    ("[row]", "[file]\nsheets = 'A'\n[row]", "[file]: `sheets` is not known", "sheet"),
    ("[row]", "[file]\nheader_row = 0\n[row]", "[file]: `header_row`", "from 1"),
    ("[row]", "[file]\nheader_row = '1'\n[row]", "[file]: `header_row`", "number"),
    ("[row]", "[file]\ndelimiter = ';;'\n[row]", "[file]: `delimiter`", "character"),
    ("[row]", "[file]\nencoding = 'ascii'\n[row]", "`encoding` is one of", "cp1252"),
    ('id = "{kind}-{Nro}"', "", "1 (notification): `id` is a text", "in braces"),
    ("{kind}-{Nro}", "{kind}", "`id` has no column in it", ""),
    ("{kind}-{Nro}", "{kind}-{Nro", "`id` is a text", "in braces"),
    (
        "{kind}-{Nro}",
        "{Nro}",
        "[[event]] 1 (notification) and [[event]] 2",
        "same `id`",
    ),
    ('case_ref = "Nro"', "", "`case_ref` is missing, here and in [row]", ""),
    ('kind = "initiation"', 'kind = "päätös"', "[[event]] 2: `kind` is one of", "init"),
    ('kind = "initiation"', 'kind = "correction"', "`kind` is one of", "retraction"),
    ('when = "Päätetty"', "", "[[event]] 2 (initiation): `when` is the name", ""),
    ('"Päätetty"', '{ column = "A", tme = "B" }', "when: `tme` is not known", "`time`"),
    ("data.unit", "data.unti", "data: `unti` is not known; did you mean `unit`?", ""),
    ("data.unit", "data.child.aeg", "data, child: `aeg` is not known", ""),
    ("data.child.age_years", "data.child", "`child` is a table", ""),
    ("data.unit", "unit", "1 (notification): `unit` is not known", ""),
    ('"Yksikkö"', "7", "`unit` is the name of a column, or a table", "`constant`"),
    ('"Yksikkö"', '{ kolumni = "A" }', "unit: `column` is the name of a column", ""),
    ('"Yksikkö"', '{ column = "A", vales = "x" }', "`vales` is not known", "`values`"),
    (
        '"Yksikkö"',
        '{ column = "A", values = "x" }',
        "`values` is the name of a table",
        "",
    ),
    ('"Yksikkö"', '{ column = "A", separator = "," }', "`separator` is for lists", ""),
    ('"report"', '"rapport"', "`rapport` is none of report, application", ""),
    ('"report"', "7", "entry: `constant` is a text", ""),
    (
        '"assessment_started"',
        '"started"',
        "[[event]] 2 (initiation), data, outcome: `started` in [values.decisions]",
        "is none of assessment_started",
    ),
    ('"Odottaa" = ""', '"aloitetaan  ARVIOINTI" = ""', "stands there twice", ""),
    ('"Odottaa" = ""', '"Odottaa" = 1', "[values.decisions]: `Odottaa`", "a text"),
    ('values = "decisions"', 'default = "other"', "[values.decisions] is not used", ""),
    ('values = "decisions"', 'default = "x"', "`x` is none of", ""),
    ("data.outcome =", "data.worker =", "data: `outcome` is missing", ""),
    ("[values.decisions]", "values = 3\n[ignored]", "", ""),
    (MAPPING, "", "`event` is missing", "[[event]]"),
    (MAPPING, "event = [3]", "[[event]] 1 is a table", ""),
]


@pytest.mark.parametrize(("part", "instead", "what", "remedy"), REFUSALS)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, part: str, instead: str, what: str, remedy: str
) -> None:
    assert part in MAPPING

    with pytest.raises(MappingError) as refused:
        read(tmp_path, MAPPING.replace(part, instead))

    told = str(refused.value)
    assert told.startswith(str(tmp_path / "mapping.toml"))
    assert what in told
    assert remedy in told


BY_KIND = """
[row]
id = "{Tunnus}"
case_ref = "Asia"
kind = { column = "Tapahtuma", values = { "Ilmoitus" = "notification", "Soitto" = "" } }

[[event]]
kind = "notification"
when = "Pvm"
data.entry = { constant = "report" }
"""


def test_the_kind_may_stand_in_a_column(tmp_path: Path) -> None:
    assert read(tmp_path, BY_KIND).kind is not None


@pytest.mark.parametrize(
    ("part", "instead", "what"),
    [
        ('"notification", ', '"closure", ', "`kind` may mean closure, but there is no"),
        ('"notification", ', '"ilmoitus", ', "`ilmoitus` in `values` is none of"),
        (
            'kind = { column = "Tapahtuma"',
            'kind = { constant = "closure", columns = "x"',
            "[row], kind:",
        ),
        (
            BY_KIND,
            BY_KIND + BY_KIND[BY_KIND.index("[[event]]") :],
            "one [[event]] of kind notification",
        ),
    ],
)
def test_a_column_of_kinds_leads_to_one_event_each(
    tmp_path: Path, part: str, instead: str, what: str
) -> None:
    with pytest.raises(MappingError) as refused:
        read(tmp_path, BY_KIND.replace(part, instead))

    assert what in str(refused.value)


def test_a_kind_that_is_fixed_stands_in_the_event(tmp_path: Path) -> None:
    start, end = BY_KIND.index("kind = {"), BY_KIND.index("\n\n[[event]]")
    fixed = 'kind = { constant = "notification" }'

    with pytest.raises(MappingError, match=r"stands in \[\[event\]\]"):
        read(tmp_path, BY_KIND[:start] + fixed + BY_KIND[end:])


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")
