"""``maaraaika rebuild`` of a million events: not slower than their intake, and flat."""

import json
import os
import re
import subprocess
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter, sleep

from sqlalchemy import text

from app import clock
from app.api.wire import submission
from app.db.database import driver
from app.services import intake
from bench import servers
from bench.events import SOURCE, events, rendered
from bench.figures import Figure

DRAWN = 50_000
COPIES = 20  # of what was drawn, each a source of its own
FEW = 2  # copies, for the memory that a tenth of the events takes
BATCH = 1_000
EXPECTED = 15_000  # events/s
FLAT = 1.2
LOOK_SECONDS = 0.2
_COLUMNS = re.sub(
    r"\s+",
    " ",
    """sequence, event_id, kind, case_ref, occurred_on, occurred_at, registered_at,
    source_sequence, data, digest, recorded_at, salt, commitment, hash""",
)


def measure() -> list[Figure]:
    with servers.postgres() as server:
        taken_in = _fill(server)
        _clone(server, 1, FEW)
        _, memory_of_few = _rebuild(server)
        _clone(server, FEW, COPIES)
        stored = server.events_stored()
        assert stored == DRAWN * COPIES
        seconds, memory = _rebuild(server)
        _compare(server)
    rate = stored / seconds
    print(f"{stored:,} events: {rate:,.0f} events/s, {memory:,} MB in all processes")
    print(f"a tenth of them: {memory_of_few:,} MB; intake: {taken_in:,.0f} events/s")
    return [
        Figure(name="rebuild", value=rate, unit="events/s", at_least=EXPECTED),
        Figure(name="rebuild : intake", value=rate / taken_in, at_least=1),
        Figure(
            name="memory : a tenth of the events",
            value=memory / memory_of_few,
            at_most=FLAT,
        ),
    ]


def _fill(server: servers.Server) -> float:
    """Take events in as the service does; return how many a second."""
    drawn = iter(events(DRAWN))
    began = perf_counter()
    while batch := list(islice(drawn, BATCH)):
        now = clock.now()
        sent: Sequence[intake.Submission] = [
            submission(json.loads(rendered(event)), source=SOURCE, now=now)
            for event in batch
        ]
        intake.record(server.database, sent)
    return DRAWN / (perf_counter() - began)


def _clone(server: servers.Server, start: int, end: int) -> None:
    """Say in the names of other sources what `SOURCE` has said."""
    with server.owned.write() as connection:
        for number in range(start, end):
            driver(connection).execute(
                f"""
                INSERT INTO case_event (source, {_COLUMNS})
                SELECT %s, {_COLUMNS} FROM case_event WHERE source = %s
                """.encode(),  # noqa: S608 (names of our own)
                [f"copy-{number:02}", SOURCE],
            )
    with server.owned.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("VACUUM (ANALYZE) case_event"))


def _rebuild(server: servers.Server) -> tuple[float, int]:
    """Return how many seconds the command takes, and how many megabytes at most."""
    began, memory = perf_counter(), 0
    process = servers.python(
        ["-m", "app.cli", "rebuild", "--data-dir", str(server.data_dir)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None:
        memory = max(memory, _resident(process.pid))
        sleep(LOOK_SECONDS)
    assert process.returncode == 0, "the rebuild has failed"
    return perf_counter() - began, memory


def _resident(pid: int) -> int:
    """Return the megabytes that a process and its children have, shared ones too."""
    own = Path("/proc", str(pid))
    try:
        pages = int((own / "statm").read_text().split()[1])
        children = [
            child
            for thread in own.glob("task/*/children")
            for child in thread.read_text().split()
        ]
    except OSError:
        return 0  # it has just ended
    of_children = sum(_resident(int(child)) for child in children)
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000 + of_children


def _compare(server: servers.Server) -> None:
    """See that every clone has the rows that the intake has kept for the original."""
    with server.owned.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT count(*) FROM deadline GROUP BY source")
        ).scalars()
        assert len(set(rows)) == 1
