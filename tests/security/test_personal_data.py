"""What is passed over in the search for what tells who someone is, and what is not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.security.personal_data import PersonalData, personal_data_in
from tests.security.harmless_texts import harmless_texts

UUIDS = st.uuids().map(str)
DIGESTS = st.binary(min_size=16, max_size=64).map(bytes.hex)


@given(st.one_of(UUIDS, DIGESTS, UUIDS.map(str.upper), DIGESTS.map(str.upper)))
@example("9d101cc3-42b4-4aa0-bf80-010594e90321")  # 010594E9032
@example("66b3f1cc-0097-4571-8532-d0152421e50f")  # 00 97 457185320
@example("290348a213c98f6f5a3953a77c632317")  # 290348A213C
def test_identifiers_drawn_at_random_are_no_alarm(drawn: str) -> None:
    for text in (drawn, f"urn:uuid:{drawn}", f"A-{drawn}/1", f"[{drawn}, {drawn}]"):
        assert personal_data_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("010594E9032", id="alone"),
        pytest.param("9d101cc3-42b4-4aa0-bf80-010594e9032", id="11 at the end"),
        pytest.param("9d101cc3-42b4-4aa0-bf80-010594e903210", id="13 at the end"),
        pytest.param("9d101cc3-42b4-4aa0-010594e90321", id="a group is missing"),
        pytest.param("9d101cc342b44aa0bf80010594e9032", id="31 digits"),
        pytest.param("9d101cc342b44aa0bf80010594e90321g", id="a letter after 32"),
        pytest.param("x9d101cc342b44aa0bf80010594e90321", id="a letter before 32"),
        pytest.param(
            "9d101cc3-42b4-4aa0-bf80-010594e90321 010594E9032", id="beside a UUID"
        ),
    ],
)
def test_what_only_resembles_such_an_identifier_is_searched(text: str) -> None:
    assert personal_data_in(text) == (PersonalData.IDENTITY_CODE,)


def test_harmless_texts_raise_few_false_alarms_of_any_kind() -> None:
    texts = harmless_texts()

    alarms = [text for text in texts if personal_data_in(text)]

    assert len(alarms) < 0.005 * len(texts), alarms
