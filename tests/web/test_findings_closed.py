"""Findings that a lead closes on a page, with a reason, once."""

from collections.abc import Iterator

import pytest
from httpx2 import Response

from app.domain.access import Role
from app.web import findings
from app.web.errors import _TOLD
from tests.web.county import OTHER, County, county
from tests.web.document import Document, parse, said
from tests.web.reading import Reader


@pytest.fixture(scope="module")
def service(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template) as made:
        yield made


@pytest.fixture(scope="module")
def lead(service: County) -> Iterator[Reader]:
    with service.reader(Role.LEAD) as somebody:
        yield somebody


def visit(reader: Reader, path: str, status: int = 200) -> Document:
    return reader.visit(path, status=status, Accept_Language="en")


def post(reader: Reader, path: str, **form: str) -> Response:
    headers = {
        "Accept": "text/html",
        "Accept-Language": "en",
        "Sec-Fetch-Site": "same-origin",
    }
    return reader.client.post(path, data=form, headers=headers, follow_redirects=False)


def closings(page: Document) -> dict[str, str]:
    """Return what each finding says, by where it is closed."""
    links = {link.get("href", ""): said(link) for link in page.all("a")}
    return {href: text for href, text in links.items() if href.endswith("/close")}


def test_a_finding_is_closed_with_a_reason_and_told_with_who_did_it(
    lead: Reader,
) -> None:
    listed = closings(visit(lead, "/findings"))
    path = next(
        path for path, text in listed.items() if "done in the case before" in text
    )

    asked = visit(lead, path)
    assert "odd" in asked.links()
    refused = post(lead, path, reason="cause_gone")
    assert refused.status_code == 422
    assert "Choose why it is closed." in parse(refused.text).words
    answer = post(lead, path, reason="known_and_accepted")

    assert answer.status_code == 303
    page = visit(lead, answer.headers["location"])
    assert "The finding has been closed." in page.words
    assert path not in closings(page)
    assert (
        "it is known, and may stay so"
        in visit(lead, "/findings?status=closed").text("main")[0]
    )
    again = post(lead, path, reason="other")
    assert again.status_code == 409
    assert parse(again.text).text("h1") == [_TOLD["finding-closed"].title]


def test_a_finding_of_another_unit_cannot_be_closed(
    service: County, lead: Reader
) -> None:
    listed = closings(visit(lead, "/findings"))
    with service.reader(Role.LEAD, OTHER) as other:
        own = closings(visit(other, "/findings"))
        foreign = [path for path in listed if path not in own]
        assert foreign
        for path in foreign:
            visit(other, path, status=404)
            assert post(other, path, reason="other").status_code == 404
    with service.reader(Role.ANALYST) as analyst:
        visit(analyst, foreign[0], status=403)

    assert closings(visit(lead, "/findings")) == listed


def test_findings_are_read_page_by_page(
    lead: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "ROWS", 1)
    whole: list[str] = []
    path = "/findings"
    while path:
        page = visit(lead, path)
        whole += closings(page)
        assert ("First page" in page.links()) == (path != "/findings")
        path = page.links().get("Next page", "")

    monkeypatch.setattr(findings, "ROWS", 50)
    # On one page those of a kind stand together, wherever in the list they are.
    assert sorted(whole) == sorted(closings(visit(lead, "/findings")))
    assert len(whole) > 2


def test_findings_of_a_unit_or_of_a_kind_are_shown_alone(
    service: County, lead: Reader
) -> None:
    page = visit(lead, "/findings")
    whole = closings(page)
    # Whichever kind stands first: others may have been closed by now.
    only = next(
        href for text, href in page.links().items() if text.startswith("Only these")
    )

    alone = visit(lead, only)
    of_unit = closings(visit(lead, f"/findings?unit={OTHER}"))

    assert 0 < len(closings(alone)) < len(whole)
    assert closings(alone).keys() <= whole.keys()
    with service.reader(Role.LEAD, OTHER) as other:
        assert of_unit == closings(visit(other, "/findings"))
    none = visit(lead, "/findings?kind=sequence_gap").words
    assert "the filters leave none over" in none
