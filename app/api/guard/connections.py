"""Connections that keep us waiting are cut, before and after there is a request."""

import socket
import struct
from asyncio import AbstractEventLoop, BaseTransport, TimerHandle, Transport
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from app.api.guard.headers import LARGEST_HEAD
from app.api.guard.refusals import Refusal, raw
from app.api.guard.traffic import is_long_upload

_NO_LINGERING = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a client may keep us waiting, and how often we look.

    A head and a body come whole within *seconds*, and so much of an answer is taken.
    NDJSON may take longer as long as it comes, and so may a long answer as it goes.
    """

    seconds: float = 8.0
    look_every: float = 0.5
    bytes_per_second: int = 10_000
    longest_upload: float = 1_800.0


class PatientProtocol(HttpToolsProtocol):
    """HTTP for clients that may be slow: uvicorn's own waits for them for ever.

    A timer of each connection looks what is waited for; a request costs a few
    assignments. Time in which we ourselves do not read is not the client's.
    """

    patience: ClassVar = Patience()

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._waiting_since = self.loop.time()
        self._body_bytes = 0
        # Since the last byte of a body: of a head, of trailers, or of nothing at all.
        self._other_bytes = 0
        self._unread = (0, 0.0)  # bytes of an answer not yet taken, and when it was so
        self._is_cut = False
        self._timer: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to look after the connection."""
        # A stream's transport can be written to; uvloop's is no subclass that says so.
        super().connection_made(cast("Transport", transport))
        self._let_unread_bytes_wait(self.patience.seconds)
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """End it all."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in *data*, unless too much came before that was no body."""
        if self._other_bytes > LARGEST_HEAD:
            self._cut("headers_too_large")
            return
        self._other_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._other_bytes = 0

    def on_headers_complete(self) -> None:
        """Begin to wait for the body."""
        super().on_headers_complete()
        self._waiting_since = self.loop.time()
        self._body_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Take in a piece of the body."""
        super().on_body(body)
        self._body_bytes += len(body)
        self._other_bytes = 0

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._waiting_since = self.loop.time()

    def resume_writing(self) -> None:
        """Note that the client has taken what there was."""
        super().resume_writing()
        self._unread = (0, 0.0)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's signature)
        """Refuse what is not HTTP."""
        self._cut("malformed_request")

    def _look_later(self) -> None:
        self._timer = self.loop.call_later(self.patience.look_every, self._look)

    def _look(self) -> None:
        now = self.loop.time()
        if self._is_cut or self._is_read_too_slowly(now):
            self._hang_up()
            return
        if self._is_late(now) and not self.transport.is_closing():
            self._cut("request_timeout")
        self._look_later()

    def _let_unread_bytes_wait(self, seconds: float) -> None:
        """Let the system give up a client that leaves unread what it holds for us.

        It holds some hundred kilobytes of an answer, also after we have closed.
        """
        connection = self.transport.get_extra_info("socket")
        milliseconds = int(seconds * 1_000)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)

    def _hang_up(self) -> None:
        # Without lingering: else the system would keep what nobody reads.
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
        self.transport.abort()

    @property
    def _exchange(self) -> RequestResponseCycle | None:
        """The last request with its answer; None before the first."""
        return self.cycle

    def _is_late(self, now: float) -> bool:
        waited = now - self._waiting_since
        exchange = self._exchange
        if exchange is not None and not exchange.response_complete:
            if not exchange.more_body:
                return False  # it is waiting for us
            if self.flow.read_paused:
                self._waiting_since += self.patience.look_every
                return False
            if is_long_upload(exchange.scope):
                self._let_unread_bytes_wait(self.patience.longest_upload)
                return self._is_stalled(waited)
        return waited > self.patience.seconds

    def _is_stalled(self, waited: float) -> bool:
        beyond = waited - self.patience.seconds
        return (
            self._body_bytes < beyond * self.patience.bytes_per_second
            or waited > self.patience.longest_upload
        )

    def _is_read_too_slowly(self, now: float) -> bool:
        unread = self.transport.get_write_buffer_size()
        before, since = self._unread
        step = int(self.patience.seconds * self.patience.bytes_per_second)
        # Who sends an upload may read when it is sent; for its stalling we look above.
        is_sending = self._exchange is not None and self._exchange.more_body
        if not unread or is_sending or not before or unread <= before - step:
            self._unread = (unread, now)
            return False
        return now - since > self.patience.seconds

    def _cut(self, refusal: Refusal) -> None:
        """Say why, if nothing else is being said, and hang up."""
        exchange = self._exchange
        if exchange is None:
            self.transport.write(raw(refusal))
        else:
            if exchange.response_complete or not (
                exchange.response_started or self.pipeline
            ):
                self.transport.write(raw(refusal))
            exchange.disconnected = True
            exchange.message_event.set()
        self._is_cut = True
        self.transport.close()
