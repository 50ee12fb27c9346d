"""Requests that arrive together share a transaction."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self, TypeAlias

from app.db.database import DatabaseUnavailableError
from app.services.intake import Outcome, Submission

LARGEST_GROUP = 500
WRITERS = 1

Record: TypeAlias = Callable[[Sequence[Submission]], Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class _Request:
    """The submissions of one request and where its answer is awaited."""

    submissions: Sequence[Submission]
    answer: asyncio.Future[Sequence[Outcome]]


class GroupCommit:
    """Hands whatever is waiting to a writer thread, as one transaction.

    Nothing waits for company: a request that comes alone is written at once, and those
    that come while the writers are busy form the next group.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._waiting: deque[_Request] = deque()
        self._arrived = asyncio.Condition()
        self._threads = ThreadPoolExecutor(WRITERS, thread_name_prefix="writer")
        self._writers: list[asyncio.Task[None]] = []
        self._is_closing = False

    async def __aenter__(self) -> Self:
        """Start the writers."""
        self._writers = [asyncio.create_task(self._write()) for _ in range(WRITERS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the writers once all that was handed in is committed and answered."""
        async with self._arrived:
            self._is_closing = True
            self._arrived.notify_all()
        await asyncio.gather(*self._writers)
        await asyncio.to_thread(self._threads.shutdown)

    async def record(self, submissions: Sequence[Submission]) -> Sequence[Outcome]:
        """Return the outcomes of *submissions* once they are committed.

        Raises:
            DatabaseUnavailableError: as from ``intake.record``.
        """
        loop = asyncio.get_running_loop()
        request = _Request(submissions, loop.create_future())
        async with self._arrived:
            self._waiting.append(request)
            self._arrived.notify()
        return await request.answer

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            async with self._arrived:
                await self._arrived.wait_for(lambda: self._waiting or self._is_closing)
                if not self._waiting:
                    return
                group = self._next_group()
            await loop.run_in_executor(self._threads, self._commit, group, loop)

    def _next_group(self) -> list[_Request]:
        group = [self._waiting.popleft()]
        size = len(group[0].submissions)
        while self._waiting:
            size += len(self._waiting[0].submissions)
            if size > LARGEST_GROUP:
                break
            group.append(self._waiting.popleft())
        return group

    def _commit(self, group: list[_Request], loop: asyncio.AbstractEventLoop) -> None:
        """Record *group* together; what fails together is tried again apart."""
        try:
            outcomes = self._record([s for r in group for s in r.submissions])
        except DatabaseUnavailableError as error:
            loop.call_soon_threadsafe(_refuse, group, error)
        except Exception as error:  # noqa: BLE001 (handed to the request it belongs to)
            if len(group) == 1:
                loop.call_soon_threadsafe(_refuse, group, error)
                return
            for request in group:
                self._commit([request], loop)
        else:
            loop.call_soon_threadsafe(_answer, group, outcomes)


def _answer(group: list[_Request], outcomes: Sequence[Outcome]) -> None:
    start = 0
    for request in group:
        end = start + len(request.submissions)
        if not request.answer.done():
            request.answer.set_result(outcomes[start:end])
        start = end


def _refuse(group: list[_Request], error: Exception) -> None:
    for request in group:
        if not request.answer.done():
            request.answer.set_exception(error)
