"""Requests that arrive together share a transaction."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Self, TypeAlias

from app.db.database import DatabaseUnavailableError
from app.services.intake import Outcome, Submission

LARGEST_GROUP = 500
SMALLEST_CROWD = 8

Record: TypeAlias = Callable[[Sequence[Submission]], Sequence[Outcome]]
_Answer: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Request:
    """The submissions of one request and where its answer is awaited."""

    submissions: Sequence[Submission]
    answer: asyncio.Future[Sequence[Outcome]]


class GroupCommit:
    """Hands whatever is waiting to a writer thread, as one transaction.

    Nothing waits for company: a request that comes alone is written at once, and those
    that come while the writer is busy form the next group; a crowd, the next two.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._waiting: deque[_Request] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._lock = Lock()  # on who waits and whether somebody writes
        self._is_writing = False
        self._answered_last = 0

    async def __aenter__(self) -> Self:
        """Begin to take requests."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the writer once all that was handed in is committed and answered."""
        await asyncio.to_thread(self._thread.shutdown)

    async def record(self, submissions: Sequence[Submission]) -> Sequence[Outcome]:
        """Return the outcomes of *submissions* once they are committed.

        Raises:
            DatabaseUnavailableError: as from ``intake.record``.
        """
        loop = asyncio.get_running_loop()
        request = _Request(submissions, loop.create_future())
        with self._lock:
            self._waiting.append(request)
            is_first = not self._is_writing
            self._is_writing = True
        if is_first:
            self._thread.submit(self._write, loop)
        return await request.answer

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write one group after the other until nobody waits.

        The loop only gives the answers: would it also hand over who is next, that had
        to wait for all that the loop has to do for those who come and who are answered.
        """
        group = self._next_group()
        while group:
            answers = list(self._recorded(group))
            group = self._next_group()  # while those of the last cannot come again
            loop.call_soon_threadsafe(_give, answers)

    def _next_group(self) -> list[_Request]:
        """Return who is to be written together now; nobody writes if it is empty."""
        with self._lock:
            if not self._waiting:
                self._is_writing = False
                self._answered_last = 0
                return []
            most = self._most_together()
            group = [self._waiting.popleft()]
            size = len(group[0].submissions)
            while self._waiting and len(group) < most:
                size += len(self._waiting[0].submissions)
                if size > LARGEST_GROUP:
                    break
                group.append(self._waiting.popleft())
            self._answered_last = len(group)
            return group

    def _most_together(self) -> int:
        """Return how many requests may be written together now.

        Who was answered last soon comes again. Taken whole, a crowd would leave the
        processor idle while it is written, and the disk while it is read and answered:
        one half of it is written while the other half is read.
        """
        crowd = len(self._waiting) + self._answered_last
        return max(SMALLEST_CROWD, (crowd + 1) // 2)

    def _recorded(self, group: list[_Request]) -> Iterator[_Answer]:
        """Record *group* together; what fails together is tried again apart."""
        try:
            outcomes = self._record([s for r in group for s in r.submissions])
        except DatabaseUnavailableError as error:
            yield partial(_refuse, group, error)
        except Exception as error:  # noqa: BLE001 (handed to the request it belongs to)
            if len(group) == 1:
                yield partial(_refuse, group, error)
                return
            for request in group:
                yield from self._recorded([request])
        else:
            yield partial(_answer, group, outcomes)


def _give(answers: Iterable[_Answer]) -> None:
    for answer in answers:
        answer()


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
