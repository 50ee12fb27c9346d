"""Asking a provider: only at an address that is safe, and only for a little JSON."""

from collections.abc import Mapping
from typing import Any

import httpx2

from app.identity.errors import ProviderUnavailableError
from app.identity.providers import is_safe_address

TIMEOUT_SECONDS = 5.0
LARGEST_ANSWER = 256 * 1024  # bytes
_OK = 200


def fetch_json(address: str) -> Mapping[str, Any]:
    """Return the JSON object at *address*.

    Redirections are not followed: what a provider publishes is where the operator, or
    the provider itself, has said.

    Raises:
        ProviderUnavailableError: there is none, in time, of a decent size.
    """
    if not is_safe_address(address):
        raise ProviderUnavailableError("its address is not one of https")
    try:
        with (
            httpx2.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client,
            client.stream("GET", address) as response,
        ):
            if response.status_code != _OK:
                raise ProviderUnavailableError("it answered with an error")
            content = _limited(response)
        value = httpx2.Response(_OK, content=content).json()
    except (httpx2.HTTPError, ValueError, RecursionError) as error:
        raise ProviderUnavailableError("it did not answer") from error
    if not isinstance(value, dict):
        raise ProviderUnavailableError("it did not answer with an object")
    return value


def _limited(response: httpx2.Response) -> bytes:
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise ProviderUnavailableError("its answer is too long")
    return bytes(content)
