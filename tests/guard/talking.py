"""Services on sockets, and a client by hand, for what only a connection can show."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from app.main import SERVER_OPTIONS

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60.0


@contextmanager
def listening(app: ASGIApp, **options: Any) -> Iterator[int]:  # noqa: ANN401 (uvicorn's)
    """Serve *app* as the service is served, but for *options*; give the port.

    Whoever still hangs on at the end is hung up on, so that it stops in order: told to
    leave at once, the server would kill its application in the middle of its work.
    """
    listener = socket.create_server((HOST, 0), backlog=1_000)
    server = uvicorn.Server(uvicorn.Config(app, **{**SERVER_OPTIONS, **options}))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield int(listener.getsockname()[1])
    for connection in list(server.server_state.connections):
        connection.loop.call_soon_threadsafe(connection.transport.abort)
    server.should_exit = True
    thread.join(PATIENCE_SECONDS)
    listener.close()
    assert not thread.is_alive()


def exchange(port: int, request: bytes) -> bytes:
    """Send *request* and return all that comes until the service hangs up.

    It may do so in the middle of *request*, and be sooner than we are.
    """
    with socket.create_connection((HOST, port), timeout=PATIENCE_SECONDS) as connection:
        with suppress(ConnectionError):
            connection.sendall(request)
        answer = b""
        while received := _received(connection):
            answer += received
        return answer


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except ConnectionError:
        return b""
