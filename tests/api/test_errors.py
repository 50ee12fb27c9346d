"""Every error contract: status, stable type, pointer, remedy, and never an echo."""

import json
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

import app
from app import cli, clock
from app.api import errors, problems, wire
from app.api.errors import CODES
from app.api.problems import MEDIA_TYPE, PROBLEMS, TYPE, ProblemError
from app.db.database import Database, connect
from app.domain.access import Role
from app.domain.errors import DomainError
from app.main import create_app
from app.services import keys
from app.services.callers import CACHE_SECONDS
from tests import databases
from tests.conftest import Headers, bearer

CANARY = "kanarialintu"
CODE = "010594Y9032"  # a public test code; its check character holds for every sign
SEPARATORS = "-+YXWVUABCDEF"
JSON = {"Content-Type": "application/json"}
NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)

NOTIFICATION = {
    "unit": CANARY,
    "entry": "report",
    "child": {"ref": CANARY, "age_years": 7},
    "reasons": [CANARY],
}


def event(**changes: object) -> dict[str, Any]:
    """Return a notification full of canaries, changed; `...` leaves a member out."""
    plain: dict[str, object] = {
        "id": f"e-{CANARY}",
        "source": "client-a",
        "kind": "notification",
        "case_ref": f"A-{CANARY}",
        "occurred_at": "2026-03-02T14:20:00+02:00",
        "data": NOTIFICATION,
    }
    return {
        name: value for name, value in {**plain, **changes}.items() if value is not ...
    }


def data(**changes: object) -> dict[str, Any]:
    return event(data={**NOTIFICATION, **changes})


def child(**changes: object) -> dict[str, Any]:
    return data(child={**NOTIFICATION["child"], **changes})  # type: ignore[dict-item] # a dict it is


def raw(old: str, new: str) -> bytes:
    """Return the body of an ordinary event with *new* for *old*, as JSON never is."""
    body = json.dumps(event(sequence=41))
    assert old in body
    return body.replace(old, new).encode()


# What is refused leaves nothing behind, so one service serves every test here.
@pytest.fixture(scope="module")
def database(server_url: str, template: str) -> Iterator[Database]:
    name = databases.create(server_url, template)
    database = connect(databases.service_url(server_url, name))
    yield database
    database.dispose()
    databases.drop(server_url, name)


@pytest.fixture(scope="module")
def client(database: Database) -> Iterator[TestClient]:
    with TestClient(create_app(database)) as client:
        yield client


@pytest.fixture(scope="module")
def headers(database: Database) -> Headers:
    return Headers(
        integrator=bearer(database, Role.INTEGRATOR, source="client-a"),
        lead=bearer(database, Role.LEAD),
        admin=bearer(database, Role.ADMIN),
    )


def check_problem(
    answer: httpx2.Response, status: int, code: str
) -> list[tuple[str, str]]:
    """See that *answer* keeps the contract; return pointer and code of its errors."""
    told = answer.text + repr(answer.headers)
    assert CANARY not in told
    assert CODE not in told
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = answer.json()
    assert problem["type"] == TYPE + code.replace("_", "-")
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    found = problem.get("errors", [])
    for flaw in found:
        assert flaw.keys() == {"pointer", "code", "message", "remedy"}
        assert flaw["message"]
        assert flaw["remedy"]
    return [(flaw["pointer"], flaw["code"]) for flaw in found]


def count_events(database: Database) -> int:
    with database.write() as connection:
        return len(connection.execute(text("SELECT FROM case_event")).all())


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        pytest.param(b"", "", "malformed_json", id="nothing"),
        pytest.param(CANARY.encode(), "", "malformed_json", id="no JSON"),
        pytest.param(raw(": 41}", ": 41"), "", "malformed_json", id="not closed"),
        pytest.param(raw("41}", "41,}"), "", "malformed_json", id="trailing comma"),
        pytest.param(raw('"', "'"), "", "malformed_json", id="single quotes"),
        pytest.param(
            raw('"kind"', f'"case_ref": "{CANARY}", "kind"'),
            "/case_ref",
            "duplicate_key",
            id="a member twice",
        ),
        pytest.param(
            raw('"age_years"', '"ref": "p-2", "age_years"'),
            "/data/child/ref",
            "duplicate_key",
            id="a member of the child twice",
        ),
        pytest.param(
            raw('"entry"', f'"{CANARY}": 1, "{CANARY}": 1, "entry"'),
            "/data/*",
            "duplicate_key",
            id="an unknown member twice",
        ),
        pytest.param(
            raw(": 41}", ": NaN}"), "/sequence", "non_finite_number", id="NaN"
        ),
        pytest.param(
            raw(": 41}", ": -Infinity}"),
            "/sequence",
            "non_finite_number",
            id="-Infinity",
        ),
        pytest.param(
            raw(": 41}", ": 1e999}"), "/sequence", "number_out_of_range", id="1e999"
        ),
        pytest.param(
            raw(": 41}", f": {10**20}}}"),
            "/sequence",
            "number_out_of_range",
            id="10^20",
        ),
        pytest.param(
            raw(": 41}", f": {2**63}}}"), "/sequence", "number_out_of_range", id="2^63"
        ),
        pytest.param(
            raw(": 41}", f": {'9' * 5000}}}"),
            "/sequence",
            "number_out_of_range",
            id="5,000 digits",
        ),
        pytest.param(b"\xef\xbb\xbf" + raw("", ""), "", "byte_order_mark", id="BOM"),
        pytest.param(
            raw("", "").decode().encode("utf-16"), "", "not_utf8", id="UTF-16"
        ),
        pytest.param(
            raw(CANARY, CANARY + "ä").decode().encode("latin-1"),
            "",
            "not_utf8",
            id="Latin-1",
        ),
        pytest.param(
            raw(": 41}", ": " + "[" * 40 + "]" * 40 + "}"),
            "",
            "too_deep",
            id="40 levels",
        ),
        pytest.param(b"[" * 100_000, "", "too_deep", id="100,000 levels"),
        pytest.param(
            raw(CANARY, CANARY + "\n"), "", "control_character", id="raw line break"
        ),
    ],
)
def test_a_body_that_is_no_strict_json_is_refused(
    client: TestClient,
    headers: Headers,
    database: Database,
    *,
    body: bytes,
    pointer: str,
    code: str,
) -> None:
    before = count_events(database)

    answer = client.post(
        "/v1/events", content=body, headers={**headers.integrator, **JSON}
    )

    assert check_problem(answer, 400, "malformed_body") == [(pointer, code)]
    assert count_events(database) == before


