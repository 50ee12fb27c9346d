"""The search for personal identity codes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fi import hetu

from app.security.identity_codes import contains_identity_code
from tests.security.harmless_texts import harmless_texts

CENTURY_SIGNS = "+-YXWVUABCDEF"
CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"

# Published by the Digital and Population Data Services Agency for tests.
PUBLIC_TEST_CODES = (
    "010594Y9032",
    "010594Y9021",
    "020594X903P",
    "030594W903B",
    "040594V9030",
    "050594U903M",
    "010516B903X",
    "020516C903K",
    "030516D9037",
    "010501E9032",
    "020503F9037",
    "131052-308T",
)

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
DASHES = [
    chr(code)
    for code in range(0x2000, 0x10000)
    if unicodedata.category(chr(code)) == "Pd"
]


def identity_code(number: int) -> str:
    """Return the *number*-th of many valid codes, spread over everything they hold."""
    day, month, year = number % 28 + 1, number * 5 % 12 + 1, number * 37 % 100
    born_on = f"{day:02}{month:02}{year:02}"
    individual = f"{2 + number * 61 % 998:03}"
    check = CHECK_CHARACTERS[int(born_on + individual) % 31]
    return f"{born_on}{CENTURY_SIGNS[number % 13]}{individual}{check}"


CODES = [identity_code(number) for number in range(2_600)] + list(PUBLIC_TEST_CODES)


def test_the_corpus_is_valid_and_has_every_century_sign() -> None:
    assert all(hetu.is_valid(code, allow_temporary=True) for code in CODES)
    assert {code[6] for code in CODES} == set(CENTURY_SIGNS)
    assert len(set(CODES)) >= 2_000


@pytest.mark.parametrize(
    "write",
    [
        pytest.param("{0}".format, id="as it is"),
        pytest.param(str.lower, id="lower case"),
        pytest.param(" {0}\n".format, id="blanks around"),
        pytest.param("A-{0}-1".format, id="within a reference"),
        pytest.param("ref{0}x".format, id="between letters"),
        pytest.param("hetu: {0}, soita.".format, id="in a sentence"),
        pytest.param("äö {0} €".format, id="beside other characters"),
        pytest.param("/{0}/{0}".format, id="twice"),
        pytest.param("261005-010594 {0}".format, id="after what looks like one"),
        pytest.param(lambda code: f"{code[:6]} {code[6:]}", id="space before the sign"),
        pytest.param(lambda code: f"{code[:7]} {code[7:]}", id="space after the sign"),
        pytest.param(
            lambda code: f"{code[:6]}  {code[6]}\t{code[7:]}", id="spaces on both sides"
        ),
        pytest.param(
            lambda code: f"{code[:6]}\u00a0{code[6]}\u2009{code[7:]}",
            id="no-break and thin space",
        ),
        pytest.param(lambda code: code[:6] + code[7:], id="no sign"),
        pytest.param(lambda code: f"({code[:6]}{code[7:]})", id="no sign, in brackets"),
        pytest.param(lambda code: f"{code[:6]} {code[7:]}", id="space for the sign"),
        pytest.param(lambda code: code.translate(FULL_WIDTH), id="full-width"),
        pytest.param(
            lambda code: code.lower().translate(FULL_WIDTH), id="full-width lower case"
        ),
        pytest.param("\u200b".join, id="zero-width spaces"),
    ],
)
def test_every_valid_code_is_found(write: object) -> None:
    assert callable(write)

    missed = [code for code in CODES if not contains_identity_code(write(code))]

    assert missed == []


@pytest.mark.parametrize("sign", [c for c in CENTURY_SIGNS if c.isalpha()])
def test_a_code_with_a_letter_is_found_between_digits(sign: str) -> None:
    code = f"010594{sign}9032"

    assert contains_identity_code(f"2026{code}77")


@pytest.mark.parametrize("dash", [*DASHES, "\u00ad", "\u2212", "\u2043"], ids=ascii)
def test_any_dash_counts_as_the_hyphen(dash: str) -> None:
    assert contains_identity_code(f"131052{dash}308T")


def test_harmless_texts_raise_few_false_alarms() -> None:
    texts = harmless_texts()

    alarms = [text for text in texts if contains_identity_code(text)]

    assert len(texts) >= 8_000
    assert len(alarms) < 0.005 * len(texts), alarms


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("131052-308U", id="wrong check character"),
        pytest.param("131052-308G", id="a letter that is never a check character"),
        pytest.param("310252-308Y", id="31 February"),
        pytest.param("001052-308D", id="day 0"),
        pytest.param("321052-3082", id="day 32"),
        pytest.param("130052-308H", id="month 0"),
        pytest.param("131352-3081", id="month 13"),
        pytest.param("010101-000Y", id="individual number 000"),
        pytest.param("010101-0017", id="individual number 001"),
        pytest.param("131052Z308T", id="no century sign"),
        pytest.param("131052_308T", id="an underscore for the sign"),
        pytest.param("20131052-308T", id="the end of a longer number"),
        pytest.param("010594-90321", id="the start of a longer number"),
        pytest.param("x0105949032", id="no sign, a letter before"),
        pytest.param("0105949032x", id="no sign, a letter after"),
        pytest.param("ä0105949032", id="no sign, another letter before"),
        pytest.param("10105949032", id="no sign, a digit before"),
        pytest.param("01059490321", id="no sign, a digit after"),
        pytest.param("20261005T010400+0300", id="a time and its offset"),
        pytest.param("2026-10-05T14:20:00+03:00", id="a timestamp"),
        pytest.param("13105\uff12-308U", id="full-width, wrong check character"),
    ],
)
def test_what_is_no_valid_code_is_let_through(text: str) -> None:
    assert not contains_identity_code(text)


def test_the_time_that_looks_like_a_code_would_be_one_elsewhere() -> None:
    checked = "010400+0300"
    wanted = CHECK_CHARACTERS[int("010400030") % 31]

    assert contains_identity_code(checked[:-1] + wanted)
    assert not contains_identity_code(f"20261005T{checked[:-1]}{wanted}")


@pytest.mark.parametrize("day", ["290200A", "290201A", "290200-", "290200+"])
def test_29_february_counts_in_every_year(day: str) -> None:
    check = CHECK_CHARACTERS[int(day[:6] + "123") % 31]

    assert contains_identity_code(f"{day}123{check}")


@given(
    st.from_regex(r"[0-3][0-9][01][0-9]{3}[-+A-FU-Ya-fu-y]", fullmatch=True),
    st.integers(0, 999),
    st.sampled_from(CHECK_CHARACTERS),
)
def test_what_the_oracle_calls_valid_is_found(
    start: str, individual: int, check: str
) -> None:
    text = f"{start}{individual:03}{check}"

    if hetu.is_valid(text, allow_temporary=True):
        assert contains_identity_code(text)
    elif not start.startswith("2902"):
        assert not contains_identity_code(text)


@given(st.text(), st.sampled_from(CODES), st.text())
def test_a_code_is_found_in_any_text(before: str, code: str, after: str) -> None:
    assert contains_identity_code(f"{before} {code} {after}")


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    assert contains_identity_code(text) in (True, False)
