"""Who calls: what is presented to the service, turned into an actor."""

import hashlib
import time
from collections.abc import Callable, Iterable
from functools import partial

from app import clock
from app.db.database import Database
from app.domain.access import Actor
from app.identity import grants, tokens
from app.identity.errors import InvalidTokenError
from app.identity.providers import Provider
from app.identity.trusted import TrustedProvider
from app.security.api_keys import parse_key
from app.security.identity_codes import contains_identity_code
from app.services import keys

# What is revoked is refused everywhere within five seconds.
CACHE_SECONDS = 3.0
MOST_REMEMBERED = 10_000


class Recognition:
    """Turns what a caller presents into an actor, remembering it for a moment."""

    def __init__(self, look_up: Callable[[str], Actor | None]) -> None:
        self._look_up = look_up
        self._known: dict[bytes, tuple[float, Actor]] = {}

    def remembered(self, presented: str) -> Actor | None:
        """Return the actor who was looked up a moment ago."""
        until, actor = self._known.get(_fingerprint(presented), (0.0, None))
        return actor if time.monotonic() < until else None

    def look_up(self, presented: str) -> Actor | None:
        """Return the actor; None if what is *presented* is no good any more."""
        fingerprint = _fingerprint(presented)
        actor = self._look_up(presented)
        if actor is None:
            self._known.pop(fingerprint, None)
            return None
        if len(self._known) >= MOST_REMEMBERED:
            self._known = {}
        self._known[fingerprint] = (time.monotonic() + CACHE_SECONDS, actor)
        return actor


class Callers:
    """Everybody who may call the service on *database*, by key or by provider."""

    def __init__(self, database: Database, providers: Iterable[Provider] = ()) -> None:
        self.trusted = {each.issuer: TrustedProvider(each) for each in providers}
        self.bearers = Recognition(partial(_bearer, database, self.trusted))


def _bearer(
    database: Database, trusted: dict[str, TrustedProvider], presented: str
) -> Actor | None:
    """Return the actor of an API key or an access token, None if it is no good."""
    if parse_key(presented) is not None:
        return keys.look_up(database, presented)
    try:
        token = tokens.parse(presented)
        provider = trusted.get(token.issuer)
        if provider is None:
            return None
        claims = provider.verify_access_token(token, now=clock.now())
    except InvalidTokenError:
        return None
    person = grants.person(provider.provider, claims)
    if person is None or contains_identity_code(person.subject):
        return None
    said = grants.said(provider.provider, claims)
    return grants.granted(provider.provider, said, key_id=person.id)


def _fingerprint(presented: str) -> bytes:
    return hashlib.sha256(presented.encode()).digest()
