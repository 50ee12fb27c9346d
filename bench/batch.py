"""POST /v1/events/batch of 1,000 events, against a bare COPY of the same rows.

The COPY keeps two cores busy, one with rendering the rows, one with storing them; the
service does so in two processes, each with a client system of its own. What one process
does is told beside it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from http import HTTPStatus
from itertools import chain, islice, starmap
from statistics import median
from typing import TypeAlias

import psycopg
from sqlalchemy import make_url

from app.demo.wire import Event
from app.domain.access import Role
from app.domain.events import legal_day
from bench import servers
from bench.events import SOURCE, events, rendered
from bench.figures import Figure, interleaved, ratio, seconds, span
from bench.load import Poster, Target

SIZE = 1_000
BATCHES = 4  # in a round; one more round of each warms up
ROUNDS = 7
BAR = 0.08
EXPECTED = 8_000  # events/s
_IN_ALL = (ROUNDS + 1) * BATCHES * SIZE

COLUMNS = """
    source text, sequence bigint, event_id text, kind text, case_ref text,
    occurred_on date, occurred_at timestamptz, registered_at timestamptz,
    source_sequence bigint, data json, digest bytea, recorded_at timestamptz,
    salt bytea, commitment bytea, hash bytea,
    PRIMARY KEY (source, event_id)
"""
Row: TypeAlias = tuple[object, ...]


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
            in_turn = zip(*map(_in_batches, own.values()), strict=True)
            ours = Poster(
                list(own),
                "/v1/events/batch",
                list(map(rendered, chain.from_iterable(in_turn))),
                rounds=ROUNDS + 1,
                clients=1,
                status=HTTPStatus.OK,
            )
            floor = Copier(connection, own.values(), batches=BATCHES * len(ports))
            batch_rates, rates_of_copy = interleaved(ROUNDS, ours.rate, floor.rate)
            rates = [SIZE * rate for rate in batch_rates]
            figures += told("batch", len(ports), rates, rates_of_copy, EXPECTED)
            print(ours.latency())
        assert server.events_stored() == 3 * _IN_ALL, "what is acknowledged is stored"
    return figures


@contextmanager
def floor_on(server: servers.Server) -> Iterator[psycopg.Connection]:
    """Give a connection to the table of the bare COPY."""
    with psycopg.connect(address(server)) as connection:
        connection.execute(f"CREATE TABLE bare_event ({COLUMNS})".encode())
        connection.commit()
        yield connection


def each_its_own(
    server: servers.Server, ports: Sequence[int], drawn: Sequence[Event]
) -> dict[Target, list[Event]]:
    """Return what is *drawn* for each process, as if of a client system of its own."""
    own = {}
    for port in ports:
        source = f"{SOURCE}-{len(ports)}-{port}"
        key = server.key(Role.INTEGRATOR, source)
        own[Target(port, key)] = [{**event, "source": source} for event in drawn]
    return own


class Copier:
    """Copies the next rows of its own in every round, 1,000 to a transaction.

    They are the rows that the service stores, ready as Python values, and as many as it
    is sent in a round. The driver renders them, as it does for the service; rendered
    beforehand they would go in twice as fast.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        drawn: Iterable[Iterable[Event]],
        *,
        batches: int,
    ) -> None:
        rows = starmap(row, enumerate(chain.from_iterable(drawn)))
        self._rows = iter(list(rows))
        self._connection = connection
        self._batches = batches

    def rate(self) -> float:
        """Return the rows per second of the next round."""
        batches = [list(islice(self._rows, SIZE)) for _ in range(self._batches)]
        return len(batches) * SIZE / seconds(lambda: self._copy(batches))

    def _copy(self, batches: Sequence[Sequence[Row]]) -> None:
        for rows in batches:
            with self._connection.cursor().copy("COPY bare_event FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            self._connection.commit()


def told(
    form: str,
    processes: int,
    rates: Sequence[float],
    rates_of_copy: Sequence[float],
    expected: int,
) -> list[Figure]:
    """Tell both rates; the bar is for as many *processes* as there are cores."""
    name = f"{form}, {processes} process{'es' if processes > 1 else ''}"
    print(f"{name}: {span(rates, 'events/s')}")
    print(f"bare COPY: {span(rates_of_copy, 'rows/s')}")
    figures = [
        Figure(name=name, value=median(rates), unit="events/s", at_least=expected),
        Figure(name=f"{name} : COPY", value=ratio(rates, rates_of_copy), at_least=BAR),
    ]
    if processes == servers.CORES:
        return figures
    return [replace(each, at_least=None) for each in figures]


def address(server: servers.Server) -> str:
    url = make_url(server.url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def _in_batches(drawn: Sequence[Event]) -> list[Sequence[Event]]:
    return [drawn[start : start + SIZE] for start in range(0, len(drawn), SIZE)]


def row(sequence: int, event: Event) -> Row:
    data = rendered(event["data"]).decode()
    digest = sha256(data.encode()).digest()
    registered_at = datetime.fromisoformat(str(event["registered_at"]))
    if "occurred_at" in event:
        occurred_at = datetime.fromisoformat(str(event["occurred_at"]))
        occurred_on = legal_day(occurred_at)
    else:
        occurred_at = None
        occurred_on = date.fromisoformat(str(event["occurred_on"]))
    return (
        event["source"],
        sequence,
        event["id"],
        event["kind"],
        event["case_ref"],
        occurred_on,
        occurred_at,
        registered_at,
        None,
        data,
        digest,
        registered_at,
        digest[::-1],
        sha256(digest).digest(),
        sha256(digest[::-1]).digest(),
    )
