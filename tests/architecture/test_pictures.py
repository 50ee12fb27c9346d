"""The documentation shows pictures that there are, small ones, and the run's own."""

import re
from pathlib import Path

from tests.web.screenshots import IN_DOCS, LARGEST, SHOWN

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))


def test_every_picture_is_small_made_by_the_run_and_shown_with_its_text() -> None:
    shown = {
        (page.parent / address).resolve(): text
        for page in PAGES
        for text, address in re.findall(
            r"!\[([^\]]*)\]\(([^)]+\.png)\)", page.read_text(encoding="utf-8")
        )
    }

    assert set(shown) == set(SHOWN.iterdir())
    assert {path.stem for path in shown} == set(IN_DOCS)
    assert all(path.stat().st_size <= LARGEST for path in shown)
    assert all(shown.values())
