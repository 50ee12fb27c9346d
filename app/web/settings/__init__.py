"""Settings: units, API keys and sources, for administrators."""

from app.web.settings import changes, keys, overview, sources, units

ROUTERS = tuple(feature.router for feature in (overview, units, keys, sources, changes))
