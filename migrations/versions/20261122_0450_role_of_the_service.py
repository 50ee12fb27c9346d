"""role of the service

The service comes as a role that owns nothing and may do with each table what its work
needs: what is append-only it can only add to, and it can empty no table. Whoever
migrates owns the tables. The groups that the rights are given to are of the whole
server; they are made before the migrations, and stay when these are undone.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2d9b6f40c1e8"
down_revision: str | None = "8a51c0e7d3f4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = {
    "activation": "SELECT, INSERT",
    "alembic_version": "SELECT",
    "api_key": "SELECT, INSERT, UPDATE (last_used_on, revoked_at, revoked_by)",
    "case_event": "SELECT, INSERT",
    "case_finding": "SELECT, INSERT, UPDATE (recorded_until)",
    "case_link": "SELECT, INSERT",
    "checkpoint_file": "SELECT, INSERT, UPDATE (lines, last_line_hash), DELETE",
    "conflict": "SELECT, INSERT, UPDATE (last_recorded_at, times)",
    "control_count": "SELECT, INSERT",
    "deadline": "SELECT, INSERT, UPDATE (recorded_until)",
    "finding_closure": "SELECT, INSERT",
    "person": "SELECT, INSERT, UPDATE (name)",
    "publication": "SELECT, INSERT",
    "report_setting": "SELECT, INSERT",
    "sealed_report": "SELECT, INSERT",
    "service_secret": "SELECT",
    "session": "SELECT, INSERT, UPDATE (last_used_at, ended_at), DELETE",
    "sign_in_link": "SELECT, INSERT, UPDATE (used_at), DELETE",
    "source": "SELECT, INSERT, UPDATE (last_sequence, last_recorded_at, last_hash)",
    "source_setting": "SELECT, INSERT, UPDATE (recorded_until)",
    "unit": "SELECT, INSERT, UPDATE (recorded_until)",
}
NOT_FOR_QUESTIONS = (
    *("alembic_version", "api_key", "checkpoint_file", "person", "service_secret"),
    *("session", "sign_in_link"),
)


def upgrade() -> None:
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    op.execute("GRANT USAGE ON SCHEMA public TO maaraaika_service, maaraaika_reader")
    for table, rights in GRANTS.items():
        op.execute(f"GRANT {rights} ON {table} TO maaraaika_service")
        if table not in NOT_FOR_QUESTIONS:
            op.execute(f"GRANT SELECT ON {table} TO maaraaika_reader")


def downgrade() -> None:
    for table in GRANTS:
        op.execute(f"REVOKE ALL ON {table} FROM maaraaika_service, maaraaika_reader")
    op.execute("REVOKE USAGE ON SCHEMA public FROM maaraaika_service, maaraaika_reader")
