"""A source may be told to send no references that look like bare hashes."""

import hashlib

import pytest
from fastapi.testclient import TestClient

from app.db.database import Database
from app.main import create_app
from app.security.hashes import References
from app.services import sources
from tests.api.sending import Wire, notification
from tests.conftest import Headers

HASH = hashlib.sha256(b"131052-308T").hexdigest()


def told(client: TestClient, headers: Headers, event: Wire) -> list[str]:
    """Return where *event* is refused for a hash; nowhere if it is accepted."""
    answer = client.post("/v1/events", json=event, headers=headers.integrator)
    if answer.status_code == 201:
        return []
    assert answer.status_code == 422
    assert HASH not in answer.text
    flaws = answer.json()["errors"]
    assert {flaw["code"] for flaw in flaws} == {"hash"}
    return [flaw["pointer"] for flaw in flaws]


@pytest.fixture
def strict(database: Database) -> Database:
    """Give a database that refuses hashes of `client-a`."""
    sources.put_references(database, "client-a", References.NO_HASHES)
    return database


def test_any_reference_is_taken_where_nothing_is_said(
    client: TestClient, headers: Headers
) -> None:
    event = notification("A", "2026-03-02", child={"ref": HASH})

    assert told(client, headers, event) == []


@pytest.mark.parametrize(
    ("event", "pointers"),
    [
        (notification("A", "2026-03-02", child={"ref": HASH}), ["/data/child/ref"]),
        (notification(HASH, "2026-03-02"), ["/case_ref"]),
        (notification("A", "2026-03-02", worker=HASH), ["/data/worker"]),
        (notification("A", "2026-03-02", event_id=HASH), []),
        (notification("A", "2026-03-02", child={"ref": f"p-{HASH}"}), []),
    ],
)
def test_a_source_that_refuses_hashes_sends_none(
    strict: Database, headers: Headers, event: Wire, pointers: list[str]
) -> None:
    with TestClient(create_app(strict)) as client:
        assert told(client, headers, event) == pointers


@pytest.mark.parametrize("media_type", ["application/json", "application/x-ndjson"])
def test_they_are_refused_in_a_batch(
    strict: Database, headers: Headers, media_type: str
) -> None:
    event = notification("A", "2026-03-02", child={"ref": HASH})
    with TestClient(create_app(strict)) as client:
        one = client.build_request("POST", "/", json=event).content
        answer = client.post(
            "/v1/events/batch",
            content=one if media_type.endswith("ndjson") else b"[%s]" % one,
            headers={**headers.integrator, "Content-Type": media_type},
        )

    assert '"rejected"' in answer.text
    assert '"hash"' in answer.text
    assert HASH not in answer.text


def test_the_rule_of_another_setting_stays(strict: Database, headers: Headers) -> None:
    sources.put_rhythm(strict, "client-a", 8)

    with TestClient(create_app(strict)) as client:
        assert told(client, headers, notification(HASH, "2026-03-02")) == ["/case_ref"]


def test_the_rule_can_be_lifted(strict: Database, headers: Headers) -> None:
    sources.put_references(strict, "client-a", References.ANY)

    with TestClient(create_app(strict)) as client:
        assert told(client, headers, notification(HASH, "2026-03-02")) == []
