"""GET /v1/reports/yearly: a county of two years, small enough to count by hand."""

import csv
import io
import zipfile
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
from app.main import create_app
from tests.api.sending import (
    Wire,
    assessment,
    decision,
    notification,
    put_units,
    send,
)
from tests.conftest import bearer
from tests.databases import Pool

FI = {"mother_tongue": "fi", "citizenship": "FI"}
SO = {"mother_tongue": "so", "citizenship": "SO"}
UNITS = {"espoo": None, "west": "espoo", "west-1": "west", "east": "espoo"}
DAY = "2026-02-10"
# Initiations, due seven working days after their notification.
CASES = (
    # 2024: five in time, one late.
    *(notification(f"o{n}", "2024-03-04", unit="east", child=FI) for n in range(6)),
    *(decision(f"o{n}", "2024-03-06", "obviously_unnecessary") for n in range(5)),
    decision("o5", "2024-04-02", "obviously_unnecessary"),
    # 2025: six in time in the west, of Finnish-speakers ...
    *(notification(f"w{n}", "2025-03-03", unit="west-1", child=FI) for n in range(6)),
    *(decision(f"w{n}", "2025-03-05", "obviously_unnecessary") for n in range(6)),
    # ... and in the east five of others: three in time, one late, one open.
    *(notification(f"e{n}", "2025-03-03", unit="east", child=SO) for n in range(5)),
    *(decision(f"e{n}", "2025-03-05", "obviously_unnecessary") for n in range(3)),
    decision("e3", "2025-03-31", "obviously_unnecessary"),
    # An assessment that is in time, due on 3.6.2025: one is too few for a share.
    notification("a", "2025-03-03", unit="west", child=FI),
    decision("a", "2025-03-04"),
    assessment("a", "2025-05-02"),
)


@dataclass(frozen=True)
class County:
    """A service that knows CASES, to be asked and not changed."""

    client: TestClient
    lead: dict[str, str]

    def ask(self, **parameters: str) -> Response:
        answer = self.client.get(
            "/v1/reports/yearly",
            params={"year": "2025", "as_of": DAY, **parameters},
            headers=self.lead,
        )
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture(scope="module")
def county(pool: Pool) -> Iterator[County]:
    with pool.lend() as url:
        database = connect(url)
        admin = bearer(database, Role.ADMIN)
        integrator = bearer(database, Role.INTEGRATOR, source="client-a")
        with TestClient(create_app(database)) as client:
            put_units(client, admin, UNITS)
            send(client, integrator, *CASES)
            yield County(client, bearer(database, Role.LEAD))
        database.dispose()


@pytest.fixture(scope="module")
def report(county: County) -> Wire:
    found: Wire = county.ask().json()
    return found


def indicator(report: Wire, rule: str = "initiation") -> Wire:
    found: Wire
    (found,) = (each for each in report["indicators"] if each["rule"] == rule)
    return found


def groups(report: Wire, by: str) -> Wire:
    return {
        each["group"]: {
            year: (of["due"], of["breaches"]) for year, of in each["years"].items()
        }
        for each in indicator(report)[by]
    }


def test_both_indicators_stand_against_their_target(report: Wire) -> None:
    assert report["target"] == 1.0
    assert report["basis"] == "due"
    assert [each["rule"] for each in report["indicators"]] == [
        "initiation",
        "assessment",
    ]
    of = indicator(report)["total"]["years"]["2025"]
    assert (of["due"], of["in_time"], of["late"], of["open_late"]) == (12, 10, 1, 1)
    assert of["breaches"] == 2
    assert of["rate"] == pytest.approx(10 / 12, abs=1e-6)
    assert of["interval"][0] < of["rate"] < of["interval"][1]


def test_every_number_comes_by_language_nationality_and_unit(report: Wire) -> None:
    assert groups(report, "language_group") == {
        "fi": {"2024": (6, 1), "2025": (7, 0)},
        "foreign": {"2025": (5, 2)},
    }
    assert groups(report, "nationality_group") == {
        "finnish": {"2024": (6, 1), "2025": (7, 0)},
        "foreign": {"2025": (5, 2)},
    }
    assert groups(report, "unit") == {
        "east": {"2024": (6, 1), "2025": (5, 2)},
        "west": {"2025": (7, 0)},
    }


def test_units_are_rolled_up_as_deep_as_is_asked(county: County) -> None:
    assert set(groups(county.ask(level="0").json(), "unit")) == {"espoo"}
    assert set(groups(county.ask(level="2").json(), "unit")) == {
        "west",
        "west-1",
        "east",
    }


def test_the_years_are_those_of_which_there_are_data(
    county: County, report: Wire
) -> None:
    assert report["years"] == [2024, 2025]
    assert county.ask(year="2024").json()["years"] == [2024]
    assert county.ask(year="2030").json()["years"] == [2030]


