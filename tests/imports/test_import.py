"""Files are imported: what rows tell is stored once, and each row is answered."""

import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import openpyxl
import pytest

from app.db.database import Database, DatabaseUnavailableError
from app.domain.events import Kind
from app.imports import run
from app.imports.csv_files import harmless
from app.imports.errors import ImportFileError
from app.imports.results import RowStatus
from app.services import intake
from app.services.intake import Status
from tests.imports.conftest import (
    CODE,
    HEADER,
    MAPPING,
    WHOLE,
    Importer,
    result_of,
    row,
)
from tests.imports.example import CASES, EXAMPLES, write_csv, write_xlsx

Outcomes: TypeAlias = tuple[intake.Outcome, ...]
EXAMPLE = (EXAMPLES / "import.toml").read_text(encoding="utf-8")


def example(importer: Importer, suffix: str) -> Path:
    """Return a copy of the example beside which its result may lie."""
    path = importer.folder / f"import{suffix}"
    path.write_bytes((EXAMPLES / path.name).read_bytes())
    return path


# --- the example ---


def test_the_example_xlsx_imported_twice_stores_nothing_the_second_time(
    importer: Importer,
) -> None:
    file = example(importer, ".xlsx")

    first = importer.store(file, EXAMPLE)
    stored = importer.events()
    second = importer.store(file, EXAMPLE)

    assert first.rows == {RowStatus.CREATED: CASES}
    assert first.events[Kind.NOTIFICATION, Status.CREATED] == CASES
    assert first.events[Kind.INITIATION, Status.CREATED] == CASES - 3
    assert first.events[Kind.ASSESSMENT, Status.CREATED] > 10
    assert second.rows == {RowStatus.DUPLICATE: CASES}
    assert {status for _, status in second.events} == {Status.DUPLICATE}
    assert importer.events() == stored


def test_the_same_rows_as_csv_are_the_same_events(importer: Importer) -> None:
    importer.store(example(importer, ".xlsx"), EXAMPLE)

    report = importer.store(example(importer, ".csv"), EXAMPLE)

    assert report.rows == {RowStatus.DUPLICATE: CASES}


@pytest.mark.parametrize(
    ("suffix", "write"), [(".xlsx", write_xlsx), (".csv", write_csv)]
)
def test_the_example_is_what_its_script_makes(
    tmp_path: Path, suffix: str, write: Callable[[Path], None]
) -> None:
    made = tmp_path / f"made{suffix}"
    write(made)

    kept = EXAMPLES / f"import{suffix}"
    if suffix == ".csv":
        assert made.read_bytes() == kept.read_bytes()
    else:
        assert values(made) == values(kept)


def values(path: Path) -> list[tuple[object, ...]]:
    sheet: Any = openpyxl.load_workbook(path).active
    return list(sheet.values)


# --- rows and events ---


def test_a_row_tells_an_event_for_each_date_that_is_filled(importer: Importer) -> None:
    file = importer.file(HEADER, row(), row(Nro="8", Päätetty="", Päätös=""))

    importer.store(file)

    told = [(event.event_id, event.case_ref) for event in importer.events()]
    assert told == [
        ("notification-7", "7"),
        ("initiation-7", "7"),
        ("notification-8", "8"),
    ]
    notification, decision, _ = importer.events()
    assert notification.data == {
        "entry": "report",
        "unit": "A",
        "child": {"age_years": 3},
    }
    assert notification.occurred_on == date(2026, 10, 5)
    assert decision.data == {"outcome": "assessment_started"}


def test_a_row_that_grew_adds_what_is_new(importer: Importer) -> None:
    importer.store(importer.file(HEADER, row(Päätetty="", Päätös="Odottaa")))

    report = importer.store(importer.file(HEADER, row()))

    assert report.rows == {RowStatus.CREATED: 1}
    assert report.events[Kind.NOTIFICATION, Status.DUPLICATE] == 1
    assert report.events[Kind.INITIATION, Status.CREATED] == 1


def test_a_row_that_changed_is_a_conflict_and_the_first_stays(
    importer: Importer,
) -> None:
    importer.store(importer.file(HEADER, row()))
    file = importer.file(HEADER, row(Päätetty="9.10.2026"))

    report = importer.store(file)

    assert report.failed == 1
    (told,) = importer.told(file)
    assert told.startswith("conflict: initiation: an event of the same id says")
    assert importer.events()[1].occurred_on == date(2026, 10, 8)


