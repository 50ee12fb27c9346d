"""Headers that every answer bears, and what is read of those of a request."""

from collections.abc import Iterable, Sequence

Header = tuple[bytes, bytes]

# Bytes of the request line and all headers together.
LARGEST_HEAD = 16_384

# Pages have one stylesheet and one script of their own, and nothing inline.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'"
)
# Whoever sets one of these for an answer of theirs knows better.
_DEFAULTS: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", _POLICY),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    # Not `no-referrer`: browsers would then hide the origin of our own forms from us.
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_NAMES = frozenset(name for name, _ in _DEFAULTS)
_HTTPS_FOR_A_YEAR = (b"strict-transport-security", b"max-age=31536000")


def defaults(*, public_origin: str | None = None) -> tuple[Header, ...]:
    """Return the headers of every answer of a service that the public reaches there."""
    if public_origin is not None and public_origin.startswith("https:"):
        return (*_DEFAULTS, _HTTPS_FOR_A_YEAR)
    return _DEFAULTS


def completed(given: Iterable[Header], defaults: Sequence[Header]) -> list[Header]:
    """Return the headers *given* of an answer, and the *defaults* of what they lack."""
    headers = list(given)
    present = {name for name, _ in headers}
    if _NAMES.isdisjoint(present):
        headers += defaults
    else:
        headers += [header for header in defaults if header[0] not in present]
    return headers
