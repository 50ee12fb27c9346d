"""Control counts: has everything of a day arrived?"""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import clock
from app.db.database import Database
from app.domain.access import Role
from tests.api.sending import Wire, decision, event, notification, send
from tests.conftest import Headers, bearer

DAY = "2026-03-02"
PATH = "/v1/sources/client-a/control-counts"


def post(
    client: TestClient, headers: Headers, counts: dict[str, int], **more: str
) -> Wire:
    answer = client.post(
        PATH, json={"day": DAY, "counts": counts, **more}, headers=headers.integrator
    )
    assert answer.status_code == 200, answer.text
    found: Wire = answer.json()
    return found


def mismatches(client: TestClient, headers: Headers) -> list[Wire]:
    answer = client.get(
        "/v1/findings",
        params={"kind": "control_count_mismatch"},
        headers=headers.lead,
    )
    found: list[Wire] = answer.json()["items"]
    return found


def test_the_answer_tells_what_was_accepted_of_each_kind_that_is_named(
    client: TestClient, headers: Headers
) -> None:
    send(
        client,
        headers.integrator,
        notification("A", DAY),
        notification("B", DAY),
        notification("C", "2026-03-03"),
        decision("A", DAY),
    )

    found = post(client, headers, {"notification": 3, "assessment": 0})

    assert found == {
        "source": "client-a",
        "day": DAY,
        "agrees": False,
        "kinds": [
            {"kind": "notification", "sent": 3, "accepted": 2, "difference": -1},
            {"kind": "assessment", "sent": 0, "accepted": 0, "difference": 0},
        ],
        "last_id_is_accepted": None,
    }


def test_the_day_of_an_instant_is_that_in_helsinki(
    client: TestClient, headers: Headers
) -> None:
    late = notification("A", DAY)
    del late["occurred_on"]
    send(client, headers.integrator, {**late, "occurred_at": "2026-03-01T22:00:00Z"})

    assert post(client, headers, {"notification": 1})["agrees"]


def test_retracted_and_corrected_events_count_as_they_were_first_sent(
    client: TestClient, headers: Headers
) -> None:
    moved = {"occurred_on": "2026-03-01", "data": {"entry": "report"}}
    send(
        client,
        headers.integrator,
        notification("A", DAY, event_id="n1"),
        notification("B", DAY, event_id="n2"),
        event("retraction", "A", DAY, {"target": "n1", "reason": "wrong_entry"}),
        event(
            "correction", "B", DAY, {"target": "n2", "reason": "wrong_date", **moved}
        ),
    )

    assert post(client, headers, {"notification": 2})["agrees"]


def test_events_of_another_source_do_not_count(
    client: TestClient, database: Database, headers: Headers
) -> None:
    other = bearer(database, Role.INTEGRATOR, source="client-b")
    send(client, other, {**notification("A", DAY), "source": "client-b"})

    assert post(client, headers, {"notification": 0})["agrees"]


def test_a_mismatch_is_a_finding_until_the_counts_agree(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, notification("A", DAY))
    post(client, headers, {"notification": 2, "initiation": 0})

    (found,) = mismatches(client, headers)
    assert (found["source"], found["day"]) == ("client-a", DAY)
    assert found["severity"] == "alarm"
    assert found["facts"] == {
        "kinds": {"notification": {"sent": 2, "accepted": 1}},
        "last_id_is_accepted": True,
    }

    send(client, headers.integrator, notification("B", DAY))
    assert mismatches(client, headers) == []


def test_the_latest_counts_of_a_day_are_those_that_count(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, notification("A", DAY))
    post(client, headers, {"notification": 2})
    (found,) = mismatches(client, headers)

    assert post(client, headers, {"notification": 1})["agrees"]
    assert mismatches(client, headers) == []

    post(client, headers, {"notification": 2})
    (again,) = mismatches(client, headers)
    assert again["id"] == found["id"]
    assert again["since"] > found["since"]


def test_more_than_the_source_says_is_only_a_notice(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, notification("A", DAY))

    assert not post(client, headers, {"notification": 0})["agrees"]

    (found,) = mismatches(client, headers)
    assert found["severity"] == "notice"


def test_a_last_event_that_is_not_here_is_a_mismatch(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, notification("A", DAY, event_id="n1"))

    known = post(client, headers, {"notification": 1}, last_id="n1")
    unknown = post(client, headers, {"notification": 1}, last_id="n2")

    assert (known["last_id_is_accepted"], known["agrees"]) == (True, True)
    assert (unknown["last_id_is_accepted"], unknown["agrees"]) == (False, False)
    (found,) = mismatches(client, headers)
    assert found["severity"] == "alarm"
    assert found["facts"] == {"kinds": {}, "last_id_is_accepted": False}


def test_the_same_counts_again_are_not_stored_again(
    client: TestClient, database: Database, headers: Headers
) -> None:
    for count in (1, 1, 2, 1):
        post(client, headers, {"notification": count})

    with database.read() as asked:
        stored = asked.connection.execute(
            text(
                "SELECT counts->'notification' FROM control_count ORDER BY recorded_at"
            )
        )
        assert [count for (count,) in stored] == [1, 2, 1]


def test_counts_are_of_the_keys_own_source(
    client: TestClient, headers: Headers
) -> None:
    answer = client.post(
        "/v1/sources/client-b/control-counts",
        json={"day": DAY, "counts": {}},
        headers=headers.integrator,
    )

    assert answer.status_code == 403
    assert answer.json()["type"].endswith(":wrong-source")


TOMORROW = str(clock.today() + timedelta(2))
GOOD: dict[str, Any] = {"day": DAY, "counts": {"notification": 1}}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({"counts": {}}, "/day", id="no day"),
        pytest.param({"day": DAY}, "/counts", id="no counts"),
        pytest.param({**GOOD, "day": 20260302}, "/day", id="a number as a day"),
        pytest.param({**GOOD, "day": TOMORROW}, "/day", id="a day to come"),
        pytest.param({**GOOD, "day": "2007-12-31"}, "/day", id="before the act"),
        pytest.param({**GOOD, "more": 1}, "/*", id="an unknown member"),
        pytest.param(
            {"day": DAY, "counts": {"notification": -1}},
            "/counts/notification",
            id="a negative count",
        ),
        pytest.param(
            {"day": DAY, "counts": {"notification": "1"}},
            "/counts/notification",
            id="a text as a count",
        ),
        pytest.param(
            {"day": DAY, "counts": {"notification": True}},
            "/counts/notification",
            id="a boolean as a count",
        ),
        pytest.param({**GOOD, "last_id": ""}, "/last_id", id="an empty id"),
        pytest.param(
            {**GOOD, "last_id": "010594Y9032"}, "/last_id", id="an identity code"
        ),
    ],
)
def test_counts_that_are_not_valid_are_refused_where_they_are_wrong(
    client: TestClient, headers: Headers, body: Wire, pointer: str
) -> None:
    answer = client.post(PATH, json=body, headers=headers.integrator)

    assert answer.status_code == 422
    assert [flaw["pointer"] for flaw in answer.json()["errors"]] == [pointer]
    assert "010594Y9032" not in answer.text


def test_amendments_are_not_counted(client: TestClient, headers: Headers) -> None:
    answer = client.post(
        PATH,
        json={"day": DAY, "counts": {"correction": 1}},
        headers=headers.integrator,
    )

    assert answer.status_code == 422
