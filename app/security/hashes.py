"""References that may be the bare hash of an identity code.

There are so few identity codes that every hash of one is found in seconds: only a hash
under a secret key is a pseudonym, and nobody can see the difference.
"""

import re
from enum import StrEnum


class References(StrEnum):
    """Which references of people and cases a source may send."""

    ANY = "any"
    NO_HASHES = "no_hashes"


# Of 128, 160, 224, 256, 384 and 512 bits: MD5 and the families of SHA.
_BITS = (128, 160, 224, 256, 384, 512)
_HEXADECIMAL_LENGTHS = frozenset(bits // 4 for bits in _BITS)
_BASE64_LENGTHS = frozenset(-(-bits // 6) for bits in _BITS)
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{32,128}", re.ASCII)
_BASE64 = re.compile(r"(?P<digits>[0-9A-Za-z+/_-]{22,86})={0,2}", re.ASCII)


def looks_like_a_hash(text: str) -> bool:
    """Say whether *text* is as long as a hash and written as one, and nothing else.

    >>> looks_like_a_hash("d41d8cd98f00b204e9800998ecf8427e")
    True
    >>> looks_like_a_hash("A-2026-0001")
    False
    """
    text = text.strip()
    if _HEXADECIMAL.fullmatch(text):
        return len(text) in _HEXADECIMAL_LENGTHS
    found = _BASE64.fullmatch(text)
    return found is not None and len(found["digits"]) in _BASE64_LENGTHS