def test_a_wrong_event_is_taken_back_and_told_anew_as_the_documentation_shows(
    importer: Importer,
) -> None:
    page = (EXAMPLES.parent / "import.md").read_text(encoding="utf-8")
    section = page.partition("## A row that was wrong")[2]
    mapping = section.partition("```text")[2].partition("```")[0]
    values = EXAMPLE[EXAMPLE.index("[values.decisions]") :].partition("\n\n")[0]
    table = [line.strip("|").split("|") for line in section.split("\n") if "|" in line]
    header, _, row = ([cell.strip() for cell in cells] for cells in table)
    importer.store(example(importer, ".xlsx"), EXAMPLE)
    count = len(importer.events())
    file = importer.file(header, row)

    report = importer.store(file, mapping + values)

    assert report.rows == {RowStatus.CREATED: 1}, importer.told(file)
    retraction, decision = importer.events()[count:]
    assert retraction.data == {"target": "initiation-2025-0004", "reason": "wrong_date"}
    assert decision.event_id == "initiation-2025-0004-b"
    assert decision.occurred_on == date(2025, 8, 21)


def test_times_entry_lists_and_copies_are_read_as_the_wire_format_has_them(
    importer: Importer,
) -> None:
    mapping = """
    [row]
    id = "{kind}-{Nro}"
    case_ref = { template = "A/{Nro}" }
    [[event]]
    kind = "notification"
    when = { column = "Pvm", time = "Klo" }
    registered_at = "Kirjattu"
    sequence = "Juokseva"
    data.entry = { column = "Tapa", default = "report" }
    data.reasons = { column = "Syyt", separator = ",", values = "reasons" }
    data.copy_of.source = { constant = "on-call" }
    data.copy_of.id = "Päivystys"
    [[event]]
    kind = "transfer"
    when = "Siirto"
    data.unit = "Yksikkö"
    data.worker = { constant = "w-1" }
    [[event]]
    kind = "initiation"
    when = "Päätetty"
    data.outcome = { constant = "assessment_started" }
    data.answers = { template = "notification-{Nro}" }
    [values.reasons]
    "Koulu" = "school"
    "Päihteet" = "drugs"
    "Muu" = ""
    """
    header = ("Nro", "Pvm", "Klo", "Kirjattu", "Juokseva", "Tapa", "Syyt")
    more = ("Päivystys", "Siirto", "Yksikkö", "Päätetty")
    whole = ("7", "5.10.2026", "14.20", "6.10.2026", "41", "", "koulu, muu, Päihteet")
    file = importer.file(
        (*header, *more),
        (*whole, "x-9", "7.10.2026", "B", "8.10.2026"),
        ("8", "5.10.2026", "", "", "", "request", "", "", "", "", ""),
    )

    report = importer.store(file, mapping)

    assert report.rows == {RowStatus.CREATED: 2}, importer.told(file)
    first, transfer, decision, second = importer.events()
    assert first.occurred_at == datetime(2026, 10, 5, 11, 20, tzinfo=UTC)
    assert first.registered_at == datetime(2026, 10, 5, 21, tzinfo=UTC)
    assert first.case_ref == "A/7"
    assert first.data == {
        "entry": "report",
        "reasons": ["school", "drugs"],
        "copy_of": {"source": "on-call", "id": "x-9"},
    }
    assert transfer.data == {"unit": "B", "worker": "w-1"}
    assert decision.data["answers"] == ["notification-7"]
    assert second.data == {"entry": "request"}
    assert second.occurred_at is None


def test_constants_have_the_form_of_their_member(importer: Importer) -> None:
    mapping = MAPPING.replace(
        'data.child.age_years = "Ikä"',
        "data.child.age_years = { constant = 3 }\n"
        'data.child.ref = "Nimi"\n'
        'data.reasons = { constant = ["school"] }',
    )

    importer.store(importer.file(HEADER, row(), row(Nro="8", Nimi="")), mapping)

    first, _, second, _ = importer.events()
    assert first.data["child"] == {"age_years": 3, "ref": "Aino"}
    assert first.data["reasons"] == second.data["reasons"] == ["school"]
    assert "child" not in second.data


def test_no_file_speaks_under_the_services_own_name(importer: Importer) -> None:
    importer = replace(importer, source="maaraaika")

    with pytest.raises(ImportFileError, match="own"):
        importer.store(importer.file(HEADER, row()), MAPPING)


