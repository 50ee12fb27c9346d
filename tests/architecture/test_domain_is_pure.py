"""The domain is the law and nothing else; only one module reads the clock."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
ALLOWED = sys.stdlib_module_names | {"holidays"}
# What does not come from the standard library's computing, but from the world.
WORLD = {"os", "socket", "subprocess", "random", "secrets", "time", "urllib", "logging"}
CLOCKS = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("time", "gmtime"),
    ("time", "localtime"),
    ("time", "time"),
    ("time", "time_ns"),
}


def modules_imported(source: str) -> Iterator[str]:
    """Give the name of every module that *source* imports, wherever it does."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, level=level):
                yield "." * level + (module or "")
            case _:
                pass


def is_of_the_domain(module: str) -> bool:
    """Tell whether the domain may import *module*."""
    if module == "app.domain" or module.startswith("app.domain."):
        return True
    root = module.partition(".")[0]
    return root in ALLOWED and root not in WORLD


def clocks_read(source: str) -> Iterator[int]:
    """Give the lines of *source* on which it asks what time it is."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(
                value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name
            ) if (owner, name) in CLOCKS:
                yield node.lineno
            case ast.ImportFrom(module="time", names=names):
                taken = {("time", alias.name) for alias in names}
                if taken & CLOCKS:
                    yield node.lineno
            case _:
                pass


def files(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found
    return found


@pytest.mark.parametrize(
    "file", files(APP / "domain"), ids=lambda file: str(file.relative_to(APP))
)
def test_the_domain_imports_the_standard_library_holidays_and_itself(
    file: Path,
) -> None:
    imported = modules_imported(file.read_text(encoding="utf-8"))

    assert [module for module in imported if not is_of_the_domain(module)] == []


@pytest.mark.parametrize(
    "file",
    [file for file in files(APP) if file != APP / "clock.py"],
    ids=lambda file: str(file.relative_to(APP)),
)
def test_only_one_module_reads_the_clock(file: Path) -> None:
    assert list(clocks_read(file.read_text(encoding="utf-8"))) == []


def test_the_clock_is_read_where_it_should_be() -> None:
    assert list(clocks_read((APP / "clock.py").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("source", "is_allowed"),
    [
        ("import datetime", True),
        ("from holidays import PUBLIC", True),
        ("from app.domain.texts import Text", True),
        ("import sqlalchemy.orm", False),
        ("from app.db import events", False),
        ("from app.domains import texts", False),
        ("from . import texts", False),
        ("def f():\n    import pydantic", False),
        ("import os", False),
    ],
)
def test_an_import_that_is_not_allowed_would_be_noticed(
    source: str, *, is_allowed: bool
) -> None:
    assert all(map(is_of_the_domain, modules_imported(source))) is is_allowed


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("datetime.now(UTC)", True),
        ("datetime.datetime.now()", True),
        ("dt.date.today()", True),
        ("time.time()", True),
        ("from time import time", True),
        ("field(default_factory=date.today)", True),
        ("clock.now()", False),
        ("time.monotonic()", False),
        ("from time import monotonic", False),
        ("deadline.status(today)", False),
    ],
)
def test_a_reading_of_the_clock_would_be_noticed(source: str, *, reads: bool) -> None:
    assert bool(list(clocks_read(source))) is reads
