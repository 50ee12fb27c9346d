"""What the service may do with each table; the migrations must agree with it.

Nothing is granted that no statement needs. What is append-only is only ever inserted;
of what is versioned an old row can be closed, and nothing else changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.db.roles import READER, SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What is granted on a table: to add rows, to take them out, to change columns.

    Every table is read by the service, those that *tells* also by its questions.
    """

    tells: bool = True
    add: bool = True
    remove: bool = False
    change: tuple[str, ...] = ()

    @property
    def of_service(self) -> tuple[str, ...]:
        """Return what the service may do with the table."""
        change = (f"UPDATE ({', '.join(self.change)})",) if self.change else ()
        return (
            "SELECT",
            *(("INSERT",) if self.add else ()),
            *change,
            *(("DELETE",) if self.remove else ()),
        )

    @property
    def of_reader(self) -> tuple[str, ...]:
        """Return what a question may do with the table."""
        return ("SELECT",) if self.tells else ()


APPENDED = Rights()
VERSIONED = Rights(change=("recorded_until",))
RIGHTS: Mapping[str, Rights] = {
    "access_chain": Rights(
        tells=False, add=False, change=("last_position", "last_hash")
    ),
    "access_log": Rights(tells=False),
    "activation": APPENDED,
    "alembic_version": Rights(tells=False, add=False),
    "api_key": Rights(tells=False, change=("last_used_on", "revoked_at", "revoked_by")),
    "case_event": APPENDED,
    "case_finding": VERSIONED,
    "case_link": APPENDED,
    "checkpoint_file": Rights(
        tells=False, remove=True, change=("lines", "last_line_hash")
    ),
    "conflict": Rights(change=("last_recorded_at", "times")),
    "control_count": APPENDED,
    "deadline": VERSIONED,
    "export_count": Rights(tells=False, change=("exports",)),
    "finding_closure": APPENDED,
    "forgotten_line": Rights(add=False),
    "person": Rights(tells=False, change=("name",)),
    "publication": APPENDED,
    "report_setting": APPENDED,
    "saved_view": Rights(tells=False, remove=True, change=("asked", "saved_at")),
    "sealed_report": APPENDED,
    "service_secret": Rights(tells=False, add=False),
    "session": Rights(tells=False, remove=True, change=("last_used_at", "ended_at")),
    "sign_in_link": Rights(tells=False, remove=True, change=("used_at",)),
    "source": Rights(change=("last_sequence", "last_recorded_at", "last_hash")),
    "source_setting": VERSIONED,
    "unit": VERSIONED,
}


def grant(connection: Connection, table: str) -> None:
    """Grant what is declared of *table*, which has just been made anew."""
    rights = RIGHTS[table]
    for role, granted in ((SERVICE, rights.of_service), (READER, rights.of_reader)):
        if granted:
            connection.execute(text(f"GRANT {', '.join(granted)} ON {table} TO {role}"))
