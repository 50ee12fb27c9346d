"""Whoever asks for findings sees those of all that are meant, and how many."""

import csv
import io
from collections import Counter
from datetime import datetime
from itertools import product

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.domain.findings import FindingKind
from app.exports.files import FileFormat
from app.services.documents.worklist import MOST_ROWS
from app.services.finders import IN_CASES, OF_NO_UNIT
from tests.api.sending import (
    Wire,
    assessment,
    closure,
    decision,
    event,
    notification,
    put_units,
    send,
    transfer,
)
from tests.conftest import Headers, bearer

DAY, LATER = "2026-03-02", "2026-03-10"
UNITS = {"espoo": None, "leppavaara": "espoo", "matinkyla": "espoo"}
BELOW = {each: {each} for each in UNITS} | {"espoo": set(UNITS)}
# A unit, a source and a kind that are asked for.
FILTERS = (
    (None, None, None),
    ("leppavaara", None, None),
    (None, "client-b", None),
    ("matinkyla", "client-a", "assessment_interrupted"),
)
SEVERITIES = ("alarm", "warning", "notice")
# Of all that was ever found in a case what it is now; and what leads have closed.
STORED = text("""
    SELECT DISTINCT ON (id) id, recorded_at, recorded_until < 'infinity' AS is_gone
    FROM case_finding WHERE recorded_until > now() - interval '90 days'
    ORDER BY id, recorded_at DESC
""")
CLOSURES = text("""
    SELECT finding, max(recorded_at) AS at FROM finding_closure GROUP BY finding
""")
LONG_AGO = text("""
    UPDATE case_finding SET recorded_at = recorded_at - interval '100 days',
                            recorded_until = recorded_until - interval '100 days'
    WHERE id = :id AND recorded_until < 'infinity'
""")


@pytest.fixture
def cases(client: TestClient, headers: Headers, database: Database) -> None:
    """Let there be findings of every severity and status, of two sources and units."""
    put_units(client, headers.admin, UNITS)
    for source in ("client-a", "client-b"):
        key = bearer(database, Role.INTEGRATOR, source=source)
        send(client, key, *({**each, "source": source} for each in _odd()))


def _odd() -> list[Wire]:
    """Return what is odd in cases of two units and of none, as one batch."""
    cases = [
        (f"{unit}-{number}", unit)
        for unit in ("leppavaara", "matinkyla", None)
        for number in range(2)
    ]
    return [
        *(notification(case, DAY, unit=unit) for case, unit in cases),
        *(assessment(case, LATER, "interrupted") for case, _ in cases),
        *(notification(f"C-{case}", DAY, unit=unit) for case, unit in cases),
        *(closure(f"C-{case}", LATER, "done") for case, _ in cases),
        transfer("leppavaara-1", LATER, "matinkyla"),
        *(decision(f"D-{number}", LATER) for number in range(5)),
        notification("N", str(clock.today()), unit="leppavaara"),
        decision("N", str(clock.today()), "obviously_unnecessary", event_id="n"),
        assessment("N", str(clock.today())),
    ]


def _close_some(
    client: TestClient, headers: Headers, owned: Database, found: list[Wire]
) -> None:
    """Let leads close some, let some go, and let some of these come back."""
    decisions = [
        each
        for number in range(5)
        for each in found
        if (each["source"], each["case_ref"]) == ("client-a", f"D-{number}")
    ]
    closed = [*decisions[:3], *(each for each in found[::4] if each not in decisions)]
    for finding in {each["id"] for each in closed}:
        path = f"/v1/findings/{finding}/closure"
        answer = client.post(path, json={"reason": "other"}, headers=headers.lead)
        assert answer.status_code == 200, answer.text
    # The second is closed and gone, the third has come back, the fourth is gone, and
    # the fifth has been for long.
    gone = [
        notification(f"D-{number}", DAY, event_id=f"d-{number}")
        for number in range(1, 5)
    ]
    back = {"target": "d-2", "reason": "wrong_entry"}
    send(client, headers.integrator, *gone)
    send(client, headers.integrator, event("retraction", "D-2", LATER, back))
    with owned.write() as connection:
        connection.execute(LONG_AGO, {"id": decisions[4]["id"]})


def test_they_are_those_of_all_that_one_may_see_and_asks_for(
    client: TestClient,
    headers: Headers,
    database: Database,
    owned: Database,
    cases: None,
) -> None:
    _ = cases
    _close_some(client, headers, owned, _listed(client, headers.lead, status="open"))
    whole = {
        status: _listed(client, headers.lead, status=status)
        for status in ("open", "closed", "all")
    }
    viewers = {
        "all": (headers.lead, None, None),
        "espoo": (bearer(database, Role.LEAD, units=("espoo",)), "espoo", None),
        "one": (bearer(database, Role.LEAD, units=("matinkyla",)), "matinkyla", None),
        "source": (headers.integrator, None, "client-a"),
    }

    _are_those_that_are_stored(owned, whole)
    asked = product(viewers.values(), whole, FILTERS)
    for (key, own_units, own_source), status, (unit, source, kind) in asked:
        query = {"status": status, "unit": unit, "source": source, "kind": kind}
        expected = [
            each["id"]
            for each in whole[status]
            if all(
                each["unit"] in BELOW[wanted] and each["kind"] not in OF_NO_UNIT
                for wanted in (own_units, unit)
                if wanted is not None
            )
            and all(each["source"] == s for s in (own_source, source) if s is not None)
            and kind in (None, each["kind"])
        ]
        told = {name: value for name, value in query.items() if value is not None}
        found = _listed(client, key, **told)
        assert [each["id"] for each in found] == expected, (own_units, query)


