"""``maaraaika report-settings``: shown, set from a file, refused where it is wrong."""

import json
from pathlib import Path

import pytest

from app.domain.report_settings import ReportSettings, describe
from tests.commands import run

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "report-settings.toml"


@pytest.fixture(autouse=True)
def _configured(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", database_url)


def shown() -> object:
    """Return what `show` prints."""
    done = run("report-settings", "show")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_settings_are_the_defaults_until_a_file_is_set() -> None:
    assert shown() == describe(ReportSettings())

    done = run("report-settings", "set", str(EXAMPLE))

    assert done.returncode == 0, done.stderr
    baseline = {"first": "2025-01", "last": "2025-12", "fixed_on": "2026-01-15"}
    assert shown() == {**describe(ReportSettings()), "baseline": baseline}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("minimum_n = 0", "minimum_n is a whole number"),
        ("minimum_n =", "Invalid value"),
        (None, "No such file"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_in_one_line(
    tmp_path: Path, content: str | None, says: str
) -> None:
    file = tmp_path / "settings.toml"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    done = run("report-settings", "set", str(file))

    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert shown() == describe(ReportSettings())
