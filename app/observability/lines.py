"""An event as a line: known fields only, short, and one line whatever they hold."""

import atexit
import json
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import Any, TextIO, TypeAlias

from pydantic_core import to_json

from app.observability.vocabulary import FIELDS

Event: TypeAlias = dict[str, Any]

LONGEST_TEXT = 300
MOST_FRAMES = 12
MOST_WAITING = 100_000
WRITE_EVERY_SECONDS = 0.1
_OURS = Path(__file__).parents[1]
_PLAIN = frozenset({bool, int, float, datetime})
_DELETE = "\x7f"

_escaped = json.JSONEncoder(separators=(",", ":"), default=str).encode


class Lines:
    """Writes events to a stream, each as a line, at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._rendered = _for_people if stream.isatty() else _in_json
        self._lock = threading.Lock()

    def msg(self, event: Event) -> None:
        """Write *event*, or lose it: a full disk under the logs must stop nothing."""
        self._write([event])

    debug = info = warning = error = critical = msg

    def _write(self, events: Iterable[Event]) -> None:
        lines = "".join(f"{self._rendered(_known(event))}\n" for event in events)
        try:
            with self._lock:
                self._stream.write(lines)
                self._stream.flush()
        except (OSError, ValueError):
            return


class GatheredLines(Lines):
    """Writes events ten times a second together, and at once what went wrong.

    To write lets other threads take over: after each request, the next would wait for
    them. If nobody reads the stream, the oldest events are lost.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._waiting: deque[Event] = deque(maxlen=MOST_WAITING)
        threading.Thread(target=self._write_steadily, name="logs", daemon=True).start()
        atexit.register(self.flush)

    def info(self, event: Event) -> None:
        """Let *event* wait for others."""
        self._waiting.append(event)

    debug = info

    def msg(self, event: Event) -> None:
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


def _known(event: Event) -> dict[str, Any]:
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
