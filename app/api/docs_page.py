"""/docs: the documentation of the API, without a script or a host of others' in it."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

ASSETS = "/static-offline-docs"
ADDRESSES = frozenset({"/docs", "/docs/start.js"})
_PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{ASSETS}/swagger-ui.css">
<link rel="icon" href="{ASSETS}/favicon.png">
<title>Määräaika: API</title>
</head>
<body>
<div id="swagger-ui"></div>
<script src="{ASSETS}/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  showExtensions: true,
  showCommonExtensions: true,
});
"""

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def show() -> Response:
    """Show the documentation of the API."""
    return HTMLResponse(_PAGE)


@router.get("/docs/start.js")
async def start() -> Response:
    """Start what draws it: FastAPI's own page has this inline."""
    return Response(_START, media_type="text/javascript")
