"""Every place of every route where a caller may write something."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from tests.hostile.calls import Call, Header
from tests.hostile.requests import (
    HOLE,
    example,
    example_body,
    places,
    with_hole,
)
from tests.hostile.service import NOBODY, Json, Service

DENIED = {401, 403}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A place where a text can stand, of a route and a caller who may call it."""

    path: str
    method: str
    operation: Json
    credentials: bytes
    parameter: str | None = None
    member: tuple[Any, ...] | None = None

    def __str__(self) -> str:
        """Return how a failing test names it."""
        return f"{self.method} {self.path} {self.parameter or self.member}"

    def call(self, text: str) -> Call:
        """Return a request that is right, but for *text* in this place."""
        target = self.path
        query: dict[str, str] = {}
        headers: list[Header] = []
        for parameter in self.operation.get("parameters", ()):
            name = parameter["name"]
            aimed_at = name == self.parameter
            value = text if aimed_at else example(parameter)
            if parameter["in"] == "path":
                target = target.replace(f"{{{name}}}", quote(value, safe=""))
            elif parameter["in"] == "header":
                if aimed_at:
                    headers.append((name.encode(), value.encode()))
            elif aimed_at or parameter.get("required"):
                query[name] = value
        if self.credentials:
            headers.append((b"authorization", self.credentials))
        body = b""
        if "requestBody" in self.operation:
            headers.append((b"content-type", b"application/json"))
            body = self._body(text)
        if query:
            target += "?" + urlencode(query)
        return Call(
            method=self.method,
            path=self.path,
            target=target.encode(),
            headers=tuple(headers),
            body=body,
        )

    def _body(self, text: str) -> bytes:
        value = example_body(self.operation["requestBody"]["content"])
        if self.member is None:
            return json.dumps(value).encode()
        holed = json.dumps(with_hole(value, self.member))
        return holed.replace(json.dumps(HOLE), json.dumps(text)).encode()


def aims(service: Service) -> Iterator[Aim]:
    """Give every place of every route, with credentials of one who may call it."""
    for path, method, operation in service.operations():
        plain = Aim(
            path=path,
            method=method,
            operation=operation,
            credentials=_credentials(service, path, method, operation),
        )
        yield from _aims(plain)


def _aims(plain: Aim) -> Iterator[Aim]:
    for parameter in plain.operation.get("parameters", ()):
        yield replace(plain, parameter=parameter["name"])
    if "requestBody" in plain.operation:
        value = example_body(plain.operation["requestBody"]["content"])
        for member in places(value):
            yield replace(plain, member=member)


def _credentials(service: Service, path: str, method: str, operation: Json) -> bytes:
    """Return the credentials of the first role that *operation* lets in."""
    if "security" not in operation:
        return service.credentials[NOBODY]
    for credentials in service.credentials.values():
        aim = Aim(
            path=path, method=method, operation=operation, credentials=credentials
        )
        if service.answer(aim.call("")).status not in DENIED:
            return credentials
    raise AssertionError(f"no role may {method} {path}")
