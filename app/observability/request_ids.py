"""The number that a request bears in its answer, the logs and the access log."""

import os
from contextvars import ContextVar

from app import clock

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def begin() -> str:
    """Give the request that begins here a number of ours, and return it.

    A number that the caller sends is no more than a hint: two requests may bear it.
    """
    number = new()
    _current.set(number)
    return number


def current() -> str | None:
    """Return the number of the request that is being answered; None outside of one."""
    return _current.get()


def new() -> str:
    """Return a UUID of version 7 (RFC 9562), so that numbers sort by their time.

    Written by hand: each request pays for it, and a `UUID` takes twice as long.
    """
    time = f"{int(clock.now().timestamp() * 1000):012x}"
    random = os.urandom(10).hex()
    variant = "89ab"[int(random[0], 16) & 3]
    return f"{time[:8]}-{time[8:]}-7{random[1:4]}-{variant}{random[4:7]}-{random[8:]}"
