"""Whom a request is for, whose page it is from, and who sent it: none can be forged."""

import json

import pytest
from starlette.types import Receive, Scope, Send

from app.db.database import Database, connect
from app.domain.access import Role
from app.main import create_app
from tests.conftest import bearer
from tests.guard.talking import exchange, listening

PROTECTED = "/v1/deadlines"


def status_of(answer: bytes) -> int:
    return int(answer[9:12])


@pytest.fixture(scope="module")
def lead(shared: Database) -> str:
    return bearer(shared, Role.LEAD)["Authorization"]


@pytest.fixture(scope="module")
def admin(shared: Database) -> str:
    return bearer(shared, Role.ADMIN)["Authorization"]


HOSTS = {
    "none": b"",
    "empty": b"Host:\r\n",
    "two": b"Host: localhost\r\nHost: localhost\r\n",
    "two that differ": b"Host: localhost\r\nHost: evil.example\r\n",
    "another": b"Host: evil.example\r\n",
    "an address": b"Host: 127.0.0.1\r\n",
    "a suffix": b"Host: localhost.evil.example\r\n",
    "a prefix": b"Host: evil.example.localhost\r\n",
    "a user": b"Host: localhost@evil.example\r\n",
    "a user of ours": b"Host: evil.example@localhost\r\n",
    "a path": b"Host: localhost/v1/definitions\r\n",
    "a query": b"Host: localhost?x=\r\n",
    "a fragment": b"Host: localhost#\r\n",
    "a list": b"Host: localhost, evil.example\r\n",
    "a space": b"Host: local host\r\n",
    "no port": b"Host: localhost:\r\n",
    "a long port": b"Host: localhost:123456\r\n",
    "a port of letters": b"Host: localhost:http\r\n",
    "a dot": b"Host: localhost.\r\n",
    "brackets": b"Host: [localhost]\r\n",
    "half a bracket": b"Host: [::1\r\n",
    "a scheme": b"Host: http://localhost\r\n",
    "percent": b"Host: %6cocalhost\r\n",
    "no ASCII": b"Host: l\xc3\xb6calhost\r\n",
    "a NUL": b"Host: localhost\0\r\n",
    "a lone CR": b"Host: localhost\rX: y\r\n",
    "folded": b"Host: localhost\r\n evil.example\r\n",
    "space before the colon": b"Host : localhost\r\n",
    "said by a proxy": b"X-Forwarded-Host: localhost\r\nHost: evil.example\r\n",
    "forwarded": b"Forwarded: host=localhost\r\nHost: evil.example\r\n",
    "two keys": b"Host: localhost\r\nAuthorization: Bearer x\r\n",
}


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_a_request_for_somebody_else_is_refused(
    port: int, lead: str, host: bytes
) -> None:
    answer = exchange(
        port,
        f"GET {PROTECTED} HTTP/1.1\r\nAuthorization: {lead}\r\n".encode()
        + host
        + b"Connection: close\r\n\r\n",
    )

    assert status_of(answer) in {400, 401, 421}
    assert b"evil.example" not in answer


PATHS = [
    *("/v1/deadlines/", "//v1/deadlines", "/v1//deadlines", "/v1/./deadlines"),
    *("/v1/definitions/../deadlines", "/v1/definitions/%2e%2e/deadlines"),
    *("/V1/DEADLINES", "/v1/deadlines;x", "/v1/deadlines%2f", "/v1/deadlines/x.css"),
    *("/v1/deadlines%00", "/v1\\deadlines", "/v1/deadlines%20", "/v1/deadlines.json"),
    *("/health/live/../../v1/deadlines", "/health/live/v1/deadlines", "/v1/%64eadline"),
    *("*", "http:", "http://", "/\xff", "v1/deadlines", "@localhost/v1/deadlines"),
]


@pytest.mark.parametrize("path", PATHS)
def test_an_address_has_one_spelling(port: int, lead: str, path: str) -> None:
    answer = exchange(port, _get(path, lead))

    assert status_of(answer) in {400, 404}


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "HEAD", "BREW", "CONNECT"])
def test_other_methods_do_nothing(port: int, lead: str, method: str) -> None:
    answer = exchange(port, _get(PROTECTED, lead).replace(b"GET", method.encode(), 1))

    assert status_of(answer) in {400, 404, 405}


def test_an_address_in_full_does_not_say_whom_it_is_for(port: int, lead: str) -> None:
    """See that what is answered is the path, for a `Host` that is ours."""
    answer = exchange(port, _get(f"http://evil.example{PROTECTED}", lead))

    assert status_of(answer) == 200
    assert b"evil.example" not in answer


def test_an_offer_to_speak_another_protocol_is_not_taken(port: int, lead: str) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    answer = exchange(
        port, _get(PROTECTED, lead).replace(b"\r\n\r\n", b"\r\n" + upgrade)
    )

    assert status_of(answer) in {200, 400}
    assert b"101" not in answer[:20]


