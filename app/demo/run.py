"""The story of the demo, told to a service that is already running."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never

import httpx2
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from app.demo import county, tables
from app.demo.client import (
    RefusedError,
    post_control_counts,
    post_events,
    post_units,
)
from app.demo.espoo_2012 import YEAR, espoo_2012
from app.demo.wire import Event
from app.demo.year import synthetic_year
from app.domain.events import legal_day
from app.domain.reporting_periods import month_before

SEED = 2026
# With a year that is over nothing is overdue any more, so it is asked about this day.
_DAY_IN_2012 = date(YEAR, 10, 31)
_TIMEOUT_SECONDS = 60.0
_WORST = "10"
_DAYS_COUNTED = 28


class Profile(StrEnum):
    """Which year the demo sends."""

    SYNTHETIC_YEAR = "synthetic-year"
    ESPOO_2012 = "espoo-2012"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of the demo: one that rules, one that reads, one for each source."""

    admin: str
    lead: str
    integrators: Mapping[str, str]


def run(
    base_url: str,
    *,
    keys: Keys,
    profile: Profile,
    console: Console,
    now: datetime,
    seed: int = SEED,
) -> None:
    """Send the year of *profile* to the service at *base_url* and show what it says.

    Raises:
        RefusedError: the service refused something, for instance because its database
            holds the demo of another day.
    """
    with httpx2.Client(base_url=base_url, timeout=_TIMEOUT_SECONDS) as client:
        post_units(client, county.UNITS, key=keys.admin)
        match profile:
            case Profile.SYNTHETIC_YEAR:
                today = legal_day(now)
                events = synthetic_year(today, seed=seed, now=now)
                _post(client, events, keys, console)
                _post_control_counts(client, events, keys, today, console)
                _show_today(client, keys.lead, today, console)
            case Profile.ESPOO_2012:
                events = espoo_2012(seed=seed)
                _post(client, events, keys, console)
                _show_2012(client, keys.lead, console)
            case _:
                assert_never(profile)


def _post(
    client: httpx2.Client, events: Sequence[Event], keys: Keys, console: Console
) -> None:
    columns = (
        TextColumn("Posting events"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("events", total=len(events))
        counts = post_events(
            client,
            events,
            keys=keys.integrators,
            on_progress=lambda size: progress.advance(task, size),
        )
    told = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    console.print(f"Answered after the commit: {told}.", highlight=False)


def _post_control_counts(
    client: httpx2.Client,
    events: Sequence[Event],
    keys: Keys,
    today: date,
    console: Console,
) -> None:
    days = [today - timedelta(back) for back in reversed(range(_DAYS_COUNTED))]
    counted = post_control_counts(client, events, keys=keys.integrators, days=days)
    findings: tables.FindingList = _get(
        client, "/v1/findings", keys.lead, {"limit": "1"}
    ).json()
    told = ", ".join(f"{count} {name}" for name, count in findings["counts"].items())
    console.print(
        f"Control counts of {counted} days sent; open findings by severity: {told}.",
        highlight=False,
    )


def _show_today(client: httpx2.Client, key: str, today: date, console: Console) -> None:
    month = month_before(today)
    overdue = {"status": "overdue", "limit": _WORST}
    report = {"period": month.code, "by": "unit,language_group"}
    shown = tables.finnish_date(today.isoformat())
    console.print(
        tables.worst_overdue(
            _deadlines(client, key, overdue),
            title=f"Longest overdue on {shown}, in working days",
        ),
        tables.compliance(
            _report(client, key, report),
            title=f"Compliance of deadlines that fell due in {month.code}",
        ),
    )


def _show_2012(client: httpx2.Client, key: str, console: Console) -> None:
    overdue = {
        "status": "overdue",
        "limit": _WORST,
        "as_of": _DAY_IN_2012.isoformat(),
    }
    report = _report(client, key, {"period": str(YEAR), "by": "unit"})
    counts = _get(client, "/v1/reports/counts", key, {"period": str(YEAR)}).json()
    shown = tables.finnish_date(_DAY_IN_2012.isoformat())
    console.print(
        tables.worst_overdue(
            _deadlines(client, key, overdue),
            title=f"Longest overdue on {shown}, in working days",
        ),
        tables.compliance(report, title=f"Compliance in {YEAR}, by unit"),
        tables.published_year(report, counts["total"]),
    )


def year_shown(profile: Profile, now: datetime) -> int:
    """Return the calendar year of which *profile* has the most to report."""
    if profile is Profile.ESPOO_2012:
        return YEAR
    return month_before(legal_day(now)).first.year


def show_the_way(base_url: str, keys: Keys, console: Console, *, year: int) -> None:
    """Say where the service is; nothing may be wrapped that will be pasted."""
    sources = "\n".join(
        f"  posts as {source}:  {key}" for source, key in keys.integrators.items()
    )
    console.print(
        f"The pages are at {base_url}, the calculator at {base_url}/calculator.\n"
        f"The API is at {base_url}/v1, its documentation at {base_url}/docs.\n"
        f"Keys (Authorization: Bearer …):\n"
        f"  reads everything:  {keys.lead}\n"
        f"  registers units:   {keys.admin}\n"
        f"{sources}\n"
        f"Try:\n"
        f"  curl -H 'Authorization: Bearer {keys.lead}' "
        f"'{base_url}/v1/deadlines?status=due_soon&unit={county.ESPOON_KESKUS}'\n"
        f"  curl -OJ -H 'Authorization: Bearer {keys.lead}' "
        f"'{base_url}/v1/reports/yearly?year={year}&format=pdf&lang=fi'"
        "  # the yearly report as PDF",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _deadlines(
    client: httpx2.Client, key: str, query: Mapping[str, str]
) -> tables.DeadlinePage:
    page: tables.DeadlinePage = _get(client, "/v1/deadlines", key, query).json()
    return page


def _report(
    client: httpx2.Client, key: str, query: Mapping[str, str]
) -> tables.ComplianceReport:
    response = _get(client, "/v1/reports/compliance", key, query)
    report: tables.ComplianceReport = response.json()
    return report


def _get(
    client: httpx2.Client, path: str, key: str, query: Mapping[str, str]
) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {key}"}
    response = client.get(path, params=query, headers=headers)
    if response.is_error:
        raise RefusedError(f"GET {path} answered {response.status_code}")
    return response
