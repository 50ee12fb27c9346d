"""No text in a body makes us search for longer than the text is long.

A search that begins again at each place would take minutes over texts like these: that
the tests end is what they say.
"""

import json
from itertools import combinations_with_replacement

import pytest

from app.api import strict_json
from app.domain.canonical import canonical

LONG = 100_000
LETTERS = '0 3a@.-+_(%\\":T/'
HOSTILE = ["".join(pair) for pair in combinations_with_replacement(LETTERS, 2)]


@pytest.mark.parametrize("pair", HOSTILE)
def test_a_long_text_is_looked_through_in_one_go(pair: str) -> None:
    text = pair * (LONG // 2) + "!"

    value = strict_json.decode(json.dumps({"id": text}).encode())

    assert not strict_json.is_plainly_fit(canonical(value))
    assert strict_json.check_texts(value)
