"""Locks that the kernel frees, whatever becomes of who holds them."""

import fcntl
import os
from pathlib import Path

from app.db.embedded.files import open_private


class Lock:
    """An flock: the kernel frees it when the last process that has it open is gone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.descriptor = -1

    @property
    def held(self) -> bool:
        """Tell whether the lock is ours."""
        return self.descriptor >= 0

    def take(self, mode: int) -> bool:
        """Take the lock unless others hold it; return whether we have it."""
        descriptor = open_private(self._path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self.descriptor = descriptor
        _held.add(self)
        return True

    def release(self) -> None:
        """Free the lock, also where a child has inherited it."""
        if self.held:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        self.forget()

    def forget(self) -> None:
        """Close the lock; a child that has inherited it still holds it."""
        if self.held:
            os.close(self.descriptor)
        self.descriptor = -1
        _held.discard(self)


_held: set[Lock] = set()


def _forget_locks() -> None:
    for lock in tuple(_held):
        lock.forget()


# A fork uses the server only once it starts one itself; until then it holds no lock.
os.register_at_fork(after_in_child=_forget_locks)
