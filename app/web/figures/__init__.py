"""/figures: how the deadlines are kept, by month, by group, and case by case."""

from app.web.figures import cases, charts, rates

ROUTERS = (rates.router, charts.router, cases.router)
