"""The deadlines known at an instant, for statements that are written by hand."""

# Those that hold since before, and those superseded since: each kind has its indexes.
KNOWN = """(
    SELECT * FROM deadline
    WHERE recorded_until = 'infinity' AND recorded_at <= %(known_at)s
    UNION ALL
    SELECT * FROM deadline
    WHERE recorded_until < 'infinity' AND recorded_until > %(known_at)s
      AND recorded_at <= %(known_at)s
) AS d"""
# The open ones: few columns, so that their index has them all. What amendments
# took back is never open.
KNOWN_OPEN = """(
    SELECT source, case_ref, rule, started_by, started_on, unit, child_ref
    FROM deadline
    WHERE recorded_until = 'infinity' AND closed_on IS NULL
      AND recorded_at <= %(known_at)s
    UNION ALL
    SELECT source, case_ref, rule, started_by, started_on, unit, child_ref
    FROM deadline
    WHERE recorded_until < 'infinity' AND recorded_until > %(known_at)s
      AND closed_on IS NULL AND recorded_at <= %(known_at)s
) AS d"""
# What amendments took back counts for nothing.
COUNTS = "d.outcome IS DISTINCT FROM 'amended'"
