"""NDJSON: stored by the thousand, answered line by line, resumed after any cut."""

import asyncio
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app import clock
from app.api import ndjson
from app.api.cloud_events import TYPE_PREFIX
from app.api.wire import LARGEST_BATCH
from app.db.database import Database, DatabaseUnavailableError
from app.main import served
from app.services import keys
from app.services.group_commit import GroupCommit
from app.services.intake import Outcome, Submission
from tests.conftest import Headers

BATCH = "/v1/events/batch"
NDJSON = {"Content-Type": "application/x-ndjson"}
CODE = "010594Y9032"  # a public test code
PATIENCE_SECONDS = 60.0


def event(number: int, **changes: object) -> dict[str, Any]:
    return {
        "id": f"e-{number}",
        "source": "client-a",
        "kind": "notification",
        "case_ref": f"A-{number}",
        "occurred_on": "2026-03-02",
        "data": {"entry": "report", "unit": "leppavaara"},
        **changes,
    }


def cloud_event(number: int, **changes: object) -> dict[str, Any]:
    plain = event(number)
    return {
        "specversion": "1.0",
        "type": TYPE_PREFIX + plain["kind"],
        "source": plain["source"],
        "id": plain["id"],
        "subject": plain["case_ref"],
        "occurredon": plain["occurred_on"],
        "data": plain["data"],
        **changes,
    }


def lines(*events: dict[str, Any]) -> bytes:
    return b"".join([json.dumps(each).encode() + b"\n" for each in events])


def upload(
    client: TestClient, headers: Headers, body: bytes | Iterator[bytes]
) -> list[dict[str, Any]]:
    """Send *body* and return what is told of each line."""
    answer = client.post(BATCH, content=body, headers={**headers.integrator, **NDJSON})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.text == "" or answer.text.endswith("\n")
    return [json.loads(line) for line in answer.text.splitlines()]


def stored_ids(database: Database) -> list[str]:
    with database.write() as connection:
        return list(
            connection.scalars(
                text("SELECT event_id FROM case_event ORDER BY sequence")
            )
        )


def test_every_line_has_its_own_fate_in_the_order_it_was_sent(
    client: TestClient, headers: Headers, database: Database
) -> None:
    body = b"".join(
        [
            lines(event(1)),
            b"\r\n",
            lines(cloud_event(1), cloud_event(2)),
            b'{"id": "e-3", \n',
            b'{"id": "e-4", "id": "e-4"}\n',
            b"[]\n \t\n",
            lines(event(1, case_ref="A-2"), event(5, source="client-b")),
            lines(event(6, occurred_on="2126-01-01"), cloud_event(7, type="x")),
            b"\xef\xbb\xbf" + lines(event(8)),
            lines(event(9, id=CODE)),
            json.dumps(event(10)).encode(),
        ]
    )

    told = upload(client, headers, body)

    assert [(each["line"], each["id"], each["status"]) for each in told] == [
        (1, "e-1", "created"),
        (3, "e-1", "duplicate"),
        (4, "e-2", "created"),
        (5, None, "rejected"),
        (6, None, "rejected"),
        (7, None, "rejected"),
        (9, "e-1", "conflict"),
        (10, "e-5", "rejected"),
        (11, "e-6", "rejected"),
        (12, "e-7", "rejected"),
        (13, None, "rejected"),
        (14, None, "rejected"),
        (15, "e-10", "created"),
    ]
    pointers = {
        each["line"]: [flaw["pointer"] for flaw in each["problem"].get("errors", [])]
        for each in told
        if "problem" in each
    }
    assert pointers[6] == ["/id"]
    assert pointers[11] == ["/occurred_on"]
    assert pointers[12] == ["/type"]
    assert told[1]["receipt"] == {**told[0]["receipt"], "status": "duplicate"}
    assert stored_ids(database) == ["e-1", "e-2", "e-10"]


@pytest.mark.parametrize("body", [b"", b"\n", b"\n \r\n\t\n"])
def test_nothing_is_answered_with_nothing(
    client: TestClient, headers: Headers, body: bytes
) -> None:
    assert upload(client, headers, body) == []


