"""Millions of deadlines of eight years, filled straight into their table."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import text

from app.db.units import Unit
from app.domain.law import RULES, Law
from app.domain.texts import Text
from app.services import units
from bench import servers
from bench.figures import seconds
from bench.servers import Server

MILLION = 1_000_000
CLOCKS_PER_CASE = 2
DAYS = 8 * 365
REGIONS = 4
TEAMS_PER_REGION = 3
COUNTY = "county"

# Else whoever asks what was known then would have no unit yet.
ALWAYS_KNOWN = text("UPDATE unit SET recorded_at = '2000-01-01T00:00:00Z'")

LIMITS = text("""
    CREATE TEMP TABLE limits
        (rule text, started_on date, due_on date, safe_on date, strict_on date,
         version text)
""")
LIMIT = text("""
    INSERT INTO limits VALUES
        (:rule, :started_on, :due_on, :safe_on, :strict_on, :version)
""")

# Two clocks to a case, as from one notification. The share that is in time, how late
# the rest is, and that one in a hundred is forgotten are like the demo's; about 2 % are
# open, most of them young. What was known before a clock was met is kept as well.
DRAW = text("""
    CREATE TEMP TABLE drawn AS
    SELECT number, team, moved, joined, language_group, nationality_group, age_band,
           l.*, l.started_on::timestamptz + interval '9 hours' AS heard_at,
           CASE
               WHEN luck < 0.010 THEN NULL
               WHEN luck < 0.100 THEN l.due_on + 1 + (delay * delay * 60)::int
               ELSE l.started_on + 1
                   + (sqrt(delay) * (l.due_on - l.started_on - 1))::int
           END AS done_on
    FROM (
        SELECT number, random() AS luck, random() AS delay,
               CAST(:today AS date) - (random() * :days)::int AS started_on,
               1 + (random() * random() * (:teams - 0.001))::int AS team,
               random() < 0.01 AS moved, random() < 0.06 AS joined,
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
    JOIN limits AS l USING (started_on)
""")

FILL = text("""
    INSERT INTO deadline (source, case_ref, rule, started_by, recorded_at,
        recorded_until, started_on, due_on, safe_on, strict_on, version, met_on,
        outcome, joined, first, unit, moves, entry, matter, child_ref, language_group,
        nationality_group, age_band, worker)
    SELECT 'client-a', 'A-' || number, rule, 'A-' || number || '-n1', v.recorded_at,
           v.recorded_until, started_on, due_on, safe_on, strict_on, version, v.met_on,
           v.outcome, joined AND rule = 'initiation', NOT joined, unit,
           CASE WHEN moved THEN jsonb_build_array(
               jsonb_build_array(started_on, unit),
               jsonb_build_array(started_on + 20, 'team-1-1'))
           END,
           'report', 'child_protection', 'p-' || number, language_group,
           nationality_group, age_band, 'w-' || team
    FROM drawn
    CROSS JOIN LATERAL (
        SELECT format('team-%s-%s',
                      1 + (team - 1) % :regions, 1 + (team - 1) / :regions)
    ) AS named (unit)
    CROSS JOIN LATERAL (
        SELECT heard_at AS recorded_at,
               CASE WHEN done_on < :today
                    THEN done_on::timestamptz + interval '12 hours'
                    ELSE 'infinity' END AS recorded_until,
               NULL::date AS met_on, NULL AS outcome
        UNION ALL
        SELECT done_on::timestamptz + interval '12 hours', 'infinity', done_on,
               CASE rule WHEN 'initiation' THEN 'assessment_started'
                         ELSE 'no_client' END
        WHERE done_on < :today
    ) AS v
    ORDER BY v.recorded_at
""")

# What client systems had sent of it, in the order in which it came: a notification of
# each case, and what was done. Nobody verifies it, so that its hashes are of nothing.
SEND = text("""
    INSERT INTO case_event (source, sequence, source_sequence, event_id, kind, case_ref,
                            occurred_on, data, digest, recorded_at, salt, commitment,
                            hash)
    SELECT source, number, number + number / 400000, event_id, kind, case_ref,
           occurred_on, data, hashed, recorded_at, hashed, hashed, hashed
    FROM (SELECT *, row_number() OVER (ORDER BY recorded_at, case_ref, kind) AS number
          FROM (
        SELECT source, started_by AS event_id, 'notification' AS kind, case_ref,
               started_on AS occurred_on, recorded_at,
               json_build_object('child', json_build_object('ref', child_ref),
                                 'entry', entry, 'unit', unit, 'worker', worker) AS data
        FROM deadline WHERE rule = 'assessment' AND met_on IS NULL
        UNION ALL
        SELECT source, case_ref || CASE rule WHEN 'initiation' THEN '-i' ELSE '-a' END,
               CASE rule WHEN 'initiation' THEN rule ELSE 'assessment' END, case_ref,
               met_on, recorded_at, json_build_object('outcome', outcome)
        FROM deadline WHERE recorded_until = 'infinity' AND met_on IS NOT NULL
    ) AS sent) AS numbered
    CROSS JOIN LATERAL (SELECT sha256(event_id::bytea)) AS by_id (hashed)
""")
HEADS = text("""
    INSERT INTO source (code, last_sequence, last_recorded_at, last_hash)
    SELECT source, max(sequence), max(recorded_at), sha256('') FROM case_event
    GROUP BY source
""")

# What is odd in it: a finding in one of fifty cases, of which the cause of every other
# went a week later and a lead has closed every fifth; a client system that is live for
# two years and counts what it sends, day by day; a few ids sent twice.
FINDINGS = (
    text("""
        INSERT INTO case_finding (source, case_ref, id, recorded_at, recorded_until,
                                  kind, event_source, event_id, day)
        SELECT source, case_ref, left(encode(hash, 'hex'), 24), recorded_at,
               CASE number % 2 WHEN 0 THEN recorded_at + interval '7 days'
                               ELSE 'infinity' END,
               (ARRAY['act_after_end', 'assessment_without_decision',
                      'second_clock_suspected', 'closed_and_reopened'])
                   [1 + number / 2 % 4],
               source, event_id, occurred_on
        FROM (SELECT *, substr(case_ref, 3)::int / 50 AS number FROM case_event
              WHERE kind = 'notification' AND substr(case_ref, 3)::int % 50 = 0) AS odd
    """),
    text("""
        INSERT INTO finding_closure (finding, recorded_at, reason, closed_by)
        SELECT id, recorded_at + interval '20 days', 'known_and_accepted', 'lead'
        FROM case_finding
        WHERE recorded_until = 'infinity' AND substr(case_ref, 3)::int % 250 = 0
          AND recorded_at < CAST(:today AS date) - 20
    """),
    text("""
        INSERT INTO source_setting (source, recorded_at, live_since)
        SELECT 'client-a', CAST(:today AS date) - 730, CAST(:today AS date) - 730
    """),
    text("""
        INSERT INTO control_count (source, day, recorded_at, counts)
        SELECT source, occurred_on, occurred_on + interval '25 hours',
               jsonb_object_agg(kind, events + (random() * 0.51)::int)
        FROM (SELECT source, occurred_on, kind, count(*) AS events FROM case_event
              WHERE occurred_on >= CAST(:today AS date) - 730 GROUP BY 1, 2, 3) AS each
        GROUP BY source, occurred_on
    """),
    text("""
        INSERT INTO conflict (source, event_id, digest, first_recorded_at,
                              last_recorded_at, times)
        SELECT source, event_id, '', recorded_at, recorded_at, 1
        FROM case_event WHERE sequence % 20000 = 0
    """),
)

SHARES = text("""
    SELECT count(*) AS deadlines,
           count(*) FILTER (WHERE closed_on IS NULL) AS open,
           count(*) FILTER (WHERE closed_on IS NULL AND due_on < :today) AS overdue,
           count(*) FILTER (WHERE closed_on > due_on) AS late,
           count(*) FILTER (WHERE moves IS NOT NULL) AS moved,
           count(*) FILTER (WHERE joined) AS joined
    FROM deadline WHERE recorded_until = 'infinity'
""")


@contextmanager
def filled(today: date, *, deadlines: int = MILLION) -> Iterator[Server]:
    """Give a server of a county with so many *deadlines*."""
    with servers.postgres() as server:
        register_units(server)
        took = seconds(lambda: fill(server, today, deadlines=deadlines))
        print(f"{deadlines:,} deadlines filled in {took:.0f} s", flush=True)
        yield server


def register_units(server: Server) -> None:
    """Record a county of four regions with three teams each, since long ago."""
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
    with server.owned.write() as connection:
        connection.execute(ALWAYS_KNOWN)


def fill(server: Server, today: date, *, deadlines: int = MILLION) -> None:
    """Fill the table, the same in every run of a day, and print what it holds."""
    cases = deadlines // CLOCKS_PER_CASE
    with server.owned.engine.begin() as connection:
        connection.execute(text("SELECT setseed(0.2026)"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(LIMITS)
        connection.execute(LIMIT, list(_limits(today)))
        teams = REGIONS * TEAMS_PER_REGION
        drawn = {"today": today, "days": DAYS, "teams": teams, "cases": cases}
        connection.execute(DRAW, drawn)
        connection.execute(FILL, {"today": today, "regions": REGIONS})
    with server.owned.engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        autocommit.execute(text("VACUUM ANALYZE deadline"))
        shares = autocommit.execute(SHARES, {"today": today}).mappings().one()
        print(", ".join(f"{count:,} {name}" for name, count in shares.items()))


def fill_ledger(server: Server) -> None:
    """Fill the ledger with what the deadlines that there are come from."""
    with server.owned.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(SEND)
        connection.execute(HEADS)
    with server.owned.engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        autocommit.execute(text("VACUUM ANALYZE case_event"))
    print(f"{server.events_stored():,} events", flush=True)


def fill_findings(server: Server, today: date) -> None:
    """Let there be what is odd in the ledger that there is."""
    tables = ("case_finding", "finding_closure", "control_count", "conflict")
    with server.owned.write() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        for each in FINDINGS:
            connection.execute(each, {"today": today})
        counts = [connection.scalar(text(f"SELECT count(*) FROM {t}")) for t in tables]  # noqa: S608 (names of our own)
    with server.owned.engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        autocommit.execute(text(f"VACUUM ANALYZE {', '.join(tables)}"))
    print(dict(zip(tables, counts, strict=True)), flush=True)


def _limits(today: date) -> Iterator[dict[str, object]]:
    """Yield what the law says of every day, so that the rows are as it has them."""
    law = Law()
    for back in range(DAYS + 1):
        day = today - timedelta(back)
        for rule in RULES:
            limits = law.limits(rule.code, day)
            yield {
                "rule": rule.code,
                "started_on": day,
                "due_on": limits.due_on,
                "safe_on": limits.safe_on,
                "strict_on": limits.strict_on,
                "version": limits.version_id,
            }
