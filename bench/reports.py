"""The monthly report and the worklist over HTTP, at a million deadlines."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from http.client import HTTPConnection
from http import HTTPStatus
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, text

from app import clock
from app.domain.law import RULES, Law
from app.domain.texts import Text
from app.db.units import Unit
from app.services import units
from app.services.keys import Role
from bench import servers
from bench.figures import Figure, interleaved, percentile, ratio

CASES = 500_000
DEADLINES = 2 * CASES
YEARS = 8
REGIONS = 4
TEAMS_PER_REGION = 3
COUNTY = "county"

REPORT_ROUNDS = 30
REPORT_BAR = 2.0
PAGES = 100
PAGE_BAR_MS = 30.0
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

# Two clocks to a case, as from one notification. The share that is in time, how late
# the rest is, and that one in a hundred is forgotten are like the demo's; about 2 % are
# open, most of them young. What was known before a clock was met is kept as well.
FILL = """
    CREATE TEMP TABLE drawn AS
    SELECT number, team, moved, joined, language_group, nationality_group, age_band,
           l.*, l.started_on::timestamptz + interval '9 hours' AS heard_at,
           CASE
               WHEN luck < 0.010 THEN NULL
               WHEN luck < 0.100 THEN l.due_on + 1 + (delay * delay * 60)::int
               ELSE l.started_on + 1 + (sqrt(delay) * (l.due_on - l.started_on - 1))::int
           END AS done_on
    FROM (
        SELECT number, random() AS luck, random() AS delay,
               CAST(:today AS date) - (random() * :days)::int AS started_on,
               1 + (random() * random() * (:teams - 0.001))::int AS team,
               random() < 0.01 AS moved, random() < 0.03 AS joined,
               (ARRAY['fi', 'fi', 'fi', 'fi', 'fi', 'foreign', 'foreign', 'foreign',
                      'sv', 'unknown', 'sami'])
                   [1 + (random() * 9 + random() * 0.51)::int] AS language_group,
               (ARRAY['finnish', 'finnish', 'finnish', 'foreign', 'unknown'])
                   [1 + (random() * 3.4)::int] AS nationality_group,
               (ARRAY['0-2', '3-6', '7-12', '13-15', '16-17'])
                   [1 + (random() * 4)::int] AS age_band
        FROM generate_series(1, :cases) AS number
        OFFSET 0
    ) AS matter
    JOIN limits AS l USING (started_on);

    INSERT INTO deadline (source, case_ref, rule, started_by, recorded_at,
        recorded_until, started_on, due_on, safe_on, version, met_on, outcome, joined,
        first, unit, moves, entry, matter, child_ref, language_group,
        nationality_group, age_band, worker)
    SELECT 'client-a', 'A-' || number, rule, 'A-' || number || '-n1', v.recorded_at,
           v.recorded_until, started_on, due_on, safe_on, version, v.met_on, v.outcome,
           joined AND rule = 'initiation', NOT joined, unit,
           CASE WHEN moved THEN jsonb_build_array(
               jsonb_build_array(started_on, unit),
               jsonb_build_array(started_on + 20, 'team-1-1'))
           END,
           'report', 'child_protection', 'p-' || number, language_group,
           nationality_group, age_band, 'w-' || team
    FROM drawn
    CROSS JOIN LATERAL (
        SELECT format('team-%s-%s', 1 + (team - 1) % :regions, 1 + (team - 1) / :regions)
    ) AS named (unit)
    CROSS JOIN LATERAL (
        SELECT heard_at AS recorded_at,
               CASE WHEN done_on < :today THEN done_on::timestamptz + interval '12 hours'
                    ELSE 'infinity' END AS recorded_until,
               NULL::date AS met_on, NULL AS outcome
        UNION ALL
        SELECT done_on::timestamptz + interval '12 hours', 'infinity', done_on,
               CASE rule WHEN 'initiation' THEN 'assessment_started'
                         ELSE 'no_client' END
        WHERE done_on < :today
    ) AS v
    ORDER BY v.recorded_at;
