"""docs/privacy.md names every column that is stored, once, and none that is not."""

import re
from collections import Counter
from pathlib import Path

from app.db.tables import metadata

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"


def test_every_column_stands_in_the_inventory_once() -> None:
    inventory = PAGE.read_text(encoding="utf-8").partition("## Inventory")[2]
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]+) \|", inventory.partition("\n## ")[0], re.MULTILINE
    )

    named = Counter(
        f"{table}.{column}"
        for table, columns in rows
        for column in re.findall(r"`(\w+)`", columns)
    )

    stored = {str(column) for table in metadata.tables.values() for column in table.c}
    assert named == Counter(stored)
