"""A webhook's receiver: a real HTTP server on a loopback port that does as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behave = Callable[["Handler"], None]


@dataclass
class Receiver:
    """What it received, and what it does with the next deliveries; when that is used up, it takes
    them."""

    url: str = ""
    next: list[Behave] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def events(self) -> list[str]:
        """The ids of the deliveries that came, in their order."""
        return [headers["webhook-id"] for headers, _ in self.got]


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.got.append((headers, body))
        behave = self.receiver.next.pop(0) if self.receiver.next else status(204)
        behave(self)

    def log_message(self, *args: object) -> None:
        pass


def status(code: int, **headers: str) -> Behave:
    """Answer with a status."""

    def behave(handler: Handler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", "0")
        handler.end_headers()

    return behave


def hang(handler: Handler) -> None:
    """Never answer."""
    handler.close_connection = True
    handler.receiver.over.wait(30)


def drip(handler: Handler) -> None:
    """Begin to answer, and never end; the headers come one by one."""
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    try:
        while not handler.receiver.over.wait(0.02):
            handler.wfile.write(b"x-more: 1\r\n")
    except OSError:
        pass


def hang_up(handler: Handler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def garbage(handler: Handler) -> None:
    """Say something that is no HTTP."""
    handler.close_connection = True
    handler.wfile.write(b"\x00\x01 no http at all\r\n\r\n")


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run one."""
    receiver = Receiver()
    handler = type("Told", (Handler,), {"receiver": receiver})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
