"""/figures: how the deadlines are kept, by month, by group, and case by case."""

from app.web.figures import (
    cases,
    changes,
    charts,
    days,
    flow,
    published,
    rates,
    sealed,
    sealing,
    thl,
    waiting,
)

ROUTERS = tuple(
    page.router
    for page in (
        *(rates, charts, days, waiting, flow, cases),
        *(thl, sealing, sealed, changes, published),
    )
)