ODD: list[object] = [{}, [], [{}], 1]
NUMBERS_FOR_TIMES: list[object] = [
    *(1760054400, 1760054400000, 1760054400.5, 20261005, 0, True),
    *("1760054400", "1760054400000", "1760054400.5", "20261005", "0", "-1"),
]


@pytest.mark.parametrize(
    ("sent", "pointer", "code"),
    [
        # Shapes
        pytest.param([event()], "", "dict_type", id="an array"),
        pytest.param(CANARY, "", "dict_type", id="a text"),
        pytest.param(7, "", "dict_type", id="a number"),
        pytest.param(event(data=...), "/data", "missing", id="no data"),
        pytest.param(event(data=[]), "/data", "dataclass_type", id="data an array"),
        pytest.param(event(data=None), "/data", "missing", id="data null"),
        pytest.param(event(data=CANARY), "/data", "dataclass_type", id="data a text"),
        pytest.param(event(id=...), "/id", "missing", id="no id"),
        pytest.param(event(source=...), "/source", "missing", id="no source"),
        pytest.param(event(case_ref=...), "/case_ref", "missing", id="no case"),
        pytest.param(event(id=5), "/id", "string_type", id="id a number"),
        pytest.param(event(id=""), "/id", "string_too_short", id="empty id"),
        pytest.param(event(case_ref=[]), "/case_ref", "string_type", id="case array"),
        pytest.param(event(case_ref=True), "/case_ref", "string_type", id="case true"),
        pytest.param(event(sequence="1"), "/sequence", "int_type", id="sequence text"),
        pytest.param(event(sequence=1.0), "/sequence", "int_type", id="sequence 1.0"),
        pytest.param(event(sequence=True), "/sequence", "int_type", id="sequence true"),
        pytest.param(
            event(sequence=-1), "/sequence", "greater_than_equal", id="sequence -1"
        ),
        pytest.param(child(age_years="7"), "/data/child/age_years", "int_type",
                     id="age a text"),
        pytest.param(child(age_years=7.5), "/data/child/age_years", "int_type",
                     id="age 7.5"),
        pytest.param(child(age_years=-1), "/data/child", "value_error", id="age -1"),
        pytest.param(child(age_years=121), "/data/child", "value_error", id="age 121"),
        pytest.param(child(mother_tongue="fin-FI"), "/data/child", "value_error",
                     id="language no code"),
        pytest.param(child(citizenship="FIN"), "/data/child", "value_error",
                     id="country no code"),
        pytest.param(data(unit=7), "/data/unit", "string_type", id="unit a number"),
        pytest.param(data(unit=""), "/data/unit", "string_too_short", id="empty unit"),
        pytest.param(data(reasons=CANARY), "/data/reasons", "tuple_type",
                     id="reasons a text"),
        pytest.param(data(reasons=[[]]), "/data/reasons/0", "string_type",
                     id="reason an array"),
        pytest.param(data(reasons=[f"{CANARY} prose"]), "/data", "value_error",
                     id="reason prose"),
        pytest.param(
            event(data={"entry": "report", "child": {"mother_tongue": "so"},
                        "language_group": "foreign"}),
            "/data", "value_error", id="code and group",
        ),
        # What is not known
        pytest.param(event(**{CANARY: 1}), "/*", "extra_forbidden", id="member"),
        pytest.param(data(**{CANARY: 1}), "/data/*", "unexpected_keyword_argument",
                     id="member of data"),
        pytest.param(child(**{CANARY: 1}), "/data/child/*",
                     "unexpected_keyword_argument", id="member of the child"),
        pytest.param(child(name="x"), "/data/child/*", "unexpected_keyword_argument",
                     id="a name of the child"),
        pytest.param(event(kind=CANARY), "/kind", "union_tag_invalid", id="kind"),
        pytest.param(event(kind=7), "/kind", "union_tag_invalid", id="kind number"),
        pytest.param(event(kind=...), "/kind", "union_tag_not_found", id="no kind"),
        pytest.param(data(entry=CANARY), "/data/entry", "enum", id="entry"),
        pytest.param(data(entry=7), "/data/entry", "enum", id="entry number"),
        pytest.param(data(matter=CANARY), "/data/matter", "enum", id="matter"),
        pytest.param(
            event(kind="initiation", data={"outcome": CANARY}),
            "/data/outcome", "enum", id="outcome of an initiation",
        ),
        pytest.param(
            event(kind="assessment", data={"outcome": "obviously_unnecessary"}),
            "/data/outcome", "enum", id="outcome of another kind",
        ),
        pytest.param(
            event(kind="closure", data={"reason": CANARY}),
            "/data/reason", "enum", id="reason of a closure",
        ),
        pytest.param(
            event(kind="transfer", data={"worker": "w-1"}),
            "/data/unit", "missing", id="transfer to nowhere",
        ),
        *(
            pytest.param(
                event(
                    kind="correction",
                    data={
                        "target": "e-1",
                        "reason": "other",
                        "occurred_on": "2026-03-02",
                        "data": {"outcome": odd},
                    },
                ),
                "/data/data/outcome", "enum", id=f"corrected to {odd!r}",
            )
            for odd in ODD
        ),
        *(
            pytest.param(
                event(
                    kind="correction",
                    data={
                        "target": "e-1",
                        "reason": "other",
                        "occurred_on": "2026-03-02",
                        "data": {name: "notification"},
                    },
                ),
                "/data/data", "kind_not_told", id=f"corrected to no kind: {name}",
            )
            for name in ("matter", "kind")
        ),
        # Times
        *(
            pytest.param(event(occurred_at=number), "/occurred_at", "value_error",
                         id=f"occurred_at {number!r}")
            for number in NUMBERS_FOR_TIMES
        ),
        *(
            pytest.param(event(occurred_at=..., occurred_on=number), "/occurred_on",
                         "value_error", id=f"occurred_on {number!r}")
            for number in NUMBERS_FOR_TIMES
        ),
        *(
            pytest.param(event(registered_at=number), "/registered_at", "value_error",
                         id=f"registered_at {number!r}")
            for number in NUMBERS_FOR_TIMES
        ),
        pytest.param(event(occurred_at="2026-03-02T14:20:00"), "/occurred_at",
                     "timezone_aware", id="no offset"),
        pytest.param(event(registered_at="2026-03-02T14:20:00"), "/registered_at",
                     "timezone_aware", id="registered without offset"),
        pytest.param(event(occurred_at="2026-03-02"), "/occurred_at", "value_error",
                     id="a day for an instant"),
        pytest.param(
            event(occurred_at=..., occurred_on="2026-03-02T14:20:00Z"),
            "/occurred_on", "value_error", id="an instant for a day",
        ),
        pytest.param(event(occurred_at=..., occurred_on="2026-02-30"), "/occurred_on",
                     "date_from_datetime_parsing", id="30 February"),
        pytest.param(event(occurred_at=...), "", "value_error", id="no time"),
        pytest.param(event(occurred_at=None), "", "value_error", id="time null"),
        pytest.param(event(occurred_on="2026-03-02"), "", "value_error", id="both"),
        pytest.param(event(occurred_at="2007-12-31T23:59:59+02:00"), "/occurred_at",
                     "too_early", id="the last second of 2007"),
        pytest.param(event(occurred_at=..., occurred_on="2007-12-31"), "/occurred_on",
                     "too_early", id="the last day of 2007"),
        pytest.param(event(occurred_at=..., occurred_on="0001-01-01"), "/occurred_on",
                     "too_early", id="the day 1"),
        pytest.param(event(occurred_at=..., occurred_on="2101-01-01"), "/occurred_on",
                     "in_future", id="a day after 2100"),
        pytest.param(event(occurred_at=..., occurred_on="9999-12-31"), "/occurred_on",
                     "in_future", id="the last day"),
        pytest.param(event(occurred_at="2101-01-01T00:00:00Z"), "/occurred_at",
                     "in_future", id="an instant after 2100"),
        pytest.param(event(registered_at="2101-01-01T00:00:00Z"), "/registered_at",
                     "in_future", id="registered after 2100"),
        # Texts
        pytest.param(event(id=CANARY * 17), "/id", "text_too_long", id="204 long"),
        pytest.param(data(worker="w" * 201), "/data/worker", "text_too_long",
                     id="201 long"),
        pytest.param(event(id=f"{CANARY}\0"), "/id", "control_character", id="NUL"),
        pytest.param(event(case_ref="\x1b"), "/case_ref", "control_character",
                     id="escape"),
        pytest.param(data(worker="a\nb"), "/data/worker", "control_character",
                     id="line break"),
        pytest.param(data(worker="\x7f"), "/data/worker", "control_character",
                     id="delete"),
        pytest.param(event(id="\ud800"), "/id", "lone_surrogate", id="high surrogate"),
        pytest.param(child(ref="\udfff"), "/data/child/ref", "lone_surrogate",
                     id="low surrogate"),
        pytest.param(data(**{"\0": 1}), "/data/*", "control_character",
                     id="NUL in a name"),
        pytest.param(data(**{f"note {CODE}": 1}), "/data/*", "identity_code",
                     id="identity code in a name"),
        pytest.param(event(**{CODE: {}}), "/*", "identity_code",
                     id="identity code as a name"),
        pytest.param(data(worker="040 123 4567"), "/data/worker", "phone_number",
                     id="phone number"),
        pytest.param(child(ref="+358401234567"), "/data/child/ref", "phone_number",
                     id="international phone number"),
        pytest.param(event(case_ref="etu@example.fi"), "/case_ref", "email_address",
                     id="e-mail address"),
    ],
)  # fmt: skip
def test_an_event_that_is_not_valid_is_refused_where_it_is_wrong(
    client: TestClient,
    headers: Headers,
    database: Database,
    *,
    sent: object,
    pointer: str,
    code: str,
) -> None:
    before = count_events(database)

    answer = client.post(
        "/v1/events", content=json.dumps(sent), headers={**headers.integrator, **JSON}
    )

    assert check_problem(answer, 422, "invalid_event") == [(pointer, code)]
    assert count_events(database) == before