def test_our_own_names_are_answered_with_and_without_a_port(
    port: int, lead: str
) -> None:
    for host in ("localhost", "LOCALHOST", "localhost:8000"):
        answer = exchange(port, _get(PROTECTED, lead, host=host))
        assert status_of(answer) == 200, host


def test_health_is_told_to_who_knows_only_our_address(port: int) -> None:
    assert (
        status_of(exchange(port, _get("/health/live", "", host="10.0.0.7:81"))) == 200
    )
    assert status_of(exchange(port, _get("/health/ready", "", host="10.0.0.7"))) == 200


UNIT = {"names": {"fi": "a", "sv": "b", "en": "c"}}
SITES = [
    pytest.param({}, 200, id="a client system"),
    pytest.param({"Sec-Fetch-Site": "same-origin"}, 200, id="our page"),
    pytest.param({"Sec-Fetch-Site": "none"}, 200, id="typed by hand"),
    pytest.param({"Origin": "http://localhost"}, 200, id="our page in an old browser"),
    pytest.param({"Origin": "https://county.example"}, 200, id="behind its proxy"),
    pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="another's page"),
    pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a neighbour's page"),
    pytest.param({"Sec-Fetch-Site": "?"}, 403, id="nonsense"),
    pytest.param({"Origin": "null"}, 403, id="a page that hides"),
    pytest.param({"Origin": "https://localhost"}, 403, id="another scheme"),
    pytest.param({"Origin": "http://localhost:81"}, 403, id="another port"),
    pytest.param({"Origin": "http://localhost.evil.example"}, 403, id="a suffix"),
    pytest.param(
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, 403, id="both"
    ),
]


@pytest.mark.parametrize(("site", "status"), SITES)
def test_only_our_own_pages_may_change_something(
    port: int, admin: str, lead: str, site: dict[str, str], status: int
) -> None:
    said = {"Authorization": admin, "Content-Type": "application/json", **site}

    written = exchange(port, _put(f"/v1/units/u-{status}", said))
    read = exchange(port, _get("/v1/units", lead, **site))

    assert status_of(written) == status
    assert status_of(read) == 200
    assert b"u-403" not in read


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", None],
)
@pytest.mark.parametrize("site", [{}, {"Origin": "null"}])
def test_a_form_of_another_site_is_refused_before_it_is_read(
    port: int, content_type: str | None, site: dict[str, str]
) -> None:
    """See what a browser sends with somebody's cookie, and nothing else, from afar."""
    said = {"Cookie": "__Host-session=x", **site}
    if content_type is not None:
        said["Content-Type"] = content_type

    answer = exchange(port, _put("/v1/units/u-403", said))

    assert status_of(answer) == 403
    assert b"urn:maaraaika:problem:cross-site" in answer


class _Telling:
    """An application that tells who called, and how."""

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        told = json.dumps([scope["client"][0], scope["scheme"]]).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": told})


FORGED = {
    "X-Forwarded-For": "10.1.1.1, 10.2.2.2",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "10.1.1.1",
    "Forwarded": "for=10.1.1.1;proto=https",
    "Client-IP": "10.1.1.1",
}


def test_nobody_can_say_that_they_are_somebody_else() -> None:
    with listening(_Telling(), lifespan="off") as port:
        answer = exchange(port, _get("/", "", **FORGED))

    assert b'["127.0.0.1", "http"]' in answer


def test_a_proxy_that_we_know_says_for_whom_it_asks() -> None:
    known = {"proxy_headers": True, "forwarded_allow_ips": ["127.0.0.1/32"]}
    with listening(_Telling(), lifespan="off", **known) as port:
        answer = exchange(port, _get("/", "", **FORGED))

    # Of two the last is the one that our proxy has seen; the first, anyone may write.
    assert b'["10.2.2.2", "https"]' in answer


def test_https_is_asked_to_be_kept_where_the_public_comes_by_it() -> None:
    nowhere = connect("postgresql://nobody@127.0.0.1:1/nothing")
    told = {}
    for origin in ("https://county.example", "http://localhost:8000", None):
        app = create_app(nowhere, public_url=origin)
        with listening(app, lifespan="off") as port:
            told[origin] = exchange(port, _get("/health/live", ""))

    assert [b"strict-transport-security" in each for each in told.values()] == [
        *(True, False, False)
    ]


def _get(path: str, key: str, host: str = "localhost", **headers: str) -> bytes:
    given = {"Host": host, "Authorization": key, "Connection": "close", **headers}
    lines = [f"{name}: {value}" for name, value in given.items() if value]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode("latin-1")


def _put(path: str, headers: dict[str, str]) -> bytes:
    body = json.dumps(UNIT).encode()
    length = str(len(body))
    request = _get(path, "", **{**headers, "Content-Length": length})
    return request.replace(b"GET", b"PUT", 1) + body
