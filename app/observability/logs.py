"""Logs: one line of JSON for each event, with known keys only, whatever they hold."""

import json
import logging
import sys
import threading
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
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
_OURS = Path(__file__).parents[1]
_NUMBERS = frozenset({bool, int, float})
_DELETE = "\x7f"
_Event = MutableMapping[str, Any]

log: FilteringBoundLogger = structlog.get_logger()

_escaped = json.JSONEncoder(separators=(",", ":"), default=str).encode


class _Lines:
    """Writes lines to a stream, each at once and whole."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def msg(self, line: str) -> None:
        """Write *line*, or lose it: a full disk under the logs must stop nothing."""
        try:
            with self._lock:
                self._stream.write(line + "\n")
                self._stream.flush()
        except (OSError, ValueError):
            return

    debug = info = warning = error = critical = msg


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
    write_to(stream, level)
    handler = _LibraryHandler()
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _on_end
    threading.excepthook = lambda args: _tell_failure(args.exc_value)


def write_to(stream: TextIO | None, level: int) -> None:
    """Write what our own code logs, of *level* or above, to *stream*, or to stderr."""
    shown = _for_people if stream and stream.isatty() else _in_json
    structlog.configure(
        processors=[_finished(shown)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda: _Lines(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def _finished(
    shown: Callable[[dict[str, Any]], str],
) -> Callable[[object, str, _Event], str]:
    """Return the one processor: what is told is known, short, and on one line."""

    def finish(_logger: object, level: str, event: _Event) -> str:
        error = event.pop("exc_info", None)
        if error is not None:
            event.update(_described(error))
        name = event.pop("event")
        if name != "request":  # counted by whoever answers it, with more words
            instruments.log_events.labels(name if name in EVENTS else "failed").inc()
        told = {"time": clock.now(), "level": level, "event": name}
        if (number := request_ids.current()) is not None:
            told["request_id"] = number
        for field, value in event.items():
            if field in FIELDS:
                told[field] = value if type(value) in _NUMBERS else _fit(value)
        return shown(told)

    return finish


def _fit(value: object) -> object:
    """Return *value* if it is plain and short, and as much of it as is."""
    if value is None or type(value) in _NUMBERS:
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
write_to(None, logging.WARNING)