@pytest.mark.parametrize("name", ["occurred_at", "registered_at"])
@pytest.mark.parametrize(
    "instant",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.999999-14:00",
    ],
)
def test_an_instant_at_the_end_of_the_calendar_is_refused(
    client: TestClient, headers: Headers, name: str, instant: str
) -> None:
    answer = client.post(
        "/v1/events", json=event(**{name: instant}), headers=headers.integrator
    )

    ((pointer, _),) = check_problem(answer, 422, "invalid_event")
    assert pointer == f"/{name}"


def outcome(value: dict[str, Any], now: datetime = NOW) -> str:
    """Return what is found of the times of an event sent at *now*."""
    try:
        wire.submission({**value, "data": {"entry": "report"}}, source=None, now=now)
    except ProblemError as error:
        (flaw,) = error.problem.errors
        return f"{flaw.pointer} {flaw.code}"
    return "accepted"


@pytest.mark.parametrize("name", ["occurred_at", "registered_at"])
@pytest.mark.parametrize(
    ("ahead", "found"),
    [
        (timedelta(0), "accepted"),
        (timedelta(minutes=5), "accepted"),
        (timedelta(minutes=5, microseconds=1), "in_future"),
        (timedelta(minutes=5, seconds=1), "in_future"),
    ],
)
def test_clocks_may_differ_by_five_minutes_and_no_more(
    name: str, ahead: timedelta, found: str
) -> None:
    sent = event(**{name: (NOW + ahead).isoformat()})

    assert outcome(sent).endswith(found)


