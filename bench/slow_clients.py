"""Slow connections of every kind beside normal load: when is each of them cut?"""

import asyncio
import json
import resource
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic
from uuid import uuid4

from app.domain.access import Role
from bench import servers
from bench.figures import Figure, percentile

EACH = 200
WATCHED_SECONDS = 20.0
BAR_SECONDS = 10.0
NORMAL_CLIENTS = 8
SOURCE = "client-a"
_CONNECTIONS = Path("/proc/net/tcp")
# Established, and the ways to be closing that still hold what is to be sent.
_HOLDING = frozenset({b"01", b"04", b"08", b"0B"})
_LARGE_ANSWER = "/static-offline-docs/swagger-ui-bundle.js"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """A way to be slow: what is sent at once, then in drips, and what is read."""

    head: bytes = b""
    drip: bytes = b""
    reads: bool = False


@dataclass(slots=True)
class Siege:
    """What became of the connections, and of the others' requests meanwhile."""

    cut_after: dict[str, list[float]] = field(default_factory=dict)
    still_open: Counter[str] = field(default_factory=Counter)
    held: frozenset[int] = frozenset()  # ports of clients whom the service still hears
    looked_at: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)


def kinds(key: str) -> Mapping[str, Slow]:
    """Return every way to be slow, with the *key* of an integrator where one helps."""
    start = b"Host: localhost\r\nAuthorization: Bearer " + key.encode() + b"\r\n"
    as_json = b"Content-Type: application/json\r\n"
    post = b"POST /v1/events HTTP/1.1\r\n" + start
    batch = b"POST /v1/events/batch HTTP/1.1\r\n" + start
    chunked = b"Transfer-Encoding: chunked\r\n"
    return {
        "silent": Slow(),
        "half a head": Slow(head=post),
        "a head in drips": Slow(head=post + b"X-Slow: ", drip=b"x"),
        "blank lines": Slow(drip=b"\r\n"),
        "a body in drips": Slow(
            head=post + as_json + b"Content-Length: 1000\r\n\r\n", drip=b" "
        ),
        "no body after Expect": Slow(
            head=post + as_json + b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"
        ),
        "endless chunks": Slow(
            head=post + as_json + chunked + b"\r\n", drip=b"1\r\n \r\n"
        ),
        "an endless chunk extension": Slow(
            head=post + as_json + chunked + b"\r\n1;", drip=b"x"
        ),
        "endless trailers": Slow(
            head=post + as_json + chunked + b"\r\n1\r\n \r\n0\r\nX-Slow: ", drip=b"x"
        ),
        "NDJSON in drips": Slow(
            head=batch + b"Content-Type: application/x-ndjson\r\n" + chunked + b"\r\n",
            drip=b"1\r\n \r\n",
        ),
        "a body after its refusal": Slow(
            head=b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Length: 100000000\r\n\r\n" + bytes(100_000),
            drip=b" ",
        ),
        "a slow reader": Slow(
            head=b"GET " + _LARGE_ANSWER.encode() + b" HTTP/1.1\r\n" + start + b"\r\n",
            reads=True,
        ),
        "a reader who asks again and again": Slow(
            head=(b"GET /openapi.json HTTP/1.1\r\n" + start + b"\r\n") * 10, reads=True
        ),
    }


async def besiege(
    port: int,
    key: str,
    *,
    each: int,
    drip_every: float,
    until: Callable[[Siege], bool],
    normal: int = NORMAL_CLIENTS,
) -> Siege:
    """Keep *each* slow connections of each kind, and *normal* load, and tell of them.

    It ends when *until* says so; what is open then was not cut.
    """
    siege = Siege()
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for name, slow in kinds(key).items():
            siege.cut_after[name] = []
            for _ in range(each):
                tasks.create_task(
                    _be_slow(
                        port,
                        name,
                        slow,
                        drip_every=drip_every,
                        siege=siege,
                        stopping=stopping,
                    )
                )
        for _ in range(normal):
            tasks.create_task(_be_normal(port, key, siege, stopping))
        while not until(siege):
            siege.held, siege.looked_at = _held(port), monotonic()
            await asyncio.sleep(0.1)
        stopping.set()
    return siege


