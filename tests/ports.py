"""Ports for services that run as processes of their own."""

import secrets
import socket

# Below those that systems give to whoever asks for any: what a test connects from, or
# listens on, meanwhile is never one of these.
FIRST, LAST = 20_000, 30_000


def free_port() -> int:
    """Return a port on which nobody listens, of many, so that no other test has it."""
    while True:
        # Not `random`: it draws the same in each of the processes that run tests.
        port = FIRST + secrets.randbelow(LAST - FIRST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
