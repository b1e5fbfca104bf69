"""What is to be asked, where, how fast and for how long, as one frozen value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..errors import Problem, ProblemsError


class LoadError(ProblemsError):
    """A load that cannot be made: each problem says which setting and why."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One load. Raises :class:`LoadError` with every mistake at once.

    ``rate`` is questions a second over all connections; where it is ``None`` each connection asks
    again once it is answered. ``duration`` is in seconds, after ``warm_up`` seconds that do not
    count. An answer that does not come within ``patience`` seconds is an error. ``headers`` go
    with every question.

    >>> Plan(url="http://127.0.0.1:8000").address
    ('127.0.0.1', 8000)
    """

    url: str
    connections: int = 100
    duration: float = 30.0
    warm_up: float = 3.0
    rate: float | None = None
    patience: float = 10.0
    path: str = "/api/contacts/lookup"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if problems := list(self._wrong()):
            raise LoadError(problems)

    def _wrong(self) -> Iterator[Problem]:
        parts = urlsplit(self.url)
        if parts.scheme != "http" or not parts.hostname:
            yield Problem("url", "must be http://HOST:PORT; TLS is what stands before a server")
        for name in ("connections", "duration", "patience"):
            if getattr(self, name) <= 0:
                yield Problem(name, "must be more than 0")
        if self.warm_up < 0:
            yield Problem("warm_up", "must be 0 or more")
        if self.rate is not None and self.rate <= 0:
            yield Problem("rate", "must be more than 0")

    @property
    def address(self) -> tuple[str, int]:
        """The host and the port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 80

    def request(self, body: bytes) -> bytes:
        """Write a whole request, as it goes over the line.

        >>> Plan(url="http://127.0.0.1:8000").request(b"{}")[:40]
        b'POST /api/contacts/lookup HTTP/1.1\\r\\nHost'
        """
        host, port = self.address
        headers = {
            "Host": f"{host}:{port}",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **self.headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {self.path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body