def test_a_row_may_tell_why_a_deadline_was_missed(importer: Importer) -> None:
    mapping = """
    [row]
    id = "{kind}-{Nro}"
    case_ref = "Nro"
    [[event]]
    kind = "delay_explained"
    when = "Selvitetty"
    data.rule = { constant = "assessment" }
    data.cause = { column = "Syy", values = { "Tulkki" = "interpreter_needed" } }
    data.action = { column = "Toimi", default = "other" }
    data.follow_up_on = "Seuranta"
    """
    file = importer.file(
        ("Nro", "Selvitetty", "Syy", "Toimi", "Seuranta"),
        ("1", "5.10.2026", "tulkki", "overtime", "2.11.2026"),
        ("2", "5.10.2026", "tulkki", "", ""),
        ("3", "5.10.2026", "tulkki", "", "2.11.2026 klo 23.30"),
        ("4", "5.10.2026", "tulkki", "", "ensi viikolla"),
    )

    importer.store(file, mapping)

    said = {"rule": "assessment", "cause": "interpreter_needed", "action": "other"}
    assert [each.data for each in importer.events()] == [
        {**said, "action": "overtime", "follow_up_on": "2026-11-02"},
        said,
        {**said, "follow_up_on": "2026-11-02"},
    ]
    assert importer.told(file)[3].startswith("rejected: Seuranta: this is no date")


BY_KIND = """
[row]
id = "{Tunnus}"
case_ref = "Asia"
kind = { column = "Tapahtuma", values = "kinds" }
[[event]]
kind = "notification"
when = "Pvm"
data.entry = { constant = "report" }
[[event]]
kind = "initiation"
when = "Pvm"
data.outcome = "Koodi"
[[event]]
kind = "retraction"
when = "Pvm"
data.reason = { constant = "wrong_entry" }
data.target = "Koodi"
[values.kinds]
"Ilmoitus" = "notification"
"Päätös" = "initiation"
"Peruutus" = "retraction"
"Puhelu" = ""
"""


def test_a_row_may_be_one_event_of_the_kind_in_a_column(importer: Importer) -> None:
    file = importer.file(
        ("Tunnus", "Asia", "Tapahtuma", "Pvm", "Koodi"),
        ("1", "A", "Ilmoitus", "5.10.2026", ""),
        ("2", "A", "päätös", "6.10.2026", "other"),
        ("3", "A", "Puhelu", "6.10.2026", ""),
        ("4", "A", "Peruutus", "7.10.2026", "2"),
        ("5", "A", "Kirje", "7.10.2026", ""),
        ("6", "A", "", "7.10.2026", ""),
        ("7", "A", "Ilmoitus", "", ""),
        ("8", "B", "Peruutus", "7.10.2026", "1"),
    )

    importer.store(file, BY_KIND)

    assert importer.told(file) == [
        "created",
        "created",
        "nothing",
        "created",
        "rejected: Tapahtuma: the value is not in [values.kinds]",
        "rejected: Tapahtuma: the cell is empty",
        "rejected: Pvm: nothing is said here, though Tapahtuma is filled",
        (
            "rejected: retraction: the event that it is about is of another case, "
            "or cannot be retracted"
        ),
    ]


def test_a_kind_without_an_event_of_its_own_is_refused(importer: Importer) -> None:
    mapping = BY_KIND.replace(', values = "kinds"', "").split("[values.kinds]")[0]
    file = importer.file(
        ("Tunnus", "Asia", "Tapahtuma", "Pvm", "Koodi"),
        ("1", "A", "notification", "5.10.2026", ""),
        ("2", "A", "closure", "5.10.2026", ""),
    )

    importer.store(file, mapping)

    assert importer.told(file) == [
        "created",
        "rejected: Tapahtuma: the mapping has no [[event]] of this kind",
    ]


