"""Files that a page leads to and that are not given: told as a page, not as JSON."""

from collections.abc import Iterator

import pytest

from app.domain.access import Role
from app.exports.document import Document as Paper
from app.main import create_app
from app.services.documents import worklist
from app.services.viewing import TooManyRowsError
from tests.conftest import fresh_database
from tests.web.county import County
from tests.web.document import Document, parse
from tests.web.reading import ACCEPT, reader

# What a browser sends when a link or a form of ours leads to a file.
LED = {"Accept": ACCEPT, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}
LIST = "/v1/deadlines?status=all&format=xlsx"
LOOKS = "/v1/access-log?format=csv"
ELSEWHERE = "/v1/access-log/elsewhere?week=2026-W02&format=csv"
REASON = "&reason=supervision"
TOO_MANY = 429
NO_MORE = "You can take no more files today"


@pytest.fixture(scope="module")
def county(server_url: str, template: str) -> Iterator[County]:
    """Give a service of which nobody may take a file with cases."""
    with fresh_database(server_url, template) as database:
        yield County(create_app(database, exports_per_day=0), database)


def refused(
    county: County, role: Role | None, address: str, status: int, language: str = "en"
) -> Document:
    with reader(county.app) as somebody:
        if role is not None:
            name, value = county.session(role)
            somebody.client.cookies.set(name, value)
        headers = {**LED, "Accept-Language": language}
        answer = somebody.client.get(address, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert ("retry-after" in answer.headers) == (status == TOO_MANY)
    return parse(answer.text)


@pytest.mark.parametrize(
    ("role", "address", "status", "told"),
    [
        pytest.param(
            Role.LEAD, LIST + REASON, TOO_MANY, NO_MORE, id="quota of the list"
        ),
        pytest.param(Role.AUDITOR, LOOKS + REASON, TOO_MANY, NO_MORE, id="of looks"),
        pytest.param(
            Role.AUDITOR, ELSEWHERE + REASON, TOO_MANY, NO_MORE, id="elsewhere"
        ),
        pytest.param(Role.LEAD, LIST, 422, "A reason is required", id="no reason"),
        pytest.param(Role.ADMIN, LIST + REASON, 403, "Your role", id="another role"),
        pytest.param(
            Role.LEAD,
            "/v1/reports/sealed/7?format=pdf",
            404,
            "was not found",
            id="no such report",
        ),
        pytest.param(
            Role.ANALYST,
            "/v1/reports/compliance?period=soon&format=csv",
            422,
            "The address is not understood",
            id="no such period",
        ),
        pytest.param(None, LIST + REASON, 401, "Sign in first", id="signed out"),
    ],
)
def test_who_gets_no_file_is_told_so_on_a_page(
    county: County, role: Role | None, address: str, status: int, told: str
) -> None:
    page = refused(county, role, address, status)

    assert told in page.title
    # In another language it is the front page, not the file.
    assert page.links()["Svenska"] == "/?lang=sv"
    assert ("Worklist" in page.links()) == (role is Role.LEAD)
    assert ("/sign-in" in page.attributes("href")) == (role is None)


def test_it_is_told_in_the_language_of_the_page(county: County) -> None:
    words = refused(county, Role.LEAD, f"{LIST}{REASON}&lang=sv", TOO_MANY).words

    assert "Du kan inte hämta fler filer i dag" in words


def test_a_file_that_would_be_too_large_says_what_to_do(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object, **__: object) -> Paper:
        raise TooManyRowsError("at most 3 rows")

    monkeypatch.setattr(worklist, "export", too_large)

    page = refused(county, Role.LEAD, LIST + REASON, 422)

    assert "narrow the question by its filters" in page.words


def test_what_is_refused_before_it_is_read_is_told_on_a_page_too(
    county: County,
) -> None:
    with reader(county.app) as somebody:
        of_reader = {"Accept": ACCEPT, "Accept-Language": "en"}
        foreign = {"Origin": "https://evil.example", **of_reader}
        sent = somebody.client.post("/sign-out", headers=foreign)
        strange = somebody.client.get("/law", headers={**of_reader, "Host": "[evil"})

    assert sent.status_code == 403
    assert "Nothing has been done" in parse(sent.text).words
    # Nor can its host, which is none, be read by who makes the page.
    assert strange.status_code == 400
    assert "The address is not understood" in parse(strange.text).words
