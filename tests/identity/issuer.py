"""A provider of identities, as far as tokens go: keys, and a server that shows them."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64encode

from app.identity.providers import Provider

AUDIENCE = "maaraaika"
ROLES = {
    "service-lead": "lead",
    "service-head": {"role": "lead", "units": "all"},
    "service-figures": {"role": "analyst", "units": "all"},
    "service-audit": "auditor",
    "service-admin": "admin",
    "service-system": "integrator",
}

SigningKey: TypeAlias = RSAKey | ECKey | OKPKey


@cache
def rsa_key(kid: str = "rsa-1", size: int = 2048) -> RSAKey:
    """Return a key of that name, made once: it takes a while."""
    return RSAKey.generate_key(size, {"kid": kid, "use": "sig"})


@cache
def ec_key(kid: str = "ec-1") -> ECKey:
    """Return a key of that name."""
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


@cache
def ed_key(kid: str = "ed-1") -> OKPKey:
    """Return a key of that name."""
    return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"})


class Publisher:
    """A server that shows *documents*, and remembers what it was *asked* for."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.documents: dict[str, object] = {}
        self.asked: list[str] = []

    def publish(self, *keys: SigningKey) -> None:
        """Show the public halves of *keys*, and where they are."""
        shown = [key.as_dict(private=False) for key in keys]
        self.documents["/keys"] = {"keys": shown}
        self.documents["/.well-known/openid-configuration"] = {
            "issuer": self.address,
            "jwks_uri": f"{self.address}/keys",
        }


@contextmanager
def publisher() -> Iterator[Publisher]:
    """Give a server on the loopback; bytes it shows as they are, all else as JSON."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown.asked.append(self.path)
            document = shown.documents.get(self.path)
            if document is None:
                self.send_error(404)
                return
            content = (
                document
                if isinstance(document, bytes)
                else json.dumps(document).encode()
            )
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        shown = Publisher(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield shown
        finally:
            server.shutdown()
            thread.join()


def provider(issuer: str, **changes: object) -> Provider:
    """Return a provider as the operator's file describes one."""
    described: dict[str, object] = {
        "issuer": issuer,
        "algorithm": "RS256",
        "audience": AUDIENCE,
        "roles": ROLES,
        "sources": {"system-17": "client-a"},
    }
    return Provider.model_validate(described | changes)


def claims(issuer: str, now: int, **changes: object) -> dict[str, object]:
    """Return what a good access token claims; a change to None leaves it out."""
    said: dict[str, object] = {
        "iss": issuer,
        "sub": "u-17",
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 300,
        "roles": ["service-lead"],
        "units": ["leppavaara"],
    }
    return {name: v for name, v in (said | changes).items() if v is not None}


def header(key: SigningKey, **changes: object) -> dict[str, object]:
    """Return the header of a good access token; a change to None leaves it out."""
    said: dict[str, object] = {"alg": "RS256", "typ": "at+jwt", "kid": key.kid}
    return {name: v for name, v in (said | changes).items() if v is not None}


def signed(
    claims: Mapping[str, object] | bytes,
    key: SigningKey,
    said: Mapping[str, object] | bytes | None = None,
    *,
    algorithm: str = "RS256",
) -> str:
    """Return a token signed with *key*, whatever its header *said* of it."""
    first, second = (
        urlsafe_b64encode(
            part if isinstance(part, bytes) else json.dumps(part).encode()
        )
        for part in (header(key, alg=algorithm) if said is None else said, claims)
    )
    signature = JWSRegistry.algorithms[algorithm].sign(first + b"." + second, key)
    return b".".join((first, second, urlsafe_b64encode(signature))).decode()


def segments(token: str) -> tuple[str, str, str]:
    """Return header, claims and signature of *token*, as they stand in it."""
    first, second, third = token.split(".")
    return first, second, third


def raw(value: object) -> str:
    """Return *value* as a part of a token."""
    return urlsafe_b64encode(json.dumps(value).encode()).decode()
