"""?dry_run=true: everything is checked and told, and nothing is stored."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.db.database import Database
from tests.conftest import Headers, said

ONE = "/v1/events"
BATCH = "/v1/events/batch"
TABLES = ("case_event", "deadline", "source", "case_link")


def event(number: int = 1, **changes: object) -> dict[str, Any]:
    return {
        "id": f"e-{number}",
        "source": "client-a",
        "kind": "notification",
        "case_ref": "A-1",
        "occurred_on": "2026-03-02",
        "data": {"entry": "report", "unit": "leppavaara"},
        **changes,
    }


def decision(number: int) -> dict[str, Any]:
    return event(
        number,
        kind="initiation",
        occurred_on="2026-03-10",
        data={"outcome": "assessment_started"},
    )


def rows(database: Database) -> int:
    """Return how many rows there are of all that an event leaves behind."""
    with database.write() as connection:
        return sum(
            connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608 (ours)
            for name in TABLES
        )


def test_an_event_is_answered_with_the_deadlines_that_would_follow(
    client: TestClient, headers: Headers, database: Database
) -> None:
    dry = client.post(f"{ONE}?dry_run=true", json=event(), headers=headers.integrator)
    left_behind = rows(database)
    real = client.post(ONE, json=event(), headers=headers.integrator)

    assert dry.status_code == 200
    assert dry.json() == {
        "dry_run": True,
        "status": "created",
        "deadlines": real.json()["deadlines"],
    }
    assert len(real.json()["deadlines"]) == 2
    assert left_behind == 0
    assert (real.status_code, real.json()["receipt"]["sequence"]) == (201, 1)


def test_a_dry_run_knows_what_is_stored(
    client: TestClient, headers: Headers, database: Database
) -> None:
    client.post(ONE, json=event(), headers=headers.integrator)
    before = rows(database)

    again, unlike, next_one = (
        client.post(f"{ONE}?dry_run=true", json=sent, headers=headers.integrator)
        for sent in (event(), event(occurred_on="2026-03-03"), decision(2))
    )

    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    assert unlike.status_code == 409
    assert {each["rule"]: each["status"] for each in next_one.json()["deadlines"]} == {
        "initiation": "in_time",  # due 11.3., decided 10.3.
        "assessment": "open_late",  # due 2.6.
    }
    assert rows(database) == before


def test_a_dry_run_refuses_what_would_be_refused(
    client: TestClient, headers: Headers
) -> None:
    sent = event(data={"entry": "rumour"})

    dry = client.post(f"{ONE}?dry_run=true", json=sent, headers=headers.integrator)
    real = client.post(ONE, json=sent, headers=headers.integrator)

    assert dry.status_code == 422
    assert said(dry) == said(real)


def test_a_batch_shows_for_each_item_what_it_would_be(
    client: TestClient, headers: Headers, database: Database
) -> None:
    sent = [event(1), event(1), decision(2), event(3, data={"entry": "rumour"})]

    answer = client.post(
        f"{BATCH}?dry_run=true", json=sent, headers=headers.integrator
    ).json()

    assert answer["dry_run"] is True
    assert answer["counts"] == {
        "created": 2,
        "duplicate": 1,
        "conflict": 0,
        "rejected": 1,
    }
    assert not any("receipt" in item for item in answer["items"])
    # Of the whole batch: the notification is shown as decided, too.
    for item in answer["items"][:3]:
        initiation, *_ = (
            each for each in item["deadlines"] if each["rule"] == "initiation"
        )
        assert initiation["status"] == "in_time"
    assert "deadlines" not in answer["items"][3]
    assert rows(database) == 0


def test_every_line_of_ndjson_says_that_it_was_a_dry_run(
    client: TestClient, headers: Headers, database: Database
) -> None:
    events = [event(number, case_ref=f"A-{number}") for number in range(1_200)]
    body = "".join(f"{json.dumps(each)}\n" for each in events) + "x\n"

    answer = client.post(
        f"{BATCH}?dry_run=true",
        content=body,
        headers={**headers.integrator, "Content-Type": "application/x-ndjson"},
    )

    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [each["status"] for each in told] == 1_200 * ["created"] + ["rejected"]
    assert all(each["dry_run"] is True for each in told)
    assert told[0]["deadlines"][0]["started_on"] == "2026-03-02"
    assert rows(database) == 0


def test_a_cloud_event_can_be_rehearsed(
    client: TestClient, headers: Headers, database: Database
) -> None:
    given = {
        "ce-specversion": "1.0",
        "ce-type": "fi.maaraaika.notification",
        "ce-source": "client-a",
        "ce-id": "e-1",
        "ce-subject": "A-1",
        "ce-occurredon": "2026-03-02",
    }

    answer = client.post(
        f"{ONE}?dry_run=true",
        json={"entry": "report"},
        headers={**headers.integrator, **given},
    )

    assert (answer.status_code, answer.json()["status"]) == (200, "created")
    assert rows(database) == 0


@pytest.mark.parametrize("path", [ONE, BATCH])
@pytest.mark.parametrize(
    "query",
    [
        "dryrun=true",
        "dry_run=1",
        "dry_run=True",
        "dry_run=",
        "dry_run",
        "dry_run=true&dry_run=false",
        "dry_run=true&lang=fi",
        "lang=fi",
    ],
)
def test_a_parameter_that_is_not_understood_stores_nothing(
    client: TestClient, headers: Headers, database: Database, path: str, query: str
) -> None:
    sent = event() if path == ONE else [event()]

    answer = client.post(f"{path}?{query}", json=sent, headers=headers.integrator)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:maaraaika:problem:invalid-parameter"
    (flaw,) = answer.json()["errors"]
    assert flaw["pointer"] in {"dry_run", "*"}
    assert rows(database) == 0


def test_dry_run_false_stores(client: TestClient, headers: Headers) -> None:
    answer = client.post(
        f"{ONE}?dry_run=false", json=event(), headers=headers.integrator
    )

    assert (answer.status_code, answer.json()["receipt"]["status"]) == (201, "created")
    assert "dry_run" not in answer.json()
