"""Tokens: what a provider has signed, and nothing that merely looks like it.

The library verifies the signature. What a token may be, and what it must claim, is
decided here: every library of this kind has been led astray by one or another of it.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from app.identity.errors import InvalidTokenError
from app.identity.providers import Algorithm
from app.identity.public_keys import PublicKey

LARGEST_TOKEN = 8_192  # bytes
LONGEST_ACCESS = timedelta(hours=1)
# An ID token is read once, at once, whatever else its provider means it for.
LONGEST_ID = timedelta(hours=24)
# Clocks differ: a token is taken this much before and after its time.
LEEWAY = timedelta(seconds=30)

ACCESS_TOKEN = frozenset({"at+jwt", "application/at+jwt"})
ID_TOKEN = frozenset({None, "JWT"})

Claims: TypeAlias = Mapping[str, Any]

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# Hints at the key, of which we believe none but its name. All other headers are
# refused: keys that come with the token (`jwk`, `jku`, `x5c`, `x5u`), and what would
# have to be understood (`crit`, `b64`, `enc`, `zip`, `cty`).
_KNOWN_HEADERS = ("alg", "kid", "typ", "x5t", "x5t#S256")


@dataclass(frozen=True, slots=True)
class Unverified:
    """A token of which nothing is believed yet: what tells who must have signed it."""

    text: str
    issuer: str
    algorithm: str
    kid: str | None
    typ: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must be, for whom and of which kind, to be taken."""

    issuer: str
    algorithm: Algorithm
    audience: str
    types: Collection[str | None]
    longest_life: timedelta


class _OneAlgorithm(JWSRegistry):
    """Knows one algorithm and the few headers that a token has."""

    default_header_registry = {  # noqa: RUF012 (as the library declares it)
        name: JWSRegistry.default_header_registry[name] for name in _KNOWN_HEADERS
    }

    def get_alg(self, name: str) -> JWSAlgModel:
        """Return the one algorithm; the library would warn of one that has two names.

        RFC 9864 calls EdDSA by its curve, which few providers do yet.
        """
        if not self.allowed or name not in self.allowed:
            raise InvalidTokenError("it is signed in another way")
        return self.algorithms[name]


_REGISTRIES = {each: _OneAlgorithm(algorithms=(each,)) for each in Algorithm}


def parse(text: str) -> Unverified:
    """Return what *text* says it is; only the compact form is read.

    Raises:
        InvalidTokenError: it is too large, or no token.
    """
    if len(text) > LARGEST_TOKEN:
        raise InvalidTokenError("it is too large")
    if _COMPACT.fullmatch(text) is None:
        raise InvalidTokenError("it is not in the compact form")
    header, claims, _ = text.split(".")
    said = _object(header)
    algorithm, kid, typ = said.get("alg"), said.get("kid"), said.get("typ")
    issuer = _object(claims).get("iss")
    if not isinstance(algorithm, str) or not isinstance(issuer, str):
        raise InvalidTokenError("it does not say how and by whom it is signed")
    if not isinstance(kid, str | None) or not isinstance(typ, str | None):
        raise InvalidTokenError("its header is not well-formed")
    return Unverified(text, issuer, algorithm, kid, typ)


def check_outside(token: Unverified, expected: Expected) -> None:
    """Refuse a token that can be told to be wrong without any key.

    Raises:
        InvalidTokenError: it is not signed by whom, how or as what is *expected*.
    """
    if token.issuer != expected.issuer:
        raise InvalidTokenError("it is of another issuer")
    if token.algorithm != expected.algorithm:
        raise InvalidTokenError("it is signed in another way")
    if token.typ not in expected.types:
        raise InvalidTokenError("it is of another type")


def verify(
    token: Unverified, expected: Expected, keys: Iterable[PublicKey], *, now: datetime
) -> Claims:
    """Return the claims of *token*, signed with one of *keys*, if it is as *expected*.

    Raises:
        InvalidTokenError: it is not.
    """
    check_outside(token, expected)
    key = _key(token, keys)
    try:
        verified = jws.deserialize_compact(
            token.text, key, registry=_REGISTRIES[expected.algorithm]
        )
    except (JoseError, ValueError) as error:
        raise InvalidTokenError("its signature or header is not right") from error
    claims = _parsed(verified.payload or b"")
    _check_audience(claims, expected.audience)
    _check_times(claims, expected.longest_life, now)
    _check_subject(claims)
    return claims


def _key(token: Unverified, keys: Iterable[PublicKey]) -> PublicKey:
    """Return the key that *token* names; it need not, where there is but one."""
    fitting = [key for key in keys if token.kid in (None, key.kid)]
    if len(fitting) != 1:
        raise InvalidTokenError("its key is not known")
    return fitting[0]


def _check_audience(claims: Claims, audience: str) -> None:
    # A token that is also for somebody else could be used here by that somebody.
    if claims.get("aud") not in (audience, [audience]):
        raise InvalidTokenError("it is for somebody else")


def _check_times(claims: Claims, longest: timedelta, now: datetime) -> None:
    issued_at, expires_at = _second(claims, "iat"), _second(claims, "exp")
    present, leeway = now.timestamp(), LEEWAY.total_seconds()
    if expires_at + leeway <= present:
        raise InvalidTokenError("it has expired")
    if issued_at - leeway > present:
        raise InvalidTokenError("it is not issued yet")
    if not 0 < expires_at - issued_at <= longest.total_seconds():
        raise InvalidTokenError("it lives too long")
    if "nbf" in claims and _second(claims, "nbf") - leeway > present:
        raise InvalidTokenError("it is not valid yet")


def _check_subject(claims: Claims) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise InvalidTokenError("it does not say about whom it is")


def _second(claims: Claims, name: str) -> int:
    second = claims.get(name)
    # A truth value is an integer too, and 1e300 is a number.
    if type(second) is not int or second < 0:
        raise InvalidTokenError(f"its `{name}` is not a whole number")
    return second


def _object(segment: str) -> dict[str, Any]:
    try:
        return _parsed(urlsafe_b64decode(segment.encode()))
    except ValueError as error:
        raise InvalidTokenError("it is not well-formed") from error


def _parsed(content: bytes) -> dict[str, Any]:
    """Return the object that *content* is, in which each member stands once."""
    try:
        value = json.loads(
            content.decode(),
            object_pairs_hook=_unambiguous,
            parse_constant=_refused,
        )
    except (ValueError, RecursionError) as error:
        raise InvalidTokenError("it is not well-formed") from error
    if not isinstance(value, dict):
        raise InvalidTokenError("it is not well-formed")
    return value


def _unambiguous(members: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(members)
    if len(named) < len(members):
        raise ValueError("a member is named twice")
    return named


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