def test_a_file_has_all_that_the_pages_have_for_a_reason_and_with_a_code(
    client: TestClient,
    headers: Headers,
    database: Database,
    cases: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _ = cases
    lead = bearer(database, Role.LEAD, units=("matinkyla",))
    listed = _listed(client, lead, status="open")
    asked = {"format": "csv", "reason": "self_monitoring"}

    def refused(key: dict[str, str], **query: str) -> str:
        answer = client.get("/v1/findings", params=query, headers=key)
        assert answer.status_code >= 400, answer.text
        return str(answer.json()["type"]).rpartition(":")[2]

    answer = client.get("/v1/findings", params=asked, headers=lead)

    assert answer.status_code == 200, answer.text
    assert 'filename="findings-open.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert listed
    same = ("id", "kind", "severity", "source", "case_ref", "unit", "status")
    assert [[row[name] for name in same] for row in rows] == [
        [each[name] or "" for name in same] for each in listed
    ]
    (code,) = {row["watermark"] for row in rows}
    looks = client.get(
        "/v1/access-log",
        params={"watermark": code},
        headers=bearer(database, Role.AUDITOR),
    ).json()["items"]
    assert [(look["reason"], look["rows"]) for look in looks] == [
        ("self_monitoring", len(listed))
    ]
    for form in ("xlsx", "pdf"):
        query = asked | {"format": form, "lang": "sv", "kind": "assessment_interrupted"}
        answer = client.get("/v1/findings", params=query, headers=lead)
        assert answer.content[:4] in {b"PK\x03\x04", b"%PDF"}, answer.text
    assert refused(lead, format="csv") == "reason-required"
    assert refused(lead, **asked, limit="3") == "invalid-parameter"
    # What a client system is told of, it has sent; it takes no cases away.
    assert refused(headers.integrator, **asked) == "forbidden"
    monkeypatch.setitem(MOST_ROWS, FileFormat.CSV, 1)
    assert refused(lead, **asked) == "too-many-rows"


def _are_those_that_are_stored(owned: Database, whole: dict[str, list[Wire]]) -> None:
    """See that those in cases are what the tables hold, by their status."""
    with owned.write() as connection:
        closed_at = {each.finding: each.at for each in connection.execute(CLOSURES)}
        stored = connection.execute(STORED).all()
    expected = {
        each.id: each.is_gone
        or (each.id in closed_at and closed_at[each.id] >= each.recorded_at)
        for each in stored
    }
    for status, is_closed in (("open", False), ("closed", True)):
        assert {
            each["id"]
            for each in whole[status]
            if FindingKind(each["kind"]) in IN_CASES
        } == {finding for finding, closed in expected.items() if closed is is_closed}
    places = [_place(each) for each in whole["all"]]
    assert places == sorted(places)
    assert Counter(each["id"] for each in whole["all"]) == Counter(
        each["id"] for status in ("open", "closed") for each in whole[status]
    )
    statuses = {
        (each["status"], each["closed_reason"], each["severity"])
        for each in whole["all"]
        if FindingKind(each["kind"]) in IN_CASES
    }
    # Something of everything, or this tells nothing.
    assert statuses >= {
        ("open", None, "alarm"),
        ("open", None, "warning"),
        ("open", None, "notice"),
        ("closed", "other", "alarm"),
        ("closed", "other", "warning"),
        ("closed", "cause_gone", "warning"),
    }


def _place(finding: Wire) -> tuple[int, float, str]:
    since = datetime.fromisoformat(finding["since"])
    return SEVERITIES.index(finding["severity"]), -since.timestamp(), finding["id"]


def _listed(client: TestClient, key: dict[str, str], **query: str) -> list[Wire]:
    """Return all findings as they come in one page, seeing that pages give the same."""
    whole = client.get("/v1/findings", params={**query, "limit": "1000"}, headers=key)
    assert whole.status_code == 200, whole.text
    items: list[Wire] = whole.json()["items"]
    severities = Counter(each["severity"] for each in items)
    counts = {severity: severities[severity] for severity in SEVERITIES}
    assert whole.json()["counts"] == counts
    assert "Link" not in whole.headers

    paged: list[Wire] = []
    limit = str(max(3, len(items) // 3 + 1))
    answer = client.get("/v1/findings", params={**query, "limit": limit}, headers=key)
    paged += answer.json()["items"]
    while link := answer.headers.get("Link"):
        url = link.partition("<")[2].partition(">")[0]
        answer = client.get(url, headers=key)
        assert answer.json()["counts"] == counts
        paged += answer.json()["items"]
    assert paged == items
    return items
