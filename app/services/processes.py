"""Work on one part after another, done by as many processes as there are cores."""

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context, parent_process
from typing import Any, ClassVar, TypeVar

from app.db.database import Database, connect

# Each has a connection of its own, and the service needs some.
MOST_PROCESSES = 8
# With fewer, all is done by the time that another process would have begun.
PARTS_FOR_A_PROCESS = 4
Part = TypeVar("Part")
Result = TypeVar("Result")


class ProcessLostError(Exception):
    """A process that did a part of the work is no more."""


def each(
    database: Database,
    work: Callable[[Database, Part], Result],
    parts: Sequence[Part],
) -> Iterator[Result]:
    """Give what *work* makes of each of *parts*, in order.

    If they are many, several are done at once, each in a process that connects by
    itself. *work* is sent there: a function of a module, or a `partial` of one.

    Raises:
        ProcessLostError: one of the processes was killed; those parts are done whose
            results were given, and perhaps more.
    """
    count = min(_cores(), len(parts) // PARTS_FOR_A_PROCESS, MOST_PROCESSES)
    if count <= 1:
        yield from map(partial(work, database), parts)
        return
    # Forks of a process that has no threads or connections, as this one may have.
    with ProcessPoolExecutor(
        count, get_context("forkserver"), _begin, (database.url, work)
    ) as executor:
        try:
            yield from executor.map(_do, parts)
        except BrokenProcessPool as error:
            raise ProcessLostError(
                "A process that did a part of the work was killed, perhaps because "
                "memory ran out. Run the command again."
            ) from error


def settle_garbage_collection() -> None:
    """Do not look again through what lives since the start, and less often at the rest.

    Collections were most of the 99th percentile of a POST (31 ms, now 12), and an
    eighth of a rebuild.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class _Here:
    """What this process does, once it has begun."""

    task: ClassVar[Callable[[Any], Any]]


def _begin(url: str, work: Callable[[Database, Any], Any]) -> None:
    # Ctrl-C is told to all processes of a terminal; the first of them sees to the rest.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settle_garbage_collection()
    _Here.task = partial(work, connect(url))


def _do(part: Any) -> Any:  # noqa: ANN401 (only `each` knows what they are)
    return _Here.task(part)


def _end_with_parent() -> None:
    """Do nothing more for a process that has been killed; what is open is undone."""
    parent = parent_process()
    assert parent is not None, "a process of `each`"  # noqa: S101
    parent.join()
    os._exit(1)


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