async def _be_slow(
    port: int,
    name: str,
    slow: Slow,
    *,
    drip_every: float,
    siege: Siege,
    stopping: asyncio.Event,
) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        # What an answer has is not to fit between the service and a slow reader.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(0)
        await loop.sock_connect(connection, (servers.HOST, port))
        began = dripped = monotonic()
        own_port = connection.getsockname()[1]
        with suppress(ConnectionError):
            await loop.sock_sendall(connection, slow.head)
        while not stopping.is_set():
            if siege.looked_at > began and own_port not in siege.held:
                siege.cut_after[name].append(monotonic() - began)
                return
            if monotonic() - dripped > drip_every:
                dripped = monotonic()
                with suppress(BlockingIOError, ConnectionError):
                    connection.send(slow.drip)
                    if slow.reads:
                        connection.recv(1)
            await asyncio.sleep(0.05)
        siege.still_open[name] += 1


def _held(port: int) -> frozenset[int]:
    """Return from where those come whose connections to *port* are not given up.

    The system is asked, not the clients: who does not read is not told of an end.
    """
    held = set()
    for line in _CONNECTIONS.read_bytes().splitlines()[1:]:
        _, ours, theirs, state, *_ = line.split()
        if state in _HOLDING and int(ours.rpartition(b":")[2], 16) == port:
            held.add(int(theirs.rpartition(b":")[2], 16))
    return frozenset(held)


async def _be_normal(
    port: int, key: str, siege: Siege, stopping: asyncio.Event
) -> None:
    async for request in _requests(key):
        if stopping.is_set():
            return
        began = monotonic()
        reader, writer = await asyncio.open_connection(servers.HOST, port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        siege.milliseconds.append((monotonic() - began) * 1e3)
        siege.statuses[answer[9:12].decode()] += 1
        await asyncio.sleep(0.01)


async def _requests(key: str) -> AsyncIterator[bytes]:
    for number in count():
        event_id = f"{uuid4()}"
        body = json.dumps(
            {
                "id": event_id,
                "source": SOURCE,
                "kind": "notification",
                "case_ref": event_id,
                "occurred_on": "2026-03-02",
                "data": {"entry": "report", "unit": "leppavaara"},
            }
        ).encode()
        path = "/v1/events/batch" if number % 8 == 0 else "/v1/events"
        if number % 8 == 0:
            body = b"[" + body + b"]"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


def measure() -> list[Figure]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with servers.postgres() as server, servers.service(server) as port:
        key = server.key(Role.INTEGRATOR, SOURCE)
        quiet = asyncio.run(
            besiege(port, key, each=0, drip_every=2, until=_after(WATCHED_SECONDS / 4))
        )
        siege = asyncio.run(
            besiege(port, key, each=EACH, drip_every=2, until=_after(WATCHED_SECONDS))
        )
    print(f"{EACH} slow connections of each kind, {NORMAL_CLIENTS} normal clients")
    for name, seconds in siege.cut_after.items():
        last = max(seconds, default=float("nan"))
        print(
            f"{name:35} cut {len(seconds):4}  last after {last:5.1f} s  "
            f"open {siege.still_open[name]}"
        )
    for when, seen in (("alone", quiet), ("besieged", siege)):
        print(
            f"normal requests {when}: {dict(seen.statuses)}, "
            f"p50 {percentile(seen.milliseconds, 50):.1f} ms, "
            f"p99 {percentile(seen.milliseconds, 99):.1f} ms"
        )
    longest = max(max(each, default=0.0) for each in siege.cut_after.values())
    errors = sum(n for status, n in siege.statuses.items() if status[0] != "2")
    assert not siege.still_open, siege.still_open
    assert not errors, siege.statuses
    return [
        Figure(
            name="slow connections cut after",
            value=longest,
            unit="s",
            at_most=BAR_SECONDS,
        ),
        Figure(name="errors of normal requests", value=errors, unit=""),
    ]


def _after(seconds: float) -> Callable[[Siege], bool]:
    end = monotonic() + seconds
    return lambda _: monotonic() > end
