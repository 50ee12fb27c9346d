"""Texts that only the service can make and read."""

import os

from hypothesis import given
from hypothesis import strategies as st

from app.security.opaque_texts import OpaqueTexts

TEXTS = OpaqueTexts(bytes(range(64)))


@given(st.binary(), st.text())
def test_what_was_made_is_read_by_whoever_has_the_key(
    content: bytes, purpose: str
) -> None:
    text = TEXTS.made(content, purpose=purpose)

    assert OpaqueTexts(bytes(range(64))).read(text, purpose=purpose) == content


def test_the_same_is_made_into_the_same_text() -> None:
    assert TEXTS.made(b"a", purpose="p") == TEXTS.made(b"a", purpose="p")
    assert TEXTS.made(b"a", purpose="p") != TEXTS.made(b"a", purpose="q")


def test_it_is_read_for_no_other_purpose_and_under_no_other_key() -> None:
    text = TEXTS.made(b"content", purpose="p")

    assert TEXTS.read(text, purpose="q") is None
    assert OpaqueTexts(os.urandom(64)).read(text, purpose="p") is None


@given(st.text())
def test_what_was_not_made_is_not_read(text: str) -> None:
    assert TEXTS.read(text, purpose="p") is None
