"""A load that costs little: keep-alive clients of HTTP/1.1 in a process of their own.

It shares the cores with what it measures, so requests are rendered beforehand, and of
an answer only status and length are read.
"""

import asyncio
import gc
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from http import HTTPStatus
from itertools import islice
from statistics import median
from time import perf_counter
from typing import cast

import uvloop

from bench.figures import percentile
from bench.servers import HOST, python

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_STATUS = slice(9, 12)
_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How a number of requests was answered."""

    seconds: float
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]


@dataclass(frozen=True, slots=True)
class Target:
    """A process that is posted to, and the key that it knows."""

    port: int
    key: str = "none"


class Poster:
    """Posts the next of its bodies in every round, never one twice.

    The *targets* get them in turn, each by so many *clients* of its own.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        path: str,
        bodies: Sequence[bytes],
        *,
        rounds: int,
        clients: int,
        status: HTTPStatus,
    ) -> None:
        named = [f"{target.port}:{target.key}" for target in targets]
        self._arguments = [path, str(clients), *named]
        self._bodies = iter(bodies)
        self._in_round = len(bodies) // rounds
        self._expected = {str(status.value): self._in_round}
        self._loads: list[Load] = []

    def rate(self) -> float:
        """Return the requests per second of the next round."""
        load = _post(self._arguments, list(islice(self._bodies, self._in_round)))
        assert load.statuses == self._expected, load.statuses
        self._loads.append(load)
        return self._in_round / load.seconds

    def latency(self) -> str:
        """Return how long a request took in the rounds after the first."""
        counted = self._loads[1:]
        p50 = median(load.p50_ms for load in counted)
        p99 = median(load.p99_ms for load in counted)
        return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"


def _post(arguments: Sequence[str], bodies: Sequence[bytes]) -> Load:
    process = python(
        ["-m", "bench.load", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    output, _ = process.communicate(b"\n".join(bodies))
    if process.returncode != 0:
        raise RuntimeError(f"the load {arguments} ended with {process.returncode}")
    return Load(**json.loads(output))


class _Client(asyncio.Protocol):
    """One connection, which sends its next request when the last is answered."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self.milliseconds: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.done = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._transport: asyncio.Transport | None = None
        self._answer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's transport can be written to; uvloop's is no subclass that says so.
        self._transport = cast(asyncio.Transport, transport)

    def send(self) -> None:
        assert self._transport is not None
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            return
        self._sent_at = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head_length = self._answer.find(_END_OF_HEAD)
        if head_length < 0:
            return
        length = _LENGTH.search(self._answer, 0, head_length + 2)
        assert length is not None, "an answer tells its length"
        total = head_length + len(_END_OF_HEAD) + int(length[1])
        if len(self._answer) < total:
            return
        self.milliseconds.append((perf_counter() - self._sent_at) * 1e3)
        self.statuses[self._answer[_STATUS].decode()] += 1
        self._answer = self._answer[total:]
        self.send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed a connection"))


async def _post_all(requests: Mapping[Target, Iterator[bytes]], clients: int) -> Load:
    loop = asyncio.get_running_loop()
    connected = [
        (await loop.create_connection(partial(_Client, own), HOST, target.port))[1]
        for target, own in requests.items()
        for _ in range(clients)
    ]
    gc.disable()
    began = perf_counter()
    for client in connected:
        client.send()
    await asyncio.gather(*(client.done for client in connected))
    took = perf_counter() - began
    milliseconds = [each for client in connected for each in client.milliseconds]
    return Load(
        seconds=took,
        p50_ms=percentile(milliseconds, 50),
        p99_ms=percentile(milliseconds, 99),
        statuses=dict(sum((client.statuses for client in connected), Counter())),
    )


def _rendered(path: str, key: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    path, clients, *named = sys.argv[1:]
    bodies = sys.stdin.buffer.read().split(b"\n")
    requests: dict[Target, Iterator[bytes]] = {}
    for place, (port, _, key) in enumerate(name.partition(":") for name in named):
        own = [_rendered(path, key, body) for body in bodies[place :: len(named)]]
        requests[Target(int(port), key)] = iter(own)
    load = uvloop.run(_post_all(requests, int(clients)))
    print(json.dumps(asdict(load)))


if __name__ == "__main__":
    main()
