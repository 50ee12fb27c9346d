"""No version is shipped of which an advisory that concerns us is known."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from packaging.version import Version

from tests.architecture.locks import LOCKS, ROOT, lock, locked

ADVISORIES: dict[str, dict[str, Any]] = tomllib.loads(
    (ROOT / "advisories.toml").read_text(encoding="utf-8")
)


def unsafe(pinned: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the advisories against what is pinned, by library."""
    return {
        name: entry["advisories"]
        for name, entry in ADVISORIES.items()
        if name in pinned and Version(pinned[name]) < Version(entry["at_least"])
    }


@pytest.mark.parametrize("name", LOCKS)
def test_nothing_is_locked_against_which_an_advisory_is_known(name: str) -> None:
    assert unsafe(locked(lock(name))) == {}


def test_a_version_that_is_known_to_be_bad_turns_the_check_red() -> None:
    old = re.sub(r"(?m)^starlette==\S+", "starlette==1.0.0", lock(LOCKS[0]))
    with_pyjwt = lock(LOCKS[0]) + f"pyjwt==2.12.0 --hash=sha256:{64 * 'a'}\n"

    assert unsafe(locked(old)) == {"starlette": ["CVE-2026-48710", "CVE-2025-62727"]}
    assert unsafe(locked(with_pyjwt)).keys() == {"pyjwt"}


@pytest.mark.parametrize(
    "line",
    [
        "starlette==1.10.0",
        "starlette>=1.3 --hash=sha256:" + 64 * "a",
        "starlette==1.10.0 --hash=md5:" + 32 * "a",
        "starlette @ file:///tmp/starlette",
    ],
)
def test_a_line_without_version_or_hash_turns_the_check_red(line: str) -> None:
    with pytest.raises(AssertionError):
        locked(lock(LOCKS[0]) + line + "\n")


def test_every_entry_names_its_advisories_and_its_reason() -> None:
    assert ADVISORIES.keys() >= {"starlette", "joserfc", "authlib", "python-multipart"}
    for name, entry in ADVISORIES.items():
        assert entry.keys() == {"at_least", "advisories", "why"}, name
        assert entry["advisories"]
        assert all(
            re.fullmatch(r"(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3})", each)
            for each in entry["advisories"]
        )
