"""Every look at cases is written down before it is answered, or not answered at all."""

import random
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeAlias

import pytest

from app.api.access import permitted
from app.domain.access import OF_CASES, Permission, Role
from app.domain.events import CaseKey
from app.services.viewing import Viewer
from tests.api.faults import FAULTS
from tests.api.watched import (
    CASES,
    LATE,
    MARK,
    WAYS,
    Answer,
    Route,
    Watched,
    routes_of_cases,
    watched_county,
)
from tests.conftest import Told, bearer
from tests.databases import impatient

Show: TypeAlias = Callable[..., None]
EVERY_WAY = pytest.mark.parametrize("route", WAYS, ids="{0.method} {0.path}".format)


@pytest.fixture(scope="module")
def watched(server_url: str, template: str) -> Iterator[Watched]:
    with watched_county(server_url, template) as watched:
        yield watched


@pytest.fixture(params=FAULTS)
def broken(watched: Watched, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """Give the county while its access log cannot be written."""
    fault = FAULTS[request.param]
    watched.sql(*fault.breaks)
    yield watched
    watched.sql(fault.mends)


def named(answer: Answer) -> set[str]:
    """Return the cases that *answer* names."""
    return {case_ref for case_ref in CASES if case_ref in answer.text}


def assert_disclosed_nothing(answer: Answer) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    assert answer.json()["type"] == "urn:maaraaika:problem:look-not-written"
    assert MARK.encode() not in answer.content


def test_each_route_that_shows_cases_is_tried_here(watched: Watched) -> None:
    assert set(routes_of_cases(watched.client)) == set(WAYS)


@pytest.mark.parametrize("permission", sorted(OF_CASES))
def test_a_route_cannot_get_such_a_permission_without_looks(
    permission: Permission,
) -> None:
    with pytest.raises(RuntimeError, match="shows cases"):
        permitted(permission)


@EVERY_WAY
def test_a_look_is_written_with_who_what_and_by_which_way(
    watched: Watched, route: Route
) -> None:
    before = len(watched.looks())

    answer = WAYS[route](watched)

    assert answer.status_code in {200, 201}, answer.text
    (look,) = watched.looks()[before:]
    of_auditors = route.path.startswith(("/v1/events", "/v1/access-log"))
    role = Role.AUDITOR if of_auditors else Role.LEAD
    assert look.entry["route"] == f"{route.method} {route.path}"
    assert look.entry["role"] == role
    assert f"mk_{look.entry['person']}_" in watched.keys[role]["Authorization"]
    assert look.entry["correlation_id"] == answer.headers["x-request-id"]
    assert look.entry["result"] == "shown"
    assert look.entry["rows"] >= 1
    assert named(answer) <= {case.case_ref for case in look.cases}
    assert look.cases


def test_the_criteria_are_kept_and_references_only_as_hashes(watched: Watched) -> None:
    watched.get("/v1/deadlines", worker=f"{MARK}-w", unit="leppavaara", status="open")

    entry = watched.looks()[-1].entry

    assert entry["criteria"]["status"] == "open"
    assert entry["criteria"]["unit"] == "leppavaara"
    assert re.fullmatch("[0-9a-f]{64}", entry["criteria"]["worker"])


def test_a_case_that_is_not_to_be_seen_is_a_look_that_found_nothing(
    watched: Watched,
) -> None:
    stranger = bearer(watched.database, Role.LEAD, units=("espoonlahti",))

    answer = watched.client.get(f"/v1/cases/client-a/{LATE}", headers=stranger)

    assert answer.status_code == 404
    entry = watched.looks()[-1].entry
    assert (entry["result"], entry["cases"], entry["rows"]) == ("not_found", {}, 0)
    assert entry["units"] == ["espoonlahti"]
    assert LATE not in str(entry)


@EVERY_WAY
def test_nothing_is_disclosed_while_the_access_log_cannot_be_written(
    broken: Watched, route: Route
) -> None:
    before = broken.looks()

    assert_disclosed_nothing(WAYS[route](broken))

    assert broken.looks() == before


@pytest.mark.parametrize("format_", ["csv", "xlsx", "pdf"])
@pytest.mark.parametrize("path", ["/v1/deadlines", "/v1/findings"])
def test_nor_in_a_file(broken: Watched, path: str, format_: str) -> None:
    assert_disclosed_nothing(
        broken.get(path, format=format_, status="all", reason="self_monitoring")
    )


def test_nor_in_a_file_of_the_access_log(broken: Watched) -> None:
    assert_disclosed_nothing(
        broken.get(
            "/v1/access-log",
            Role.AUDITOR,
            case=LATE,
            format="csv",
            reason="supervision",
        )
    )


def test_nor_while_the_table_is_locked(watched: Watched) -> None:
    before = len(watched.looks())

    with impatient(watched.database), watched.administration() as connection:
        connection.execute("LOCK TABLE access_log")
        answer = watched.get("/v1/deadlines", status="all")

    assert_disclosed_nothing(answer)
    assert len(watched.looks()) == before


def test_that_a_look_could_not_be_written_is_told_in_the_logs(
    broken: Watched, told_logs: Told
) -> None:
    broken.get("/v1/deadlines", status="all")

    (told,) = (line for line in told_logs() if line["event"] == "look_not_written")
    assert told["level"] == "error"
    assert told["request_id"]
    assert MARK not in str(told)


def test_nor_to_who_asks_for_a_case_that_is_none(broken: Watched) -> None:
    assert_disclosed_nothing(broken.get("/v1/cases/client-a/no-such-case"))


@EVERY_WAY
def test_a_look_that_is_written_in_the_background_would_disclose_cases(
    broken: Watched, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Viewer.show
    writing: list[threading.Thread] = []

    def show_later(viewer: Viewer, cases: Iterable[CaseKey], *, rows: int) -> None:
        def write() -> None:
            with suppress(Exception):
                show(viewer, cases, rows=rows)

        writing.append(threading.Thread(target=write))
        writing[-1].start()
        viewer.has_looked = True

    monkeypatch.setattr(Viewer, "show", show_later)

    with pytest.raises(AssertionError):
        assert_disclosed_nothing(WAYS[route](broken))
    for each in writing:  # before the log can be written again
        each.join()


@EVERY_WAY
def test_no_answer_leaves_for_which_the_look_was_forgotten(
    watched: Watched, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Viewer, "show", lambda *_, **__: None)
    monkeypatch.setattr(watched.client._transport, "raise_server_exceptions", False)

    answer = WAYS[route](watched)

    assert answer.status_code == 500
    assert MARK.encode() not in answer.content


def test_as_many_looks_are_written_as_are_answered(watched: Watched) -> None:
    ways = [way for route, way in WAYS.items() if "closure" not in route.path]
    before = len(watched.looks())

    answers = [random.choice(ways)(watched) for _ in range(40)]  # noqa: S311

    written = {look.entry["correlation_id"]: look for look in watched.looks()[before:]}
    assert [answer.status_code < 300 for answer in answers] == [True] * 40
    assert written.keys() == {answer.headers["x-request-id"] for answer in answers}
    for answer in answers:
        look = written[answer.headers["x-request-id"]]
        assert named(answer) == {case.case_ref for case in look.cases} & {*CASES}
