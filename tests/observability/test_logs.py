"""Logs: one line for each event, with what we know in it and nothing of anybody's."""

import ast
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from contextvars import copy_context
from io import StringIO
from pathlib import Path
from time import monotonic, sleep

import pytest
import structlog

from app.observability import lines, logs, request_ids
from app.observability.lines import LONGEST_TEXT
from app.observability.logs import log
from app.observability.vocabulary import EVENTS, FIELDS, LIBRARY_TEXTS
from tests.conftest import Told

ROOT = Path(__file__).parents[2]
CANARY = "kanarialintu"
# What ends a line, moves a cursor, hides text or turns its direction somewhere.
CONTROLS = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\ufff9",
    *("\r\n", "\n\n", "\x1b[2K\x1b[1A", "\x1b]0;title\x07", "\x9b31m", "\ud800", "\0x"),
]
FORGED = '{"level":"info","event":"stopped"}'
HOSTILE = (
    [
        form.format(control)
        for control in CONTROLS
        for form in ("{}", "a{}b", "{}" + FORGED.replace("{", "{{").replace("}", "}}"))
        for _ in range(2)
    ]
    + [f'"{control},"level":"x"' for control in CONTROLS]
    + [c * 400 for c in CONTROLS]
)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def every_logger() -> Iterator[StringIO]:
    """Give the stream of a process whose every word goes through our formatter."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    before = structlog.get_config(), root.handlers[:], root.level
    stream = StringIO()
    logs.configure(stream)
    yield stream
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook = hooks
    structlog.configure(**before[0])
    root.handlers[:], root.level = before[1:]


def failing(text: str) -> Exception:
    """Return an error as it is raised two of our frames deep, quoting *text*."""
    try:
        try:
            int(text + "x")
        except ValueError as error:
            raise RuntimeError(text) from error
    except RuntimeError as error:
        return error
    raise AssertionError


def test_the_corpus_is_large() -> None:
    assert len(set(HOSTILE)) >= 400
    assert len(HOSTILE) >= 500


@pytest.mark.parametrize("terminal", [False, True])
def test_an_event_is_one_line_of_printable_ascii_whatever_it_holds(
    *, terminal: bool
) -> None:
    before = structlog.get_config()
    stream = Terminal() if terminal else StringIO()
    logs.write_to(stream, logging.INFO)
    for text in HOSTILE:
        log.info(text, reason=text, frames=[text], error=text, exc_info=failing(text))
    structlog.configure(**before)

    lines = stream.getvalue().split("\n")
    assert len(lines) == len(HOSTILE) + 1
    assert lines[-1] == ""
    assert all(re.fullmatch(r"[ -~]+", line) for line in lines[:-1])


def test_what_a_library_says_is_one_line_without_its_words(
    every_logger: StringIO,
) -> None:
    # Once more, without the handler of pytest, which hands on what no report can hold.
    logs.configure(every_logger)
    for text in HOSTILE:
        said = f"Bad: {text}"  # libraries put values into templates too
        logging.getLogger("library").error(said, exc_info=failing(text))
        logging.getLogger("library").error("%s", CANARY)

    lines = every_logger.getvalue().splitlines()
    assert len(lines) == 2 * len(HOSTILE)
    assert CANARY not in every_logger.getvalue()
    assert {json.loads(line)["event"] for line in lines} == {"library"}


def test_of_an_error_class_causes_and_our_frames_are_told_and_no_message(
    told_logs: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_OURS", Path(__file__).parent)

    log.error("failed", exc_info=failing(CANARY))

    (line,) = told_logs()
    assert line["error"] == "builtins.RuntimeError"
    assert line["causes"] == ["builtins.ValueError"]
    (frame,) = line["frames"]
    assert re.fullmatch(r"observability/test_logs\.py:\d+ failing", frame)
    assert CANARY not in json.dumps(line)


def test_only_known_fields_with_short_plain_values_are_told(told_logs: Told) -> None:
    log.warning(
        "failed", reason="x" * 5_000, child=CANARY, version={CANARY: 1}, file=None
    )

    (line,) = told_logs()
    assert line.keys() == {"time", "level", "event", "reason", "version", "file"}
    assert len(line["reason"]) == LONGEST_TEXT
    assert CANARY not in json.dumps(line)


def test_lines_of_a_request_bear_its_number(told_logs: Told) -> None:
    def answer() -> str:
        number = request_ids.begin().number
        log.info("started")
        return number

    number = copy_context().run(answer)
    log.info("stopped")

    of_the_request, of_the_process = told_logs()
    assert of_the_request["request_id"] == number
    assert "request_id" not in of_the_process


def test_warnings_and_ends_of_threads_are_told_without_their_words(
    every_logger: StringIO,
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(CANARY, stacklevel=1)
    arguments = (RuntimeError, RuntimeError(CANARY), None, None)
    threading.excepthook(threading.ExceptHookArgs(arguments))
    sys.excepthook(RuntimeError, RuntimeError(CANARY), None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    told = [json.loads(line) for line in every_logger.getvalue().splitlines()]
    assert [line["event"] for line in told] == ["library", "failed", "failed"]
    assert told[0]["logger"] == "py.warnings"
    assert CANARY not in every_logger.getvalue()


def test_what_is_known_of_a_library_is_told(every_logger: StringIO) -> None:
    for text in LIBRARY_TEXTS:
        said = f"{text}\n"
        logging.getLogger("library").warning(said)

    told = [json.loads(line) for line in every_logger.getvalue().splitlines()]
    assert {line["text"] for line in told} == LIBRARY_TEXTS
    assert {line["level"] for line in told} == {"warning"}
    assert told[0]["where"].startswith("test_logs.py:")


def test_a_full_disk_under_the_logs_stops_nothing() -> None:
    class Full(StringIO):
        def write(self, _: str) -> int:
            raise OSError(28, "No space left on device")

    before = structlog.get_config()
    logs.write_to(Full(), logging.INFO)
    log.error("failed")
    structlog.configure(**before)


def of(number: int | str) -> dict[str, object]:
    return {"reason": str(number)}


def reasons(stream: StringIO) -> list[str]:
    return [json.loads(line)["reason"] for line in stream.getvalue().splitlines()]


def test_events_wait_for_each_other_but_not_behind_what_went_wrong() -> None:
    stream = StringIO()
    gathered = lines.GatheredLines(stream)
    for number in range(1_000):
        gathered.info(of(number))
    gathered.error(of("wrong"))

    assert reasons(stream) == [*map(str, range(1_000)), "wrong"]
    gathered.info(of("last"))
    patience = monotonic() + 20
    while reasons(stream)[-1] != "last":
        assert monotonic() < patience
        sleep(0.01)


def test_events_that_nobody_reads_fill_no_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "MOST_WAITING", 10)
    monkeypatch.setattr(lines, "WRITE_EVERY_SECONDS", 1_000)
    stream = StringIO()
    gathered = lines.GatheredLines(stream)
    for number in range(100):
        gathered.info(of(number))
    gathered.flush()

    assert reasons(stream) == [*map(str, range(90, 100))]


def test_nothing_is_written_to_standard_output_by_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.warning("stopped")
    log.info("started")

    told = capsys.readouterr()
    assert told.out == ""
    assert [json.loads(line)["event"] for line in told.err.splitlines()] == ["stopped"]


def test_a_request_id_is_a_version_7_uuid_and_sorts_by_time() -> None:
    numbers = [request_ids.new() for _ in range(100)]

    pattern = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert all(re.fullmatch(pattern, number) for number in numbers)
    assert len(set(numbers)) == 100
    times = [number[:13] for number in numbers]
    assert times == sorted(times)


def told_in(source: str) -> Iterator[tuple[str, set[str]]]:
    """Give the event and the fields of every call of `log` in *source*."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Name(id="log") | ast.Attribute(attr="log"),
                    attr="info" | "warning" | "error",
                ),
                args=[event],
                keywords=keywords,
            ):
                assert isinstance(event, ast.Constant), "an event is a word of ours"
                yield str(event.value), {word.arg for word in keywords if word.arg}
            case _:
                pass


def test_what_our_code_tells_is_in_the_vocabulary() -> None:
    told = [
        each
        for file in sorted((ROOT / "app").rglob("*.py"))
        if file.name != "logs.py"
        for each in told_in(file.read_text(encoding="utf-8"))
    ]

    assert {event for event, _ in told} <= EVENTS.keys()
    for event, fields in told:
        assert fields <= FIELDS.keys() | {"exc_info"}, event


def test_the_operator_finds_every_event_in_the_documentation() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

    for event, meaning in EVENTS.items():
        assert f"| `{event}` | {meaning} |" in page


def test_nobody_logs_in_another_way() -> None:
    for file in sorted((ROOT / "app").rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        if file != ROOT / "app/observability/logs.py":
            assert not re.search(r"getLogger|logging\.(info|warning|error)", source), (
                file
            )
