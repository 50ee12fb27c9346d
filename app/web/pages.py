"""Every page, to be wired into the application."""

from app.web import calculator, front, law, static_files

ROUTERS = tuple(feature.router for feature in (front, calculator, law, static_files))
