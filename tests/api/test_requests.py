"""Each request has a number of ours, and is told in a line that holds nothing of it."""

import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry import metrics, trace

from app.api.requests import NumberedRequests
from app.db.database import Database, connect
from app.main import create_app
from app.observability import request_ids
from tests.conftest import Headers, Told

CANARY = "kanarialintu"
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def away(told_logs: Told) -> Iterator[TestClient]:
    """Give a caller of a service whose database is away."""
    assert (
        told_logs() == []
    )  # from now on: an application keeps the log that it is made with
    app = create_app(connect(NOWHERE))

    @app.get("/broken/{case_ref}")
    def broken(case_ref: str) -> None:
        raise RuntimeError(case_ref)

    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def requests(told_logs: Told) -> list[dict[str, object]]:
    return [line for line in told_logs() if line["event"] == "request"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("GET", "/nowhere", 404),
        ("DELETE", "/health/live", 405),
        ("GET", "/v1/deadlines", 401),
        ("POST", "/v1/events", 401),
        ("GET", "/health/ready", 503),
        ("GET", "/broken/x", 500),
    ],
)
def test_every_answer_bears_a_number_of_ours_and_a_problem_the_same(
    away: TestClient, method: str, path: str, status: int
) -> None:
    theirs = str(uuid4())

    first, second = (
        away.request(method, path, headers={"X-Request-Id": theirs}) for _ in range(2)
    )

    assert first.status_code == second.status_code == status
    number = UUID(first.headers["x-request-id"])
    assert number.version == 7
    assert str(number) != theirs
    assert second.headers["x-request-id"] != str(number)
    if status >= 400:
        assert first.json()["instance"] == f"urn:uuid:{number}"


def test_a_line_has_the_template_of_the_address_and_no_value_of_the_callers(
    away: TestClient, told_logs: Told
) -> None:
    theirs = str(uuid4())
    away.get(
        f"/v1/cases/{CANARY}/{CANARY}?as_of={CANARY}&{CANARY}=1",
        headers={
            "X-Request-Id": theirs,
            "User-Agent": CANARY,
            "Authorization": f"Bearer {CANARY}",
            "Referer": CANARY,
        },
    )

    (line,) = requests(told_logs)
    assert line["route"] == "/v1/cases/{source}/{case_ref}"
    assert (line["method"], line["status"]) == ("GET", 401)
    assert line["client_request_id"] == theirs
    assert line["request_id"] != theirs
    assert isinstance(line["duration_ms"], float)
    assert CANARY not in json.dumps(told_logs())


@pytest.mark.parametrize(
    "theirs", [CANARY, "010594Y9032", "x" * 36, "ä" * 18, "", f"{UUID(int=1)}a"]
)
def test_a_number_of_the_callers_that_is_no_uuid_is_not_told(
    away: TestClient, told_logs: Told, theirs: str
) -> None:
    away.get("/nowhere", headers={b"X-Request-Id": theirs.encode()})

    (line,) = requests(told_logs)
    assert "client_request_id" not in line


def test_addresses_and_methods_that_are_not_ours_are_one_each(
    away: TestClient, told_logs: Told
) -> None:
    for path in (f"/{CANARY}", f"/v1/{CANARY}", f"/static-offline-docs/{CANARY}"):
        away.get(path)
    away.request(CANARY, "/health/live")
    away.post("/v1/events")

    told = {(line["method"], line["route"]) for line in requests(told_logs)}
    assert told == {
        ("GET", "none"),
        ("GET", "/static-offline-docs"),
        ("other", "/health/live"),
        ("POST", "/v1/events"),
    }
    assert CANARY not in json.dumps(told_logs())


def test_that_all_is_well_is_not_told_each_time(
    away: TestClient, told_logs: Told
) -> None:
    away.get("/health/live")
    away.get("/health/ready")

    assert [line["status"] for line in requests(told_logs)] == [503]


def test_an_error_of_ours_is_answered_without_its_message(
    away: TestClient, told_logs: Told
) -> None:
    answer = away.get(f"/broken/{CANARY}")

    assert answer.status_code == 500
    assert CANARY not in answer.text + repr(answer.headers) + json.dumps(told_logs())
    assert [line["status"] for line in requests(told_logs)] == [500]


def test_start_and_stop_are_told(told_logs: Told) -> None:
    with TestClient(create_app(connect(NOWHERE))):
        assert told_logs()[-1]["event"] == "started"

    told = [line["event"] for line in told_logs()]
    assert told == ["database_away", "started", "stopped"]


def test_a_start_that_fails_is_told_without_its_message(
    told_logs: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("app.main.settle_garbage_collection", fail)

    with (
        pytest.raises(RuntimeError),
        TestClient(create_app(connect(NOWHERE))),
    ):
        pass

    line = told_logs()[-1]
    assert (line["event"], line["error"]) == ("start_failed", "builtins.RuntimeError")
    assert any("lifespan" in frame for frame in line["frames"])
    assert CANARY not in json.dumps(line)


@pytest.mark.anyio
async def test_a_caller_who_goes_away_is_told_without_a_status(
    told_logs: Told,
) -> None:
    async def silent(*_: object) -> None:
        return

    async def nothing() -> dict[str, object]:
        return {}

    async def no_answer(_: object) -> None:
        return

    scope = {"type": "http", "method": "GET", "headers": []}
    await NumberedRequests(silent, [])(scope, nothing, no_answer)

    (line,) = requests(told_logs)
    assert line["status"] is None


def test_who_called_is_told_by_the_id_of_the_key(
    database: Database, headers: Headers, told_logs: Told
) -> None:
    with TestClient(create_app(database)) as client:
        client.get("/v1/units", headers=headers.lead)
        client.get("/v1/deadlines", headers=headers.integrator)

    told = [
        (line["status"], line["caller"], line.get("problem"))
        for line in requests(told_logs)
    ]
    key_ids = [
        header["Authorization"].split("_")[1]
        for header in (headers.lead, headers.integrator)
    ]
    assert told == [(200, key_ids[0], None), (403, key_ids[1], "forbidden")]
    assert not any(
        header["Authorization"].split("_", 2)[2] in json.dumps(told_logs())
        for header in (headers.lead, headers.integrator)
    )


class Recorder(trace.TracerProvider, metrics.MeterProvider):
    """Takes whatever telemetry there is."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_tracer(self, name: str, *_: object, **__: object) -> trace.Tracer:  # type: ignore[override]
        self.asked.append(name)
        return trace.NoOpTracer()

    def get_meter(self, name: str, *_: object, **__: object) -> metrics.Meter:
        self.asked.append(name)
        return metrics.NoOpMeter(name)


@pytest.mark.parametrize("ours", [True, False])
def test_no_telemetry_leaves_though_the_process_has_a_provider_for_it(
    monkeypatch: pytest.MonkeyPatch, *, ours: bool
) -> None:
    recorder = Recorder()
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: recorder)
    monkeypatch.setattr(metrics, "get_meter_provider", lambda: recorder)
    # One of FastAPI's own making shows that the recorder would notice.
    app = create_app(connect(NOWHERE)) if ours else FastAPI()

    with TestClient(app) as client:
        client.get(f"/v1/cases/{CANARY}/{CANARY}")

    assert bool(recorder.asked) is not ours


def test_a_request_is_numbered_before_its_work_begins() -> None:
    app = create_app(connect(NOWHERE))
    seen: list[str | None] = []

    @app.get("/seen")
    def look() -> None:
        seen.append(request_ids.current())

    with TestClient(app) as client:
        answer = client.get("/seen")

    assert seen == [answer.headers["x-request-id"]]
