"""API keys: made, taken apart, compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.security import api_keys


def test_a_new_key_can_be_parsed_and_matches_its_hash() -> None:
    key_id = api_keys.new_key_id()
    key = api_keys.new_key(key_id)

    parsed = api_keys.parse_key(key)

    assert parsed is not None
    assert parsed[0] == key_id
    assert len(parsed[1]) == 43
    assert api_keys.matches(parsed[1], api_keys.hash_secret(parsed[1]))


def test_a_key_shows_its_id() -> None:
    assert api_keys.new_key("ab12").startswith("mk_ab12_")


def test_no_two_keys_are_alike() -> None:
    assert len({api_keys.new_key("a") for _ in range(100)}) == 100
    assert len({api_keys.new_key_id() for _ in range(100)}) == 100


def test_another_secret_does_not_match() -> None:
    digest = api_keys.hash_secret("a" * 43)

    assert not api_keys.matches("b" * 43, digest)
    assert not api_keys.matches("a" * 42, digest)
    assert not api_keys.matches("", digest)


def test_a_stored_hash_is_no_usable_key() -> None:
    digest = api_keys.hash_secret("a" * 43)

    assert len(digest) == 32
    assert not api_keys.matches(digest.hex(), digest)


@pytest.mark.parametrize("key_id", ["", "a_b", "A", "ä", "a b", "a" * 33, "a\n"])
def test_a_key_id_is_short_and_lower_case(key_id: str) -> None:
    with pytest.raises(ValueError, match="key id"):
        api_keys.new_key(key_id)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("mk_", id="the prefix alone"),
        pytest.param("mk_a_" + "s" * 42, id="secret too short"),
        pytest.param("mk_a_" + "s" * 44, id="secret too long"),
        pytest.param("mk_a_" + "s" * 43 + "\n", id="a line end"),
        pytest.param(" mk_a_" + "s" * 43, id="a space before"),
        pytest.param("MK_a_" + "s" * 43, id="another prefix"),
        pytest.param("mk_A_" + "s" * 43, id="upper-case key id"),
        pytest.param("mk__" + "s" * 43, id="no key id"),
        pytest.param("mk_a_" + "s" * 42 + "ß", id="not ASCII"),
        pytest.param("mk_a_" + "s" * 42 + "\ud800", id="a lone surrogate"),
        pytest.param("mk_a_" + "s" * 42 + "=", id="not url-safe"),
    ],
)
def test_what_is_no_key_is_not_parsed(text: str) -> None:
    assert api_keys.parse_key(text) is None


def test_a_secret_may_hold_underscores() -> None:
    secret = "_" * 43

    assert api_keys.parse_key(f"mk_a_{secret}") == ("a", secret)


@given(st.text())
def test_parsing_a_key_never_fails(text: str) -> None:
    api_keys.parse_key(text)
