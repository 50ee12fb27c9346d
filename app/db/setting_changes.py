"""Who has changed which setting, when, and what it was before."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from app.db.database import driver

_CHANGES = """
    WITH change AS (
        SELECT recorded_at AS at, recorded_by AS by, 'unit' AS kind, code AS name,
            ARRAY[parent, name_fi, name_sv, name_en] AS said,
            lag(ARRAY[parent, name_fi, name_sv, name_en]) OVER history AS before
        FROM unit
        WINDOW history AS (PARTITION BY code ORDER BY recorded_at)
      UNION ALL
        SELECT recorded_at, recorded_by, 'source', source,
            ARRAY[live_since::text, expected_working_hours::text,
                  refuses_hashes::text, link_template, successor],
            lag(ARRAY[live_since::text, expected_working_hours::text,
                      refuses_hashes::text, link_template, successor]) OVER history
        FROM source_setting
        WINDOW history AS (PARTITION BY source ORDER BY recorded_at)
      UNION ALL
        SELECT created_at, created_by, 'key_made', key_id, ARRAY[holder], NULL
        FROM api_key
      UNION ALL
        SELECT revoked_at, revoked_by, 'key_revoked', key_id, ARRAY[holder], NULL
        FROM api_key
        WHERE revoked_at IS NOT NULL
    )
    SELECT at, by, kind, name, said, before FROM change
    ORDER BY at DESC, kind, name
    LIMIT %(limit)s
"""


class Setting(StrEnum):
    """What was set."""

    UNIT = "unit"
    SOURCE = "source"
    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of a setting; *before* is None if nothing was said until then.

    *said* and *before* are of a unit: what it stands below, its names in Finnish,
    Swedish and English; of a source: live since, working hours, whether it refuses
    hashes, template of links, successor; of a key: its holder. *by* is None where it
    was not kept.
    """

    at: datetime
    by: str | None
    setting: Setting
    name: str
    said: tuple[str | None, ...]
    before: tuple[str | None, ...] | None


def latest(connection: Connection, limit: int) -> list[Change]:
    """Return the last *limit* changes, the newest first."""
    rows = driver(connection).execute(_CHANGES, {"limit": limit})
    return [
        Change(
            at=at,
            by=by,
            setting=Setting(kind),
            name=name,
            said=tuple(said),
            before=None if before is None else tuple(before),
        )
        for at, by, kind, name, said, before in rows
    ]