def test_what_fell_due_under_the_old_provisions_is_no_part_of_the_series(
    county: County,
) -> None:
    text = county.ask(year="2016").json()

    assert text["years"] == [2016]


def test_a_sentence_says_how_it_stands(county: County) -> None:
    report = county.ask(lang="fi").json()

    assert indicator(report)["summary"] == (
        "Palvelutarpeen arvioinnin aloittaminen: 83,3\u00a0% ajoissa vuonna 2025. "
        "Määräaika päättyi 12 kertaa, ja 2 kertaa se ylittyi; näistä 1 on yhä avoinna. "
        "Vuoteen 2024 verrattuna osuus muuttui 0,0 prosenttiyksikköä."
    )
    assert (
        "liian vähän osuuden laskemiseen"
        in (indicator(report, "assessment")["summary"])
    )


def test_what_can_be_told_of_the_groups_is_told(county: County) -> None:
    report = county.ask(lang="en").json()
    text = indicator(report)["equity"]

    assert set(text) == {"language_group", "nationality_group"}
    assert "another language" in text["language_group"]
    asked = {"period": "2025", "rule": "initiation", "as_of": DAY}
    answer = county.client.get(
        "/v1/reports/equity", params=asked, headers=county.lead
    ).json()
    assert text["language_group"] == answer["sentence"]


def test_csv_has_every_figure_of_every_year(county: County) -> None:
    rows = list(csv.DictReader(io.StringIO(county.ask(format="csv").text)))

    first = rows[0]
    assert (first["year"], first["rule"], first["group"]) == ("2025", "initiation", "")
    assert (first["due"], first["breaches"]) == ("12", "2")
    found = {
        (row["year"], row["breakdown"], row["group"]): row["breaches"]
        for row in rows
        if row["rule"] == "initiation"
    }
    assert found["2024", "unit", "east"] == "1"
    assert found["2025", "language_group", "foreign"] == "2"


def test_a_spreadsheet_has_the_figures_and_a_chart_for_each_question(
    county: County,
) -> None:
    content = county.ask(format="xlsx", lang="fi").content

    book = openpyxl.load_workbook(io.BytesIO(content))
    assert len(book["Tiedot"]["A"]) > 10
    assert book.sheetnames[1] == "Ajoissa vuosittain"
    # What Excel draws are numbers.
    trend = list(book["Ajoissa vuosittain"].iter_rows(values_only=True))
    assert trend[2][1] == pytest.approx(10 / 12, abs=1e-6)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        drawn = parts.read("xl/charts/chart2.xml").decode()
    groups = [cell.value for cell in book.worksheets[2][1]]
    letter = "ABCDEFG"[groups.index("Ajoissa, osuus")]
    assert f"!${letter}$2" in drawn


@pytest.mark.parametrize(
    ("lang", "title", "told"),
    [
        ("fi", "Lastensuojelun määräajat: vuosiraportti", "vieraskieliset"),
        ("sv", "Tidsfristerna i barnskyddet: årsrapport", "främmandespråkiga"),
        ("en", "Deadlines in child protection: yearly report", "another language"),
    ],
)
def test_a_committee_reads_it_on_few_pages_in_its_language(
    county: County, lang: str, title: str, told: str
) -> None:
    content = county.ask(format="pdf", lang=lang).content

    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == title
        assert metadata["pdfuaid:part"] == "1"
        assert 2 <= len(pdf.pages) <= 4
    pages = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    pages.close()
    assert told in text
    assert "100" in text


def test_a_year_of_which_nothing_is_known_is_a_report_too(county: County) -> None:
    assert county.ask(year="2030", format="pdf").content.startswith(b"%PDF")
    assert county.ask(year="2016", format="pdf").content.startswith(b"%PDF")


def test_only_a_year_that_the_law_covers_can_be_asked_for(county: County) -> None:
    for year in ("2007", "2101", "last"):
        answer = county.client.get(
            "/v1/reports/yearly", params={"year": year}, headers=county.lead
        )
        assert answer.status_code == 422


def test_the_gaps_in_a_file_are_those_of_the_answer(county: County) -> None:
    asked = {"period": "2025", "rule": "initiation", "as_of": DAY}
    told, text, drawn = (
        county.client.get(
            "/v1/reports/equity", params={**asked, **form}, headers=county.lead
        )
        for form in ({}, {"format": "csv"}, {"format": "pdf"})
    )

    groups = {each["group"]: each for each in told.json()["groups"]}
    first, *_ = (
        row
        for row in csv.DictReader(io.StringIO(text.text))
        if row["group"] == "foreign"
    )
    difference = groups["foreign"]["difference"]
    assert float(first["points"]) == difference["points"] < 0
    assert float(first["interval_low"]) == difference["interval"][0]
    assert drawn.content.startswith(b"%PDF")
