"""NDJSON: any number of events, committed and answered a thousand lines at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from fastapi.concurrency import run_in_threadpool
from pydantic import JsonValue
from pydantic_core import to_json
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app import clock
from app.api import cloud_events, outcomes, strict_json, wire
from app.api.flaws import strict_json_problem
from app.api.outcomes import Rejected
from app.api.problems import Problem, ProblemError, problem
from app.api.wire import EVENTS_PER_BATCH, LARGEST_BATCH, LARGEST_EVENT
from app.db.database import DatabaseUnavailableError
from app.security.hashes import References
from app.services.intake import Outcome, Submission

MEDIA_TYPE = "application/x-ndjson"
MOST_LINES = 50_000
LARGEST_UPLOAD = MOST_LINES // EVENTS_PER_BATCH * LARGEST_BATCH

Store: TypeAlias = Callable[[Sequence[Submission]], Awaitable[Sequence[Outcome]]]

Admitted: TypeAlias = Callable[[], Awaitable[bool]]

_STOPPED = (
    "This line and those after it were not handled: a request has at most 50,000 "
    "lines, and at most 5 MB for each thousand. Send them in another request."
)
_REVOKED = (
    "This line and those after it were not handled: the key or token that they are "
    "sent with was revoked or has ended. Send them in another request, with a good one."
)


class _Line(NamedTuple):
    """A line that is not blank; *number* counts all, from one."""

    number: int
    text: bytes


@dataclass(frozen=True, slots=True)
class _Read:
    """Lines of one transaction, and what each of them says."""

    lines: Sequence[_Line]
    parsed: Sequence[Submission | Rejected]

    @property
    def valid(self) -> list[Submission]:
        return [each for each in self.parsed if isinstance(each, Submission)]


class TooManyLinesError(Exception):
    """The lines from *number* on are more than one request may have."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Upload:
    """The events of one request, stored by *store* and answered line by line.

    Once the database is not available no further line is tried, so that of all that
    was sent a beginning is stored, and what is to be sent again is an end. Before each
    further thousand it is asked whether the sender is still *admitted*.
    """

    def __init__(
        self,
        store: Store,
        admitted: Admitted,
        *,
        source: str | None,
        references: References,
        dry_run: bool,
    ) -> None:
        self._store = store
        self._admitted = admitted
        self._source = source
        self._references = references
        self._dry_run = dry_run
        self._is_available = True

    async def results(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Yield the result lines of each thousand lines once they are committed."""
        writing: tuple[_Read, asyncio.Task[Sequence[Outcome] | None]] | None = None
        stopped: tuple[int, Problem] | None = None
        thousands = _thousands(body)
        while True:
            try:
                lines = await anext(thousands)
            except StopAsyncIteration:
                break
            except TooManyLinesError as error:
                stopped = error.number, problem("body_too_large", detail=_STOPPED)
                break
            if writing and not await self._admitted():
                revoked = problem("unauthenticated", detail=_REVOKED)
                stopped = lines[0].number, revoked
                break
            # The next lines are parsed while the database is at work on the last.
            read = await run_in_threadpool(self._read, lines)
            written = writing and (writing[0], await writing[1])
            writing = (read, asyncio.create_task(self._write(read)))
            if written:
                yield await run_in_threadpool(self._rendered, *written)
        if writing:
            yield await run_in_threadpool(self._rendered, writing[0], await writing[1])
        if stopped:
            number, why = stopped
            yield self._line(number, outcomes.rejected(None, why))
            await _drain(body)

    def _read(self, lines: Sequence[_Line]) -> _Read:
        now = clock.now()
        parsed: list[Submission | Rejected] = []
        for line in lines:
            value: JsonValue = None
            said: Submission | Rejected
            try:
                value = _decoded(line.text)
                form = cloud_events if _is_cloud_event(value) else wire
                said = form.submission(
                    value,
                    source=self._source,
                    now=now,
                    references=self._references,
                )
            except strict_json.StrictJsonError as error:
                said = outcomes.rejected(value, strict_json_problem(error))
            except ProblemError as error:
                said = outcomes.rejected(value, error.problem)
            parsed.append(said)
        return _Read(lines, parsed)

    async def _write(self, read: _Read) -> Sequence[Outcome] | None:
        """Return the outcomes of the valid events, or None if none was stored."""
        if not self._is_available:
            return None
        try:
            return await self._store(read.valid)
        except DatabaseUnavailableError:
            self._is_available = False
            return None

    def _rendered(self, read: _Read, written: Sequence[Outcome] | None) -> bytes:
        if written is None:
            items = outcomes.not_stored(read.parsed)
        else:
            today = clock.today() if self._dry_run else None
            items = outcomes.items(read.parsed, written, rehearsed_on=today)
        numbered = zip(read.lines, items, strict=True)
        return b"".join([self._line(line.number, item) for line, item in numbered])

    def _line(self, number: int, item: dict[str, Any]) -> bytes:
        head = {"line": number, "dry_run": True} if self._dry_run else {"line": number}
        return to_json(head | item) + b"\n"


class DuplexResponse(Response):
    """An answer that goes out while its request still comes in.

    Results wait in memory for a reader that is slower than we are, or that reads only
    when it has sent everything; they are small. Starlette's own streaming answer
    would wait for such a reader, and it for us, and swallows what still comes in.
    """

    media_type = MEDIA_TYPE

    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI)
        """Send each part as soon as there is one, until the sender hangs up."""
        waiting: asyncio.Queue[bytes | None] = asyncio.Queue()
        producing = asyncio.create_task(self._produce(waiting))
        try:
            # The first part shows that the request is being read: before that,
            # an answer would tell a sender who waits for `100 Continue` to stop.
            part = await waiting.get()
            head = {"status": self.status_code, "headers": self.raw_headers}
            await send({"type": "http.response.start", **head})
            while part is not None:
                body = {"body": part, "more_body": True}
                await send({"type": "http.response.body", **body})
                part = await waiting.get()
            await producing
            await send({"type": "http.response.body", "body": b""})
        except ClientDisconnect:
            return
        finally:
            producing.cancel()

    async def _produce(self, waiting: asyncio.Queue[bytes | None]) -> None:
        try:
            async for part in self._parts:
                waiting.put_nowait(part)
        finally:
            waiting.put_nowait(None)


async def _thousands(body: AsyncIterator[bytes]) -> AsyncIterator[list[_Line]]:
    """Yield the lines of *body* that are not blank, a thousand at a time.

    Raises:
        TooManyLinesError: there are more lines, or longer ones, than allowed; those
            before have been yielded.
    """
    lines: list[_Line] = []
    size = number = 0
    rest = b""
    async for piece in _ended(body):
        *texts, rest = (rest + piece).split(b"\n")
        for text in texts:
            number += 1
            size += len(text) + 1
            is_blank = not text or text.isspace()
            if size > LARGEST_BATCH or (number > MOST_LINES and not is_blank):
                if lines:
                    yield lines
                raise TooManyLinesError(number)
            if not is_blank:
                lines.append(_Line(number, text))
            if len(lines) == EVENTS_PER_BATCH:
                yield lines
                lines, size = [], 0
        # So much tells that it is too long; of a very long line the end is lost.
        rest = rest[: LARGEST_EVENT + 1]
    if lines:
        yield lines


async def _ended(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give *body*, its last line ended like the others; no line is added."""
    last = b"\n"
    async for piece in body:
        yield piece
        last = piece or last
    if not last.endswith(b"\n"):
        yield b"\n"


async def _drain(body: AsyncIterator[bytes]) -> None:
    """Read what is left, for a sender who reads no answer before all is sent."""
    left = LARGEST_UPLOAD
    async for piece in body:
        left -= len(piece)
        if left < 0:
            return


def _decoded(text: bytes) -> JsonValue:
    if len(text) > LARGEST_EVENT:
        raise ProblemError(problem("body_too_large"))
    return strict_json.decode(text, known=cloud_events.KNOWN_NAMES)


def _is_cloud_event(value: JsonValue) -> bool:
    return isinstance(value, dict) and "specversion" in value
