"""A provider that is trusted, as far as what it publishes allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.identity import public_keys, tokens
from app.identity.errors import InvalidTokenError, ProviderUnavailableError
from app.identity.fetching import fetch_json
from app.identity.providers import Provider, is_safe_address
from app.identity.public_keys import PublicKey
from app.identity.remembered import Remembered
from app.identity.tokens import (
    ACCESS_TOKEN,
    LONGEST_ACCESS,
    Claims,
    Expected,
    Unverified,
)

_DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where a provider is asked for what, and whether it *names itself* in answers."""

    authorization: str | None
    token: str | None
    end_session: str | None
    jwks: str | None
    names_itself: bool


class TrustedProvider:
    """Verifies the tokens of one provider with the keys that it publishes."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._endpoints = Remembered(lambda: endpoints(provider))
        self._keys = Remembered(self._fetch_keys)

    @property
    def endpoints(self) -> Endpoints:
        """Return where the provider is to be asked.

        Raises:
            ProviderUnavailableError: it does not tell.
        """
        return self._endpoints.get()

    def verify(self, token: Unverified, expected: Expected, *, now: datetime) -> Claims:
        """Return the claims of *token*, if it is as *expected*.

        Raises:
            InvalidTokenError: it is not.
            ProviderUnavailableError: its keys are not known.
        """
        # Of a token that can be told to be wrong without a key, none is looked for.
        tokens.check_outside(token, expected)
        return tokens.verify(token, expected, self.keys(token.kid), now=now)

    def keys(self, kid: str | None) -> Sequence[PublicKey]:
        """Return the provider's keys, as far as they are known; it is asked for *kid*.

        Raises:
            ProviderUnavailableError: none are known.
        """
        return self._keys.get(lambda known: _has(known, kid))

    def verify_access_token(self, token: Unverified, *, now: datetime) -> Claims:
        """Return the claims of an access token that was issued for this service.

        Raises:
            InvalidTokenError: it is none.
            ProviderUnavailableError: the provider's keys are not known.
        """
        provider = self.provider
        if provider.audience is None:
            raise InvalidTokenError("its issuer issues none for this service")
        expected = Expected(
            issuer=provider.issuer,
            algorithm=provider.algorithm,
            audience=provider.audience,
            types=ACCESS_TOKEN,
            longest_life=LONGEST_ACCESS,
        )
        return self.verify(token, expected, now=now)

    def _fetch_keys(self) -> Sequence[PublicKey]:
        address = self.provider.jwks_uri or self.endpoints.jwks
        if address is None:
            raise ProviderUnavailableError("it does not say where its keys are")
        return public_keys.usable(fetch_json(address), self.provider.algorithm)


def endpoints(provider: Provider) -> Endpoints:
    """Return the addresses that the operator's file names, or else the provider.

    What the provider names must be of its own origin: it speaks for itself alone.

    Raises:
        ProviderUnavailableError: it does not answer, or not as the issuer.
    """
    published = {} if _is_complete(provider) else _published(provider)

    def named(configured: str | None, name: str) -> str | None:
        return configured or _own(provider, published.get(name))

    return Endpoints(
        authorization=named(provider.authorization_endpoint, "authorization_endpoint"),
        token=named(provider.token_endpoint, "token_endpoint"),
        end_session=named(provider.end_session_endpoint, "end_session_endpoint"),
        jwks=named(provider.jwks_uri, "jwks_uri"),
        names_itself=published.get("authorization_response_iss_parameter_supported")
        is True,
    )


def _published(provider: Provider) -> Mapping[str, Any]:
    published = fetch_json(provider.issuer.rstrip("/") + _DISCOVERY)
    if published.get("issuer") != provider.issuer:
        raise ProviderUnavailableError("it calls itself by another name")
    return published


def _is_complete(provider: Provider) -> bool:
    return None not in (
        provider.jwks_uri,
        provider.authorization_endpoint,
        provider.token_endpoint,
    )


def _own(provider: Provider, address: object) -> str | None:
    if not isinstance(address, str) or not is_safe_address(address):
        return None
    return address if _origin(address) == _origin(provider.issuer) else None


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _has(keys: Sequence[PublicKey], kid: str | None) -> bool:
    return kid is None or any(key.kid == kid for key in keys)