# --- what is wrong with a row ---


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"Saapunut": "eilen"}, "Saapunut: this is no date in a form that is known"),
        ({"Saapunut": "1.1.2027"}, "Saapunut: The time is more than five minutes"),
        ({"Saapunut": "1.1.1999"}, "Saapunut: The day is before 2008-01-01"),
        ({"Ikä": "kolme"}, "Ikä: this is no whole number"),
        ({"Ikä": "130"}, "notification: age_years is a whole number from 0 to 120"),
        ({"Päätös": "Ehkä"}, "Päätös: the value is not in [values.decisions]"),
        ({"Päätös": ""}, "Päätös: nothing is said here, though Päätetty is filled"),
        ({"Päätös": "Odottaa"}, "Päätös: nothing is said here, though Päätetty is"),
        ({"Päätetty": ""}, "Päätetty: nothing is said here, though Päätös is filled"),
        ({"Nro": ""}, "Nro: the cell is empty, and the id of the event is made of it"),
        ({"Nro": "x" * 201}, "Nro: A text is too long"),
        ({"Yksikkö": CODE}, "Yksikkö: the cell holds a personal identity code"),
        ({"Nro": f"A {CODE}"}, "Nro: the cell holds a personal identity code"),
        ({"Nro": "0401234567"}, "Nro: the cell holds what looks like a phone number"),
        ({"Nro": "a@b.fi"}, "Nro: the cell holds what looks like an e-mail address"),
        ({"Päätös": "a;b"}, "row: it has more cells than the header"),
    ],
)
def test_a_row_with_a_cell_that_is_wrong_is_refused_as_a_whole(
    importer: Importer, cells: dict[str, str], problem: str
) -> None:
    file = importer.file(HEADER, row(**cells), row(Nro="8"))

    report = importer.store(file)

    refused, stored = importer.told(file)
    assert refused.startswith(f"rejected: {problem}")
    assert stored == "created"
    assert report.failed == 1
    assert {event.case_ref for event in importer.events()} == {"8"}
    remedy = importer.result(file)[1][-1]
    assert remedy
    assert CODE not in result_of(file).read_text(encoding="utf-8")


def test_everything_wrong_with_a_row_is_told_at_once(importer: Importer) -> None:
    file = importer.file(HEADER, row(Saapunut="eilen", Päätös="Ehkä"))

    importer.store(file)

    (told,) = importer.told(file)
    assert told.count("; ") == 1
    assert "Saapunut" in told
    assert "Päätös" in told


def test_columns_that_the_mapping_does_not_name_are_not_read(
    importer: Importer,
) -> None:
    file = importer.file(HEADER, row(Nimi=f"Aino {CODE}"))

    report = importer.store(file)

    assert report.rows == {RowStatus.CREATED: 1}
    assert "Aino" not in str(importer.events())
    # An identity code is not carried into another file, whoever put it there.
    assert importer.result(file)[1][1] == "***"


def test_what_an_empty_row_says_is_nothing(importer: Importer) -> None:
    file = importer.file(
        HEADER, row(), ["", " "], row(Nro="8", Saapunut="", Päätetty="", Päätös="")
    )

    report = importer.store(file)

    assert importer.told(file) == ["created", "", "nothing"]
    assert report.rows == {RowStatus.CREATED: 1, RowStatus.NOTHING: 1}


# --- dry run ---


def test_a_dry_run_stores_nothing_and_says_what_would_be_stored(
    importer: Importer,
) -> None:
    importer.store(importer.file(HEADER, row()))
    before = importer.events()
    file = importer.file(
        HEADER, row(), row(Nro="8"), row(Päätetty="9.10.2026"), row(Ikä="x")
    )

    report = importer.rehearse(file)

    assert importer.events() == before
    told = [line.partition(":")[0] for line in importer.told(file)]
    assert told == ["duplicate", "new", "conflict", "rejected"]
    assert report.failed == 2


