"""The ways to further pages: given to one question, and nobody else's making."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient

from app.domain.access import Role
from app.main import create_app
from tests.api.asking import County, county
from tests.api.sending import decision, notification
from tests.conftest import bearer

UNITS = {"county": None, "leppavaara": "county"}
CASE = "ZYXCASE"


@dataclass(frozen=True)
class Listing:
    """A list in pages: its address, who reads it, and how its cursor is named."""

    path: str
    role: Role = Role.LEAD
    parameter: str = "cursor"


LISTINGS = {
    "worklist": Listing("/v1/deadlines?limit=1&as_of=2026-04-01"),
    "cases of a number": Listing(
        "/v1/reports/compliance/cases"
        "?period=2026-03&rule=initiation&column=due&limit=1&as_of=2026-04-01"
    ),
    "open clocks": Listing(
        "/v1/reports/ageing/cases?rule=initiation&limit=1&as_of=2026-04-01"
    ),
    "findings": Listing("/v1/findings?limit=1"),
    "feed": Listing("/v1/events?limit=1", Role.AUDITOR, "after"),
}


@dataclass(frozen=True)
class Reader:
    """Reads one of the lists."""

    client: TestClient
    key: dict[str, str]
    listing: Listing

    def ask(self, address: str) -> httpx2.Response:
        return self.client.get(address, headers=self.key)

    def next(self, address: str) -> str:
        """Return the address of the page after that at *address*."""
        link = self.ask(address).headers["Link"]
        return link.removeprefix("<").removesuffix('>; rel="next"')

    def cursor(self) -> str:
        """Return the cursor that leads to the second page."""
        query = parse_qs(urlsplit(self.next(self.listing.path)).query)
        return query[self.listing.parameter][0]

    def at(self, cursor: str, *, more: str = "") -> httpx2.Response:
        """Return the page at *cursor*, asked for with *more* parameters."""
        return self.ask(f"{self.listing.path}{more}&{self.listing.parameter}={cursor}")


@pytest.fixture(scope="module")
def example(server_url: str, template: str) -> Iterator[County]:
    """Give a county of which every list has several pages."""
    events = [
        *(notification(f"{CASE}-{number}", "2026-03-02") for number in range(3)),
        *(decision(f"{CASE}-ODD-{number}", "2026-03-10") for number in range(3)),
    ]
    with county(server_url, template, UNITS, *events) as example:
        yield example


@pytest.fixture(params=LISTINGS)
def reader(example: County, request: pytest.FixtureRequest) -> Reader:
    """Give a reader of each list in turn."""
    listing = LISTINGS[request.param]
    return Reader(example.client, bearer(example.database, listing.role), listing)


def is_refused(answer: httpx2.Response) -> bool:
    codes = [flaw["code"] for flaw in answer.json().get("errors", [])]
    return answer.status_code == 422 and codes == ["invalid_cursor"]


def test_a_cursor_leads_on_in_every_process(reader: Reader, example: County) -> None:
    cursor = reader.cursor()
    first = reader.ask(reader.listing.path)
    second = reader.at(cursor)

    other = TestClient(create_app(example.database))
    again = Reader(other, reader.key, reader.listing).at(cursor)

    assert second.status_code == 200
    assert second.content != first.content
    assert again.json() == second.json()


def test_a_cursor_shows_nothing_of_a_case(reader: Reader) -> None:
    cursor = reader.cursor()

    assert CASE not in cursor
    assert CASE.encode() not in base64.urlsafe_b64decode(cursor + "=" * 3)


def test_a_changed_cursor_is_refused(reader: Reader) -> None:
    cursor = reader.cursor()
    changed = [
        cursor[:place] + ("B" if cursor[place] == "A" else "A") + cursor[place + 1 :]
        for place in range(0, len(cursor) - 1, 7)
    ]

    for each in (*changed, cursor[:-4], cursor + "AAAA", cursor[::-1], "x", ""):
        assert is_refused(reader.at(each)), each


@pytest.mark.parametrize("forged", ["W10=", "eyJjbGllbnQtYSI6MX0=", "\u00e4"])
def test_a_cursor_of_nobody_is_refused(reader: Reader, forged: str) -> None:
    assert is_refused(reader.at(forged))


def test_a_cursor_is_of_one_list(example: County, reader: Reader) -> None:
    for listing in LISTINGS.values():
        if listing != reader.listing:
            key = bearer(example.database, listing.role)
            other = Reader(example.client, key, listing)
            assert is_refused(other.at(reader.cursor()))


@pytest.mark.parametrize("more", ["&unit=leppavaara", "&known_at=2026-03-01T00:00:00Z"])
@pytest.mark.parametrize("name", ["worklist", "cases of a number"])
def test_a_cursor_is_of_one_question(example: County, name: str, more: str) -> None:
    reader = Reader(example.client, example.lead, LISTINGS[name])

    assert is_refused(reader.at(reader.cursor(), more=more))


def test_a_page_may_have_another_size_and_language(example: County) -> None:
    reader = Reader(example.client, example.lead, LISTINGS["worklist"])
    path = "/v1/deadlines?as_of=2026-04-01&limit=2&lang=fi"

    answer = reader.ask(f"{path}&cursor={reader.cursor()}")

    assert len(answer.json()["items"]) == 2


def test_the_same_question_has_the_same_answer_byte_by_byte(example: County) -> None:
    reader = Reader(example.client, example.lead, LISTINGS["worklist"])
    known_at = reader.ask(reader.listing.path).json()["known_at"]

    first, again = (
        reader.ask(f"{reader.listing.path}&known_at={known_at}") for _ in range(2)
    )

    assert first.content == again.content
    assert first.headers["Link"] == again.headers["Link"]