@pytest.mark.parametrize(
    ("now", "day", "found"),
    [
        # Helsinki is three hours ahead: 23.54.59, 23.55 and 0.00 there.
        ("2026-10-05T20:54:59+00:00", "2026-10-06", "/occurred_on in_future"),
        ("2026-10-05T20:55:00+00:00", "2026-10-06", "accepted"),
        ("2026-10-05T21:00:00+00:00", "2026-10-06", "accepted"),
        ("2026-10-05T21:00:00+00:00", "2026-10-07", "/occurred_on in_future"),
        ("2026-10-05T12:00:00+00:00", "2008-01-01", "accepted"),
        ("2026-10-05T12:00:00+00:00", "2007-12-31", "/occurred_on too_early"),
    ],
)
def test_a_day_may_begin_within_five_minutes(now: str, day: str, found: str) -> None:
    sent = event(occurred_at=..., occurred_on=day)

    assert outcome(sent, datetime.fromisoformat(now)) == found


def test_the_first_second_of_2008_in_helsinki_is_accepted() -> None:
    assert outcome(event(occurred_at="2007-12-31T22:00:00Z")) == "accepted"


def test_a_text_of_two_hundred_characters_is_accepted() -> None:
    assert outcome(event(id="ä" * 200, case_ref="😀" * 200)) == "accepted"


