"""Requests as bytes, whatever they say, and what comes back."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPResponse

Header = tuple[bytes, bytes]
PATIENCE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request, of the *operation* of the OpenAPI document that it is made after."""

    method: str
    path: str
    target: bytes
    headers: tuple[Header, ...] = ()
    body: bytes = b""

    def bytes(self) -> bytes:
        """Return what goes over the wire."""
        head = [
            self.method.encode() + b" " + self.target + b" HTTP/1.1",
            b"host: localhost",
            b"connection: close",
            *(name + b": " + value for name, value in self.headers),
        ]
        if self.body or self.method in {"POST", "PUT"}:
            head.append(b"content-length: " + str(len(self.body)).encode())
        return b"\r\n".join([*head, b"", self.body])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, with every byte of it in *all*."""

    status: int
    media_type: str
    head: bytes
    body: bytes


def send(address: tuple[str, int], call: Call) -> Answer:
    """Return the answer to *call*."""
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall(call.bytes())
        answer = HTTPResponse(connection, method=call.method)
        answer.begin()
        head = _head(answer.getheaders())
        return Answer(
            status=answer.status,
            media_type=answer.headers.get_content_type(),
            head=head,
            body=answer.read(),
        )


def _head(headers: Iterable[tuple[str, str]]) -> bytes:
    return "\n".join(f"{name}: {value}" for name, value in headers).encode("latin-1")
