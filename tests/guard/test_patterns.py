"""No text makes a pattern of ours search for longer than the text is long.

A search that begins again at each place, or at each of several, would take minutes or
for ever over texts like these: that the tests end is what they say.
"""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from itertools import combinations_with_replacement

import pytest

import app
from app.api import strict_json
from app.api.guard.headers import LARGEST_HEAD

LONG = 100_000
LETTERS = '0 3a@.-+_(%\\":T/'
HOSTILE = ["".join(pair) for pair in combinations_with_replacement(LETTERS, 2)]
Pattern = re.Pattern[str] | re.Pattern[bytes]


def _patterns() -> Iterator[tuple[str, Pattern]]:
    """Give every pattern that a module of ours holds, alone or among others."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.endswith("__main__"):
            for name, held in vars(importlib.import_module(module.name)).items():
                for each in held if isinstance(held, tuple) else (held,):
                    if isinstance(each, re.Pattern):
                        yield f"{module.name}.{name}: {each.pattern!r:.40}", each


PATTERNS = dict(_patterns())


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_is_fitted_to_a_whole_head_in_one_go(name: str) -> None:
    pattern = PATTERNS[name]

    for pair in HOSTILE:
        text = pair * (LARGEST_HEAD // 2) + "!"
        if isinstance(pattern.pattern, bytes):
            re.compile(pattern.pattern, pattern.flags).fullmatch(text.encode())
        else:
            re.compile(pattern.pattern, pattern.flags).fullmatch(text)


@pytest.mark.parametrize("pair", HOSTILE)
def test_a_long_text_in_a_body_is_looked_through_in_one_go(pair: str) -> None:
    text = pair * (LONG // 2) + "!"

    value = strict_json.decode(json.dumps({"id": text}).encode())

    assert not strict_json.is_plainly_fit(strict_json.encoded(value))
    assert strict_json.check_texts(value)
