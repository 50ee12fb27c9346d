"""Under which names the service is spoken to, and from whose pages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.api.guard.refusals import Refusal

_HOST = re.compile(rb"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Where the service stands.

    Without *hosts* it answers to every name: for callers within the process alone.
    People come by the *public_origin*, as in ``https://deadlines.example``.
    """

    hosts: frozenset[str] | None = None
    public_origin: str | None = None


class Names:
    """Tells our own names and pages from those of others."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self.refusal_of_host = lru_cache(maxsize=256)(self._refusal_of_host)

    def _refusal_of_host(self, host: bytes | None) -> Refusal | None:
        """Return why a request for *host*, its header, is refused."""
        found = _HOST.fullmatch((host or b"").lower())
        if found is None:
            return "malformed_request"
        name = found[1].decode().strip("[]")
        if self._edge.hosts is not None and name not in self._edge.hosts:
            return "misdirected"
        return None

    def is_cross_site(self, headers: Mapping[bytes, bytes], scheme: str) -> bool:
        """Tell whether a request that may change something is from another's page.

        Browsers say where a request comes from; client systems have no pages. One that
        says nothing and is known by a cookie alone may be an old browser's.
        """
        site = headers.get(b"sec-fetch-site")
        if site is not None:
            return site not in {b"same-origin", b"none"}
        origin = headers.get(b"origin")
        if origin is not None:
            named = f"{scheme}://{headers.get(b'host', b'').decode('latin-1')}"
            return origin.decode("latin-1") not in {named, self._edge.public_origin}
        return b"cookie" in headers and b"authorization" not in headers
