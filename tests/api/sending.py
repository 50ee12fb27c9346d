"""Events as a client system writes them, and ways to send them."""

from datetime import date
from typing import Any, TypeAlias

from fastapi.testclient import TestClient

Wire: TypeAlias = dict[str, Any]


def notification(
    case_ref: str,
    on: str,
    *,
    event_id: str | None = None,
    unit: str | None = "leppavaara",
    entry: str = "report",
    child: Wire | None = None,
    **more: str | list[str] | Wire,
) -> Wire:
    """Return a notification; *more* are further members of its data."""
    data = {"entry": entry, "child": child or {}, **more}
    return event("notification", case_ref, on, data | {"unit": unit}, event_id)


def decision(
    case_ref: str,
    on: str,
    outcome: str = "assessment_started",
    *,
    event_id: str | None = None,
    **more: str | list[str],
) -> Wire:
    """Return an initiation decision."""
    return event("initiation", case_ref, on, {"outcome": outcome, **more}, event_id)


def assessment(case_ref: str, on: str, outcome: str = "no_client") -> Wire:
    """Return the end of an assessment."""
    return event("assessment", case_ref, on, {"outcome": outcome})


def transfer(case_ref: str, on: str, unit: str) -> Wire:
    """Return a transfer to *unit*."""
    return event("transfer", case_ref, on, {"unit": unit})


def closure(case_ref: str, on: str, reason: str) -> Wire:
    """Return a closure of the case."""
    return event("closure", case_ref, on, {"reason": reason})


def explanation(
    case_ref: str, on: str, rule: str = "initiation", **more: str | None
) -> Wire:
    """Return what was told of a delay; *more* are members of its data."""
    data = {"rule": rule, "cause": "staff_shortage", "action": "overtime", **more}
    return event("delay_explained", case_ref, on, data)


def event(
    kind: str, case_ref: str, on: str, data: Wire, event_id: str | None = None
) -> Wire:
    """Return an event of `client-a` of the day *on*."""
    return {
        "id": event_id or f"{case_ref} {kind} {date.fromisoformat(on)}",
        "source": "client-a",
        "kind": kind,
        "case_ref": case_ref,
        "occurred_on": on,
        "data": data,
    }


def send(client: TestClient, headers: dict[str, str], *events: Wire) -> None:
    """Post *events* as one batch, all of which are new."""
    answer = client.post("/v1/events/batch", json=list(events), headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["counts"]["created"] == len(events), answer.text


def put_units(
    client: TestClient, headers: dict[str, str], parents: dict[str, str | None]
) -> None:
    """Record units, each with its parent."""
    for code, parent in parents.items():
        names = {"fi": code, "sv": code, "en": code}
        answer = client.put(
            f"/v1/units/{code}",
            json={"parent": parent, "names": names},
            headers=headers,
        )
        assert answer.status_code == 200, answer.text
