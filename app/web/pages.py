"""Every page, to be wired into the application."""

from app.web import calculator, front, law, sign_in, static_files

ROUTERS = tuple(
    feature.router for feature in (front, sign_in, calculator, law, static_files)
)