def test_a_thousand_lines_share_a_transaction(
    client: TestClient, headers: Headers, database: Database
) -> None:
    events = [event(number, case_ref=f"A-{number % 99}") for number in range(2_300)]

    told = upload(client, headers, lines(*events))

    assert [each["line"] for each in told] == list(range(1, 2_301))
    assert stored_ids(database) == [each["id"] for each in events]
    instants = Counter(each["receipt"]["recorded_at"] for each in told)
    assert list(instants.values()) == [1_000, 1_000, 300]


def test_a_line_of_more_than_a_megabyte_is_rejected_alone(
    client: TestClient, headers: Headers, database: Database
) -> None:
    def body() -> Iterator[bytes]:
        yield lines(event(1)) + b'{"id": "'
        for _ in range(30):
            yield b"x" * 50_000
        yield b'"}\n' + lines(event(3))

    told = upload(client, headers, body())

    assert [each["status"] for each in told] == ["created", "rejected", "created"]
    assert told[1]["problem"]["status"] == 413
    assert stored_ids(database) == ["e-1", "e-3"]


def test_of_more_than_fifty_thousand_lines_the_rest_is_told_not_to_be_handled(
    client: TestClient, headers: Headers
) -> None:
    told = upload(client, headers, b"x\n" * 50_000 + lines(event(1), event(2)))

    assert len(told) == 50_001
    assert {each["problem"]["status"] for each in told[:-1]} == {400}
    last = told[-1]
    assert (last["line"], last["status"]) == (50_001, "rejected")
    assert last["problem"]["type"] == "urn:maaraaika:problem:body-too-large"
    assert "not handled" in last["problem"]["detail"]


def test_fifty_thousand_lines_may_end_with_a_blank_one(
    client: TestClient, headers: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson, "MOST_LINES", 2)

    told = upload(client, headers, lines(event(1), event(2)) + b"\n")

    assert [each["status"] for each in told] == ["created", "created"]


def test_a_thousand_lines_have_at_most_five_megabytes(
    client: TestClient,
    headers: Headers,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = len(lines(event(1)))
    monkeypatch.setattr(ndjson, "EVENTS_PER_BATCH", 3)
    monkeypatch.setattr(ndjson, "LARGEST_BATCH", 3 * one)
    long = b" " * (2 * one) + b"\n"

    told = upload(
        client, headers, lines(*map(event, range(5))) + long + lines(event(5))
    )

    assert [each["status"] for each in told] == 5 * ["created"] + ["rejected"]
    assert (told[-1]["line"], told[-1]["problem"]["status"]) == (6, 413)
    assert len(stored_ids(database)) == 5


def test_what_is_beyond_all_measure_is_not_even_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ndjson, "LARGEST_UPLOAD", 1_000)
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 100
            yield b" " * 100

    asyncio.run(ndjson._drain(endless()))

    assert read == 1_100


def test_a_compressed_upload_is_refused(client: TestClient, headers: Headers) -> None:
    answer = client.post(
        BATCH,
        content=b"",
        headers={**headers.integrator, **NDJSON, "Content-Encoding": "gzip"},
    )

    assert answer.status_code == 415


