"""/figures: how the deadlines are kept, by month, by group, and case by case."""

from app.web.figures import cases, changes, charts, rates, sealed, sealing, thl

ROUTERS = tuple(
    page.router for page in (rates, charts, cases, thl, sealing, sealed, changes)
)
