"""GET /v1/reports/compliance/cases: every number opens into its deadlines."""

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import openpyxl
import pytest
from httpx2 import Response

from app.domain.access import Role
from app.domain.figures import BANDS, Number
from app.exports.files import FileFormat
from app.services.documents import worklist
from tests.api.small_county import DAY, EAST, County
from tests.conftest import bearer

Item = dict[str, Any]


def opened(county: County, link: str, **more: int | str) -> list[Item]:
    """Return the items of all pages that *link* leads to."""
    found: list[Item] = []
    while link:
        address = urlsplit(link)
        answer = county.client.get(
            address.path,
            params={**dict(parse_qsl(address.query, keep_blank_values=True)), **more},
            headers=county.lead,
        )
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        link = answer.links.get("next", {}).get("url", "")
    return found


def figures_in(report: Item) -> Iterator[Item]:
    """Give everything in *report* that has numbers and a link."""
    for kind in ("rows", "subtotals", "totals"):
        for row in report[kind]:
            each = (row, row.get("thl"))
            yield from (figures for figures in each if figures)
            yield from (f["compared"] for f in each if f and "compared" in f)


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "unit,language_group", "basis": "both", "level": "1"},
        {"by": "unit", "level": "0", "compare": "previous"},
        {"by": "outcome,entry,source"},
    ],
    ids=str,
)
def test_the_list_behind_every_number_is_as_long_as_the_number_says(
    county: County, asked: dict[str, str]
) -> None:
    report = county.ask(**asked)

    everything = list(figures_in(report))
    assert everything
    for figures in everything:
        for number in Number:
            told = figures["bands"] if number in BANDS else figures
            items = opened(county, figures["cases"], column=number.value, limit=2)
            assert len(items) == told[number.value], (figures["cases"], number)
            keys = [(item["case_ref"], item["rule"]) for item in items]
            assert len(set(keys)) == len(keys)


def test_a_cell_opens_into_its_deadlines_the_longest_due_first(county: County) -> None:
    (total,) = [t for t in county.ask()["totals"] if t["rule"] == "initiation"]

    items = opened(county, total["cases"])

    assert [(item["case_ref"], item["status"]) for item in items] == [
        ("c1", "in_time"),
        ("c2", "late"),
        ("c3", "open_late"),
        ("c6", "in_time"),
    ]


def test_a_lead_sees_only_the_deadlines_of_the_own_units(county: County) -> None:
    east = bearer(county.database, Role.LEAD, units=(EAST,))

    (total, _) = county.ask_as(east)["totals"]
    whole = opened(county, total["cases"])
    answer = county.client.get(total["cases"], headers=east)

    assert len(whole) == 4
    assert len(answer.json()["items"]) == total["due"] == 3


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"rule": "initiation", "column": "nothing"}, 422),
        ({"rule": "nothing"}, 422),
        ({"rule": "initiation", "shoe_size": "43"}, 422),
        ({"rule": "initiation", "basis": "both"}, 422),
        ({"rule": "initiation", "cursor": "there"}, 422),
        ({}, 422),
    ],
    ids=str,
)
def test_what_is_no_number_of_a_report_is_refused(
    county: County, asked: dict[str, str], status: int
) -> None:
    answer = county.client.get(
        "/v1/reports/compliance/cases",
        params={"period": "2025-03", "as_of": DAY, **asked},
        headers=county.lead,
    )

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_list_is_a_file_for_a_reason_or_none(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(status: int, **more: str) -> Response:
        chosen = {"period": "2025-03", "as_of": DAY, "rule": "initiation", **more}
        answer = county.client.get(
            "/v1/reports/compliance/cases", params=chosen, headers=county.lead
        )
        assert answer.status_code == status, answer.text
        return answer

    form = {"format": "xlsx", "lang": "fi"}
    file = asked(200, **form, reason="supervision", column="late", unit=EAST)

    book = openpyxl.load_workbook(io.BytesIO(file.content))
    (_, row) = book.worksheets[0].iter_rows(values_only=True)
    assert "c2" in row
    assert "compliance-cases-" in file.headers["content-disposition"]
    assert book["Tietoja raportista"]["B3"].value == (
        "Määräaika: Palvelutarpeen arvioinnin aloittaminen; Jakso: 2025-03; "
        "Laskentaperuste: jaksolla päättyneet määräajat; Luku: Myöhässä; "
        f"Yksikkö: {EAST}"
    )
    assert asked(422, **form).json()["type"].endswith(":reason-required")
    asked(422, **form, reason="supervision", limit="2")
    monkeypatch.setitem(worklist.MOST_ROWS, FileFormat.XLSX, 3)
    whole = asked(422, **form, reason="supervision").json()
    assert "at most 3 rows" in whole["detail"]


def test_only_leads_may_open_a_cell(county: County) -> None:
    admin = bearer(county.database, Role.ADMIN)
    link = county.ask()["totals"][0]["cases"]

    assert county.client.get(link).status_code == 401
    assert county.client.get(link, headers=admin).status_code == 403
