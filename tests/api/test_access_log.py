"""GET /v1/access-log: the answer to who asks who has seen what, and why."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.exports.files import FileFormat
from app.services import keys
from app.services.documents.worklist import MOST_ROWS
from tests.api.sending import Wire, event, notification, put_units, send
from tests.conftest import Headers, bearer

NOW = clock.now()
CHILD = {"ref": "p-1", "age_years": 7}


def this_week() -> str:
    """Return the week that it is, as one asks for it."""
    return f"{clock.today():%G-W%V}"


@dataclass(frozen=True)
class Log:
    """A service with cases in two units, its leads, and an auditor."""

    client: TestClient
    database: Database
    west: dict[str, str]
    east: dict[str, str]
    auditor: dict[str, str]

    def ask(self, path: str = "", status: int = 200, /, **parameters: str) -> Wire:
        """Return what the auditor is answered."""
        answer = self.client.get(
            f"/v1/access-log{path}", params=parameters, headers=self.auditor
        )
        assert answer.status_code == status, answer.text
        found: Wire = answer.json()
        return found

    def look(self, case_ref: str, key: dict[str, str], **parameters: str) -> int:
        """Look at a case; return with which status."""
        answer = self.client.get(
            f"/v1/cases/client-a/{case_ref}", params=parameters, headers=key
        )
        return answer.status_code

    def people(self, **parameters: str) -> list[str]:
        """Return who looked, the last first."""
        return [str(each["person"]) for each in self.ask(**parameters)["items"]]


def person(key: dict[str, str]) -> str:
    """Return the id of a key."""
    return key["Authorization"].split("_")[1]


@pytest.fixture
def log(client: TestClient, database: Database, headers: Headers) -> Log:
    put_units(client, headers.admin, {"west": None, "east": None})
    send(
        client,
        headers.integrator,
        notification("A", "2026-03-02", unit="west", child=CHILD),
        notification("B", "2026-03-03", unit="east", child={"ref": "p-2"}),
        notification("C", "2026-03-04", unit="west", child={"ref": "p-3"}),
    )
    return Log(
        client,
        database,
        west=bearer(database, Role.LEAD, units=("west",)),
        east=bearer(database, Role.LEAD, units=("east",)),
        auditor=bearer(database, Role.AUDITOR),
    )


def test_the_looks_at_a_case_are_listed_the_last_first(log: Log) -> None:
    for case_ref, key in (("A", log.west), ("B", log.east), ("A", log.east)):
        log.look(case_ref, key)
    log.look("A", log.west)

    found = log.ask(case="A", source="client-a")["items"]

    assert [(each["person"], each["result"]) for each in found] == [
        (person(log.west), "shown"),
        (person(log.east), "not_found"),
        (person(log.west), "shown"),
    ]
    shown = found[0]
    assert shown["route"] == "GET /v1/cases/{source}/{case_ref:path}"
    assert shown["units"] == ["west"]
    assert shown["cases"] == [{"source": "client-a", "case_ref": "A"}]
    assert datetime.fromisoformat(shown["at"]) >= NOW - timedelta(minutes=5)


def test_a_child_is_found_through_its_cases_and_no_other_childs_case_is_named(
    log: Log,
) -> None:
    answer = log.client.get("/v1/deadlines?status=all", headers=log.west)
    assert {each["case_ref"] for each in answer.json()["items"]} == {"A", "C"}

    (found,) = log.ask(child="p-1")["items"]

    assert found["cases"] == [{"source": "client-a", "case_ref": "A"}]
    assert (found["case_count"], found["rows"]) == (2, 4)


def test_a_child_is_found_through_what_its_case_was_merged_into_and_copied_to(
    log: Log, headers: Headers
) -> None:
    other = bearer(log.database, Role.INTEGRATOR, source="client-b")
    merged = event("closure", "A", "2026-03-05", {"reason": "merged", "into": "C"})
    send(log.client, headers.integrator, merged)
    copy = notification("Z", "2026-03-02", unit="west")
    copy["data"]["copy_of"] = {"source": "client-a", "id": "A notification 2026-03-02"}
    send(log.client, other, {**copy, "source": "client-b", "id": "z1"})
    log.client.get("/v1/cases/client-a/C", headers=log.west)

    (found,) = log.ask(child="p-1")["items"]

    assert {"source": "client-a", "case_ref": "C"} in found["cases"]


def test_a_person_and_a_time_are_asked_for(log: Log) -> None:
    log.look("A", log.west)
    log.look("B", log.east)
    today, tomorrow = str(clock.today()), str(clock.today() + timedelta(1))

    assert log.people(person=person(log.east)) == [person(log.east)]
    assert len(log.people(**{"from": today, "to": today})) >= 2
    assert log.people(**{"from": tomorrow, "to": tomorrow}) == []


def test_asking_is_a_look_too_and_names_what_it_showed(log: Log) -> None:
    log.look("A", log.west)
    log.ask(case="A")

    (asked, _) = log.ask(case="A")["items"]

    assert asked["person"] == person(log.auditor)
    assert asked["route"] == "GET /v1/access-log"
    assert asked["criteria"]["case"] != "A"


def test_pages_follow_each_other_without_a_gap(log: Log) -> None:
    for _ in range(5):
        log.look("A", log.west)
    listed: list[str] = []
    url: str | None = "/v1/access-log?case=A&limit=2&to=2100-01-01"
    while url:
        answer = log.client.get(url, headers=log.auditor)
        listed += [
            each["id"]
            for each in answer.json()["items"]
            if each["person"] == person(log.west)
        ]
        link = answer.headers.get("Link")
        url = link.partition("<")[2].partition(">")[0] if link else None

    assert len(listed) == len(set(listed)) == 5


def test_a_file_is_given_for_a_reason_and_its_code_leads_to_who_took_it(
    log: Log,
) -> None:
    log.client.get("/v1/deadlines?status=all", headers=log.west)
    asked = {"child": "p-1", "format": "csv"}
    assert log.ask("", 422, **asked)["type"].endswith("reason-required")

    answer = log.client.get(
        "/v1/access-log",
        params=asked | {"reason": "client_request"},
        headers=log.auditor,
    )

    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["person"], row["cases"]) == (person(log.west), "client-a A")
    (taken,) = log.ask(watermark=row["watermark"])["items"]
    assert taken["person"] == person(log.auditor)
    assert (taken["reason"], taken["rows"]) == ("client_request", 1)


def test_a_week_elsewhere_is_a_file_too(log: Log) -> None:
    log.look("A", log.east, reason="substitution")

    answer = log.client.get(
        "/v1/access-log/elsewhere",
        params={"week": this_week(), "format": "csv", "reason": "supervision"},
        headers=log.auditor,
    )

    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["person"], row["reason"]) == (person(log.east), "substitution")
    assert "looks-elsewhere" in answer.headers["content-disposition"]


def test_a_file_of_too_many_looks_is_refused(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.look("A", log.west)
    log.look("A", log.west)
    monkeypatch.setitem(MOST_ROWS, FileFormat.CSV, 1)

    refused = log.ask("", 422, format="csv", reason="supervision")

    assert refused["type"].endswith("too-many-rows")
    assert "at most 1 rows" in refused["detail"]


def test_who_looked_is_named_where_a_name_is_kept(log: Log) -> None:
    key = keys.create(
        log.database,
        role=Role.LEAD,
        source=None,
        holder="deputy of the west",
        units=("west",),
        created_at=NOW,
    )
    log.look("A", {"Authorization": f"Bearer {key}"})

    (found,) = log.ask(case="A")["items"]

    assert found["name"] == "deputy of the west"


def test_one_look_is_shown_with_every_case(log: Log) -> None:
    log.client.get("/v1/deadlines?status=all", headers=log.west)
    (found,) = log.ask(case="A")["items"]

    one = log.ask(f"/{found['id']}")

    assert [each["case_ref"] for each in one["cases"]] == ["A", "C"]
    assert log.ask("/1-999999", 404)["type"].endswith("not-found")


def test_what_is_older_than_two_years_needs_a_reason(log: Log) -> None:
    long_ago = {"from": "2020-01-01"}

    refused = log.ask("", 422, **long_ago)
    log.ask(reason="client_request", **long_ago)

    assert refused["type"].endswith("reason-required")
    assert log.ask(person=person(log.auditor))["items"][0]["reason"] == (
        "client_request"
    )
    log.ask("/elsewhere", 422, week="2020-W10")


@pytest.mark.parametrize(
    "parameters",
    [
        {"reason": "because"},
        {"from": "0001-01-01"},
        {"to": "9999-12-31"},
        {"limit": "201"},
        {"cursor": "x"},
    ],
)
def test_what_cannot_be_asked_is_refused(log: Log, parameters: dict[str, str]) -> None:
    log.ask("", 422, **parameters)


@pytest.mark.parametrize("week", ["2026-47", "2026-W54", "2025-W53"])
def test_a_week_that_is_none_is_refused(log: Log, week: str) -> None:
    log.ask("/elsewhere", 422, week=week)


# Reading elsewhere


@pytest.mark.parametrize(
    "reason",
    ["emergency_duty", "substitution", "transfer", "supervision", "client_request"],
)
def test_a_case_of_other_units_is_shown_for_a_reason_and_listed(
    log: Log, reason: str
) -> None:
    assert log.look("A", log.east) == 404
    assert log.look("A", log.east, reason=reason) == 200

    week = log.ask("/elsewhere", week=this_week())

    (found,) = week["items"]
    assert (found["person"], found["reason"]) == (person(log.east), reason)
    assert found["elsewhere"]
    assert found["cases"] == [{"source": "client-a", "case_ref": "A"}]
    (habit,) = week["people"]
    assert (habit["person"], habit["looks"], habit["in_vain"]) == (
        person(log.east),
        1,
        0,
    )


def test_a_wrong_guess_with_a_reason_is_listed_as_well(log: Log) -> None:
    assert log.look("no-such-case", log.east, reason="supervision") == 404

    week = log.ask("/elsewhere", week=this_week())

    assert [each["result"] for each in week["items"]] == ["not_found"]
    assert week["people"][0]["in_vain"] == 1


def test_a_case_of_ones_own_is_not_elsewhere_whatever_the_reason(log: Log) -> None:
    assert log.look("A", log.west, reason="supervision") == 200

    assert log.ask("/elsewhere", week=this_week())["items"] == []


def test_no_other_reason_opens_a_case(log: Log) -> None:
    assert log.look("A", log.east, reason="self_monitoring") == 422
    assert log.look("A", log.east, reason="curiosity") == 422


def test_the_reasons_that_there_are_are_named_as_one_writes_them(log: Log) -> None:
    refused = log.ask("", 422, format="csv", reason="curiosity")

    (flaw,) = refused["errors"]
    assert flaw["message"] == (
        "Input should be 'client_request', 'supervision' or 'suspected_misuse'."
    )


def test_a_week_begins_on_its_monday(log: Log) -> None:
    # What is older than two years is told for a reason.
    asked = {"week": "2026-W01", "reason": "supervision"}
    assert log.ask("/elsewhere", **asked)["from"] == "2025-12-29"
