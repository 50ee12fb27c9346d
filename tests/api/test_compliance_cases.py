"""GET /v1/reports/compliance/cases: every number opens into its deadlines."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.domain.access import Role
from app.domain.figures import BANDS, Number
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


def test_only_leads_may_open_a_cell(county: County) -> None:
    admin = bearer(county.database, Role.ADMIN)
    link = county.ask()["totals"][0]["cases"]

    assert county.client.get(link).status_code == 401
    assert county.client.get(link, headers=admin).status_code == 403
