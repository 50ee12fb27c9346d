"""No pattern of ours takes much more than linear time, whatever it searches."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import pytest

import app

# More repetitions than this within a repetition could be retried without end.
FEW = 64
_parser: Any = import_module("re._parser")  # the one that re itself uses
REPEATED = {"MAX_REPEAT", "MIN_REPEAT"}


def patterns() -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    """Return every pattern that a module of the service has, by its place."""
    found = {}
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            for index, each in enumerate(
                value if isinstance(value, tuple) else [value]
            ):
                if isinstance(each, re.Pattern):
                    found[f"{module.name}.{name}.{index}"] = each
    return found


def nodes(node: object) -> Iterator[tuple[str, Any]]:
    """Give every operation in what the parser made of a pattern."""
    if isinstance(node, _parser.SubPattern):
        for operation, argument in node:
            yield str(operation), argument
            yield from nodes(argument)
    elif isinstance(node, (tuple, list)):
        for each in node:
            yield from nodes(each)


def grows(parsed: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Give the repetitions without a small bound in which another one stands."""
    for operation, argument in parsed:
        if operation not in REPEATED:
            continue
        _, most, body = argument
        inner = [each for name, each in nodes(body) if name in REPEATED]
        if most > FEW and any(each[0] != each[1] for each in inner):
            yield operation


@pytest.mark.parametrize("name", sorted(patterns()))
def test_no_repetition_without_end_holds_another(name: str) -> None:
    pattern = patterns()[name]

    parsed = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)

    assert list(grows(nodes(parsed))) == []


@pytest.mark.parametrize("evil", [r"(a+)+$", r"(?:\w+\s?)*x", r"(a|b*)*c"])
def test_an_evil_pattern_would_be_noticed(evil: str) -> None:
    assert list(grows(nodes(_parser.parse(evil))))
