"""names of publications

Who was given a published table could not say which publication it is from. Each gets a
number, in the order in which they were made, and a digest of what the public was shown:
nothing hidden is in it, since small counts could be found by trying. The rows that are
there keep every value; the trigger that refuses changes is away for this transaction.

An older version of the service can read publications, and make none.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "d3a90c5e71b8"
down_revision: str | None = "b7f04d92c3e1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# In the order in which the content has them.
MEASURES = ("due", "in_time", "missed")


def upgrade() -> None:
    op.add_column("publication", sa.Column("number", sa.BigInteger()))
    op.add_column("publication", sa.Column("digest", sa.LargeBinary()))
    op.execute("ALTER TABLE publication DISABLE TRIGGER append_only")
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT * FROM publication ORDER BY published_at, month")
    ).mappings()
    for number, row in enumerate(rows.all(), start=1):
        connection.execute(
            sa.text(
                "UPDATE publication SET number = :number, digest = :digest "
                "WHERE month = :month"
            ),
            {"number": number, "digest": digest(number, row), "month": row["month"]},
        )
    op.execute("ALTER TABLE publication ENABLE TRIGGER append_only")
    op.alter_column("publication", "number", nullable=False)
    op.alter_column("publication", "digest", nullable=False)
    op.create_unique_constraint(
        op.f("uq_publication_number"), "publication", ["number"]
    )
    op.create_check_constraint(
        op.f("ck_publication_number_is_positive"), "publication", "number > 0"
    )


def downgrade() -> None:
    op.drop_column("publication", "digest")
    op.drop_column("publication", "number")


def digest(number: int, row: sa.RowMapping) -> bytes:
    content = {
        "number": number,
        "month": row["month"],
        "as_of": row["as_of"].isoformat(),
        "known_at": instant(row["known_at"]),
        "published_at": instant(row["published_at"]),
        "threshold": row["threshold"],
        "minimum_n": row["minimum_n"],
        "outputs": [shown(output) for output in row["outputs"]],
    }
    text = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return sha256(text.encode()).digest()


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def shown(output: dict[str, Any]) -> dict[str, Any]:
    rows = []
    for *place, in_time, missed, hidden in output["rows"]:
        counts = zip(MEASURES, (in_time + missed, in_time, missed), strict=True)
        rows.append([*place, *(None if name in hidden else n for name, n in counts)])
    return {"period": output["period"], "parents": output["parents"], "rows": rows}
