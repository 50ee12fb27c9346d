"""Places: how many requests of a kind are answered at once, and who has to wait."""

import asyncio
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass

from app.api.guard.refusals import Refusal
from app.api.guard.traffic import Traffic
from app.db.database import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How many requests of a kind are answered *at_once*, and how many may wait.

    One caller has at most *per_caller* of them, waiting ones included. Of the
    connections to the database they use those of *work*.
    """

    at_once: int
    waiting: int
    per_caller: int
    seconds: float
    work: Work


# One caller leaves places to others. All but single events use a thread each, of which
# there are forty; a browser asks for six things at once.
PLACES: Mapping[Traffic, Places] = {
    Traffic.EVENTS: Places(
        at_once=256, waiting=0, per_caller=192, seconds=0, work=Work.INTAKE
    ),
    Traffic.UPLOADS: Places(
        at_once=16, waiting=32, per_caller=12, seconds=2, work=Work.INTAKE
    ),
    Traffic.READING: Places(
        at_once=8, waiting=64, per_caller=6, seconds=1, work=Work.READING
    ),
    Traffic.REPORTS: Places(
        at_once=4, waiting=16, per_caller=3, seconds=2, work=Work.REPORTS
    ),
    Traffic.OTHER: Places(
        at_once=8, waiting=64, per_caller=6, seconds=1, work=Work.READING
    ),
}
# While so many of these are here, whole or waiting, no report is begun.
_PRESSING = {Traffic.EVENTS: 224, Traffic.READING: 16}


class Lane:
    """The places of one kind of request: first come, first served."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._of_caller: Counter[bytes] = Counter()
        self._running = 0
        self._waiting: deque[asyncio.Future[bool]] = deque()

    @property
    def present(self) -> int:
        """Return how many requests run or wait."""
        return self._running + len(self._waiting)

    async def enter(self, caller: bytes) -> Refusal | None:
        """Take a place for *caller*, if need be after a while; else say why not."""
        if self._of_caller[caller] >= self.places.per_caller:
            return "too_many_requests"
        self._of_caller[caller] += 1
        if self._running < self.places.at_once:
            self._running += 1
        elif len(self._waiting) >= self.places.waiting or not await self._turn():
            self._count_out(caller)
            return "service_busy"
        return None

    def leave(self, caller: bytes) -> None:
        """Give the place of *caller* to who waits longest."""
        self._count_out(caller)
        if self._waiting:
            self._waiting.popleft().set_result(True)
        else:
            self._running -= 1

    async def _turn(self) -> bool:
        """Wait for a place, and tell whether there was one in time."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(turn)
        timer = loop.call_later(self.places.seconds, self._give_up, turn)
        try:
            return await turn
        finally:
            timer.cancel()

    def _give_up(self, turn: asyncio.Future[bool]) -> None:
        if not turn.done():
            self._waiting.remove(turn)
            turn.set_result(False)

    def _count_out(self, caller: bytes) -> None:
        self._of_caller[caller] -= 1
        if not self._of_caller[caller]:
            del self._of_caller[caller]


class Admission:
    """The places of this process, the most pressing work before the least."""

    def __init__(self, places: Mapping[Traffic, Places] = PLACES) -> None:
        self.lanes = {traffic: Lane(each) for traffic, each in places.items()}

    async def enter(self, traffic: Traffic, caller: bytes) -> Refusal | None:
        """Take a place for *caller*; else say why there is none."""
        if traffic is Traffic.REPORTS and self._is_pressed():
            return "service_busy"
        return await self.lanes[traffic].enter(caller)

    def _is_pressed(self) -> bool:
        return any(self.lanes[each].present >= most for each, most in _PRESSING.items())
