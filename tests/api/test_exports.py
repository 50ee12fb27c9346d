"""Cases leave in a file for a reason, so many a day, each with a code of its own."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from threading import Thread

import openpyxl
import pikepdf
import pypdfium2
import pytest
from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Role
from app.main import create_app
from tests.api.sending import Wire, notification, put_units, send
from tests.conftest import Headers, bearer

CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}")
PER_DAY = 3
FILE = {"status": "all", "reason": "self_monitoring"}


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    with TestClient(create_app(database, exports_per_day=PER_DAY)) as client:
        yield client


@pytest.fixture
def lead(client: TestClient, database: Database, headers: Headers) -> dict[str, str]:
    put_units(client, headers.admin, {"west": None})
    send(
        client,
        headers.integrator,
        notification("A", "2026-03-02", unit="west"),
        notification("B", "2026-03-03", unit="west"),
    )
    return bearer(database, Role.LEAD)


def export(
    client: TestClient, key: dict[str, str], format_: str = "csv", **parameters: str
) -> bytes:
    asked = {**FILE, **parameters, "format": format_}
    answer = client.get("/v1/deadlines", params=asked, headers=key)
    assert answer.status_code == 200, answer.text
    content: bytes = answer.content
    return content


def looks(client: TestClient, database: Database, **parameters: str) -> list[Wire]:
    auditor = bearer(database, Role.AUDITOR)
    answer = client.get("/v1/access-log", params=parameters, headers=auditor)
    found: list[Wire] = answer.json()["items"]
    return found


def code_of(content: bytes) -> str:
    """Return the code of a CSV file, which stands in each of its rows."""
    codes = {row["watermark"] for row in csv.DictReader(io.StringIO(content.decode()))}
    (code,) = codes
    return code


def test_the_code_of_a_file_leads_to_who_has_taken_it_and_why(
    client: TestClient, database: Database, lead: dict[str, str]
) -> None:
    code = code_of(export(client, lead, reason="information_request"))

    (look,) = looks(client, database, watermark=code)

    assert CODE.fullmatch(code)
    assert f"mk_{look['person']}_" in lead["Authorization"]
    assert look["reason"] == "information_request"
    assert (look["rows"], look["case_count"]) == (4, 2)
    assert look["criteria"]["format"] == "csv"


def test_every_file_has_a_code_of_its_own(
    client: TestClient, lead: dict[str, str]
) -> None:
    assert code_of(export(client, lead)) != code_of(export(client, lead))


def test_a_workbook_bears_it_in_each_row_in_the_foot_and_in_its_properties(
    client: TestClient, lead: dict[str, str]
) -> None:
    content = export(client, lead, "xlsx")

    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Data"]
    code = str(sheet.cell(2, sheet.max_column).value)
    assert CODE.fullmatch(code)
    assert book.properties.keywords == code
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        foot = parts.read("xl/worksheets/sheet1.xml").decode().partition("oddFooter")
    assert code in foot[2]


def test_a_pdf_bears_it_on_each_page_and_in_its_metadata(
    client: TestClient, lead: dict[str, str]
) -> None:
    content = export(client, lead, "pdf")

    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        found = CODE.search(str(metadata))
    assert found
    pages = pypdfium2.PdfDocument(content)
    for page in pages:
        assert found[0] in page.get_textpage().get_text_range()
    pages.close()


@pytest.mark.parametrize(
    ("parameters", "accept"),
    [({"format": "csv"}, "*/*"), ({}, "text/csv"), ({"format": "pdf"}, "*/*")],
)
def test_without_a_reason_there_is_no_file(
    client: TestClient, lead: dict[str, str], parameters: dict[str, str], accept: str
) -> None:
    answer = client.get(
        "/v1/deadlines", params=parameters, headers={**lead, "Accept": accept}
    )

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:maaraaika:problem:reason-required"


def test_a_reason_to_look_is_none_to_take_away(
    client: TestClient, lead: dict[str, str]
) -> None:
    asked = {"format": "csv", "reason": "emergency_duty"}

    answer = client.get("/v1/deadlines", params=asked, headers=lead)

    assert answer.status_code == 422


def test_no_more_files_than_a_day_allows_even_if_they_are_asked_for_at_once(
    client: TestClient, lead: dict[str, str]
) -> None:
    statuses: list[int] = []

    def ask() -> None:
        asked = {**FILE, "format": "csv"}
        answer = client.get("/v1/deadlines", params=asked, headers=lead)
        statuses.append(answer.status_code)

    threads = [Thread(target=ask) for _ in range(2 * PER_DAY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] * PER_DAY + [429] * PER_DAY
    asked = {**FILE, "format": "pdf"}
    refused = client.get("/v1/deadlines", params=asked, headers=lead)
    assert refused.json()["type"] == "urn:maaraaika:problem:export-quota-used"
    assert 0 < int(refused.headers["retry-after"]) <= 25 * 3600
    assert client.get("/v1/deadlines", headers=lead).status_code == 200


def test_what_is_refused_counts_for_nothing_and_others_have_their_own(
    client: TestClient, database: Database, lead: dict[str, str]
) -> None:
    for _ in range(PER_DAY + 1):
        client.get("/v1/deadlines", params={"format": "csv"}, headers=lead)
    for _ in range(PER_DAY):
        export(client, lead)

    export(client, bearer(database, Role.LEAD))
