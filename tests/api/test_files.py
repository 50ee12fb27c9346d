"""Lists and reports as files: which format, under which name, and all of it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import openpyxl
import pikepdf
import pypdfium2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.db.database import connect
from app.domain.access import Role
from app.exports.files import MEDIA_TYPES, FileFormat
from app.main import create_app
from app.services import viewing
from app.services.documents import worklist
from tests.api.sending import decision, event, notification, put_units, send
from tests.conftest import bearer
from tests.databases import Pool

DAY = "2025-03-12"
XLSX = MEDIA_TYPES[FileFormat.XLSX]
CASES = (
    notification("A", "2025-02-10", unit="team", child={"mother_tongue": "fi"}),
    notification("B", "2025-02-17", unit="=cmd|'/C calc'!A0", worker="@w-2"),
    notification("C", "2025-03-03", unit="team", child={"mother_tongue": "so"}),
    notification("D", "2025-01-13", unit="team"),
    decision("D", "2025-01-24", "obviously_unnecessary"),
    event(
        "delay_explained",
        "A",
        "2025-02-25",
        {
            "rule": "initiation",
            "cause": "staff_shortage",
            "action": "extra_staff",
            "follow_up_on": "2025-03-20",
        },
    ),
)


@dataclass(frozen=True)
class County:
    """A service that knows CASES, to be asked and not changed."""

    client: TestClient
    lead: dict[str, str]

    def ask(self, path: str, accept: str | None = None, **parameters: str) -> Response:
        headers = self.lead | ({"Accept": accept} if accept is not None else {})
        return self.client.get(
            path, params={"as_of": DAY, **parameters}, headers=headers
        )

    def worklist(self, accept: str | None = None, **parameters: str) -> Response:
        parameters = {"reason": "self_monitoring", **parameters}
        answer = self.ask("/v1/deadlines", accept, **parameters)
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture(scope="module")
def county(pool: Pool) -> Iterator[County]:
    with pool.lend() as url:
        database = connect(url)
        admin = bearer(database, Role.ADMIN)
        integrator = bearer(database, Role.INTEGRATOR, source="client-a")
        with TestClient(create_app(database, exports_per_day=1_000)) as client:
            put_units(client, admin, {"area": None, "team": "area"})
            send(client, integrator, *CASES)
            yield County(client, bearer(database, Role.LEAD))
        database.dispose()


def media_type(answer: Response) -> str:
    return str(answer.headers["content-type"]).partition(";")[0]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("TEXT/CSV; charset=utf-8", "text/csv"),
        (XLSX, XLSX),
        ("application/pdf", "application/pdf"),
        ("application/pdf;q=0.5, text/csv;q=0.7", "text/csv"),
        ("application/json;q=0, application/*", XLSX),
        ("text/csv;q=nonsense", "text/csv"),
        ("image/png, application/pdf", "application/pdf"),
    ],
)
def test_the_header_chooses_the_format(
    county: County, accept: str | None, expected: str
) -> None:
    answer = county.worklist(accept)

    assert media_type(answer) == expected


@pytest.mark.parametrize("accept", ["image/png", "text/csv;q=0", "application/xml"])
def test_a_format_that_there_is_not_is_not_acceptable(
    county: County, accept: str
) -> None:
    answer = county.ask("/v1/deadlines", accept)

    assert answer.status_code == 406
    assert answer.json()["type"] == "urn:maaraaika:problem:not-acceptable"
    assert media_type(answer) == "application/problem+json"


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        ("json", "application/json"),
        ("csv", "text/csv"),
        ("xlsx", XLSX),
        ("pdf", "application/pdf"),
    ],
)
def test_a_parameter_chooses_before_the_header(
    county: County, format_: str, expected: str
) -> None:
    answer = county.worklist("image/png", format=format_)

    assert media_type(answer) == expected


@pytest.mark.parametrize(
    "parameters", [{"format": "docx"}, {"separator": "|"}, {"bom": "maybe"}]
)
def test_an_unknown_form_is_refused(county: County, parameters: dict[str, str]) -> None:
    answer = county.ask("/v1/deadlines", **parameters)

    assert answer.status_code == 422
    (flaw,) = answer.json()["errors"]
    assert flaw["pointer"] in parameters


def test_a_file_is_named_for_its_question(county: County) -> None:
    answer = county.worklist(format="pdf", status="all")

    assert answer.headers["content-disposition"] == (
        'attachment; filename="deadlines-all-2025-03-12.pdf"'
    )
    assert answer.headers["vary"] == "Accept"


def test_csv_has_the_codes_and_values_of_the_answer_in_json(county: County) -> None:
    listed = county.worklist(status="all", limit="200").json()["items"]

    rows = list(
        csv.DictReader(io.StringIO(county.worklist("text/csv", status="all").text))
    )

    assert len(rows) == len(listed)
    for row, item in zip(rows, listed, strict=True):
        delay = item.pop("delay") or {}
        item |= {
            "delay_cause": delay.get("cause"),
            "delay_action": delay.get("action"),
            "follow_up_on": delay.get("follow_up_on"),
        }
        assert row.pop("watermark")
        assert row.keys() == item.keys() - {"title"}
        for name, cell in row.items():
            value = item[name]
            expected = "" if value is None else str(value)
            if isinstance(value, bool):
                expected = "true" if value else "false"
            assert cell.removeprefix("'") == expected
            assert not cell.startswith(("=", "@"))


def test_csv_for_a_finnish_spreadsheet(county: County) -> None:
    answer = county.worklist(format="csv", separator=";", bom="1")
    marked = county.worklist("text/csv; bom=1")

    assert answer.content.startswith("\ufeffsource;case_ref;".encode())
    assert marked.content.startswith("\ufeffsource,case_ref,".encode())


def test_a_spreadsheet_has_names_days_and_no_formulas(county: County) -> None:
    content = county.worklist(format="xlsx", lang="fi", status="all").content

    book = openpyxl.load_workbook(io.BytesIO(content))
    heading, *rows = book["Tiedot"].iter_rows()
    names = [cell.value for cell in heading]
    assert {"Asia", "Määräaika", "Yksikkö", "Määräpäivä", "Tila"} <= set(names)
    assert len(rows) == 8
    by_case = {row[names.index("Asia")].value: row for row in rows}
    row = by_case["A"]
    assert row[names.index("Määräpäivä")].data_type == "d"
    rule = str(row[names.index("Määräaika")].value)
    assert rule.startswith("Palvelutarpeen arvioi")
    assert row[names.index("Arkipäiviä jäljellä")].data_type == "n"
    assert {cell.data_type for each in rows for cell in each} <= {"s", "n", "d", "b"}


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("fi", "Määräaikojen työlista"),
        ("sv", "Arbetslista över tidsfrister"),
        ("en", "Worklist"),
    ],
)
def test_a_pdf_is_titled_in_its_language(county: County, lang: str, title: str) -> None:
    content = county.worklist(format="pdf", lang=lang).content

    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == title
        assert str(pdf.Root.Lang).startswith(lang)


def test_the_same_question_gives_the_same_file(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_at = county.worklist().json()["known_at"]
    # But for the code of the copy, which is another each time.
    monkeypatch.setattr(viewing, "_new_watermark", lambda: "AAAA-AAAA-AAAA-AAAA")

    for format_ in ("csv", "xlsx", "pdf"):
        files = [
            county.worklist(format=format_, known_at=known_at).content for _ in range(2)
        ]
        assert files[0] == files[1]


@pytest.mark.parametrize("part", [{"limit": "1"}, {"cursor": "x"}])
def test_a_file_is_never_a_part(county: County, part: dict[str, str]) -> None:
    answer = county.ask("/v1/deadlines", format="csv", **part)

    assert answer.status_code == 422


def test_what_no_file_holds_is_refused_with_a_way_out(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(worklist.MOST_ROWS, FileFormat.CSV, 2)

    assert county.worklist(format="csv", status="late").text.count("\r\n") == 2
    answer = county.ask(
        "/v1/deadlines", format="csv", status="all", reason="self_monitoring"
    )

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:maaraaika:problem:too-many-rows"
    assert "at most 2 rows" in answer.json()["detail"]


def test_a_selection_is_told_in_the_file(county: County) -> None:
    content = county.worklist(
        format="xlsx",
        lang="fi",
        unit="team",
        rule="initiation",
        language_group="foreign",
        worker="w-9",
        status="open",
    ).content

    facts = openpyxl.load_workbook(io.BytesIO(content))["Tietoja raportista"]
    assert facts["B3"].value == (
        "avoinna; Määräaika: Palvelutarpeen arvioinnin aloittaminen; Yksikkö: team; "
        "Äidinkieli: muu kieli (vieraskieliset); Työntekijä: w-9"
    )


PERIOD = "2025-02"


def figures(county: County, **parameters: str) -> Response:
    answer = county.ask(
        "/v1/reports/compliance",
        **{"period": PERIOD, "by": "unit,language_group", **parameters},
    )
    assert answer.status_code == 200, answer.text
    return answer


def test_figures_in_a_spreadsheet_are_those_of_the_answer(county: County) -> None:
    report = figures(county, lang="en").json()
    content = figures(county, format="xlsx", lang="en").content

    sheet = openpyxl.load_workbook(io.BytesIO(content))["Data"]
    heading, *rows = sheet.iter_rows(values_only=True)
    names = [str(name) for name in heading]
    listed = [*report["rows"], *report["totals"]]
    assert len(rows) == len(listed)
    for row, told in zip(rows, listed, strict=True):
        cells = dict(zip(names, row, strict=True))
        assert cells["Deadlines counted"] == told["due"]
        assert cells["Open and late"] == told["open_late"]
        assert cells["In time, share"] == told["rate"]
    assert sheet.auto_filter.ref is not None


def test_figures_on_paper_tell_both_bases_and_the_change(county: County) -> None:
    content = figures(
        county,
        format="pdf",
        lang="fi",
        basis="both",
        compare="previous",
        include="distribution",
    ).content

    pages = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    pages.close()
    flat = " ".join(text.split())
    assert "Määräaikojen toteutuminen" in flat
    assert "1.2.2025\N{EN DASH}28.2.2025" in flat
    assert "Vertailujakso 1.1.2025\N{EN DASH}31.1.2025" in flat
    assert "THL:n laskentapa (rajaus vahvistamatta)" in flat
    assert "Osuuden vierellä" in flat
    assert "2 on yhä avoinna" in flat


def test_a_distribution_is_drawn_with_the_line_of_the_limit(county: County) -> None:
    content = figures(
        county,
        period="2025-01",
        format="xlsx",
        lang="sv",
        by="",
        include="distribution",
    ).content

    sheet = openpyxl.load_workbook(io.BytesIO(content))["Vardagar till beslut"]
    done = {str(row[0]): row[1] for row in sheet.iter_rows(values_only=True)}
    assert done["9"] == 1  # decided on Friday 24th, notified on Monday 13th
    assert sum(int(str(count)) for day, count in done.items() if day.isdigit()) == 1


def test_figures_that_are_compared_need_no_format_of_their_own(
    county: County,
) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(figures(county, format="csv", compare="previous").text)
        )
    )

    assert {row["row"] for row in rows} == {"cell", "total"}
    assert rows[0]["period"] == PERIOD


def pdf_text(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    pages.close()
    return " ".join(text.split())


def test_the_report_to_thl_comes_as_a_file_with_its_comment(county: County) -> None:
    question = {"window": "thl:2024-10", "lang": "fi"}
    told = county.ask("/v1/reports/thl", **question).json()
    text = pdf_text(county.ask("/v1/reports/thl", format="pdf", **question).content)
    rows = list(
        csv.DictReader(
            io.StringIO(county.ask("/v1/reports/thl", format="csv", **question).text)
        )
    )

    assert "Neljä lukua" in text
    assert "Toimitettava THL:lle to 17.4.2025" in text
    # Each language of the draft stands under its heading.
    for heading, language in (("Suomeksi", "fi"), ("Ruotsiksi", "sv")):
        assert f"{heading} {told['comment_draft'][language].split()[0]}" in text
    (initiation,) = (each for each in told["figures"] if each["rule"] == "initiation")
    (row,) = (
        row for row in rows if (row["rule"], row["basis"]) == ("initiation", "thl")
    )
    assert row["in_time"] == str(initiation["in_time"])
    assert row["late"] == str(initiation["late"])


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("ageing", {}),
        ("flow", {"months": "4"}),
        ("run-chart", {"rule": "initiation", "months": "4"}),
        ("equity", {"rule": "initiation", "period": "2025-02"}),
        ("run-chart", {"rule": "assessment", "months": "1"}),
    ],
)
def test_every_chart_is_printed_with_its_table(
    county: County, path: str, parameters: dict[str, str], lang: str
) -> None:
    address = f"/v1/reports/{path}"
    answers = {
        form: county.ask(address, format=form, lang=lang, **parameters)
        for form in ("pdf", "xlsx", "csv")
    }

    assert {answer.status_code for answer in answers.values()} == {200}
    with pikepdf.open(io.BytesIO(answers["pdf"].content)) as pdf:
        tags = [str(each.get("/S")) for each in pdf.objects if _is_tagged(each)]
    assert tags.count("/Figure") == (1 if path == "run-chart" else 2)
    assert tags.count("/Table") == tags.count("/Figure") + 1  # and the facts
    assert answers["csv"].text.count("\r\n") > 1


@pytest.mark.parametrize("lang", ["fi", "sv"])
@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("thl", {"window": "thl:2024-10"}),
        ("compliance", {"period": "2025-02", "by": "unit", "compare": "previous"}),
        ("equity", {"rule": "initiation", "period": "2025-02"}),
    ],
)
def test_no_heading_of_a_column_breaks_inside_a_word(
    county: County, path: str, parameters: dict[str, str], lang: str
) -> None:
    answer = county.ask(f"/v1/reports/{path}", format="pdf", lang=lang, **parameters)

    pages = pypdfium2.PdfDocument(answer.content)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    pages.close()
    # The reader of PDFs puts it where a word goes on in the next line.
    assert "\ufffe" not in text


@pytest.mark.parametrize(
    ("lang", "told"),
    [("fi", "Sisäinen:"), ("sv", "Intern:"), ("en", "Internal:")],
)
@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("deadlines", {"status": "open", "reason": "self_monitoring"}),
        ("reports/compliance", {"period": "2025-02"}),
        ("reports/yearly", {"year": "2025"}),
        ("reports/thl", {"window": "thl:2024-10"}),
        ("reports/ageing", {}),
        ("reports/flow", {"months": "4"}),
        ("reports/run-chart", {"rule": "initiation", "months": "4"}),
        ("reports/equity", {"rule": "initiation", "period": "2025-02"}),
    ],
)
def test_an_internal_file_says_so_on_its_first_page_and_among_its_facts(
    county: County, path: str, parameters: dict[str, str], lang: str, told: str
) -> None:
    paper, book = (
        county.ask(f"/v1/{path}", format=form, lang=lang, **parameters).content
        for form in ("pdf", "xlsx")
    )

    pages = pypdfium2.PdfDocument(paper)
    first = pages[0].get_textpage().get_text_bounded()
    pages.close()
    assert told in first
    assert ("audience=public" in first) == path.endswith(("compliance", "yearly"))
    facts = openpyxl.load_workbook(io.BytesIO(book)).worksheets[-1]
    assert str(facts["B2"].value).startswith(told)


def _is_tagged(each: pikepdf.Object) -> bool:
    return isinstance(each, pikepdf.Dictionary) and "/S" in each


def test_the_ageing_on_paper_counts_what_the_answer_counts(county: County) -> None:
    told = county.ask("/v1/reports/ageing", rule="initiation").json()
    content = county.ask(
        "/v1/reports/ageing", rule="initiation", format="csv"
    ).content.decode()

    rows = list(csv.DictReader(io.StringIO(content)))
    total = told["rules"][0]["total"]
    for column in ("open_in_time", "open_late", "joined"):
        assert sum(int(row[column]) for row in rows) == total[column]
