"""POST /v1/events/batch of 1,000 events, against a bare COPY of the same rows."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from http import HTTPStatus
from itertools import islice, starmap
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
from bench.load import Poster

SIZE = 1_000
BATCHES = 4  # in a round; one more round of each warms up
ROUNDS = 7
POSTERS = (1, 2)
BAR = 0.08
EXPECTED = 8_000  # events/s

COLUMNS = """
    source text, sequence bigint, event_id text, kind text, case_ref text,
    occurred_on date, occurred_at timestamptz, registered_at timestamptz,
    source_sequence bigint, data json, digest bytea, recorded_at timestamptz,
    salt bytea, commitment bytea, hash bytea,
    PRIMARY KEY (source, event_id)
"""
Row: TypeAlias = tuple[object, ...]


def measure() -> list[Figure]:
    in_all = (ROUNDS + 1) * BATCHES * SIZE
    drawn = iter(events(in_all * len(POSTERS)))
    figures = []
    with (
        servers.postgres() as server,
        servers.service(server) as port,
        psycopg.connect(address(server)) as connection,
    ):
        connection.execute(f"CREATE TABLE bare_event ({COLUMNS})".encode())
        connection.commit()
        key = server.key(Role.INTEGRATOR, SOURCE)
        for posters in POSTERS:
            own = list(islice(drawn, in_all))
            ours = Poster(
                port,
                "/v1/events/batch",
                [rendered(batch) for batch in _in_batches(own)],
                rounds=ROUNDS + 1,
                clients=posters,
                status=HTTPStatus.OK,
                key=key,
            )
            floor = Copier(connection, list(starmap(row, enumerate(own))))
            batch_rates, rates_of_copy = interleaved(ROUNDS, ours.rate, floor.rate)
            rates = [SIZE * rate for rate in batch_rates]
            figures += _told(posters, rates, rates_of_copy, ours.latency())
        stored = server.events_stored()
        assert stored == in_all * len(POSTERS), "what is acknowledged is stored"
    return figures


class Copier:
    """Copies the next rows of its own in every round, 1,000 to a transaction.

    They are the rows that the service stores, ready as Python values. The driver
    renders them, as it does for the service; rendered beforehand they would go in
    twice as fast.
    """

    def __init__(self, connection: psycopg.Connection, rows: Sequence[Row]) -> None:
        self._connection = connection
        self._rows = iter(rows)

    def rate(self) -> float:
        """Return the rows per second of the next round."""
        batches = [list(islice(self._rows, SIZE)) for _ in range(BATCHES)]
        return BATCHES * SIZE / seconds(lambda: self._copy(batches))

    def _copy(self, batches: Sequence[Sequence[Row]]) -> None:
        for rows in batches:
            with self._connection.cursor().copy("COPY bare_event FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            self._connection.commit()


def _told(
    posters: int, rates: Sequence[float], rates_of_copy: Sequence[float], latency: str
) -> list[Figure]:
    name = f"batch, {posters} poster{'s' if posters > 1 else ''}"
    print(f"{name}: {span(rates, 'events/s')}, {latency}")
    print(f"bare COPY: {span(rates_of_copy, 'rows/s')}")
    return [
        Figure(name=name, value=median(rates), unit="events/s", at_least=EXPECTED),
        Figure(name=f"{name} : COPY", value=ratio(rates, rates_of_copy), at_least=BAR),
    ]


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
