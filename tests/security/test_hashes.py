"""References that may be the bare hash of an identity code."""

import base64
import hashlib
import uuid

import pytest

from app.security.hashes import looks_like_a_hash

CODE = b"131052-308T"
ALGORITHMS = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_form_of_a_hash_is_seen(algorithm: str) -> None:
    digest = hashlib.new(algorithm, CODE).digest()
    forms = [
        digest.hex(),
        digest.hex().upper(),
        f" {digest.hex()} ",
        base64.b64encode(digest).decode(),
        base64.urlsafe_b64encode(digest).decode(),
        base64.urlsafe_b64encode(digest).decode().rstrip("="),
    ]

    assert [form for form in forms if not looks_like_a_hash(form)] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A-2026-0001",
        "p-81f3",
        "p-" + hashlib.sha256(CODE).hexdigest(),
        hashlib.sha256(CODE).hexdigest()[:12],
        str(uuid.uuid5(uuid.NAMESPACE_OID, "x")),
        "lastensuojeluilmoitus",
    ],
)
def test_other_references_are_let_through(text: str) -> None:
    assert not looks_like_a_hash(text)
