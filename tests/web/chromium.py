"""Which browser the tests drive: an installed Chromium, never one that they fetch."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PATIENCE = 120_000  # milliseconds: the machine may have much else to do
VARIABLE = "MAARAAIKA_TEST_CHROMIUM"
PICTURES = "MAARAAIKA_TEST_PICTURES"
LEFT_OUT = (
    "No Chromium was found, so the pages were NOT looked at in a real browser: every "
    "test marked `browser` (tests/web/test_in_a_browser.py) was left out. Install "
    f"Debian's package `chromium`, or name a browser with {VARIABLE}."
)
# It asks nothing of anybody but the service, and leaves nothing behind.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str | None:
    """Return the path of the browser; None if there is none."""
    return shutil.which(os.environ.get(VARIABLE) or "chromium")


def pictures() -> Path | None:
    """Return the folder in which the run keeps a picture of every page, if any."""
    folder = os.environ.get(PICTURES)
    return Path(folder) if folder else None


@contextmanager
def browser() -> Iterator["Browser"]:
    """Give a browser of its own, with a new profile."""
    # Imported here, because every process of a run asks whether there is a browser.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=executable(), args=list(FLAGS), timeout=PATIENCE
        )
        yield launched
        launched.close()
