"""POST /v1/events/batch of NDJSON, one long upload, against a bare COPY of the rows."""

import socket
from collections.abc import Sequence
from http import HTTPStatus
from itertools import islice, starmap
from statistics import median
from threading import Thread

import psycopg

from app.api.ndjson import MEDIA_TYPE
from app.demo.wire import Event
from app.domain.access import Role
from bench import servers
from bench.batch import BATCHES, COLUMNS, SIZE, Copier, address, row
from bench.events import SOURCE, events, rendered
from bench.figures import Figure, interleaved, ratio, seconds, span

LINES = 20_000  # in an upload; one more of them warms up
ROUNDS = 5
BAR = 0.08
EXPECTED = 10_000  # events/s

_PIECE = 65_536
_LAST_CHUNK = b"\r\n0\r\n\r\n"


def measure() -> list[Figure]:
    drawn = iter(events((ROUNDS + 1) * (LINES + BATCHES * SIZE)))
    own = list(islice(drawn, (ROUNDS + 1) * LINES))
    with (
        servers.postgres() as server,
        servers.service(server) as port,
        psycopg.connect(address(server)) as connection,
    ):
        connection.execute(f"CREATE TABLE bare_event ({COLUMNS})".encode())
        connection.commit()
        ours = _Uploader(port, server.key(Role.INTEGRATOR, SOURCE), own)
        floor = Copier(connection, list(starmap(row, enumerate(drawn))))
        rates, rates_of_copy = interleaved(ROUNDS, ours.rate, floor.rate)
        assert server.events_stored() == len(own), "what is acknowledged is stored"
    print(f"{ROUNDS} uploads of {LINES:,} lines, one result line for each, durable")
    print(f"NDJSON:    {span(rates, 'events/s')}")
    print(f"bare COPY: {span(rates_of_copy, 'rows/s')}")
    return [
        Figure(name="NDJSON", value=median(rates), unit="events/s", at_least=EXPECTED),
        Figure(name="NDJSON : COPY", value=ratio(rates, rates_of_copy), at_least=BAR),
    ]


class _Uploader:
    """Uploads the next lines of its own in every round, and reads every result."""

    def __init__(self, port: int, key: str, own: Sequence[Event]) -> None:
        self._port = port
        self._key = key
        self._lines = iter([rendered(event) + b"\n" for event in own])

    def rate(self) -> float:
        """Return the events per second of the next upload."""
        body = b"".join(islice(self._lines, LINES))
        return LINES / seconds(lambda: self._upload(body))

    def _upload(self, body: bytes) -> None:
        head = (
            f"POST /v1/events/batch HTTP/1.1\r\nHost: {servers.HOST}\r\n"
            f"Authorization: Bearer {self._key}\r\nContent-Type: {MEDIA_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((servers.HOST, self._port)) as connection:
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
