"""Signing in with a browser: OpenID Connect, authorization code with PKCE."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Self

import httpx2
from joserfc.util import urlsafe_b64encode

from app.identity import tokens
from app.identity.errors import InvalidTokenError, ProviderUnavailableError
from app.identity.fetching import TIMEOUT_SECONDS
from app.identity.providers import Algorithm, SignIn
from app.identity.tokens import ID_TOKEN, LONGEST_ID, Claims, Expected
from app.identity.trusted import TrustedProvider

# The token is issued while the browser is on its way back to us.
NEWEST = timedelta(minutes=10)
_HASHES = {Algorithm.EDDSA: hashlib.sha512}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What is remembered, in the browser alone, of somebody who is signing in.

    *state* ties the answer to this browser, *nonce* the token to this attempt, and
    *verifier* is what the code is worth nothing without.
    """

    issuer: str
    state: str
    nonce: str
    verifier: str
    return_to: str

    @classmethod
    def begun(cls, issuer: str, return_to: str) -> Self:
        """Return a new attempt to sign in with *issuer*."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(
            issuer=issuer,
            state=state,
            nonce=nonce,
            verifier=verifier,
            return_to=return_to,
        )

    @classmethod
    def remembered(cls, content: object) -> Self | None:
        """Return the attempt that *content* is, None if it is none."""
        names = [field.name for field in fields(cls)]
        if not isinstance(content, dict) or sorted(content) != sorted(names):
            return None
        if not all(isinstance(value, str) for value in content.values()):
            return None
        return cls(**content)

    def content(self) -> dict[str, str]:
        """Return what `remembered` makes the attempt of again."""
        return asdict(self)


def address(trusted: TrustedProvider, attempt: Attempt, redirect_uri: str) -> str:
    """Return where the browser is sent, for its user to be asked who they are.

    Raises:
        ProviderUnavailableError: the provider does not say where.
    """
    endpoint = trusted.endpoints.authorization
    if endpoint is None:
        raise ProviderUnavailableError("it does not say where to sign in")
    with _client(trusted, redirect_uri) as client:
        url, _ = client.create_authorization_url(
            endpoint,
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
    return str(url)


def redeem(
    trusted: TrustedProvider,
    attempt: Attempt,
    code: str,
    redirect_uri: str,
    *,
    now: datetime,
) -> Claims:
    """Return what the provider says of who has signed in, for the *code* it gave.

    Raises:
        InvalidTokenError: it gives nothing for the code, or not what can be believed.
        ProviderUnavailableError: it does not answer.
    """
    answer = _answer(trusted, attempt, code, redirect_uri)
    id_token = answer.get("id_token")
    if not isinstance(id_token, str):
        raise InvalidTokenError("there is none")
    sign_in = _sign_in(trusted)
    provider = trusted.provider
    claims = trusted.verify(
        tokens.parse(id_token),
        Expected(
            issuer=provider.issuer,
            algorithm=provider.algorithm,
            audience=sign_in.client_id,
            types=ID_TOKEN,
            longest_life=LONGEST_ID,
        ),
        now=now,
    )
    _check_nonce(claims, attempt)
    if claims.get("azp", sign_in.client_id) != sign_in.client_id:
        raise InvalidTokenError("it was issued to somebody else")
    if now.timestamp() - claims["iat"] > NEWEST.total_seconds():
        raise InvalidTokenError("it is not of now")
    _check_access_token(claims, answer.get("access_token"), provider.algorithm)
    return claims


def _answer(
    trusted: TrustedProvider, attempt: Attempt, code: str, redirect_uri: str
) -> Mapping[str, Any]:
    from authlib.common.errors import (  # noqa: PLC0415 (only who signs in needs it)
        AuthlibBaseError,
    )

    endpoint = trusted.endpoints.token
    if endpoint is None:
        raise ProviderUnavailableError("it does not say where codes are redeemed")
    try:
        with _client(trusted, redirect_uri) as client:
            answer: Mapping[str, Any] = client.fetch_token(
                endpoint, code=code, code_verifier=attempt.verifier
            )
    except AuthlibBaseError as error:
        raise InvalidTokenError("the provider gives nothing for the code") from error
    except (httpx2.HTTPError, ValueError) as error:
        raise ProviderUnavailableError("it did not answer") from error
    return answer


def _client(trusted: TrustedProvider, redirect_uri: str) -> Any:  # noqa: ANN401 (Authlib has no types)
    from authlib.integrations.httpx_client import (  # noqa: PLC0415 (as above)
        OAuth2Client,
    )

    sign_in = _sign_in(trusted)
    return OAuth2Client(
        client_id=sign_in.client_id,
        client_secret=sign_in.client_secret,
        scope=" ".join(("openid", *sign_in.scopes)),
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        timeout=TIMEOUT_SECONDS,
        follow_redirects=False,
    )


def _sign_in(trusted: TrustedProvider) -> SignIn:
    sign_in = trusted.provider.sign_in
    if sign_in is None:
        raise InvalidTokenError("nobody signs in here with this provider")
    return sign_in


def _check_nonce(claims: Claims, attempt: Attempt) -> None:
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode(errors="surrogatepass"), attempt.nonce.encode()
    ):
        raise InvalidTokenError("it is of another attempt")


def _check_access_token(
    claims: Claims, access_token: object, algorithm: Algorithm
) -> None:
    """Refuse a token whose hash of the access token beside it is another's."""
    if "at_hash" not in claims:
        return
    digest = _HASHES.get(algorithm, hashlib.sha256)(str(access_token).encode()).digest()
    left_half = urlsafe_b64encode(digest[: len(digest) // 2]).decode()
    if claims["at_hash"] != left_half:
        raise InvalidTokenError("it belongs to another access token")
