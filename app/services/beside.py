"""Work that is done in a thread of its own, beside all else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def working(work: Callable[[threading.Event], None], *, name: str) -> Iterator[None]:
    """Let *work* be done in a thread called *name*; it is told to stop at the end.

    It has stopped then.
    """
    stopping = threading.Event()
    thread = threading.Thread(target=work, args=(stopping,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
