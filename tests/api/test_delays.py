"""Delays explained: told by client systems and leads, shown with the deadline."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.sending import (
    Wire,
    decision,
    event,
    explanation,
    notification,
    send,
)
from tests.conftest import Headers

LATE = "2025-04-01"
SHOWN = {
    "explained_on": LATE,
    "cause": "staff_shortage",
    "cause_text": "Shortage of staff",
    "cause_is_accepted": True,
    "action": "overtime",
    "action_text": "Overtime",
    "follow_up_on": None,
}


def case(client: TestClient, key: dict[str, str], **query: str) -> Wire:
    """Return the case A as the holder of *key* sees it."""
    answer = client.get("/v1/cases/client-a/A", headers=key, params=query)
    assert answer.status_code == 200, answer.text
    found: Wire = answer.json()
    return found


def delays(found: Wire) -> dict[str, Any]:
    """Return what is told of the delay of each rule's clock."""
    return {clock["rule"]: clock["delay"] for clock in found["deadlines"]}


# As an event


def test_a_case_shows_why_a_deadline_is_late_and_what_is_done(
    client: TestClient, headers: Headers
) -> None:
    # It arrives before what it is about.
    send(client, headers.integrator, explanation("A", LATE))
    send(client, headers.integrator, notification("A", "2025-03-03"))

    found = case(client, headers.lead)

    assert delays(found) == {"initiation": SHOWN, "assessment": None}
    (line,) = [e for e in found["timeline"] if e["kind"] == "delay_explained"]
    assert (line["detail"], line["occurred_on"]) == ("staff_shortage", LATE)
    assert found["findings"] == []
    assert delays(case(client, headers.lead, as_of="2025-03-31"))["initiation"] is None


@pytest.mark.parametrize(
    ("language", "cause", "action"),
    [
        ("fi", "Loma, muu poissaolo tai sijaisen puute", "Lisätty henkilöstöä"),
        ("sv", "Semester, annan frånvaro eller brist på vikarie", "Mer personal"),
        ("en", "Leave, other absence or want of a substitute", "Extra staff"),
    ],
)
def test_the_worklist_shows_it_in_the_language_asked_for(
    client: TestClient, headers: Headers, language: str, cause: str, action: str
) -> None:
    told = {"cause": "substitute_or_leave", "action": "extra_staff"}
    send(
        client,
        headers.integrator,
        notification("A", "2025-03-03"),
        explanation("A", LATE, **told, follow_up_on="2025-05-02"),
    )

    answer = client.get(
        "/v1/deadlines",
        params={"rule": "initiation", "lang": language},
        headers=headers.lead,
    )

    (item,) = answer.json()["items"]
    assert item["delay"] == {
        **SHOWN,
        **told,
        "cause_text": cause,
        "cause_is_accepted": False,
        "action_text": action,
        "follow_up_on": "2025-05-02",
    }


def test_an_explanation_of_nothing_is_a_finding_of_the_case(
    client: TestClient, headers: Headers
) -> None:
    send(
        client,
        headers.integrator,
        notification("A", "2025-03-03"),
        decision("A", "2025-03-05"),
        explanation("A", LATE),
    )

    found = case(client, headers.lead)

    assert [finding["code"] for finding in found["findings"]] == [
        "explanation_without_breach"
    ]
    answer = client.get(
        "/v1/findings",
        params={"kind": "explanation_without_breach", "lang": "sv"},
        headers=headers.lead,
    )
    (item,) = answer.json()["items"]
    assert (item["severity"], item["case_ref"], item["day"]) == ("notice", "A", LATE)


def test_a_correction_of_an_explanation_is_known_by_its_members(
    client: TestClient, headers: Headers
) -> None:
    better = {"rule": "initiation", "cause": "wrong_entry", "action": "entry_corrected"}
    sent = explanation("A", LATE)
    send(
        client,
        headers.integrator,
        notification("A", "2025-03-03"),
        sent,
        event(
            "correction",
            "A",
            "2025-04-02",
            {
                "target": sent["id"],
                "reason": "wrong_entry",
                "occurred_on": LATE,
                "data": better,
            },
        ),
    )

    assert delays(case(client, headers.lead))["initiation"]["cause"] == "wrong_entry"

    send(
        client,
        headers.integrator,
        event(
            "retraction",
            "A",
            "2025-04-03",
            {"target": sent["id"], "reason": "wrong_entry"},
        ),
    )
    assert delays(case(client, headers.lead))["initiation"] is None


def test_it_is_taken_as_cloud_event_and_in_ndjson(
    client: TestClient, headers: Headers
) -> None:
    plain = explanation("A", LATE)
    cloud_event = {
        "specversion": "1.0",
        "type": "fi.maaraaika.delay_explained",
        "source": "client-a",
        "id": plain["id"],
        "subject": "A",
        "occurredon": LATE,
        "data": plain["data"],
    }
    send(client, headers.integrator, notification("A", "2025-03-03"))

    first = client.post(
        "/v1/events",
        content=json.dumps(cloud_event),
        headers={
            **headers.integrator,
            "Content-Type": "application/cloudevents+json",
        },
    )
    again = client.post(
        "/v1/events/batch",
        content=json.dumps(plain) + "\n",
        headers={**headers.integrator, "Content-Type": "application/x-ndjson"},
    )

    assert first.json()["receipt"]["status"] == "created"
    assert json.loads(again.text.splitlines()[0])["status"] == "duplicate"
    assert delays(case(client, headers.lead))["initiation"] == SHOWN


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        pytest.param({"rule": "urgency"}, "/data/rule", id="rule"),
        pytest.param({"cause": "holiday"}, "/data/cause", id="cause"),
        pytest.param({"action": None}, "/data/action", id="no action"),
        pytest.param({"note": "prose"}, "/data/*", id="free text"),
        pytest.param({"follow_up_on": "5.5.2025"}, "/data/follow_up_on", id="day"),
        pytest.param({"follow_up_on": "1746400000"}, "/data/follow_up_on", id="number"),
    ],
)
def test_what_is_wrong_with_it_is_told(
    client: TestClient, headers: Headers, data: dict[str, Any], pointer: str
) -> None:
    sent = explanation("A", LATE)
    sent["data"] |= data

    answer = client.post("/v1/events", json=sent, headers=headers.integrator)

    assert answer.status_code == 422
    assert [flaw["pointer"] for flaw in answer.json()["errors"]] == [pointer]


def test_it_counts_among_the_events_of_its_day(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, explanation("A", LATE))

    answer = client.post(
        "/v1/sources/client-a/control-counts",
        json={"day": LATE, "counts": {"delay_explained": 1}},
        headers=headers.integrator,
    )

    assert answer.json()["agrees"], answer.text
