"""docs/security.md: every threat has its line, and every test it names is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
CITED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROWS = re.findall(r"(?m)^\| (T\d+) \| (.+) \|$", PAGE)


def cases_of(file: Path) -> set[str]:
    """Return the names of the functions of *file*."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_threat_has_one_line_in_order() -> None:
    assert [number for number, _ in ROWS] == [f"T{n}" for n in range(1, 41)]


def test_every_threat_has_a_test_or_says_why_not() -> None:
    for number, row in ROWS:
        proof = row.rpartition(" | ")[2]
        assert CITED.search(proof) or "*Not " in row, number


def test_every_test_that_is_named_exists() -> None:
    cited = CITED.findall(PAGE)

    assert len(cited) > 80
    missing = [
        f"{path}::{name}"
        for path, name in cited
        if not (ROOT / path).is_file() or name not in cases_of(ROOT / path)
    ]
    assert missing == []


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"`((?:app|tests|docs)/[\w/.]+)`", PAGE))
    links = set(re.findall(r"\]\(([\w/.-]+\.md)", PAGE))

    assert not [each for each in named if not (ROOT / each).exists()]
    assert not [each for each in links if not (ROOT / "docs" / each).exists()]


def test_every_chapter_and_risk_of_owasp_is_there() -> None:
    chapters = re.findall(r"(?m)^\| V(\d+) ", PAGE)
    risks = re.findall(r"(?m)^\| API(\d+) ", PAGE)

    assert chapters == [str(n) for n in range(1, 18)]
    assert risks == [str(n) for n in range(1, 11)]
