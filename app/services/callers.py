"""Who calls: what is presented to the service, turned into an actor."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Generic, TypeVar

from app import clock
from app.db import people
from app.db.database import Database
from app.db.people import Person
from app.domain.access import Actor
from app.identity import grants, tokens
from app.identity.errors import InvalidTokenError
from app.identity.providers import Provider
from app.identity.tokens import Claims
from app.identity.trusted import TrustedProvider
from app.security.api_keys import parse_key
from app.security.personal_data import PersonalData, personal_data_in
from app.services import keys, sessions

# What is revoked is refused everywhere within five seconds.
CACHE_SECONDS = 3.0
MOST_REMEMBERED = 10_000
THREADS = 8

Known = TypeVar("Known")


class Recognition(Generic[Known]):
    """Turns what a caller presents into who that is, remembering it for a moment."""

    def __init__(self, look_up: Callable[[str], Known | None]) -> None:
        self._look_up = look_up
        self._known: dict[bytes, tuple[float, Known]] = {}
        # Of their own: who sends one wrong key after the other, or a provider that
        # does not answer, keeps no thread from those who are known.
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="callers")

    def remembered(self, presented: str) -> Known | None:
        """Return who was looked up a moment ago."""
        until, known = self._known.get(_fingerprint(presented), (0.0, None))
        return known if time.monotonic() < until else None

    def look_up(self, presented: str) -> Known | None:
        """Return who it is; None if what is *presented* is no good any more."""
        # From before the question: what is revoked while a slow database answers it is
        # remembered no longer than what was revoked before.
        until = time.monotonic() + CACHE_SECONDS
        fingerprint = _fingerprint(presented)
        known = self._look_up(presented)
        if known is None:
            self._known.pop(fingerprint, None)
            return None
        if len(self._known) >= MOST_REMEMBERED:
            self._known = {}
        self._known[fingerprint] = (until, known)
        return known

    async def known(self, presented: str) -> Known | None:
        """Return who it is, remembered or looked up, without holding others up."""
        return self.remembered(presented) or await self._looked_up(presented)

    async def _looked_up(self, presented: str) -> Known | None:
        look_up = partial(copy_context().run, self.look_up, presented)
        return await asyncio.get_running_loop().run_in_executor(self._threads, look_up)

    def forget(self, presented: str) -> None:
        """Look up what is *presented* the next time."""
        self._known.pop(_fingerprint(presented), None)


class Callers:
    """Everybody who may call the service on *database*: programs and people.

    People reach it at *public_origin*, or, without one, on this machine alone. A cookie
    whose name begins with `__Host-` is one that only we can have set, over TLS.
    """

    def __init__(
        self,
        database: Database,
        providers: Iterable[Provider] = (),
        public_origin: str | None = None,
    ) -> None:
        self.database = database
        self.public_origin = public_origin
        self.is_secure = (public_origin or "").startswith("https:")
        prefix = "__Host-" if self.is_secure else ""
        self.cookie = f"{prefix}maaraaika-session"
        self.attempt_cookie = f"{prefix}maaraaika-sign-in"
        self.trusted = {each.issuer: TrustedProvider(each) for each in providers}
        self.bearers = Recognition(partial(_bearer, database, self.trusted))
        self.sessions = Recognition(partial(sessions.look_up, database, self.trusted))

    @property
    def takes_links(self) -> bool:
        """Tell whether sign-in links are good here: where no provider is for people."""
        providers = (trusted.provider for trusted in self.trusted.values())
        return all(provider.sign_in is None for provider in providers)


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
    said = grants.said(provider.provider, claims)
    who = known_person(provider, claims)
    if who is None:
        return None
    actor = grants.granted(provider.provider, said, key_id=who.person_id)
    if actor is None:
        return None
    with database.write() as connection:
        people.remember(connection, who, seen_at=clock.now())
    return actor


def known_person(trusted: TrustedProvider, claims: Claims) -> Person | None:
    """Return of whom *claims* speak; None if they do not tell, or tell too much."""
    found = grants.person(trusted.provider, claims)
    if found is None or any(
        PersonalData.IDENTITY_CODE in personal_data_in(text)
        for text in (found.subject, found.name)
    ):
        return None
    return Person(
        person_id=found.id,
        issuer=found.issuer,
        subject=found.subject,
        name=found.name,
    )


def _fingerprint(presented: str) -> bytes:
    return hashlib.sha256(presented.encode()).digest()
