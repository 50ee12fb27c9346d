"""Logs: one line of JSON for each event, with known keys only, whatever they hold."""

import atexit
import json
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, MutableMapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import Any, TextIO

import structlog
from pydantic_core import to_json
from structlog.typing import FilteringBoundLogger

from app import clock
from app.observability import instruments, request_ids
from app.observability.vocabulary import EVENTS, FIELDS, LIBRARY_TEXTS

LONGEST_TEXT = 300
MOST_FRAMES = 12
MOST_WAITING = 100_000
WRITE_EVERY_SECONDS = 0.1
_OURS = Path(__file__).parents[1]
_PLAIN = frozenset({bool, int, float, datetime})
_DELETE = "\x7f"
_Event = dict[str, Any]

log: FilteringBoundLogger = structlog.get_logger()

_escaped = json.JSONEncoder(separators=(",", ":"), default=str).encode


class _Lines:
    """Writes events to a stream, each as a line, at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._rendered = _for_people if stream.isatty() else _in_json
        self._lock = threading.Lock()

    def msg(self, event: _Event) -> None:
        """Write *event*, or lose it: a full disk under the logs must stop nothing."""
        self._write([event])

    debug = info = warning = error = critical = msg

    def _write(self, events: Iterable[_Event]) -> None:
        lines = "".join(f"{self._rendered(_known(event))}\n" for event in events)
        try:
            with self._lock:
                self._stream.write(lines)
                self._stream.flush()
        except (OSError, ValueError):
            return


class _GatheredLines(_Lines):
    """Writes events ten times a second together, and at once what went wrong.

    To write lets other threads take over: after each request, the next would wait for
    them. If nobody reads the stream, the oldest events are lost.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._waiting: deque[_Event] = deque(maxlen=MOST_WAITING)
        threading.Thread(target=self._write_steadily, name="logs", daemon=True).start()
        atexit.register(self.flush)

    def info(self, event: _Event) -> None:
        """Let *event* wait for others."""
        self._waiting.append(event)

    debug = info

    def msg(self, event: _Event) -> None:
        """Write *event* at once, behind those that wait."""
        self._waiting.append(event)
        self.flush()

    warning = error = critical = msg

    def flush(self) -> None:
        """Write all that waits."""
        events = []
        with suppress(IndexError):
            while True:
                events.append(self._waiting.popleft())
        if events:
            self._write(events)

    def _write_steadily(self) -> None:
        while True:
            sleep(WRITE_EVERY_SECONDS)
            self.flush()


class _LibraryHandler(logging.Handler):
    """Takes what libraries log by the standard library's way."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell who said something and where; what, only if it is known."""
        event: _Event = {"logger": record.name, "where": _place(record)}
        if str(record.msg).strip() in LIBRARY_TEXTS:
            event["text"] = str(record.msg).strip()
        if isinstance(record.msg, OSError):
            event["reason"] = str(record.msg)  # the server's address is taken
        if record.exc_info and record.exc_info[1]:
            event["exc_info"] = record.exc_info[1]
        tell = log.error if record.levelno >= logging.ERROR else log.warning
        tell("library", **event)


def configure(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Write all that this process logs, of *level* or above, to *stream* (stderr).

    A terminal is written to as people read, anything else as JSON.
    """
    stream = stream or sys.stderr
    lines = _GatheredLines(stream)
    _use(lambda: lines, level)
    handler = _LibraryHandler()
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _on_end
    threading.excepthook = lambda args: _tell_failure(args.exc_value)


def write_to(stream: TextIO, level: int) -> None:
    """Write what our own code logs, of *level* or above, to *stream* at once."""
    _use(lambda: _Lines(stream), level)


def way_of_requests() -> Callable[[_Event], None] | None:
    """Return where the events of requests go, around structlog; None if nowhere.

    Each request pays for every step on its way.
    """
    if not log.bind().is_enabled_for(logging.INFO):
        return None
    lines: _Lines = structlog.get_config()["logger_factory"]()
    return lines.info


def _use(lines: Callable[[], _Lines], level: int) -> None:
    structlog.configure(
        processors=[_begun],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lines,
        cache_logger_on_first_use=False,
    )


def _begun(
    _logger: object, level: str, event: MutableMapping[str, Any]
) -> tuple[tuple[_Event], _Event]:
    """Return *event* with what only this moment knows; the rest can wait."""
    name = event["event"]
    instruments.log_events.labels(name if name in EVENTS else "failed").inc()
    begun = {"time": clock.now(), "level": level, "event": name}
    if (number := request_ids.current()) is not None:
        begun["request_id"] = number
    return ({**begun, **event},), {}


def _known(event: _Event) -> dict[str, Any]:
    """Return of *event* what is known, short and plain."""
    error = event.get("exc_info")
    told = event if error is None else {**event, **_described(error)}
    return {
        field: value if type(value) in _PLAIN else _fit(value)
        for field, value in told.items()
        if field in FIELDS
    }


def _fit(value: object) -> object:
    """Return *value* if it is plain and short, and as much of it as is."""
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, str):
        return str(value[:LONGEST_TEXT])
    if isinstance(value, list | tuple):
        return [_fit(each) for each in value[:MOST_FRAMES]]
    return type(value).__name__


def _in_json(told: object) -> str:
    """Return *told* in printable ASCII.

    No byte of it ends a line, moves a terminal's cursor or turns its direction. The
    faster encoder escapes only what JSON asks for.
    """
    try:
        line = to_json(told).decode()
    except ValueError:  # a lone surrogate
        return _escaped(told)
    return line if line.isascii() and _DELETE not in line else _escaped(told)


def _for_people(told: dict[str, Any]) -> str:
    event = _in_json(told.pop("event"))[1:-1]
    head = f"{told.pop('time'):%H:%M:%S} {told.pop('level'):7} {event}"
    return " ".join([head, *(f"{key}={_in_json(told[key])}" for key in told)])


def _described(error: BaseException) -> dict[str, object]:
    """Tell of *error* its classes and our frames: its message may quote a row."""
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < MOST_FRAMES:
        causes.append(_class_name(cause))
        cause = cause.__cause__ or cause.__context__
    told: dict[str, object] = {"error": _class_name(error)}
    if causes:
        told["causes"] = causes
    told["frames"] = _our_frames(error.__traceback__)
    return told


def _our_frames(traceback: TracebackType | None) -> list[str]:
    frames: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        with suppress(ValueError):
            file = Path(code.co_filename).relative_to(_OURS.parent)
            if file.is_relative_to(_OURS.name):
                frames.append(f"{file}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return frames[-MOST_FRAMES:]


def _class_name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _place(record: logging.LogRecord) -> str:
    return f"{record.filename}:{record.lineno} {record.funcName}"


def _on_end(
    kind: type[BaseException], error: BaseException, _: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _tell_failure(error)


def _tell_failure(error: BaseException | None) -> None:
    log.error("failed", exc_info=error)


# Until a service configures more, warnings are told: structlog's own way would write
# to standard output, where commands write their answers.
_use(lambda: _Lines(sys.stderr), logging.WARNING)
