"""Style sheet and icons, read once; their addresses change with their content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.web.access import PUBLIC

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])

_FOLDER = Path(__file__).parent / "static"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """A file as it is sent; *address* names its content."""

    address: str
    content: bytes
    media_type: str


def _read() -> Mapping[str, StaticFile]:
    files = {}
    for path in sorted(_FOLDER.iterdir()):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:12]
        files[path.name] = StaticFile(
            address=f"/static/{digest}/{path.name}",
            content=content,
            media_type=_MEDIA_TYPES[path.suffix],
        )
    return MappingProxyType(files)


FILES = _read()


def address(name: str) -> str:
    """Return the address of the static file *name*."""
    return FILES[name].address


@router.get("/static/{digest}/{name}")
async def static_file(digest: str, name: str) -> Response:
    """Give a file, which may be kept for ever under this address."""
    file = FILES.get(name)
    if file is None or file.address != f"/static/{digest}/{name}":
        raise HTTPException(_NOT_FOUND)
    return Response(
        file.content,
        media_type=file.media_type,
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        },
    )
