"""What an alibi is: another county that would publish the very same."""

import pytest

from app.domain.disclosure import Sum, Web, floor, is_alibi, is_small

#         west  east  total
# missed     2     7      9
# in time   10    30     40
# due       12    37     49
COUNTS = {
    "w-missed": 2,
    "e-missed": 7,
    "missed": 9,
    "w-in": 10,
    "e-in": 30,
    "in": 40,
    "w-due": 12,
    "e-due": 37,
    "due": 49,
    "nobody": 0,
}
SUMS = (
    Sum(total="missed", parts=("w-missed", "e-missed", "nobody")),
    Sum(total="in", parts=("w-in", "e-in")),
    Sum(total="due", parts=("w-due", "e-due")),
    *(
        Sum(total=f"{place}due", parts=(f"{place}missed", f"{place}in"))
        for place in ("w-", "e-", "")
    ),
)
INNER = {"w-missed", "e-missed", "w-in", "e-in"}


@pytest.mark.parametrize(
    ("count", "small"), [(0, False), (1, True), (4, True), (5, False)]
)
def test_small_is_what_is_neither_zero_nor_the_threshold(
    count: int,
    small: object,
) -> None:
    assert is_small(count, 5) == small


def test_who_sees_a_hidden_count_knows_that_it_is_not_zero() -> None:
    assert floor(3) == 1
    assert floor(0) == 0


@pytest.mark.parametrize(
    ("shift", "hidden", "fits"),
    [
        pytest.param({}, set(), True, id="the county itself"),
        pytest.param(
            {"w-missed": 4, "e-missed": -4, "w-in": -4, "e-in": 4},
            INNER,
            True,
            id="missed there instead of here",
        ),
        pytest.param(
            {"w-missed": 4, "e-missed": -4, "w-in": -4, "e-in": 4},
            INNER - {"e-in"},
            False,
            id="a count that is shown would differ",
        ),
        pytest.param(
            {"w-missed": -2, "e-missed": 2, "w-in": 2, "e-in": -2},
            INNER,
            False,
            id="a hidden count would be zero, and so be shown",
        ),
        pytest.param(
            {"w-missed": 1, "e-missed": -1}, INNER, False, id="a sum would not hold"
        ),
        pytest.param(
            {"nobody": 1, "e-missed": -1, "w-in": 0},
            {"nobody", "e-missed"},
            False,
            id="nor would one across",
        ),
    ],
)
def test_an_alibi_keeps_all_that_is_shown_and_every_sum(
    shift: dict[str, int], hidden: set[str], fits: object
) -> None:
    assert is_alibi(Web(COUNTS, SUMS), shift, hidden) == fits
