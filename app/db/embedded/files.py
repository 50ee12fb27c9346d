"""Files that only their owner may read."""

import os
from pathlib import Path

from app.db.embedded.errors import ELSEWHERE, EmbeddedPostgresError


def open_private(path: Path, flags: int) -> int:
    """Open a file of our directory, and make both at need, for their owner alone.

    As root we write where another account owns the directory: no symbolic link there
    may lead us elsewhere.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"{error}: set MAARAAIKA_DATA_DIR to a directory of your own, {ELSEWHERE}."
        ) from error
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor
