"""The search for phone numbers and e-mail addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.security.contact_details import contains_email_address, contains_phone_number
from tests.security.harmless_texts import harmless_texts

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
PREFIXES = ("040", "041", "044", "045", "046", "049", "050")


def mobile_numbers() -> list[tuple[str, str]]:
    """Return the first three digits and the others of many mobile numbers."""
    return [
        (prefix, f"{number * 61_813 % 10_000_000:07}")
        for prefix in PREFIXES
        for number in range(60)
    ]


@pytest.mark.parametrize(
    "form",
    [
        pytest.param("{0}{1}", id="in one piece"),
        pytest.param("{0} {2} {3}", id="as people write it"),
        pytest.param("{0}-{1}", id="with a hyphen"),
        pytest.param("{0}-{2} {3}", id="with a hyphen and a space"),
        pytest.param("{0}.{2}.{3}", id="with dots"),
        pytest.param("{0}/{1}", id="with a slash"),
        pytest.param("({0}) {2} {3}", id="in brackets"),
        pytest.param("{0}\u2013{2}\u00a0{3}", id="with a dash and a no-break space"),
        pytest.param("{4} {5} {6} {2} {3}", id="its beginning spelt out"),
        pytest.param("+358{7}{1}", id="with the country's code"),
        pytest.param("+358 {7} {2} {3}", id="with the country's code and spaces"),
        pytest.param("+358 ({4}){7} {2} {3}", id="with both codes"),
        pytest.param("(+358){7}{1}", id="the country's code in brackets"),
        pytest.param("00358{7}{1}", id="with 00 for the plus"),
        pytest.param("358{7}{1}", id="without the plus"),
        pytest.param("puh. {0} {2} {3}", id="in a sentence"),
        pytest.param("tel:+358{7}{1}", id="as an address"),
        pytest.param("äiti {0}{1}, soita!", id="beside other characters"),
        pytest.param("{0}\u200b{1}", id="with a zero-width space"),
    ],
)
def test_every_mobile_number_is_found(form: str) -> None:
    texts = [
        form.format(first, rest, rest[:3], rest[3:], *first, first[1:])
        for first, rest in mobile_numbers()
    ]

    assert [text for text in texts if not contains_phone_number(text)] == []
    wide = [text.translate(FULL_WIDTH) for text in texts]
    assert [text for text in wide if not contains_phone_number(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "0400 123 456",
        "0457 123 4567",
        "050 123 456",
        "0 4 0 1 2 3 4 5 6 7",
        "0-4-0-1-2-3-4-5-6-7",
        "09 123 4567",
        "09 8162 1234",
        "09-1234567",
        "09-123 4567",
        "(09) 123 4567",
        "(09) - 1234567",
        "014 123 456",
        "019 123 4567",
        "029 123 4567",
        "010 123 4567",
        "vaihde 09 81621, suora 09 816 21234",
        "+46 70 123 45 67",
        "+46 (0)70-123 45 67",
        "+372 5123 4567",
        "+44 20 7946 0018",
        "00 46 70 123 45 67",
        "+1 (212) 555-0143",
    ],
)
def test_other_phone_numbers_are_found(text: str) -> None:
    assert contains_phone_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0400",
        "040 12345",
        "A-2026-0401234567",
        "2026/0401234567",
        "0401-2026",
        "0401234/2026",
        "04100-2026",
        "0410-2026-0001",
        "05022026",
        "05.02.2026 14.20",
        "ESPOO/0412/05.02.01/2026",
        "1.2.246.562.24.0401234567",
        "0,0412345678",
        "x0401234567",
        "0401234567x",
        "04012345678901",
        "FI21 1234 5600 0007 85",
        "0101263-6",
        "09-12345",
        "05 2026 1234",
        "klo 09-16.00",
        "+60.2055+024.6559/",
        "20261005T142000+1100",
        "041026-123X",
        "+12 345 678",
    ],
)
def test_what_is_no_phone_number_is_let_through(text: str) -> None:
    assert not contains_phone_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "a@example.org",
        "etunimi.sukunimi@example.fi",
        "Etu.Suku+x_1@mail1.2x.example.org",
        "mailto:etu%40example.fi",
        "etu&#64;example.fi",
        "etu @ example.fi",
        "etu (at) example.fi",
        "etu(AT)example.fi",
        "etu[at]example[dot]fi",
        "etu ( a ) example.fi",
        "etu (ät) example.fi",
        "etu(miukumauku)example.fi",
        "etu at example dot fi",
        "etu ät example piste fi",
        "åke@bücher.example",
        "soita tai kirjoita: etu@example.fi.",
        "etu\uff20example\uff0efi",
        "etu@\u200bexample.fi",
    ],
)
def test_an_address_is_found(text: str) -> None:
    assert contains_email_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@leppävaara",
        "client-a@1.2.3",
        "x@y",
        "at example.fi",
        "meeting at example.fi",
        "(a) first, (b) second",
        "look at this dot",
    ],
)
def test_what_is_no_address_is_let_through(text: str) -> None:
    assert not contains_email_address(text)


def test_harmless_texts_raise_few_false_alarms() -> None:
    texts = harmless_texts()

    alarms = [
        text
        for text in texts
        if contains_phone_number(text) or contains_email_address(text)
    ]

    assert len(alarms) < 0.005 * len(texts), alarms


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    assert contains_phone_number(text) in (True, False)
    assert contains_email_address(text) in (True, False)


@given(st.text(alphabet="ab .|"), st.sampled_from(mobile_numbers()), st.text("ab .|"))
def test_a_number_that_stands_apart_is_found_in_any_text(
    before: str, number: tuple[str, str], after: str
) -> None:
    assert contains_phone_number(f"{before} {''.join(number)} {after}")
