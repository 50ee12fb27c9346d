"""API keys: made, taken apart, and compared with what is stored of them."""

import hmac
import re
import secrets
from hashlib import sha256

_KEY_ID = re.compile(r"[a-z0-9]{1,32}")
_KEY = re.compile(r"mk_(?P<key_id>[a-z0-9]{1,32})_(?P<secret>[A-Za-z0-9_-]{43})")
_KEY_ID_BYTES = 4
_SECRET_BYTES = 32


def new_key_id() -> str:
    """Return a random key id: eight lower-case hexadecimal digits."""
    return secrets.token_hex(_KEY_ID_BYTES)


def new_key(key_id: str) -> str:
    """Return a new API key, `mk_<key id>_<secret>`, whose secret has 256 random bits.

    Raises:
        ValueError: *key_id* is not 1 to 32 lower-case letters and digits.
    """
    if _KEY_ID.fullmatch(key_id) is None:
        raise ValueError("a key id is 1 to 32 lower-case letters and digits")
    return f"mk_{key_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def parse_key(text: str) -> tuple[str, str] | None:
    """Return the key id and the secret of an API key, None if *text* is none."""
    match = _KEY.fullmatch(text)
    return None if match is None else (match["key_id"], match["secret"])


def hash_secret(secret: str) -> bytes:
    """Return what is stored of a secret: its SHA-256.

    A slow, salted hash would add nothing: 256 random bits cannot be guessed. It is the
    same of sessions and sign-in links, where any text may be presented for one.
    """
    return sha256(secret.encode(errors="surrogatepass")).digest()


def matches(secret: str, digest: bytes) -> bool:
    """Say, in constant time, whether *digest* is the stored hash of *secret*."""
    return hmac.compare_digest(hash_secret(secret), digest)
