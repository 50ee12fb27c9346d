"""Slow clients are cut, whichever way they are slow; others do not notice."""

import asyncio
import resource
from collections.abc import Iterator
from time import monotonic

import pytest
from hypothesis import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.guard.connections import Patience, PatientProtocol
from app.db.database import Database
from app.domain.access import Role
from app.main import create_app
from bench.slow_clients import Siege, besiege, kinds
from tests.conftest import bearer
from tests.guard.talking import PATIENCE_SECONDS, listening

EACH = max(2, settings().max_examples // 10)


class HastyProtocol(PatientProtocol):
    """The same with less patience, since a test has less.

    With much less, who is not slow would be cut where the machine is.
    """

    patience = Patience(seconds=2.5, look_every=0.1)


@pytest.fixture(scope="module")
def key(shared: Database) -> str:
    header = bearer(shared, Role.INTEGRATOR, source="client-a")
    return header["Authorization"].removeprefix("Bearer ")


@pytest.fixture(scope="module")
def many_files() -> Iterator[None]:
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))


@pytest.mark.usefixtures("many_files")
def test_every_kind_of_slow_connection_is_cut_and_nobody_else_is(
    shared: Database, key: str
) -> None:
    app = create_app(shared)
    with (
        listening(app, http=HastyProtocol) as guarded,
        # As uvicorn comes: the harness must see what it is to find.
        listening(app, http=HttpToolsProtocol, lifespan="off") as unguarded,
    ):
        besieged, ignored = asyncio.run(_besiege_both(guarded, unguarded, key))

    every = dict.fromkeys(kinds(key), EACH)
    assert {name: len(cut) for name, cut in besieged.cut_after.items()} == every
    assert set(besieged.statuses) <= {"200", "201"}
    assert len(besieged.milliseconds) > 1
    assert {name for name, n in ignored.still_open.items() if n == EACH} >= set(
        every
    ) - {"a slow reader", "a reader who asks again and again"}


async def _besiege_both(guarded: int, unguarded: int, key: str) -> tuple[Siege, Siege]:
    """Besiege both services until all connections to the first are cut."""
    is_over = asyncio.Event()
    latest = monotonic() + PATIENCE_SECONDS

    def is_raised(siege: Siege) -> bool:
        if all(len(cut) == EACH for cut in siege.cut_after.values()):
            is_over.set()
        return is_over.is_set() or monotonic() > latest

    return await asyncio.gather(
        besiege(guarded, key, each=EACH, drip_every=0.3, until=is_raised),
        besiege(
            unguarded,
            key,
            each=EACH,
            drip_every=0.3,
            normal=0,
            until=lambda _: is_over.is_set() or monotonic() > latest,
        ),
    )
