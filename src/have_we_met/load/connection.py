"""One keep-alive connection: a question goes out whole, and its answer is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

from httptools import HttpParserError, HttpResponseParser

from .tally import Tally


class Connection(asyncio.Protocol):
    """Asks one question at a time; ``idle`` is called whenever it can ask the next.

    Reads no more of an answer than where it ends: the generator must not be what is measured.
    """

    def __init__(self, tally: Tally, idle: Callable[[Connection], None]) -> None:
        self._tally = tally
        self._idle = idle
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        self.asked: float | None = None
        self.sent = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there is a line."""
        return self._transport is not None

    def ask(self, request: bytes, asked: float) -> None:
        """Send a question that was to be asked at ``asked``."""
        assert self._transport is not None
        self.asked = asked
        self.sent = perf_counter()
        self._transport.write(request)

    def give_up(self, why: str) -> None:
        """Let the question go, and with it the line."""
        self._fail(why)
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    # --- what the event loop and the parser call ------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A part of an answer came."""
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self.give_up("no HTTP")

    def on_message_complete(self) -> None:
        """An answer is whole."""
        asked, self.asked = self.asked, None
        if asked is not None:
            self._tally.answered(asked, perf_counter(), self._parser.get_status_code())
        if self._parser.should_keep_alive():
            self._idle(self)

    def connection_lost(self, error: Exception | None) -> None:
        """The line is gone."""
        self._transport = None
        self._fail("connection lost")

    def _fail(self, why: str) -> None:
        asked, self.asked = self.asked, None
        if asked is not None:
            self._tally.failed(asked, perf_counter(), why)