def test_a_dry_run_says_what_the_import_does_however_many_transactions_it_takes(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PER_TRANSACTION", 3)
    file = importer.file(
        HEADER, row(), row(Nro="8"), row(Nro="9"), row(), row(Nro="8", Yksikkö="B")
    )

    rehearsed = importer.rehearse(file)
    told = importer.told(file)
    stored = importer.store(file)

    assert [line.replace("new", "created") for line in told] == importer.told(file)
    assert rehearsed.events == stored.events
    assert [line.partition(":")[0] for line in told] == [
        *("new", "new", "new", "duplicate", "conflict")
    ]


# --- transactions ---


def test_no_transaction_has_more_than_a_thousand_events(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []

    def record(database: Database, submissions: list[intake.Submission]) -> Outcomes:
        sizes.append(len(submissions))
        return intake.preview(database, submissions)

    monkeypatch.setattr(intake, "record", record)
    only = [row(Nro=str(n), Päätetty="", Päätös="") for n in range(999)]
    file = importer.file(HEADER, *only, row(Nro="a"), row(Nro="b"), row(Nro="c"))

    importer.store(file)

    assert sizes == [999, 6]


def test_when_the_database_goes_away_the_rest_may_be_imported_again(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PER_TRANSACTION", 2)
    record, calls = intake.record, []

    def fails_once(
        database: Database, submissions: list[intake.Submission]
    ) -> Outcomes:
        calls.append(submissions)
        if len(calls) == 2:
            raise DatabaseUnavailableError
        return record(database, submissions)

    monkeypatch.setattr(intake, "record", fails_once)
    rows = [row(Nro=str(n)) for n in range(4)] + [row(Nro="x", Ikä="x")]
    file = importer.file(HEADER, *rows)

    report = importer.store(file)

    told = [line.partition(":")[0] for line in importer.told(file)]
    assert told == ["created", *["unavailable"] * 3, "rejected"]
    assert len(calls) == 2
    assert report.failed == 4
    assert importer.store(file).rows[RowStatus.CREATED] == 3


# --- the file as a whole ---


def test_a_header_that_lacks_columns_is_refused_with_what_was_meant(
    importer: Importer,
) -> None:
    file = importer.file(
        ("Nro", "Saapunt", "Yksikkö", "Ikä", "Päätetty", "Yksikkö"), WHOLE
    )

    with pytest.raises(ImportFileError) as refused:
        importer.rehearse(file)

    told = str(refused.value)
    assert "`Saapunut` is not there; did you mean `Saapunt`?" in told
    assert "`Päätös` is not there." in told
    assert "`Yksikkö` is there 2 times" in told
    assert "`header_row` in [file]" in told
    assert not result_of(file).exists()


def test_a_file_without_a_header_tells_nothing_of_its_first_child(
    importer: Importer,
) -> None:
    file = importer.file(("7", "Aino Virtanen", CODE))

    with pytest.raises(ImportFileError) as refused:
        importer.rehearse(file)

    assert "Aino" not in str(refused.value)
    assert CODE not in str(refused.value)


def test_line_breaks_in_a_header_make_no_difference(importer: Importer) -> None:
    header = [name.replace("Saapunut", "  Saapu\u0301nut\n(pvm)") for name in HEADER]
    mapping = MAPPING.replace('"Saapunut"', '"Saap\u00fanut (pvm)"')

    report = importer.store(importer.file(header, row(), name="in.xlsx"), mapping)

    assert report.rows == {RowStatus.CREATED: 1}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("in.ods", b"", "neither .csv nor .xlsx"),
        ("in.csv", "Nro;Päätös".encode("cp1252"), "often cp1252"),
        ("in.csv", b'Nro;"P\n', "is not well-formed"),
        ("in.csv", b"", "has no row 1"),
        ("in.xlsx", b"PK", "cannot be read as XLSX"),
        ("none.csv", None, "cannot be read"),
        ("none.xlsx", None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    importer: Importer, name: str, content: bytes | None, says: str
) -> None:
    file = importer.folder / name
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ImportFileError, match=says):
        importer.rehearse(file)


def test_a_broken_end_of_the_file_is_found_before_anything_is_stored(
    importer: Importer,
) -> None:
    file = importer.file(HEADER, *(row(Nro=str(n)) for n in range(2000)))
    file.write_bytes(file.read_bytes() + "\nÄ".encode("cp1252"))

    with pytest.raises(ImportFileError):
        importer.store(file)

    assert importer.events() == []


def test_a_file_in_cp1252_is_read_and_answered_in_cp1252(importer: Importer) -> None:
    file = importer.folder / "in.csv"
    lines = [";".join(HEADER), ";".join(map(str, row(Yksikkö="Leppävaara")))]
    file.write_text("\n".join(lines), encoding="cp1252")

    report = importer.store(file, MAPPING + '[file]\nencoding = "cp1252"\n')

    assert report.rows == {RowStatus.CREATED: 1}
    assert importer.events()[0].data["unit"] == "Leppävaara"
    assert "Päätös" in result_of(file).read_text(encoding="cp1252")


def test_a_sheet_that_is_not_there_is_told(importer: Importer) -> None:
    file = importer.file(HEADER, row(), name="in.xlsx")

    with pytest.raises(ImportFileError, match="no sheet Asiat"):
        importer.store(file, MAPPING + '[file]\nsheet = "Asiat"\n')


def test_excel_errors_and_formulas_without_a_value_are_not_taken_for_empty(
    importer: Importer,
) -> None:
    file = importer.file(
        HEADER,
        row(Yksikkö="=B1", Päätetty=""),
        row(Nro="8", Yksikkö="#N/A"),
        row(Nimi="=1/0", Nro="9"),
        name="in.xlsx",
    )

    importer.store(file)

    formula, error, unused = importer.told(file)
    assert (
        formula
        == "rejected: Yksikkö: the cell holds a formula that was never calculated"
    )
    assert error == "rejected: Yksikkö: the cell holds an error of the spreadsheet"
    assert unused == "created"


# --- the result ---


def test_the_result_is_the_input_with_three_columns(importer: Importer) -> None:
    file = importer.file(("Otsikko",), HEADER, row(), row(Nro="8", Päätös="Ehkä"))

    importer.store(file, MAPPING + "[file]\nheader_row = 2\n")

    title, header, stored, refused = importer.result(file)
    assert title == ["Otsikko"]
    assert header == [*HEADER, "status", "problem", "remedy"]
    assert stored == [*WHOLE, "created", "", ""]
    assert refused[: len(HEADER)] == list(row(Nro="8", Päätös="Ehkä"))
    assert (
        refused[-1] == "Add it to [values.decisions] of the mapping, or mend the cell."
    )


def test_only_its_owner_may_read_the_result(importer: Importer) -> None:
    file = importer.file(HEADER, row())
    result_of(file).touch(mode=0o644)

    importer.rehearse(file)

    assert stat.S_IMODE(result_of(file).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["in.csv", "in.xlsx"])
def test_a_mended_result_is_imported_like_the_input(
    importer: Importer, name: str
) -> None:
    file = importer.file(
        HEADER, row(Nimi="=1+1"), row(Nro="@8", Päätös="Ehkä"), name=name
    )
    importer.store(file)
    mended = result_of(file)
    again = importer.folder / f"mended{mended.suffix}"
    if mended.suffix == ".csv":
        content = mended.read_text(encoding="utf-8")
        again.write_text(content.replace("Ehkä", "Ei aihetta"), encoding="utf-8")
    else:
        workbook = openpyxl.load_workbook(mended)
        workbook.active["G3"] = "Ei aihetta"  # type: ignore[index] # there is a sheet
        workbook.save(again)

    report = importer.store(again)

    assert report.rows == {RowStatus.DUPLICATE: 1, RowStatus.CREATED: 1}
    assert importer.events()[-1].event_id == "initiation-@8"
    header = importer.result(again)[0]
    assert header == [*HEADER, "status", "problem", "remedy"]


def test_dates_of_excel_stay_dates(importer: Importer) -> None:
    day = datetime(2026, 10, 5)  # noqa: DTZ001 (as Excel keeps it)
    file = importer.file(HEADER, row(Saapunut=day, Ikä=3), name="in.xlsx")

    importer.store(file)

    assert importer.events()[0].occurred_on == date(2026, 10, 5)
    result = importer.result(file)[1]
    assert result[2] == day
    assert result[4] == 3


PAYLOADS = [
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    " =1+1",
    "\uff1d1+1",
    '=HYPERLINK("http://example.org")',
    "http://example.org",
]


def test_no_cell_of_a_result_acts_as_a_formula_or_a_link_in_xlsx(
    importer: Importer,
) -> None:
    rows = [row(Nro=f"n{n}", Nimi="x") for n in range(len(PAYLOADS))]
    file = importer.file(HEADER, *rows, name="in.xlsx")
    workbook = openpyxl.load_workbook(file)
    sheet: Any = workbook.active
    for number, payload in enumerate(PAYLOADS, start=2):
        cell = sheet.cell(number, 2)
        cell.value = payload
        cell.data_type = "s"
    workbook.save(file)

    importer.store(file)

    written: Any = openpyxl.load_workbook(result_of(file)).active
    cells = [cell for line in written.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert [written.cell(n, 2).value for n in range(2, 2 + len(PAYLOADS))] == PAYLOADS


def test_no_cell_of_a_result_acts_as_a_formula_in_csv(importer: Importer) -> None:
    file = importer.file(HEADER, row(Nimi="=1+1", Nro="-5"))

    importer.store(file)

    assert importer.result(file)[1][:2] == ["-5", "'=1+1"]
    acting = [each for each in PAYLOADS if not harmless(each).startswith("'")]
    assert acting == ["http://example.org"]


def test_the_result_is_never_the_input(importer: Importer) -> None:
    file = importer.file(HEADER, row())
    link = result_of(file)
    link.symlink_to(file)

    with pytest.raises(ImportFileError, match="is the input"):
        importer.rehearse(file)

    assert file.read_text(encoding="utf-8").startswith("Nro;")


def test_a_result_that_cannot_be_written_is_told_before_anything_is_stored(
    importer: Importer,
) -> None:
    file = importer.file(HEADER, row())
    result_of(file).mkdir()

    with pytest.raises(ImportFileError, match="cannot be written"):
        importer.store(file)

    assert importer.events() == []
