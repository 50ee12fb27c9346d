"""``maaraaika verify`` over ledgers as the intake wrote them, with checkpoints."""

import json
from collections.abc import Sequence
from itertools import islice
from statistics import median

from app import clock
from app.api.wire import submission
from app.demo.wire import Event
from app.main import checkpoint_paths
from app.services import checkpoint_key, intake
from app.services.checkpoint_evidence import Evidence
from app.services.checkpoints import CheckpointPaths, CheckpointWriter
from app.services.verification import Report, verify
from app.settings import load
from bench import servers
from bench.events import events, rendered
from bench.figures import Figure, seconds, span

EVENTS = 100_000
BATCH = 1_000
SOURCES = 4  # ledgers
ROUNDS = 5
BAR = 25_000  # events/s


def measure() -> list[Figure]:
    with servers.postgres() as server:
        paths = checkpoint_paths(load({"MAARAAIKA_DATA_DIR": str(server.data_dir)}))
        _fill(server, paths)
        evidence = Evidence(
            path=paths.lines, public_key=checkpoint_key.known_key(paths.key)
        )

        def verified(*, with_read_model: bool) -> Report:
            report = verify(server.database, evidence, with_read_model=with_read_model)
            assert report.exit_code == 0, report.findings
            assert report.lines == EVENTS
            return report

        def of_ledgers() -> float:
            return EVENTS / seconds(lambda: verified(with_read_model=False))

        rates = [of_ledgers() for _ in range(ROUNDS)]
        with_all = EVENTS / seconds(lambda: verified(with_read_model=True))
    print(f"{EVENTS:,} events in {SOURCES} ledgers, a checkpoint to {BATCH:,}")
    print(f"ledgers and checkpoints: {span(rates, 'events/s')}")
    print(f"and the read model:      {with_all:,.0f} events/s")
    return [
        Figure(name="verify", value=median(rates), unit="events/s", at_least=BAR),
        Figure(name="verify, with read model", value=with_all, unit="events/s"),
    ]


def _fill(server: servers.Server, paths: CheckpointPaths) -> None:
    """Take events in as the service does, with a checkpoint behind every batch."""
    writer = CheckpointWriter(server.database, paths)
    drawn = iter(events(EVENTS))
    number = 0
    while batch := list(islice(drawn, BATCH)):
        _record(server, batch, source=f"source-{number % SOURCES}")
        writer.write(clock.now())
        number += 1


def _record(server: servers.Server, batch: Sequence[Event], *, source: str) -> None:
    now = clock.now()
    intake.record(
        server.database,
        [
            submission(
                json.loads(rendered({**event, "source": source})), source=None, now=now
            )
            for event in batch
        ],
    )


def main() -> None:
    servers.keep_to_two_cores()
    for figure in measure():
        print(f"{figure.name}: {figure.value:,.0f} {figure.unit} {figure.verdict}")


if __name__ == "__main__":
    main()
