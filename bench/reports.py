"""The monthly report and the worklist over HTTP, at a million deadlines and at ten."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, text

from app import clock
from app.domain.access import Role
from app.services.deadlines import Status
from bench import million, servers
from bench.figures import Figure, interleaved, percentile, ratio
from bench.servers import Server

REPORT_ROUNDS = 30
REPORT_BAR = 1.5
SERIES_ROUNDS = 5
PAPER_ROUNDS = 3
PAPER_BAR_MS = 3_000.0
SERIES_BAR_MS = 1_000.0
PAGES = 100
PAGE_BAR_MS = 30.0
EARLIER_PAGES = 20
EARLIER_BAR_MS = 60.0
NARROWED_ROUNDS = 10
NARROWED_BAR_MS = 150.0  # as of every page
IDLE = "no worklist but GET /health/live"
# A lead of units is held to the policies of the database; one of all units asks for
# the same with none, as everybody did before there were any.
LEADS = ("team-1-1", "region-1")
UNITS_BAR = 1.2
# Each is asked for its first page, and with the cursor of that for its second.
WORKLISTS: Mapping[str, Mapping[str, str]] = {
    "overdue, all units": {"status": "overdue"},
    "open, all units": {"status": "open"},
    "due soon, all units": {"status": "due_soon"},
    "overdue, a region": {"status": "overdue", "unit": "region-1"},
    "overdue, one team": {"status": "overdue", "unit": "team-1-1"},
    "open, one team": {"status": "open", "unit": "team-1-1"},
    "due soon, one team": {"status": "due_soon", "unit": "team-1-1"},
}

# What finds nothing among all that has ever been closed, or what lies years back.
NARROWED: Mapping[str, Mapping[str, str]] = {
    "of a worker without any": {"worker": "nobody"},
    "of a language that few speak": {"language_group": "sami"},
    "of an entry without any": {"entry": "anticipatory"},
    "the latest first": {"sort": "-due_on"},
}

# What the report tells of each rule, unit and group, as one would ask for it by hand.
PLAIN_REPORT = text("""
    SELECT rule, unit, language_group,
           count(*) FILTER (WHERE verdict = 'in_time') AS in_time,
           count(*) FILTER (WHERE verdict = 'late') AS late,
           count(*) FILTER (WHERE verdict = 'open_late') AS open_late,
           count(*) FILTER (WHERE verdict = 'open_in_time') AS open_in_time,
           count(*) FILTER (WHERE verdict = 'joined') AS joined,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY over)
               FILTER (WHERE verdict IN ('late', 'open_late')) AS median,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY over)
               FILTER (WHERE verdict IN ('late', 'open_late')) AS p90,
           avg(over) FILTER (WHERE verdict IN ('late', 'open_late')) AS mean
    FROM (
        SELECT rule, language_group, coalesce(met_on, :today) - due_on AS over,
               CASE WHEN joined THEN 'joined'
                    WHEN met_on <= due_on THEN 'in_time'
                    WHEN met_on > due_on THEN 'late'
                    WHEN due_on < :today THEN 'open_late'
                    ELSE 'open_in_time' END AS verdict,
               CASE WHEN moves IS NULL THEN unit ELSE (
                   SELECT move->>1 FROM jsonb_array_elements(moves) AS move
                   WHERE (move->>0)::date <= least(met_on, due_on, :today)
                   ORDER BY (move->>0)::date DESC LIMIT 1
               ) END AS unit
        FROM deadline
        WHERE due_on BETWEEN :first AND :last AND recorded_until = 'infinity'
    ) AS clock
    GROUP BY rule, unit, language_group
