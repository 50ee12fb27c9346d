"""Logs: what our code tells, and what libraries say, goes the same way."""

import logging
import sys
import threading
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import FilteringBoundLogger

from app import clock
from app.observability import instruments, request_ids
from app.observability.lines import Event, GatheredLines, Lines
from app.observability.vocabulary import EVENTS, LIBRARY_TEXTS

log: FilteringBoundLogger = structlog.get_logger()


class _LibraryHandler(logging.Handler):
    """Takes what libraries log by the standard library's way."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell who said something and where; what, only if it is known."""
        event: Event = {"logger": record.name, "where": _place(record)}
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
    lines = GatheredLines(stream)
    _use(lambda: lines, level)
    handler = _LibraryHandler()
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _on_end
    threading.excepthook = lambda args: _tell_failure(args.exc_value)


def write_to(stream: TextIO, level: int) -> None:
    """Write what our own code logs, of *level* or above, to *stream* at once."""
    _use(lambda: Lines(stream), level)


def way_of_requests() -> Callable[[Event], None] | None:
    """Return where the events of requests go, around structlog; None if nowhere.

    Each request pays for every step on its way.
    """
    if not log.bind().is_enabled_for(logging.INFO):
        return None
    lines: Lines = structlog.get_config()["logger_factory"]()
    return lines.info


def _use(lines: Callable[[], Lines], level: int) -> None:
    structlog.configure(
        processors=[_begun],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lines,
        cache_logger_on_first_use=False,
    )


def _begun(
    _logger: object, level: str, event: MutableMapping[str, Any]
) -> tuple[tuple[Event], Event]:
    """Return *event* with what only this moment knows; the rest can wait."""
    name = event["event"]
    instruments.log_events.labels(name if name in EVENTS else "failed").inc()
    begun = {"time": clock.now(), "level": level, "event": name}
    if (number := request_ids.current()) is not None:
        begun["request_id"] = number
    return ({**begun, **event},), {}


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
_use(lambda: Lines(sys.stderr), logging.WARNING)
