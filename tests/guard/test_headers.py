"""What every answer bears, whoever gives it: nothing is kept, framed or loaded."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api.access import PUBLIC
from app.api.guard.connections import Patience, PatientProtocol
from app.db.database import Database, connect
from app.domain.access import Role
from app.main import create_app
from tests.conftest import bearer
from tests.guard.talking import exchange, listening


class HastyProtocol(PatientProtocol):
    """The same with less patience, since a test has less."""

    patience = Patience(seconds=0.3, look_every=0.05)


EVERY = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@pytest.fixture(scope="module")
def app(shared: Database) -> FastAPI:
    return create_app(shared)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def policy(header: str) -> dict[str, list[str]]:
    directives = (each.split() for each in header.split(";"))
    return {name: sources for name, *sources in directives}


def check(answer_headers: dict[str, str]) -> None:
    assert EVERY.items() <= answer_headers.items()
    assert "camera=()" in answer_headers["permissions-policy"]
    held = policy(answer_headers["content-security-policy"])
    assert held["default-src"] == ["'none'"]
    assert held["script-src"] == ["'self'"]
    assert held["frame-ancestors"] == held["base-uri"] == ["'none'"]
    assert "'unsafe-inline'" not in held["style-src"]
    assert "'unsafe-eval'" not in answer_headers["content-security-policy"]


def test_every_answer_with_a_key_bears_them_and_is_kept_nowhere(
    client: TestClient, shared: Database
) -> None:
    """Ask every route of the document, with a key of every role, and with none."""
    document = client.get("/openapi.json").json()
    keys = [
        bearer(shared, role, source="client-a" if role is Role.INTEGRATOR else None)
        for role in Role
    ]
    asked = 0
    for path, item in document["paths"].items():
        address = re.sub(r"{\w+}", "x", path)
        for method in item:
            for key in (*keys, {}):
                answer = client.request(method, address, headers=key)
                check(dict(answer.headers))
                assert answer.headers["cache-control"] == "no-store", path
                asked += 1
    assert asked > 100


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/v1/nothing", 404, id="an unknown address"),
        pytest.param("/worklist/x.css", 404, id="an address that looks like a file"),
        pytest.param("/v1/deadlines/x.css", 404, id="one of ours with an ending"),
        pytest.param("/v1/units?x=1", 401, id="no key"),
        pytest.param("/v1/failing", 500, id="a fault of ours"),
        pytest.param("/docs", 200, id="the documentation"),
        pytest.param("/openapi.json", 200, id="the document"),
        pytest.param("/static-offline-docs/swagger-ui.css", 200, id="a file"),
        pytest.param("/", 200, id="a page"),
        pytest.param("/calculator", 200, id="a page of the law"),
    ],
)
def test_answers_of_every_kind_bear_them(
    app: FastAPI, client: TestClient, path: str, status: int
) -> None:
    if path == "/v1/failing":
        app.add_api_route(path, _fail, dependencies=[PUBLIC])

    answer = client.get(path)

    assert answer.status_code == status
    check(dict(answer.headers))
    assert "server" not in answer.headers


def _fail() -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(b"no HTTP\r\n\r\n", id="no HTTP"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: evil\r\n\r\n", id="another's host"),
        pytest.param(
            b"GET / HTTP/1.1\r\nX: " + b"x" * 2_000_000, id="a head without an end"
        ),
    ],
)
def test_what_is_refused_unread_is_told_as_a_problem(
    port: int, request_: bytes
) -> None:
    answer = exchange(
        port, request_.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    )

    if not answer:  # who goes on sending may lose it with the connection
        return
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line.decode().partition(": ") for line in head.split(b"\r\n")[1:]]
    told = {name.lower(): value for name, _, value in lines}
    check(told)
    assert told["content-type"] == "application/problem+json"
    assert told["connection"] == "close"
    assert int(told["content-length"]) == len(body)
    assert b"urn:maaraaika:problem:" in body


def test_a_slow_request_is_told_what_was_wrong_with_it() -> None:
    nowhere = create_app(connect("postgresql://nobody@127.0.0.1:1/nothing"))
    with listening(nowhere, http=HastyProtocol, lifespan="off") as port:
        half_head = exchange(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        half_body = exchange(
            port,
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
        )

    for answer in (half_head, half_body):
        assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert b'"type":"urn:maaraaika:problem:request-timeout"' in answer


def test_nothing_on_the_page_of_the_documentation_is_inline(client: TestClient) -> None:
    page = client.get("/docs").text

    scripts = re.findall(r"<script([^>]*)>([^<]*)</script>", page)
    assert scripts
    assert all('src="/' in attributes and not text for attributes, text in scripts)
    assert not re.search(r"<style|style=|\son\w+=", page)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert client.get(address).status_code == 200, address
