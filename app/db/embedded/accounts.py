"""The account that runs the server of root, and what it may enter."""

import os
import pwd
import shutil
from contextlib import suppress
from pathlib import Path

from app.db.embedded.errors import ELSEWHERE, EmbeddedPostgresError

ACCOUNTS = ("postgres", "nobody")  # the first that exists runs the server of root
CAPABILITIES = (("dac_read_search", 2), ("dac_override", 1))  # names and bits


def account() -> tuple[int, int]:
    """Return user and group of the account that runs the server of root."""
    for name in ACCOUNTS:
        with suppress(KeyError):
            found = pwd.getpwnam(name)
            return found.pw_uid, found.pw_gid
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root, and there is no account "
        f"{' or '.join(ACCOUNTS)}: run the service as another user, {ELSEWHERE}."
    )


def permit(owner: os.stat_result, *paths: Path) -> list[str]:
    """Return what a command needs in front of it for *owner* to reach *paths*.

    What lies below root's directories is often closed to others: a clone in /root, a
    `mktemp -d`. We open nothing; the server gets the one capability to pass, still less
    than the root that starts it has. setpriv is in the base of every distribution
    (util-linux) and spares us a launcher that does prctl and capset through ctypes.
    """
    steps = [step for path in paths for step in (*reversed(path.parents), path)]
    closed = [step for step in steps if not _may_enter(owner, step)]
    if not closed:
        return []
    # The first passes directories only; a program that is closed takes the second.
    sufficient = CAPABILITIES[1:] if closed[-1].is_file() else CAPABILITIES
    status = Path("/proc/self/status").read_text()
    ours = int(status.split("CapPrm:")[1].split()[0], base=16)
    setpriv = shutil.which("setpriv")
    for name, bit in sufficient:
        if setpriv and ours >> bit & 1:
            account = [f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}"]
            capability = [f"--inh-caps=+{name}", f"--ambient-caps=+{name}"]
            # initdb asks access(2), which heeds an account's capabilities only so.
            respected = "--securebits=+no_setuid_fixup"
            return [setpriv, *account, "--clear-groups", *capability, respected, "--"]
    raise EmbeddedPostgresError(
        f"PostgreSQL runs as account {owner.st_uid}, which may not enter {closed[0]}: "
        "set MAARAAIKA_DATA_DIR to (or install the service in) a directory that it may "
        f"enter, allow us setpriv with {sufficient[0][0]}, {ELSEWHERE}."
    )


def _may_enter(owner: os.stat_result, path: Path) -> bool:
    status = path.stat()
    if status.st_uid == owner.st_uid:
        return bool(status.st_mode & 0o100)
    return bool(status.st_mode & (0o010 if status.st_gid == owner.st_gid else 0o001))