"""

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
    with servers.postgres() as server:
        _register_units(server)
        began = perf_counter()
        _fill(server, today)
        print(f"{DEADLINES:,} deadlines filled in {perf_counter() - began:.0f} s")
        with (
            servers.service(server) as port,
            _caller(port, server.key(Role.LEAD)) as caller,
            server.database.engine.connect() as connection,
        ):
            return [
                *_worklist_figures(caller),
                *_report_figures(caller, connection, today),
            ]


class _Caller:
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


@contextmanager
def _caller(port: int, key: str) -> Iterator[_Caller]:
    connection = HTTPConnection(servers.HOST, port, timeout=60)
    try:
        yield _Caller(connection, key)
    finally:
        connection.close()


def _worklist_figures(caller: _Caller) -> list[Figure]:
    asked: dict[str, str] = {}
    for name, query in WORKLISTS.items():
        path = f"/v1/deadlines?{urlencode(query)}"
        _, body, link = caller.get(path)
        asked[name] = path
        if link:
            asked[f"{name}, 2nd page"] = link.partition("<")[2].partition(">")[0]
        print(f"{name}: {json.loads(body)['counts']}")
    # Round after round, so that a busy moment of the machine is shared by all.
    took: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(PAGES):
        for name, path in asked.items():
            took[name].append(caller.get(path)[0])
    for name, times in took.items():
        p50, p95 = percentile(times, 50), percentile(times, 95)
        print(f"worklist, {name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    slowest = max(took, key=lambda name: percentile(took[name], 95))
    every = [each for times in took.values() for each in times]
    return [
        _page_figure("worklist page p95, all questions", every),
        _page_figure(f"worklist page p95, slowest ({slowest})", took[slowest]),
    ]


def _page_figure(name: str, times: list[float]) -> Figure:
    value = percentile(times, 95)
    return Figure(name=name, value=value, unit="ms", at_most=PAGE_BAR_MS)


def _report_figures(
    caller: _Caller, connection: Connection, today: date
) -> list[Figure]:
    last = today.replace(day=1) - timedelta(1)
    month = {"first": last.replace(day=1), "last": last, "today": today}
    asked = {"period": f"{last:%Y-%m}", "by": "unit,language_group"}
    path = f"/v1/reports/compliance?{urlencode(asked)}"

    rows = connection.execute(PLAIN_REPORT, month).mappings().all()
    told = json.loads(caller.get(path)[1])["rows"]
    assert _plain_cells(rows) == _told_cells(told), "both ask the same"

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
    return [Figure(name=name, value=ratio(ours, floor), at_most=REPORT_BAR)]


_FIGURES = ("in_time", "late", "open_late", "open_in_time", "joined")


def _plain_cells(rows: Any) -> dict[tuple[str, ...], list[float | None]]:
    return {
        (row["rule"], row["unit"], row["language_group"]): [
            *(row[name] for name in _FIGURES),
            *_rounded(row["median"], row["p90"], row["mean"]),
        ]
        for row in rows
    }


def _told_cells(rows: Any) -> dict[tuple[str, ...], list[float | None]]:
    return {
        (row["rule"], row["unit"], row["language_group"]): [
            *(row[name] for name in _FIGURES),
            *_rounded(*(row["days_over"] or {}).values()),
        ]
        for row in rows
    }


def _rounded(*values: float | None) -> list[float]:
    # Both sides have been rounded or not, so one digit is compared.
    return [round(float(value), 1) for value in values if value is not None]


def _register_units(server: servers.Server) -> None:
    regions = [f"region-{number + 1}" for number in range(REGIONS)]
    teams = {
        f"team-{number + 1}-{team + 1}": region
        for number, region in enumerate(regions)
        for team in range(TEAMS_PER_REGION)
    }
    parents = {COUNTY: None, **dict.fromkeys(regions, COUNTY), **teams}
    units.put(
        server.database,
        [
            Unit(code=code, parent=parent, name=Text(fi=code, sv=code, en=code))
            for code, parent in parents.items()
        ],
    )


def _fill(server: servers.Server, today: date) -> None:
    law = Law()
    days = [today - timedelta(back) for back in range(YEARS * 365 + 1)]
    limits = [
        {
            "rule": rule.code,
            "started_on": day,
            "due_on": (found := law.limits(rule.code, day)).due_on,
            "safe_on": found.safe_on,
            "version": found.version_id,
        }
        for rule in RULES
        for day in days
    ]
    drawing, filling = FILL.split(";\n", 1)
    with server.database.engine.begin() as connection:
        # The same rows in every run.
        connection.execute(text("SELECT setseed(0.2026)"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(
            text(
                "CREATE TEMP TABLE limits (rule text, started_on date, due_on date, "
                "safe_on date, version text)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO limits "
                "VALUES (:rule, :started_on, :due_on, :safe_on, :version)"
            ),
            limits,
        )
        values = {
            "today": today,
            "days": YEARS * 365,
            "teams": REGIONS * TEAMS_PER_REGION,
            "cases": CASES,
        }
        connection.execute(text(drawing), values)
        connection.execute(
            text(filling.strip().rstrip(";")), {"today": today, "regions": REGIONS}
        )
    with server.database.engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        autocommit.execute(text("VACUUM ANALYZE deadline"))
        shares = autocommit.execute(
            text(
                "SELECT count(*) AS current, "
                "count(*) FILTER (WHERE closed_on IS NULL) AS open, "
                "count(*) FILTER (WHERE closed_on IS NULL AND due_on < :today) "
                "AS overdue, "
                "count(*) FILTER (WHERE moves IS NOT NULL) AS moved, "
                "count(*) FILTER (WHERE joined) AS joined "
                "FROM deadline WHERE recorded_until = 'infinity'"
            ),
            {"today": today},
        ).mappings()
        print(dict(shares.one()))