def full_of(code: str) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Yield an event of each kind with *code* in every text, and where it stands."""
    envelope = dict.fromkeys(
        ("id", "source", "case_ref", "occurred_at", "registered_at"), f"x {code}"
    )
    texts: dict[str, dict[str, Any]] = {
        "notification": {
            **dict.fromkeys(("entry", "unit", "matter", "worker"), code),
            **dict.fromkeys(("language_group", "nationality_group"), code),
            "service_language": code,
            "child": {"ref": code, "mother_tongue": code, "citizenship": code},
            "reasons": [code],
        },
        "initiation": {"outcome": code, "answers": ["e-1", code], "worker": code},
        "assessment": {"outcome": code},
        "transfer": {"unit": code, "worker": code},
        "closure": {"reason": code},
        "delay_explained": dict.fromkeys(
            ("rule", "cause", "action", "follow_up_on", "explains"), code
        ),
    }
    nested = {
        "child": {"/child/ref", "/child/mother_tongue", "/child/citizenship"},
        "reasons": {"/reasons/0"},
        "answers": {"/answers/1"},
    }
    for kind, said in texts.items():
        pointers = {f"/{name}" for name in envelope}
        for name in said:
            pointers |= {f"/data{each}" for each in nested.get(name, {f"/{name}"})}
        yield {**envelope, "kind": kind, "data": said}, pointers


@pytest.mark.parametrize("separator", SEPARATORS)
def test_an_identity_code_is_refused_in_every_text_of_every_kind(
    client: TestClient, headers: Headers, separator: str
) -> None:
    code = CODE.replace("Y", separator)

    for sent, pointers in full_of(code):
        answer = client.post("/v1/events", json=sent, headers=headers.integrator)

        assert code not in answer.text
        found = check_problem(answer, 422, "invalid_event")
        assert found == [(pointer, "identity_code") for pointer, _ in found]
        assert {pointer for pointer, _ in found} == pointers


def test_a_canary_in_every_text_is_told_in_no_answer(
    client: TestClient, headers: Headers
) -> None:
    for sent, _ in full_of(CANARY):
        for path, body in (("/v1/events", sent), ("/v1/events/batch", [sent])):
            answer = client.post(path, json=body, headers=headers.integrator)

            names = {"/id", "/source"} if path.endswith("batch") else set()
            told = answer.text
            for name in names:  # by which the caller finds the item again
                told = told.replace(f'"{name[1:]}":"x {CANARY}"', "")
            assert CANARY not in told + repr(answer.headers)


def padded(body: object, size: int) -> bytes:
    return json.dumps(body).encode().ljust(size)


@pytest.mark.parametrize(
    ("path", "body", "largest"),
    [
        ("/v1/events", event(data={"entry": "report"}), 1_000_000),
        ("/v1/events/batch", [event(data={"entry": "report"})], 5_000_000),
    ],
)
def test_a_body_over_its_limit_by_one_byte_is_refused(
    client: TestClient, headers: Headers, path: str, body: object, largest: int
) -> None:
    send = {**headers.integrator, **JSON}

    above = client.post(path, content=padded(body, largest + 1), headers=send)
    within = client.post(path, content=padded(body, largest), headers=send)

    assert check_problem(above, 413, "body_too_large") == []
    assert within.is_success


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"Content-Type": "text/plain"}, id="text"),
        pytest.param({"Content-Type": "application/vnd.x+json"}, id="other JSON"),
        pytest.param(
            {"Content-Type": "application/json; charset=utf-16"}, id="other encoding"
        ),
        pytest.param(
            {"Content-Type": 'application/json;x=1;Charset="latin-1"'}, id="quoted"
        ),
        pytest.param({"Content-Type": CANARY}, id="no media type"),
        pytest.param({}, id="none"),
        pytest.param({**JSON, "Content-Encoding": "gzip"}, id="gzip"),
        pytest.param({**JSON, "Content-Encoding": CANARY}, id="unknown encoding"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/batch"])
def test_another_content_type_or_a_compressed_body_is_refused(
    client: TestClient, headers: Headers, path: str, sent: dict[str, str]
) -> None:
    answer = client.post(
        path, content=json.dumps(event()), headers={**headers.integrator, **sent}
    )

    assert check_problem(answer, 415, "unsupported_media_type") == []


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "Application/JSON",
        "application/json;",
    ],
)
def test_json_may_be_named_with_its_charset_and_in_any_case(
    client: TestClient, headers: Headers, media_type: str
) -> None:
    answer = client.post(
        "/v1/events",
        content=json.dumps(event(data={"entry": "report"})),
        headers={**headers.integrator, "Content-Type": media_type},
    )

    assert answer.is_success


def test_a_key_posts_only_as_its_own_source(
    client: TestClient, headers: Headers, database: Database
) -> None:
    before = count_events(database)
    sent = event(source=f"client-{CANARY}", data={"entry": "report"})

    answer = client.post("/v1/events", json=sent, headers=headers.integrator)

    assert check_problem(answer, 403, "wrong_source") == []
    assert count_events(database) == before


OPERATIONS = [
    ("POST", "/v1/events", {Role.INTEGRATOR}),
    ("POST", "/v1/events/batch", {Role.INTEGRATOR}),
    ("GET", "/v1/deadlines", {Role.LEAD}),
    ("GET", f"/v1/cases/client-a/{CANARY}", {Role.LEAD}),
    ("GET", "/v1/reports/compliance?period=2026", {Role.LEAD}),
    ("GET", "/v1/findings", {Role.LEAD, Role.INTEGRATOR}),
    ("POST", f"/v1/findings/{CANARY}/closure", {Role.LEAD}),
    ("POST", "/v1/sources/client-a/control-counts", {Role.INTEGRATOR}),
    ("GET", "/v1/sources", {Role.LEAD, Role.ADMIN, Role.INTEGRATOR}),
    ("GET", "/v1/units", {Role.LEAD, Role.ADMIN}),
    ("PUT", f"/v1/units/{CANARY}", {Role.ADMIN}),
]


@pytest.mark.parametrize(("method", "path", "permitted"), OPERATIONS)
def test_a_key_of_another_role_is_forbidden(
    client: TestClient,
    headers: Headers,
    method: str,
    path: str,
    permitted: set[Role],
) -> None:
    for role in (Role.INTEGRATOR, Role.LEAD, Role.ADMIN):
        sent = getattr(headers, role.value)
        answer = client.request(method, path, headers=sent, json={})

        if role in permitted:
            assert answer.status_code not in {401, 403}
        else:
            assert check_problem(answer, 403, "forbidden") == []


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(None, id="none"),
        pytest.param("Bearer", id="no key"),
        pytest.param(f"Bearer {CANARY}", id="no key of ours"),
        pytest.param(f"Bearer mk_{CANARY}_{'x' * 43}", id="unknown key"),
        pytest.param("Bearer mk_a_" + "x" * 42, id="too short"),
        pytest.param("Bearer mk_a_\0" + "x" * 42, id="with NUL"),
        pytest.param(f"Basic {CANARY}", id="another scheme"),
        pytest.param("Bearer ä".encode("latin-1"), id="not ASCII"),
        pytest.param("Bearer " + "x" * 10_000, id="very long"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [each[:2] for each in OPERATIONS])
def test_without_a_valid_key_nothing_is_answered(
    client: TestClient, method: str, path: str, authorization: str | bytes | None
) -> None:
    sent = {} if authorization is None else {"Authorization": authorization}

    answer = client.request(method, path, headers=sent, json={})  # type: ignore[arg-type] # bytes are sent as they are

    assert check_problem(answer, 401, "unauthenticated") == []
    assert answer.headers["www-authenticate"] == "Bearer"


def test_the_secret_of_another_key_does_not_open_this_one(
    client: TestClient, headers: Headers
) -> None:
    key_id = headers.lead["Authorization"].split("_")[1]
    secret = headers.admin["Authorization"].split("_", 2)[2]

    answer = client.get(
        "/v1/units", headers={"Authorization": f"Bearer mk_{key_id}_{secret}"}
    )

    assert check_problem(answer, 401, "unauthenticated") == []


def test_a_revoked_key_is_refused_within_five_seconds(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = SimpleNamespace(now=1000.0)
    ticking = SimpleNamespace(monotonic=lambda: seconds.now)
    monkeypatch.setattr("app.services.callers.time", ticking)
    key = bearer(database, Role.LEAD)
    assert client.get("/v1/units", headers=key).status_code == 200

    key_id = key["Authorization"].split("_")[1]
    assert keys.revoke(database, key_id, revoked_at=clock.now())
    seconds.now += 5.0
    answer = client.get("/v1/units", headers=key)

    assert CACHE_SECONDS < 5.0
    assert check_problem(answer, 401, "unauthenticated") == []
    seconds.now -= 5.0  # and it does not come back from any memory
    assert client.get("/v1/units", headers=key).status_code == 401


def test_a_key_revoked_before_its_first_use_is_refused_at_once(
    client: TestClient, database: Database
) -> None:
    key = bearer(database, Role.LEAD)
    key_id = key["Authorization"].split("_")[1]
    keys.revoke(database, key_id, revoked_at=clock.now())

    answer = client.get("/v1/units", headers=key)

    assert check_problem(answer, 401, "unauthenticated") == []


@pytest.mark.parametrize(
    "path",
    ["/nowhere", f"/{CANARY}", f"/v1/{CANARY}", "/v2/events", f"/v1/events/{CANARY}"],
)
def test_an_unknown_path_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert check_problem(answer, 404, "not_found") == []


def test_an_unknown_case_is_not_found(client: TestClient, headers: Headers) -> None:
    answer = client.get(f"/v1/cases/client-a/{CANARY}", headers=headers.lead)

    assert check_problem(answer, 404, "not_found") == []


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/events", "POST"),
        ("PUT", "/v1/events/batch", "POST"),
        ("POST", "/v1/deadlines", "GET"),
        ("DELETE", f"/v1/units/{CANARY}", "PUT"),
        ("PATCH", f"/v1/cases/client-a/{CANARY}", "GET"),
        ("POST", "/health/live", "GET"),
    ],
)
def test_another_method_is_not_allowed_and_told_which_is(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)

    assert check_problem(answer, 405, "method_not_allowed") == []
    assert allowed in answer.headers["allow"]


def test_a_surprise_is_answered_without_a_word_about_it(
    database: Database, headers: Headers
) -> None:
    service = create_app(database)
    with TestClient(service, raise_server_exceptions=False) as client:
        service.state.group_commit = SimpleNamespace(record=_surprise)

        answer = client.post(
            "/v1/events",
            json=event(data={"entry": "report"}),
            headers=headers.integrator,
        )

    assert check_problem(answer, 500, "internal_error") == []


async def _surprise(_: object) -> None:
    raise RuntimeError(CANARY)


WORKLIST = "/v1/deadlines?"
REPORT = "/v1/reports/compliance?period=2026&"
CALCULATOR = "/v1/deadlines/explanation?"


@pytest.mark.parametrize(
    ("path", "code", "pointers"),
    [
        *(
            (f"{path}{query}", "invalid_parameter", [pointer])
            for path in (WORKLIST, REPORT, "/v1/cases/client-a/A-1?")
            for query, pointer in (
                (f"as_of={CANARY}", "as_of"),
                ("as_of=2026-02-30", "as_of"),
                ("as_of=1760054400", "as_of"),
                ("as_of=", "as_of"),
                (f"known_at={CANARY}", "known_at"),
                ("known_at=1760054400", "known_at"),
                ("known_at=2026-03-02T12:00:00", "known_at"),
                ("known_at=0001-01-01T00:00:00%2B14:00", "known_at"),
                ("known_at=9999-12-31T23:59:59-14:00", "known_at"),
                (f"lang={CANARY}", "lang"),
            )
        ),
        *(
            (f"{path}known_at=2126-01-01T00:00:00Z", "future_knowledge", [])
            for path in (WORKLIST, REPORT, "/v1/cases/client-a/A-1?")
        ),
        (f"{WORKLIST}limit=0", "invalid_parameter", ["limit"]),
        (f"{WORKLIST}limit=201", "invalid_parameter", ["limit"]),
        (f"{WORKLIST}limit={CANARY}", "invalid_parameter", ["limit"]),
        (f"{WORKLIST}within=-1", "invalid_parameter", ["within"]),
        (f"{WORKLIST}within={10**30}", "invalid_parameter", ["within"]),
        (f"{WORKLIST}status={CANARY}", "invalid_parameter", ["status"]),
        (f"{WORKLIST}joined={CANARY}", "invalid_parameter", ["joined"]),
        *(
            (f"{path}{name}=", "invalid_parameter", [name])
            for path, names in (
                (WORKLIST, ("unit", "worker", "source", "rule")),
                ("/v1/findings?", ("unit", "source")),
                ("/v1/reports/flow?", ("unit",)),
                ("/v1/reports/counts?period=2026&", ("unit",)),
            )
            for name in names  # all would find nothing
        ),
        (f"{WORKLIST}unit=%00", "invalid_parameter", ["unit"]),
        (f"{WORKLIST}worker=%00", "invalid_parameter", ["worker"]),
        (f"{WORKLIST}{CANARY}=1", "invalid_parameter", ["*"]),
        (f"{WORKLIST}{CODE}=1", "invalid_parameter", ["*"]),
        (f"{WORKLIST}rule={CANARY}", "unknown_rule", []),
        (f"{WORKLIST}as_of=2200-01-01", "unverified_year", []),
        (f"{WORKLIST}as_of=0001-01-01", "unverified_year", []),
        (f"{WORKLIST}as_of=9999-12-31", "unverified_year", []),
        (f"{WORKLIST}as_of=9999-12-31&within=0", "unverified_year", []),
        (f"{WORKLIST}as_of=2100-12-31", "unverified_year", []),  # what follows is not
        (f"{REPORT}by={CANARY}", "invalid_parameter", ["by"]),
        (f"{REPORT}basis={CANARY}", "invalid_parameter", ["basis"]),
        ("/v1/reports/compliance", "invalid_parameter", ["period"]),
        *(
            (f"/v1/reports/compliance?period={period}", "invalid_period", [])
            for period in (
                *("", CANARY, "0000", "9999", "2026-13", "2026-00", "2026-Q5"),
                *("2026-T4", "2026-H3", "thl:2026-05", "2026-10-05..2026-10-04"),
                *("2026-10-01..", "..2026-10-01", "2026-10-01..2026-W45-1"),
                "%D9%A2%D9%A0%D9%A2%D9%A6",  # Arabic digits
            )
        ),
        *(
            (f"{WORKLIST}{query}", "invalid_parameter", pointers)
            for query, pointers in (
                ("unit=a%00", ["unit"]),
                ("unit=a%0A", ["unit"]),
                ("unit=%1b", ["unit"]),
                ("unit=%ff", ["*"]),
                ("unit=%ed%a0%80", ["*"]),  # half of a surrogate pair
                (f"unit={CODE}", ["unit"]),
                ("worker=040%20123%204567", ["worker"]),
                ("worker=etu%40example.fi", ["worker"]),
                ("unit=a&unit=b", ["unit"]),
                ("limit=1&limit=1", ["limit"]),
                (f"{CODE}=1", ["*"]),
                ("%ff=1", ["*"]),
                ("unit=a&&unit=b&x=1", ["unit", "*"]),
            )
        ),
        ("/v1/cases/client-a/A%ff", "invalid_parameter", ["path"]),
        (f"/v1/cases/client-a/{CODE}", "invalid_parameter", ["case_ref"]),
        (f"/v1/cases/{CODE}/A", "invalid_parameter", ["source"]),
        ("/v1/cases/client-a/A%00", "invalid_parameter", ["case_ref"]),
        ("/v1/sources?unit=a", "invalid_parameter", ["*"]),
        ("/health/ready?deep=1", "invalid_parameter", ["*"]),
        (CALCULATOR, "invalid_parameter", ["received_on"]),
        (f"{CALCULATOR}received_on={CANARY}", "invalid_parameter", ["received_on"]),
        (f"{CALCULATOR}received_on=1760054400", "invalid_parameter", ["received_on"]),
        (f"{CALCULATOR}received_on=2200-01-01", "unverified_year", []),
        (f"{CALCULATOR}received_on=0001-01-01", "unverified_year", []),
        (f"{CALCULATOR}received_on=9999-12-31", "unverified_year", []),
        (f"{CALCULATOR}received_on=2007-12-31", "unverified_year", []),
        (f"{CALCULATOR}received_on=2100-12-28", "unverified_year", []),
        (f"{CALCULATOR}received_on=2026-03-02&rule={CANARY}", "unknown_rule", []),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_where_it_is_wrong(
    client: TestClient, headers: Headers, path: str, code: str, pointers: list[str]
) -> None:
    sent = event(id="e-1", data={"entry": "report"}, case_ref="A-1")
    known = client.post("/v1/events", json=sent, headers=headers.integrator)
    assert known.is_success

    answer = client.get(path, headers=headers.lead)

    found = check_problem(answer, 422, code)
    assert [pointer for pointer, _ in found] == pointers


@pytest.mark.parametrize(
    "day", ["0001-01-01", "2007-12-31", "2100-12-31", "2200-01-01", "9999-12-31"]
)
@pytest.mark.parametrize(
    "path", [WORKLIST, REPORT, "/v1/cases/client-a/A-1?", CALCULATOR]
)
def test_no_day_is_too_far_away_to_be_answered(
    client: TestClient, headers: Headers, path: str, day: str
) -> None:
    sent = event(id="e-1", data={"entry": "report"}, case_ref="A-1")
    known = client.post("/v1/events", json=sent, headers=headers.integrator)
    assert known.is_success
    name = "received_on" if path == CALCULATOR else "as_of"

    answer = client.get(f"{path}{name}={day}", headers=headers.lead)

    assert answer.status_code in {200, 404, 422}


@pytest.mark.parametrize("path", ["/v1/cases/%00/A-1", "/v1/cases/client-a/%00"])
def test_a_case_whose_name_cannot_be_is_refused(
    client: TestClient, headers: Headers, path: str
) -> None:
    answer = client.get(path, headers=headers.lead)

    ((pointer, _),) = check_problem(answer, 422, "invalid_parameter")
    assert pointer in {"source", "case_ref"}


NAMES = {"fi": "Leppävaara", "sv": "Alberga", "en": "Leppävaara"}


@pytest.mark.parametrize(
    ("code", "body", "pointers"),
    [
        ("u-1", {}, ["/names"]),
        ("u-1", {"names": CANARY}, ["/names"]),
        ("u-1", {"names": {**NAMES, "fi": 7}}, ["/names/fi"]),
        ("u-1", {"names": {**NAMES, "fi": ""}}, ["/names/fi"]),
        ("u-1", {"names": {**NAMES, "sv": CANARY * 20}}, ["/names/sv"]),
        ("u-1", {"names": {**NAMES, "en": f"{CANARY}\0"}}, ["/names/en"]),
        ("u-1", {"names": {**NAMES, "en": f"{CANARY} {CODE}"}}, ["/names/en"]),
        ("u-1", {"names": {**NAMES, CODE: "x"}}, ["/names/*"]),
        ("u-1", {"names": NAMES, CANARY: 1}, ["/*"]),
        ("u-1", {"names": NAMES, "parent": CODE}, ["/parent"]),
        (CODE, {"names": NAMES}, ["code"]),
        ("%00", {"names": NAMES}, ["code"]),
        (CANARY * 20, {"names": NAMES}, ["code"]),
    ],
)
def test_a_unit_that_is_not_valid_is_refused_where_it_is_wrong(
    client: TestClient,
    headers: Headers,
    code: str,
    body: dict[str, object],
    pointers: list[str],
) -> None:
    answer = client.put(f"/v1/units/{code}", json=body, headers=headers.admin)

    in_body = pointers[0].startswith("/")
    found = check_problem(
        answer, 422, "invalid_body" if in_body else "invalid_parameter"
    )
    assert [pointer for pointer, _ in found] == pointers


@pytest.mark.parametrize(
    "body",
    [b"{", CANARY.encode(), b"\xff", b"[" * 100_000, b"1" * 10_000],
    ids=["cut off", "no JSON", "no text", "100,000 levels", "10,000 digits"],
)
def test_a_unit_whose_body_cannot_be_read_is_refused(
    client: TestClient, headers: Headers, body: bytes
) -> None:
    answer = client.put(
        "/v1/units/u-1", content=body, headers={**headers.admin, **JSON}
    )

    check_problem(answer, 400, "malformed_body")


def test_a_unit_below_itself_is_refused(client: TestClient, headers: Headers) -> None:
    answer = client.put(
        f"/v1/units/{CANARY}",
        json={"names": NAMES, "parent": CANARY},
        headers=headers.admin,
    )

    assert check_problem(answer, 409, "unit_cycle") == []


# Answered by handlers of their own, or where they are raised; one is only a base.
HANDLED = {
    "ProblemError",
    "StrictJsonError",
    "TooManyLinesError",
    "DomainError",
    "CellError",
    "IdentityFileError",
    "InvalidTokenError",
    "NoAccessError",
    "SignInRefusedError",
    "SignedOutError",
    "TellingAddressError",
    "TooManyViewsError",
    "UnfitAddressError",
}


def errors_of_ours() -> Iterator[type[Exception]]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        for value in vars(import_module(module.name)).values():
            if (
                isinstance(value, type)
                and issubclass(value, Exception)
                and value.__module__ == module.name
                and not value.__name__.startswith("_")  # leaves its module never
            ):
                yield value


def test_every_error_of_ours_has_a_problem_or_is_told_by_the_command_line() -> None:
    """See that no error falls through: to a 500 there, to a traceback here."""
    found = set(errors_of_ours())
    told = tuple(error for error in cli.EXPECTED if error is not DomainError)

    missing = {
        error.__qualname__
        for error in found - CODES.keys()
        if error.__name__ not in HANDLED and not issubclass(error, told)
    }
    assert missing == set()
    assert found >= CODES.keys()


def test_every_domain_error_has_a_code_of_its_own_that_is_the_problem() -> None:
    kinds = [each for each in errors_of_ours() if issubclass(each, DomainError)]

    for kind in kinds:
        if kind is not DomainError:
            assert CODES[kind] == kind.code


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_has_a_status_a_title_and_a_remedy(code: str) -> None:
    status, title, remedy = PROBLEMS[code]

    assert HTTPStatus(status) >= HTTPStatus.BAD_REQUEST
    assert title
    assert remedy.endswith(".")
    assert problems.problem(code).type == TYPE + code.replace("_", "-")


def test_every_problem_is_documented_with_its_status() -> None:
    page = (Path(app.__file__).parents[1] / "docs" / "api.md").read_text("utf-8")

    missing = [
        code
        for code, (status, _, _) in PROBLEMS.items()
        if f"| `{code.replace('_', '-')}` | {status} |" not in page
    ]
    assert missing == []


def test_every_code_in_the_tables_is_a_problem() -> None:
    assert {*CODES.values(), *errors._CODES_OF_STATUS.values()} <= PROBLEMS.keys()
    for status, code in errors._CODES_OF_STATUS.items():
        assert PROBLEMS[code][0] == status