""")


def measure() -> list[Figure]:
    today = clock.today()
    with (
        million.filled(today) as server,
        servers.service(server) as port,
        asking(port, server.key(Role.LEAD)) as caller,
        asking_of_units(port, server) as leads,
        server.owned.engine.connect() as connection,
    ):
        return [
            *_worklist_figures(caller),
            *_figures_of_units(caller, leads),
            *_report_figures(caller, connection, today),
            *_figures_on_paper(caller, today),
            *_figures_of_earlier_days(port, server, today),
            *_figures_of_narrow_questions(port, server, today),
        ]


def measure_ten_million() -> list[Figure]:
    today = clock.today()
    with (
        million.filled(today, deadlines=10 * million.MILLION) as server,
        servers.service(server) as port,
        asking(port, server.key(Role.LEAD)) as caller,
        server.owned.engine.connect() as connection,
    ):
        month, series = _report_figures(caller, connection, today)
        # That of the series is a bar for a million.
        return [month, replace(series, at_most=None)]


class Caller:
    """A lead who asks over one connection."""

    def __init__(self, connection: HTTPConnection, key: str) -> None:
        self._connection = connection
        self._headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> tuple[float, bytes, str | None]:
        """Return how many milliseconds the answer took, its body and its link."""
        began = perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        response = self._connection.getresponse()
        body = response.read()
        took = (perf_counter() - began) * 1e3
        assert response.status == HTTPStatus.OK, body
        return took, body, response.headers.get("Link")

    def milliseconds(self, path: str) -> float:
        """Return how many milliseconds the answer took."""
        return self.get(path)[0]


@contextmanager
def asking(port: int, key: str) -> Iterator[Caller]:
    connection = HTTPConnection(servers.HOST, port, timeout=60)
    try:
        yield Caller(connection, key)
    finally:
        connection.close()


@contextmanager
def asking_of_units(port: int, server: Server) -> Iterator[Mapping[str, Caller]]:
    """Give a lead of each of ``LEADS``, by the unit."""
    with ExitStack() as stack:
        yield {
            unit: stack.enter_context(asking(port, server.key(Role.LEAD, None, unit)))
            for unit in LEADS
        }


def _figures_of_units(whole: Caller, leads: Mapping[str, Caller]) -> Iterator[Figure]:
    """Give how long leads of units wait, beside one of all who asks the same."""
    path = "/v1/deadlines?status=overdue"
    for unit, lead in leads.items():
        same = f"{path}&unit={unit}"
        assert _told(lead, path) == _told(whole, same), "both are told the same"
        own, others = interleaved(
            PAGES,
            partial(lead.milliseconds, path),
            partial(whole.milliseconds, same),
        )
        print(
            f"a lead of {unit}: min {min(own):.1f} ms, p50 {median(own):.1f} ms; "
            f"of all units: min {min(others):.1f} ms, p50 {median(others):.1f} ms"
        )
        yield _page_figure(f"worklist page p95, a lead of {unit}", own)
        yield Figure(
            name=f"a lead of {unit} : one of all units",
            value=ratio(own, others),
            at_most=UNITS_BAR,
        )


def _told(caller: Caller, path: str) -> object:
    """Return what is told of a worklist, without the instant and the cursor."""
    told = json.loads(caller.get(path)[1])
    return told["counts"], told["items"]


def _worklist_figures(caller: Caller) -> list[Figure]:
    asked: dict[str, str] = {}
    for name, query in WORKLISTS.items():
        path = f"/v1/deadlines?{urlencode(query)}"
        _, body, link = caller.get(path)
        asked[name] = path
        if link:
            asked[f"{name}, 2nd page"] = link.partition("<")[2].partition(">")[0]
        print(f"{name}: {json.loads(body)['counts']}")
    # What a request costs on this machine now, without the database.
    asked[IDLE] = "/health/live"
    took = _took(caller, asked, PAGES)
    del took[IDLE]
    slowest = _slowest(took)
    every = [each for times in took.values() for each in times]
    return [
        _page_figure("worklist page p95, all questions", every),
        _page_figure(f"worklist page p95, slowest ({slowest})", took[slowest]),
    ]


def _figures_of_earlier_days(
    port: int, server: Server, today: date
) -> Iterator[Figure]:
    """Give how long each waits for the worklist as it stood, and was known, before."""
    asked = dict(_earlier(today))
    for name, took in _took_by_viewer(port, server, asked, EARLIER_PAGES):
        yield _slowest_figure(
            f"worklist of an earlier day p95, {name}", took, EARLIER_BAR_MS
        )


def _figures_of_narrow_questions(
    port: int, server: Server, today: date
) -> Iterator[Figure]:
    """Give how long each waits for what is found nowhere, or only far away."""
    asked = dict(_narrow(today))
    for name, took in _took_by_viewer(port, server, asked, NARROWED_ROUNDS):
        yield _slowest_figure(
            f"worklist that finds little p95, {name}", took, NARROWED_BAR_MS
        )


def _took_by_viewer(
    port: int, server: Server, asked: Mapping[str, str], rounds: int
) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """Give how many milliseconds each question took each lead, by the lead."""
    for name, units in (("all units", ()), *((unit, (unit,)) for unit in LEADS)):
        with asking(port, server.key(Role.LEAD, None, *units)) as caller:
            yield name, _took(caller, asked, rounds)


def _narrow(today: date) -> Iterator[tuple[str, str]]:
    """Give questions about what is closed, today and four years ago."""
    for when, days in (("", 0), (" four years ago", 4 * 365)):
        for what, narrowed in NARROWED.items():
            for status in (Status.LATE, Status.ALL):
                day = f"{today - timedelta(days)}"
                question = urlencode({"status": status, "as_of": day, **narrowed})
                yield f"{status} {what}{when}", f"/v1/deadlines?{question}"


def _earlier(today: date) -> Iterator[tuple[str, str]]:
    """Give every question about a month and a year ago, by what is asked."""
    for ago, days in (("a month", 30), ("a year", 365)):
        as_of = {"as_of": f"{today - timedelta(days)}"}
        known_at = {"known_at": f"{today - timedelta(days)}T12:00:00Z"}
        asked = {"as it stood": as_of, "as was known": known_at}
        asked["as it stood and was known"] = as_of | known_at
        for how, then in asked.items():
            for status in Status:
                question = urlencode({"status": status, **then})
                yield f"{status} {how} {ago} ago", f"/v1/deadlines?{question}"


def _took(
    caller: Caller, asked: Mapping[str, str], rounds: int
) -> dict[str, list[float]]:
    """Return how many milliseconds each took, by its name, and print it."""
    # Round after round, so that a busy moment of the machine is shared by all.
    took: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, path in asked.items():
            took[name].append(caller.milliseconds(path))
    for name, times in took.items():
        p50, p95 = percentile(times, 50), percentile(times, 95)
        print(f"{name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    return took


def _slowest(took: Mapping[str, list[float]]) -> str:
    return max(took, key=lambda name: percentile(took[name], 95))


def _slowest_figure(name: str, took: Mapping[str, list[float]], bar: float) -> Figure:
    slowest = _slowest(took)
    return Figure(
        name=f"{name} (slowest: {slowest})",
        value=percentile(took[slowest], 95),
        unit="ms",
        at_most=bar,
    )


def _page_figure(name: str, times: list[float]) -> Figure:
    value = percentile(times, 95)
    return Figure(name=name, value=value, unit="ms", at_most=PAGE_BAR_MS)


def _report_figures(
    caller: Caller, connection: Connection, today: date
) -> list[Figure]:
    last = today.replace(day=1) - timedelta(1)
    month = {"first": last.replace(day=1), "last": last, "today": today}
    asked = {"period": f"{last:%Y-%m}", "by": "unit,language_group"}
    path = f"/v1/reports/compliance?{urlencode(asked)}"

    rows = connection.execute(PLAIN_REPORT, month).mappings()
    told = json.loads(caller.get(path)[1])["rows"]
    assert _cells(dict(row) for row in rows) == _cells(told), "both ask the same"
    connection.commit()

    def plain() -> float:
        began = perf_counter()
        connection.execute(PLAIN_REPORT, month).all()
        took = (perf_counter() - began) * 1e3
        connection.commit()
        return took

    ours, floor = interleaved(REPORT_ROUNDS, lambda: caller.get(path)[0], plain)
    print(f"month report: {median(ours):.1f} ms over HTTP, {len(told)} rows")
    print(f"plain GROUP BY: {median(floor):.1f} ms")
    name = "month report : plain GROUP BY"
    series = "/v1/reports/compliance/series?months=24"
    months = median(caller.get(series)[0] for _ in range(SERIES_ROUNDS))
    return [
        Figure(name=name, value=ratio(ours, floor), at_most=REPORT_BAR),
        Figure(
            name="series of 24 months", value=months, unit="ms", at_most=SERIES_BAR_MS
        ),
    ]


def _figures_on_paper(caller: Caller, today: date) -> Iterator[Figure]:
    """Give how long each report takes as a PDF, the whole way over HTTP."""
    last = today.replace(day=1) - timedelta(1)
    month = {"period": f"{last:%Y-%m}", "by": "unit,language_group"}
    overdue = {"status": "overdue", "unit": LEADS[0], "reason": "self_monitoring"}
    for name, path, asked in (
        ("month report", "/v1/reports/compliance", month),
        ("THL's report", "/v1/reports/thl", {"window": f"thl:{last.year - 1}-04"}),
        ("yearly report", "/v1/reports/yearly", {"year": str(last.year)}),
        ("worklist of a team", "/v1/deadlines", overdue),
    ):
        query = urlencode({**asked, "format": "pdf", "lang": "fi"})
        times, papers, _ = zip(
            *(caller.get(f"{path}?{query}") for _ in range(PAPER_ROUNDS)), strict=True
        )
        assert all(paper.startswith(b"%PDF") for paper in papers)
        told = ", ".join(f"{each:.0f}" for each in times)
        print(f"PDF of {name}: {told} ms, {len(papers[0]):,} bytes")
        # The first is the one that nothing was remembered of.
        yield Figure(
            name=f"PDF of {name}", value=max(times), unit="ms", at_most=PAPER_BAR_MS
        )


_FIGURES = ("in_time", "late", "open_late", "open_in_time", "joined")


def _cells(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, ...], list[float]]:
    """Return the counts of each cell, by rule, unit and group."""
    return {
        (row["rule"], row["unit"], row["language_group"]): [
            row[name] for name in _FIGURES
        ]
        for row in rows
    }
