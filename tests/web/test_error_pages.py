"""Errors, for who reads pages."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.db.database import connect
from app.main import create_app
from tests.web.document import parse
from tests.web.reading import ACCEPT, Reader


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/nothing", 404, id="no such page"),
        pytest.param("/law?colour=red", 422, id="unknown parameter"),
        pytest.param("/law?lang=de", 422, id="unknown language"),
        pytest.param("/law?year=1809", 422, id="a year outside"),
    ],
)
def test_an_error_is_a_page_that_says_what_to_do(
    anyone: Reader, path: str, status: int, language: str
) -> None:
    page = anyone.visit(path, status=status, Accept_Language=language)

    assert page.root.get("lang") == language
    assert "/" in page.attributes("href")


def test_an_error_echoes_nothing(anyone: Reader) -> None:
    answer = anyone.answer("/law?lang=%3Cscript%3Ealert(1)%3C/script%3E")

    assert "alert" not in parse(answer.text).words
    assert "<script>" not in answer.text


@pytest.mark.parametrize("path", ["/worklist?worker=", "/cases/client-a/"])
def test_what_tells_who_someone_is_is_not_kept_for_after_signing_in(
    anyone: Reader, path: str
) -> None:
    answer = anyone.client.get(path + "131052-308T", follow_redirects=False)

    assert answer.headers["location"] == "/sign-in"


def test_a_method_that_is_not_allowed_is_a_page(anyone: Reader) -> None:
    answer = anyone.client.post("/law", headers={"Accept": ACCEPT})

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert parse(answer.text).title


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        pytest.param("/v1/nothing", ACCEPT, id="of the API, in a browser"),
        pytest.param("/nothing", "*/*", id="of a page, for a program"),
        pytest.param("/nothing", "application/json", id="of a page, as JSON"),
    ],
)
def test_what_a_program_asks_is_answered_as_a_problem(
    anyone: Reader, path: str, accept: str
) -> None:
    answer = anyone.client.get(path, headers={"Accept": accept})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.fixture
def stranded() -> Iterator[TestClient]:
    """Give a service whose database is away."""
    nowhere = connect("postgresql://nobody@127.0.0.1:1/nothing")
    with TestClient(create_app(nowhere), raise_server_exceptions=False) as client:
        yield client
    nowhere.dispose()


def test_a_page_without_its_database_says_so(stranded: TestClient) -> None:
    headers = {"Accept": ACCEPT, "Accept-Language": "en"}
    answer = stranded.get("/law", headers=headers)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert "Nothing has been lost" in parse(answer.text).words


def test_a_surprise_is_a_page_too(stranded: TestClient) -> None:
    del stranded.app.state.database  # type: ignore[attr-defined] # it is a FastAPI
    answer = stranded.get("/law", headers={"Accept": ACCEPT, "Accept-Language": "en"})

    assert answer.status_code == 500
    words = parse(answer.text).words
    assert "Something went wrong here" in words
    assert f"Number of the request: {answer.headers['x-request-id']}" in words
