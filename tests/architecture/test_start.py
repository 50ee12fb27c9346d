"""What the service and its commands import when they start."""

import subprocess
import sys

# Each takes longer to import than all that the service needs to answer.
SLOW = {"numpy", "openpyxl", "pandas", "scipy", "statsmodels", "typst", "xlsxwriter"}


def test_the_start_does_not_wait_for_what_only_papers_and_figures_need() -> None:
    imported = subprocess.run(
        [sys.executable, "-c", "import sys, app.cli, app.main; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "fastapi" in imported
    assert SLOW.isdisjoint(imported)
