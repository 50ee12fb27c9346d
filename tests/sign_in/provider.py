"""Providers to sign in with: a real one, and one that answers whatever it is told."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from tempfile import NamedTemporaryFile
from time import monotonic, sleep
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from app.identity.providers import Provider
from tests.identity.issuer import provider, rsa_key
from tests.ports import free_port

CLIENT_ID = "maaraaika-web"
PATIENCE_SECONDS = 60.0

Answer = Callable[[Mapping[str, str]], object]


@contextmanager
def real_provider() -> Iterator[str]:
    """Give the issuer of an OpenID provider that runs as a process of its own."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(  # noqa: S603 (a tool of ours)
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        # Its own library warns of itself, and would have TLS.
        env={"PATH": "", "AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(address, process)
            yield address
        finally:
            process.terminate()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until and process.poll() is None:
        try:
            httpx2.get(f"{address}/.well-known/openid-configuration").raise_for_status()
        except httpx2.HTTPError:
            sleep(0.05)
        else:
            return
    pytest.fail("the provider did not start")


def known_to(issuer: str, sub: str, **claims: object) -> None:
    """Make somebody known to the real provider, with what it says of them."""
    _caller().put(f"{issuer}/users/{sub}", json=claims).raise_for_status()


def agreed(address: str, sub: str) -> str:
    """Sign in with the real provider, and return where it sends the browser back."""
    answer = _caller().post(address, data={"sub": sub, "action": "authorize"})
    assert answer.status_code in {302, 303}, answer.text
    return answer.headers["location"]


@cache
def _caller() -> httpx2.Client:
    """Return what calls the provider, made once: it takes a while."""
    return httpx2.Client()


def for_sign_in(issuer: str, **changes: object) -> Provider:
    """Return a provider with which people sign in."""
    with NamedTemporaryFile("w") as file:
        file.write("open sesame\n")
        file.flush()
        sign_in = {
            "client_id": CLIENT_ID,
            "client_secret_file": file.name,
            "name": "County",
            "scopes": ["profile"],
        }
        return provider(issuer, **({"audience": None, "sign_in": sign_in} | changes))


class HostileProvider:
    """A provider whose answer to a code is whatever *answer* makes of what it is sent.

    It publishes a key of ours, so that what it signs can be well signed.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.be_silent()

    def be_silent(self) -> None:
        """Forget what it was told, and give nothing for a code."""
        self.answer: Answer = lambda _: {}
        self.status = 200
        self.asked: list[Mapping[str, str]] = []
        self.told: dict[str, object] = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "end_session_endpoint": f"{self.address}/end",
        }


@contextmanager
def hostile_provider() -> Iterator[HostileProvider]:
    """Give a provider that answers what it is told."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            documents = {
                "/.well-known/openid-configuration": hostile.told,
                "/keys": {"keys": [rsa_key().as_dict(private=False)]},
            }
            self._send(documents.get(self.path, {}), 200)

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"])).decode()
            sent = {name: values[0] for name, values in parse_qs(content).items()}
            hostile.asked.append(sent)
            self._send(hostile.answer(sent), hostile.status)

        def _send(self, document: object, status: int) -> None:
            content = (
                document
                if isinstance(document, bytes)
                else json.dumps(document).encode()
            )
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hostile = HostileProvider(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield hostile
        finally:
            server.shutdown()
            thread.join()


def parameters(address: str) -> dict[str, str]:
    """Return the parameters of *address*, each of which stands once."""
    found = parse_qs(urlsplit(address).query, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


def hidden_code(html: str) -> str:
    """Return the code in the form of the page *html*."""
    found = re.search(r'name="code" value="([^"]+)"', html)
    assert found is not None
    return found[1]
