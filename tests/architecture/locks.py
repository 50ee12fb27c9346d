"""What a lock file pins, read as pip reads it with --require-hashes."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def locked(content: str) -> dict[str, str]:
    """Return the versions that a lock file pins, every one with hashes."""
    pinned = {}
    for line in content.replace("\\\n", " ").splitlines():
        requirement = line.partition("#")[0].strip()
        if not requirement:
            continue
        found = re.match(
            r"([a-z0-9._-]+)==([^\s;]+)(?: *;[^-]*)?((?: +--hash=\S+)+)$", requirement
        )
        assert found, line[:60]
        hashes = found[3].split()
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", h) for h in hashes)
        pinned[found[1]] = found[2]
    return pinned


def lock(name: str) -> str:
    """Return the lock file *name* as it stands."""
    return (ROOT / name).read_text(encoding="utf-8")