def test_lines_that_the_database_did_not_take_may_be_sent_again(
    client: TestClient,
    headers: Headers,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    genuine = GroupCommit.record
    calls = 0

    async def failing(
        self: GroupCommit, submissions: Sequence[Submission]
    ) -> Sequence[Outcome]:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise DatabaseUnavailableError
        return await genuine(self, submissions)

    body = lines(*map(event, range(3_500))) + b"x\n"
    monkeypatch.setattr(GroupCommit, "record", failing)

    told = upload(client, headers, body)
    monkeypatch.undo()
    again = upload(client, headers, body)

    assert calls == 2, "after a failure nothing more is tried"
    assert [each["status"] for each in told] == [
        *(1_000 * ["created"] + 2_500 * ["unavailable"] + ["rejected"])
    ]
    assert told[1_000]["id"] == "e-1000"
    assert told[1_000]["problem"]["status"] == 503
    assert [each["status"] for each in again] == [
        *(1_000 * ["duplicate"] + 2_500 * ["created"] + ["rejected"])
    ]
    assert len(stored_ids(database)) == 3_500


def test_a_fault_of_ours_cuts_the_answer_short_and_is_not_kept_silent(
    client: TestClient, headers: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(_self: object, _submissions: object) -> Sequence[Outcome]:
        raise ZeroDivisionError

    monkeypatch.setattr(GroupCommit, "record", failing)

    with pytest.raises(ZeroDivisionError):
        client.post(
            BATCH, content=lines(event(1)), headers={**headers.integrator, **NDJSON}
        )


@given(
    body=st.lists(st.sampled_from([b"\n", b"\r", b"{}", b" ", b"\xc3"])).map(b"".join),
    cuts=st.lists(st.integers(0, 40)),
)
def test_lines_are_the_same_wherever_the_body_is_cut(
    body: bytes, cuts: list[int]
) -> None:
    places = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]

    async def pieces() -> AsyncIterator[bytes]:
        for start, end in pairwise(places):
            yield body[start:end]

    async def numbered() -> list[tuple[int, bytes]]:
        return [
            (line.number, line.text)
            async for thousand in ndjson._thousands(pieces())
            for line in thousand
        ]

    expected = [
        (number, line)
        for number, line in enumerate(body.split(b"\n"), start=1)
        if line.strip()
    ]
    assert asyncio.run(numbered()) == expected


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_thousand_lines_may_be_as_long_as_a_batch_and_no_longer(end: bytes) -> None:
    line = b"x" * (LARGEST_BATCH // 5 - 1)
    just_allowed = b"\n".join([line] * 5) + end

    async def count(body: bytes) -> int:
        async def pieces() -> AsyncIterator[bytes]:
            yield body
            yield b""

        return sum([len(each) async for each in ndjson._thousands(pieces())])

    assert asyncio.run(count(just_allowed)) == 5
    with pytest.raises(ndjson.TooManyLinesError) as told:
        asyncio.run(count(just_allowed + (end or b"\n") + b"x"))
    assert told.value.number == 6


class Connection:
    """A client by hand, which decides when it sends, reads and hangs up."""

    def __init__(self, address: str, headers: dict[str, str], *more: str) -> None:
        place = urlsplit(address)
        assert place.hostname is not None
        assert place.port is not None
        self.socket = socket.socket()
        # What the server says must not all fit between it and a client who is slow.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect((place.hostname, place.port))
        given = {"Host": "here", "Transfer-Encoding": "chunked", **headers, **NDJSON}
        head = [f"POST {BATCH} HTTP/1.1", *more]
        head += [f"{name}: {value}" for name, value in given.items()]
        self.socket.sendall("\r\n".join([*head, "", ""]).encode())
        self._file = self.socket.makefile("rb")

    def send(self, body: bytes) -> None:
        self.socket.sendall(b"%x\r\n%s\r\n" % (len(body), body))

    def end(self) -> None:
        self.socket.sendall(b"0\r\n\r\n")

    def head(self) -> bytes:
        """Return the status line, and read past the headers."""
        status = self._file.readline()
        while self._file.readline() not in {b"\r\n", b""}:
            pass
        return status

    def part(self) -> list[dict[str, Any]]:
        """Return the result lines of the next part; none are left after the last."""
        length = int(self._file.readline(), 16)
        body = self._file.read(length + 2)
        return [json.loads(line) for line in body.splitlines() if line]

    def parts(self) -> list[dict[str, Any]]:
        """Return all result lines that are left."""
        found: list[dict[str, Any]] = []
        while part := self.part():
            found += part
        return found

    def hang_up(self) -> None:
        self._file.close()
        self.socket.close()


@pytest.fixture
def address(database: Database) -> Iterator[str]:
    with served(database, 0) as address:
        yield address


def test_results_come_while_the_upload_goes_on(
    address: str, headers: Headers, database: Database
) -> None:
    connection = Connection(address, headers.integrator)
    with closing(connection.socket):
        connection.send(lines(*map(event, range(2_000))))
        assert connection.head().startswith(b"HTTP/1.1 200")

        first = connection.part()

        assert len(first) == 1_000
        assert set(stored_ids(database)) >= {each["id"] for each in first}
        connection.send(lines(event(2_000)))
        connection.end()
        assert [each["status"] for each in connection.parts()] == 1_001 * ["created"]


def test_a_key_revoked_meanwhile_stores_no_further_thousand(
    address: str,
    headers: Headers,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Nothing is remembered, so that revoking shows at once.
    monkeypatch.setattr("app.services.callers.CACHE_SECONDS", -1.0)
    key_id = headers.integrator["Authorization"].split("_")[1]

    connection = Connection(address, headers.integrator)
    with closing(connection.socket):
        connection.send(lines(*map(event, range(2_000))))
        connection.head()
        told = connection.part()
        keys.revoke(database, key_id, revoked_at=clock.now())
        connection.send(lines(*map(event, range(2_000, 3_500))))
        connection.end()
        told += connection.parts()

    *stored, last = told
    # The second thousand may have been at work when the key was revoked.
    assert len(stored) in {1_000, 2_000}
    assert {each["status"] for each in stored} == {"created"}
    assert last["line"] == len(stored) + 1
    assert last["problem"]["type"].endswith(":unauthenticated")
    assert len(stored_ids(database)) == len(stored)


def test_a_client_may_read_only_when_it_has_sent_everything(
    address: str, headers: Headers
) -> None:
    connection = Connection(address, headers.integrator)
    with closing(connection.socket):
        # Their results are some 15 MB: far more than the network holds in between.
        for _ in range(50):
            connection.send(b"not JSON\n" * 1_000)
        connection.end()

        assert connection.head().startswith(b"HTTP/1.1 200")
        told = connection.parts()

    assert [each["line"] for each in told] == list(range(1, 50_001))


def test_an_upload_cut_off_and_sent_again_is_complete_and_nothing_is_twice(
    address: str, headers: Headers, database: Database
) -> None:
    events = [event(number) for number in range(4_500)]
    cut = Connection(address, headers.integrator)
    cut.send(lines(*events[:2_700]) + b'{"id": "e-27')
    assert cut.head().startswith(b"HTTP/1.1 200")
    acknowledged = cut.part()
    cut.hang_up()

    whole = Connection(address, headers.integrator)
    with closing(whole.socket):
        whole.send(lines(*events))
        whole.end()
        whole.head()
        told = whole.parts()

    # What was cut off goes on beside what is sent again; each part is stored by one.
    statuses = [each["status"] for each in told]
    kept = statuses.count("duplicate")
    assert 1_000 <= kept <= 2_700
    assert statuses == kept * ["duplicate"] + (4_500 - kept) * ["created"]
    assert [each["id"] for each in acknowledged] == [f"e-{n}" for n in range(1_000)]
    first = {each["id"]: each["receipt"] for each in acknowledged}
    for each in told[:1_000]:
        assert each["receipt"] == {**first[each["id"]], "status": "duplicate"}
    assert stored_ids(database) == [each["id"] for each in events]


def test_a_sender_who_asks_first_is_told_to_continue_before_anything_else(
    address: str, headers: Headers
) -> None:
    connection = Connection(address, headers.integrator, "Expect: 100-continue")
    with closing(connection.socket):
        assert connection.head().startswith(b"HTTP/1.1 100")
        connection.send(lines(event(1)))
        connection.end()

        assert connection.head().startswith(b"HTTP/1.1 200")
        assert [each["status"] for each in connection.parts()] == ["created"]


def test_the_service_goes_on_after_a_client_that_hangs_up_before_it_reads(
    address: str, headers: Headers
) -> None:
    for sent in (b"", lines(event(1)), b"x\n" * 5_000):
        connection = Connection(address, headers.integrator)
        connection.send(sent or b"\n")
        connection.hang_up()

    connection = Connection(address, headers.integrator)
    with closing(connection.socket):
        connection.send(lines(event(2)))
        connection.end()
        connection.head()

        assert [each["status"] for each in connection.parts()] == ["created"]
