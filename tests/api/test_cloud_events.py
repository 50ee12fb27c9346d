"""CloudEvents 1.0.2 in all three modes, sent by the official SDK."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2
import pytest
from cloudevents.core.bindings import http as binding
from cloudevents.core.v1.event import CloudEvent
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.api import cloud_events
from app.api.events import EXAMPLE
from app.db.database import Database
from app.domain.access import Role
from app.main import create_app
from tests.conftest import Headers, bearer, fresh_database

ONE = "/v1/events"
BATCH = "/v1/events/batch"
CODE = "010594Y9032"  # a public test code
STRUCTURED = {"Content-Type": cloud_events.STRUCTURED}
JSON = {"Content-Type": "application/json"}
TIME = "2026-03-02T14:20:00+02:00"
DATA = {"entry": "report", "unit": "leppävaara"}


@dataclass(frozen=True)
class Refusing:
    """A service of which no event is wanted, and a key for it."""

    client: TestClient
    key: dict[str, str]

    def post(
        self, path: str, body: object, headers: list[tuple[str, str]]
    ) -> httpx2.Response:
        return self.client.post(
            path, content=json.dumps(body), headers=[*self.key.items(), *headers]
        )


# What is refused leaves nothing behind, so one service serves all such tests.
@pytest.fixture(scope="module")
def refusing(server_url: str, template: str) -> Iterator[Refusing]:
    with fresh_database(server_url, template) as database:
        key = bearer(database, Role.INTEGRATOR, source="client-a")
        with TestClient(create_app(database)) as client:
            yield Refusing(client, key)


def plain(**changes: object) -> dict[str, Any]:
    """Return a notification in the plain form, changed; `...` leaves a member out."""
    return _changed(
        {
            "id": "e-1",
            "source": "client-a",
            "kind": "notification",
            "case_ref": "A-1",
            "occurred_at": TIME,
            "data": DATA,
        },
        changes,
    )


def attributes(**changes: object) -> dict[str, Any]:
    """Return the attributes of the same event, changed, as the SDK takes them."""
    return _changed(
        {
            "specversion": "1.0",
            "type": "fi.maaraaika.notification",
            "source": "client-a",
            "id": "e-1",
            "subject": "A-1",
            "time": datetime.fromisoformat(TIME),
            "datacontenttype": "application/json",
        },
        changes,
    )


def written(**changes: object) -> dict[str, Any]:
    """Return the same event in the JSON format, changed."""
    given = {**attributes(time=TIME), "data": DATA}
    return _changed(given, changes)


def _changed(given: dict[str, Any], changes: dict[str, object]) -> dict[str, Any]:
    return {
        name: value for name, value in {**given, **changes}.items() if value is not ...
    }


def by_sdk(**changes: object) -> CloudEvent:
    return CloudEvent(attributes(**changes), DATA)


def send_in(
    mode: str, client: TestClient, headers: dict[str, str], event: CloudEvent
) -> httpx2.Response:
    """Send *event* by the SDK in *mode*, as ``to_structured`` or ``to_binary``."""
    message = getattr(binding, f"to_{mode}_event")(event)
    return client.post(
        ONE, content=message.body, headers={**headers, **message.headers}
    )


def send_batch(
    client: TestClient, headers: dict[str, str], events: list[CloudEvent]
) -> httpx2.Response:
    """Send *events* in batched mode, for which the SDK writes each event."""
    bodies = [binding.to_structured_event(event).body.decode() for event in events]
    return client.post(
        BATCH,
        content=f"[{','.join(bodies)}]",
        headers={**headers, "Content-Type": cloud_events.BATCHED},
    )


def flaws(answer: httpx2.Response) -> list[tuple[str, str]]:
    found = answer.json()["errors"]
    assert all(flaw["message"] and flaw["remedy"] for flaw in found)
    return [(flaw["pointer"], flaw["code"]) for flaw in found]


def stored(database: Database) -> list[Any]:
    with database.write() as connection:
        return list(
            connection.execute(text("SELECT * FROM case_event ORDER BY sequence"))
        )


def test_the_three_modes_and_the_plain_form_of_one_event_are_duplicates(
    client: TestClient, headers: Headers, database: Database
) -> None:
    key = headers.integrator

    first = send_in("structured", client, key, by_sdk())
    binary = send_in("binary", client, key, by_sdk())
    batch = send_batch(client, key, [by_sdk()])
    unlike = client.post(ONE, json=plain(), headers=key)

    assert (first.status_code, first.json()["receipt"]["status"]) == (201, "created")
    receipt = {**first.json()["receipt"], "status": "duplicate"}
    assert (binary.status_code, binary.json()["receipt"]) == (200, receipt)
    assert (batch.status_code, batch.json()["items"][0]["receipt"]) == (200, receipt)
    assert (unlike.status_code, unlike.json()["receipt"]) == (200, receipt)
    assert len(stored(database)) == 1


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_every_attribute_is_stored_as_its_member_of_the_plain_form(
    client: TestClient, headers: Headers, database: Database, mode: str
) -> None:
    event = by_sdk(
        id='tapahtuma 100 % "ä" €',
        subject="Ä/1 2",
        sequence="0041",
        registeredat="2026-03-02T15:00:00+02:00",
    )

    answer = send_in(mode, client, headers.integrator, event)

    assert answer.status_code == 201, answer.text
    (row,) = stored(database)
    assert (row.event_id, row.case_ref) == ('tapahtuma 100 % "ä" €', "Ä/1 2")
    assert row.kind == "notification"
    assert row.occurred_at == datetime.fromisoformat(TIME)
    assert row.registered_at == datetime.fromisoformat("2026-03-02T13:00:00Z")
    assert row.source_sequence == 41
    assert row.data == DATA


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_where_only_the_day_is_known_the_time_that_the_sdk_fills_in_does_not_count(
    client: TestClient, headers: Headers, mode: str
) -> None:
    day = attributes(occurredon="2026-03-02", time=...)

    first = send_in(mode, client, headers.integrator, CloudEvent({**day}, DATA))
    again = send_in(mode, client, headers.integrator, CloudEvent({**day}, DATA))
    unlike = client.post(
        ONE,
        json=plain(occurred_at=..., occurred_on="2026-03-02"),
        headers=headers.integrator,
    )

    statuses = [each.json()["receipt"]["status"] for each in (first, again, unlike)]
    assert statuses == ["created", "duplicate", "duplicate"]
    assert first.json()["deadlines"][0]["started_on"] == "2026-03-02"


def test_a_batch_has_an_item_for_each_event(
    client: TestClient, headers: Headers, database: Database
) -> None:
    events = [
        by_sdk(),
        by_sdk(id="e-2", type="com.example.order"),
        by_sdk(id="e-3", subject=...),
        by_sdk(id="e-4", source="client-b"),
        by_sdk(id="e-5", subject="A-5"),
    ]

    answer = send_batch(client, headers.integrator, events)

    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [(item["id"], item["status"]) for item in items] == [
        ("e-1", "created"),
        ("e-2", "rejected"),
        ("e-3", "rejected"),
        ("e-4", "rejected"),
        ("e-5", "created"),
    ]
    assert [flaw["pointer"] for flaw in items[2]["problem"]["errors"]] == ["/subject"]
    assert [row.event_id for row in stored(database)] == ["e-1", "e-5"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"traceparent": "00-4bf92f3577b34da6-01"}, id="of tracing"),
        pytest.param({"partitionkey": 7, "knativearrivaltime": TIME}, id="of brokers"),
        pytest.param({"dataschema": "https://example.org/schema"}, id="of the data"),
        pytest.param({"dataschema": None, "sequence": None}, id="that are null"),
        pytest.param({"datacontenttype": ...}, id="of the media type, left out"),
        pytest.param(
            {"datacontenttype": "Application/JSON; charset=utf-8"}, id="of a charset"
        ),
        pytest.param({"sequence": 41}, id="of a number"),
        pytest.param({"registeredat": "2026-03-03T08:00:00Z"}, id="of the transport"),
    ],
)
def test_attributes_that_are_no_content_make_no_difference(
    client: TestClient, headers: Headers, changes: dict[str, object]
) -> None:
    client.post(ONE, json=plain(), headers=headers.integrator)

    answer = client.post(
        ONE,
        content=json.dumps(written(**changes)),
        headers={**headers.integrator, **STRUCTURED},
    )

    assert (answer.status_code, answer.json()["receipt"]["status"]) == (
        200,
        "duplicate",
    )


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (written(specversion=...), [("/specversion", "missing")]),
        (written(specversion="0.3"), [("/specversion", "unknown_version")]),
        (written(specversion=1.0), [("/specversion", "unknown_version")]),
        (written(type=...), [("/type", "missing")]),
        (written(type="notification"), [("/type", "unknown_type")]),
        (written(type=7), [("/type", "unknown_type")]),
        (written(type="fi.maaraaika.rumour"), [("/type", "union_tag_invalid")]),
        (written(id=...), [("/id", "missing")]),
        (written(id=""), [("/id", "string_too_short")]),
        (written(id=7), [("/id", "string_type")]),
        (written(source=None), [("/source", "missing")]),
        (written(subject=...), [("/subject", "missing")]),
        (written(subject=CODE), [("/subject", "identity_code")]),
        (written(time=...), [("/time", "missing")]),
        (written(time=1772454000), [("/time", "value_error")]),
        (written(time="2026-03-02T14:20:00"), [("/time", "timezone_aware")]),
        (written(time="2126-01-01T00:00:00Z"), [("/time", "in_future")]),
        (written(occurredon="2.3.2026"), [("/occurredon", "value_error")]),
        (written(occurredon="2126-01-01"), [("/occurredon", "in_future")]),
        (written(occurredon="2007-12-31"), [("/occurredon", "too_early")]),
        (written(registeredat="soon"), [("/registeredat", "value_error")]),
        (written(sequence="forty"), [("/sequence", "int_type")]),
        (written(sequence="-1"), [("/sequence", "int_type")]),
        (written(sequence="9" * 19), [("/sequence", "less_than")]),
        (written(data=...), [("/data", "missing")]),
        (written(data=None), [("/data", "missing")]),
        (written(data={"entry": "rumour"}), [("/data/entry", "enum")]),
        (
            written(data={"entry": "report", "x": 1}),
            [("/data/*", "unexpected_keyword_argument")],
        ),
        (written(data=..., data_base64="e30="), [("/data_base64", "data_not_json")]),
        (
            written(datacontenttype="text/xml"),
            [("/datacontenttype", "data_not_json")],
        ),
        (written(case_ref="A-1"), [("/*", "extra_forbidden")]),
        (written(**{CODE: "x"}), [("/*", "extra_forbidden")]),
        (
            {"specversion": "0.3", "data_base64": ""},
            [
                ("/type", "missing"),
                ("/specversion", "unknown_version"),
                ("/time", "missing"),
                ("/data_base64", "data_not_json"),
            ],
        ),
    ],
)
def test_what_is_wrong_is_told_by_the_name_that_was_sent(
    refusing: Refusing, event: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    answer = refusing.post(ONE, event, [*STRUCTURED.items()])

    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "urn:maaraaika:problem:invalid-event"
    assert CODE not in answer.text
    assert flaws(answer) == found


def binary_headers(**changes: object) -> list[tuple[str, str]]:
    given = {
        "specversion": "1.0",
        "type": "fi.maaraaika.notification",
        "source": "client-a",
        "id": "e-1",
        "subject": "A-1",
        "time": TIME,
    }
    changed = _changed(given, changes)
    return [(f"ce-{name}", str(value)) for name, value in changed.items()]


@pytest.mark.parametrize(
    ("value", "event_id"),
    [
        pytest.param("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀", id="the example"),
        pytest.param("%c3%a4", "ä", id="small letters"),
        pytest.param("%65-1", "e-1", id="needlessly encoded"),
        pytest.param("e%2520", "e%20", id="decoded once"),
        pytest.param('"e 1"', "e 1", id="quoted, of an older version"),
        pytest.param(r'"e\"1\\"', 'e"1\\', id="quoted, with escapes"),
        pytest.param("100%", "100%", id="no escape at all"),
    ],
)
def test_a_header_is_unquoted_and_decoded_once(
    client: TestClient,
    headers: Headers,
    database: Database,
    value: str,
    event_id: str,
) -> None:
    answer = client.post(
        ONE,
        content=json.dumps(DATA),
        headers=[
            *binary_headers(id=value),
            *{**headers.integrator, **JSON}.items(),
        ],
    )

    assert answer.status_code == 201, answer.text
    assert [row.event_id for row in stored(database)] == [event_id]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (binary_headers(id="%C0%A0"), [("/id", "not_utf8")]),
        (binary_headers(id="%E4"), [("/id", "not_utf8")]),
        (binary_headers(id="e%0A1"), [("/id", "control_character")]),
        (binary_headers(id=...), [("/id", "missing")]),
        (binary_headers(specversion=...), [("/specversion", "missing")]),
        (binary_headers(type="notification"), [("/type", "unknown_type")]),
        (binary_headers(subject=CODE), [("/subject", "identity_code")]),
        ([*binary_headers(), ("ce-id", "e-2")], [("/id", "duplicate_key")]),
        (binary_headers(data="{}"), [("/data", "duplicate_key")]),
        (
            binary_headers(datacontenttype="application/json"),
            [("/datacontenttype", "duplicate_key")],
        ),
        ([*binary_headers(), (f"ce-{CODE}", "%ff")], [("/*", "not_utf8")]),
    ],
)
def test_what_is_wrong_with_a_header_is_told_by_its_attribute(
    refusing: Refusing, given: list[tuple[str, str]], found: list[tuple[str, str]]
) -> None:
    answer = refusing.post(ONE, DATA, [*given, *JSON.items()])

    assert answer.status_code == 422, answer.text
    assert CODE not in answer.text
    assert flaws(answer) == found


def test_a_member_of_the_data_is_told_the_same_in_binary_mode(
    refusing: Refusing,
) -> None:
    answer = refusing.post(ONE, {"entry": "rumour"}, [*binary_headers(), *JSON.items()])

    assert answer.status_code == 422
    assert flaws(answer) == [("/data/entry", "enum")]


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (ONE, cloud_events.BATCHED),
        (BATCH, cloud_events.STRUCTURED),
        (ONE, "application/cloudevents+avro"),
        (ONE, "application/x-ndjson"),
        (BATCH, "text/csv"),
    ],
)
def test_a_form_at_the_wrong_address_is_refused(
    refusing: Refusing, path: str, media_type: str
) -> None:
    answer = refusing.post(path, written(), [("Content-Type", media_type)])

    assert answer.status_code == 415
    assert answer.json()["type"] == "urn:maaraaika:problem:unsupported-media-type"


def test_the_same_id_with_other_content_conflicts_across_the_forms(
    client: TestClient, headers: Headers
) -> None:
    client.post(ONE, json=plain(), headers=headers.integrator)

    answer = send_in("binary", client, headers.integrator, by_sdk(subject="A-2"))

    assert answer.status_code == 409


def test_the_example_of_the_documentation_is_the_plain_example(
    client: TestClient, headers: Headers
) -> None:
    operation = client.get("/openapi.json").json()["paths"][ONE]["post"]
    form = operation["requestBody"]["content"][cloud_events.STRUCTURED]
    client.post(ONE, json=EXAMPLE, headers=headers.integrator)

    answer = client.post(
        ONE,
        content=json.dumps(form["example"]),
        headers={**headers.integrator, **STRUCTURED},
    )

    assert (answer.status_code, answer.json()["receipt"]["status"]) == (
        200,
        "duplicate",
    )
