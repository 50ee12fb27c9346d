"""POST /v1/events/batch of NDJSON, long uploads, against a bare COPY of the rows.

As with batches two processes of the service get an upload each, and what one does is
told beside it.
"""

import socket
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from itertools import islice
from threading import Thread

from app.api.ndjson import MEDIA_TYPE
from app.demo.wire import Event
from bench import servers
from bench.batch import SIZE, Copier, each_its_own, floor_on, told
from bench.events import events, rendered
from bench.figures import Figure, interleaved, seconds
from bench.load import Target

LINES = 10_000  # in an upload; one more of each source warms up
ROUNDS = 5
EXPECTED = 10_000  # events/s
_IN_ALL = (ROUNDS + 1) * LINES

_PIECE = 65_536
_LAST_CHUNK = b"\r\n0\r\n\r\n"


def measure() -> list[Figure]:
    drawn = events(2 * _IN_ALL)[:_IN_ALL]
    figures = []
    with (
        servers.postgres() as server,
        servers.service(server) as one,
        servers.service(server) as other,
        floor_on(server) as connection,
    ):
        for ports in ([one], [one, other]):
            own = each_its_own(server, ports, drawn)
            ours = _Uploader(own)
            uploaded = len(ports) * LINES
            floor = Copier(connection, own.values(), batches=uploaded // SIZE)
            rates, rates_of_copy = interleaved(ROUNDS, ours.rate, floor.rate)
            figures += told("NDJSON", len(ports), rates, rates_of_copy, EXPECTED)
        assert server.events_stored() == 3 * _IN_ALL, "what is acknowledged is stored"
    return figures


class _Uploader:
    """Uploads the next lines of its own to each target, side by side, in every round.

    Every result is read.
    """

    def __init__(self, own: Mapping[Target, Iterable[Event]]) -> None:
        self._lines = {
            target: iter([rendered(event) + b"\n" for event in drawn])
            for target, drawn in own.items()
        }

    def rate(self) -> float:
        """Return the events per second of the next uploads."""
        bodies = [b"".join(islice(lines, LINES)) for lines in self._lines.values()]
        with ThreadPoolExecutor(len(bodies)) as threads:
            uploaded = partial(threads.map, _upload, self._lines, bodies)
            return len(bodies) * LINES / seconds(lambda: list(uploaded()))


def _upload(target: Target, body: bytes) -> None:
    head = (
        f"POST /v1/events/batch HTTP/1.1\r\nHost: {servers.HOST}\r\n"
        f"Authorization: Bearer {target.key}\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((servers.HOST, target.port)) as connection:
        # What is read while it sends cannot hold up the server.
        sending = Thread(target=connection.sendall, args=(head.encode() + body,))
        sending.start()
        answer = bytearray()
        while not answer.endswith(_LAST_CHUNK):
            piece = connection.recv(_PIECE)
            assert piece, "the server closed the connection"
            answer += piece
        sending.join()
    assert b" %d " % HTTPStatus.OK in answer[:20]
    created = answer.count(b'"status":"created"}}\n')
    assert created == LINES, f"{created} of {LINES} are acknowledged"


def main() -> None:
    servers.keep_to_two_cores()
    for figure in measure():
        print(f"{figure.name}: {figure.value:,.3g} {figure.unit} {figure.verdict}")


if __name__ == "__main__":
    main()
