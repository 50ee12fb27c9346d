"""Accounts that are over: sign-ins, and people and keys that nothing names any more."""

from datetime import datetime
from typing import LiteralString

from sqlalchemy import Connection

from app.db import sessions, sign_in_links
from app.db.database import driver

# What is kept for good, or for the period of the cases, names who did it by an id whose
# meaning must not be lost. Looks are asked by their index instead.
_NAMED: LiteralString = """
    SELECT closed_by FROM finding_closure
    UNION ALL SELECT sealed_by FROM sealed_report
    UNION ALL SELECT published_by FROM publication
    UNION ALL SELECT recorded_by FROM unit
    UNION ALL SELECT recorded_by FROM source_setting
    UNION ALL SELECT created_by FROM api_key
    UNION ALL SELECT revoked_by FROM api_key
    UNION ALL SELECT created_by FROM sign_in_link
    UNION ALL
    SELECT json_array_elements_text(data -> 'by') FROM case_event
    WHERE source = 'maaraaika' AND kind = 'erased'
    """


_PEOPLE: LiteralString = f"""
    WITH named (id) AS MATERIALIZED ({_NAMED})
    DELETE FROM person AS gone
    WHERE first_seen_at < %s
      AND NOT EXISTS (SELECT FROM access_log AS look WHERE look.person = gone.person_id)
      AND NOT EXISTS (SELECT FROM session WHERE session.person_id = gone.person_id)
      AND NOT EXISTS (SELECT FROM sign_in_link AS link
                      WHERE link.person_id = gone.person_id)
      AND NOT EXISTS (SELECT FROM named WHERE named.id = gone.person_id)
    """  # noqa: S608 (constants of our own)
_KEYS: LiteralString = f"""
    WITH named (id) AS MATERIALIZED ({_NAMED})
    DELETE FROM api_key AS gone
    WHERE least(revoked_at, expires_at) < %s
      AND NOT EXISTS (SELECT FROM access_log AS look WHERE look.person = gone.key_id)
      AND NOT EXISTS (SELECT FROM named WHERE named.id = gone.key_id)
    """  # noqa: S608 (constants of our own)


def forget_sign_ins(connection: Connection, before: datetime) -> int:
    """Delete sessions and links that were over *before*; return how many.

    How many files somebody took on a day that far back is forgotten with them.
    """
    driver(connection).execute("DELETE FROM export_count WHERE day < %s", [before])
    gone = sessions.forget(connection, before)
    return gone + sign_in_links.forget(connection, before)


def forget_people(connection: Connection, before: datetime) -> int:
    """Delete people seen first *before* whom nothing names any more; return how many.

    Neither a look nor a session does, nor anything that they have done.
    """
    return driver(connection).execute(_PEOPLE, [before]).rowcount


def forget_keys(connection: Connection, before: datetime) -> int:
    """Delete keys that ended *before* and that nothing names; return how many."""
    return driver(connection).execute(_KEYS, [before]).rowcount
