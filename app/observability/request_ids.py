"""The number that a request bears in its answer, the logs and the access log."""

import os
from contextvars import ContextVar
from uuid import UUID

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
    """Return a UUID of version 7 (RFC 9562), so that numbers sort by their time."""
    milliseconds = int(clock.now().timestamp() * 1000)
    random = int.from_bytes(os.urandom(10))
    number = milliseconds << 80 | random
    number = number & ~(0xF << 76) | 7 << 76  # version
    number = number & ~(0x3 << 62) | 2 << 62  # variant
    return str(UUID(int=number))
