"""The number that a request bears in its answer, the logs and the access log."""

from contextvars import ContextVar
from dataclasses import dataclass
from random import getrandbits

from app import clock


@dataclass(slots=True)
class Numbered:
    """A request that is being answered, and the code of the problem it met, if any."""

    number: str
    problem: str | None = None


_current: ContextVar[Numbered | None] = ContextVar("request", default=None)


def begin() -> Numbered:
    """Give the request that begins here a number of ours, and return it.

    A number that the caller sends is no more than a hint: two requests may bear it.
    """
    request = Numbered(new())
    _current.set(request)
    return request


def current() -> str | None:
    """Return the number of the request that is being answered; None outside of one."""
    request = _current.get()
    return None if request is None else request.number


def note_problem(code: str) -> None:
    """Let the line of the request tell what it was refused for."""
    if (request := _current.get()) is not None:
        request.problem = code


def new() -> str:
    """Return a UUID of version 7 (RFC 9562), so that numbers sort by their time.

    Every request pays for it: a `UUID` takes twice as long to write, and to ask the
    system for randomness lets other threads take over. A number is no secret, and the
    generator begins anew in a process that was forked.
    """
    time = f"{int(clock.now().timestamp() * 1000):012x}"
    chance = f"{getrandbits(76):019x}"
    variant = "89ab"[int(chance[0], 16) & 3]
    return f"{time[:8]}-{time[8:]}-7{chance[1:4]}-{variant}{chance[4:7]}-{chance[7:]}"
