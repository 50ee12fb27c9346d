"""A text in every place of every route: refused without an echo, or just a text."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

import pytest

from tests.hostile.aims import Aim, aims
from tests.hostile.answers import check
from tests.hostile.extent import EXTENT
from tests.hostile.injections import injections
from tests.hostile.marks import FORBIDDEN, WORD
from tests.hostile.service import Service

# It answers 200, and tells of each event apart what is wrong with it.
MANY = "/v1/events/batch"
CANARIES = [
    *(WORD, f"{WORD}\0", f"x{WORD}", f'"{WORD}"', f"{WORD} ", f"[{WORD}"),
    *(f"{WORD}\ud7ff", WORD * 30),
]
PERSONAL = [form.format(each) for form in ("{}", "ref {}, x") for each in FORBIDDEN]


@pytest.fixture(scope="module")
def places(hostile: Service) -> Sequence[Aim]:
    """Give every place where a caller may write something."""
    found = list(aims(hostile))
    assert len(found) > 150
    return found


def test_sql_is_a_text_in_every_place(
    hostile: Service, places: Sequence[Aim], answered: Counter[int]
) -> None:
    corpus = injections()
    assert len(set(corpus)) >= 500

    for aim, text in aimed(places, corpus, EXTENT.injections_for_each_place):
        call = aim.call(text)
        answer = hostile.answer(call)
        answered[answer.status] += 1
        check(hostile, call, answer)

    assert "case_event" in hostile.tables()


def test_no_refusal_repeats_what_was_sent(
    hostile: Service, places: Sequence[Aim], answered: Counter[int]
) -> None:
    for aim, text in aimed(places, CANARIES, EXTENT.canaries_for_each_place):
        call = aim.call(text)
        answer = hostile.answer(call)
        answered[answer.status] += 1
        check(hostile, call, answer)


def test_what_tells_who_someone_is_is_refused_in_every_place(
    hostile: Service, places: Sequence[Aim], answered: Counter[int]
) -> None:
    for aim, text in aimed(places, PERSONAL, EXTENT.canaries_for_each_place):
        call = aim.call(text)
        answer = hostile.answer(call)
        answered[answer.status] += 1
        check(hostile, call, answer)
        if answer.status == 200 and aim.path == MANY:
            assert json.loads(answer.body)["counts"]["rejected"] == 1
        else:
            assert 400 <= answer.status < 500, str(aim)


def aimed(
    places: Sequence[Aim], texts: Sequence[str], each: int
) -> Iterator[tuple[Aim, str]]:
    """Give each place with some of *texts*, the next place with the next ones."""
    following = cycle(texts)
    for aim in places:
        for text in islice(following, min(each, len(texts))):
            yield aim, text
