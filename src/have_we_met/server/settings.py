"""Everything that can be set about a server, as one frozen value that is right once it exists."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal

import msgspec

from ..access import ApiKey
from ..cache.opening import SIZE, TTL, problem_with
from ..errors import ModelError, Problem, ProblemsError
from ..model import Model, preset
from ..resilience import BreakerSettings

ENVIRONMENT = "HAVE_WE_MET_SERVER"
"""The variable that carries the settings, as JSON, to worker processes."""
REDIS = ("redis://", "rediss://", "unix://")
NO_CACHE = "none"
"""Says that no answers are kept."""


class SettingsError(ProblemsError):
    """Settings that no server can run with: each problem says which and why."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to serve which contacts. Raises :class:`SettingsError` with every mistake at once.

    ``url`` names the database as for SQLAlchemy; since it may hold a password it stays out of
    ``repr``. ``model`` is a preset's name or the path of a TOML file, ``region`` where a
    preset's phones without a country code are, ``table`` the caller's table
    where it is not the model's. ``deadline`` (a lookup), ``write_deadline`` (a sign-up) and
    ``body_deadline`` (a request's body to arrive) are in seconds, ``max_body`` in bytes,
    ``max_value`` in characters a value.

    ``remember`` is for how many seconds the answer to an idempotency key is kept, and
    ``decide_within`` how many seconds a decision token is good for. Tokens are signed with
    ``secret``, the same in all processes that serve one table.

    ``cache`` says where answers to lookups are kept (``none``, or as for
    :func:`have_we_met.cache.open_cache`), for ``cache_ttl`` seconds, in memory up to ``cache_size``
    of them. ``cache_stale_for`` seconds longer they are given where the store does not answer.

    ``breaker`` says when the store is left alone for a while, since it fails too often; ``None`` is
    never.

    ``connections``, ``replica_url`` and ``slow`` are those of
    :class:`~have_we_met.store.StoreOptions`, for each worker; SQLite heeds only ``slow``.

    A server that starts waits up to ``startup_wait`` seconds for a database that cannot be reached
    yet.

    ``audit`` says whether it is written down who did what; ``erasure`` whether contacts may be
    erased over HTTP, and ``export`` whether all that is known of one may be read. Each needs
    ``marks_secret``, which has to last.

    Records that were created upon an incomplete answer are looked at again every ``late_every``
    seconds, or never where that is 0, and what is found is sent to ``webhook``, an address, signed
    with the secret of the environment (:class:`have_we_met.late.Webhook`).

    ``writable`` names columns of the table, beside the model's fields, that a client may fill in;
    all others are the database's own business. ``hosts`` are further names in the ``Host`` header
    under which a proxy on this machine may reach the server.

    ``metrics`` says whether ``/metrics`` is served: to who brings ``metrics_token``, or to this
    machine alone where that is empty; in either case to who brings a key that is good for it. With
    ``metrics_port`` it is served there, at ``metrics_host``, and not beside the API.
    ``guide_metrics`` adds the guide's own two, and ``traces`` sends spans to an OpenTelemetry
    collector. Every ``canary`` seconds some people who are known
    are looked up with small changes, and counted in the metrics; never where that is 0. From
    ``log_level`` info on each lookup is logged, as ``log_format`` says.

    Once the database holds a key (:mod:`have_we_met.access`), everybody must bring one; keys are
    read anew every ``keys_every`` seconds. With ``keyless_local`` programs on this machine need
    none. A ``host`` that others can reach wants a key from the start. ``beat`` is the seconds to
    whose multiples answers under the policies ``blind`` and ``public`` are held back. ``limits``
    is the Redis in which processes count together, each by itself where that is empty or gone.
    ``proxies`` are the networks whose ``X-Forwarded-For`` is believed. ``bad_keys_minute`` is how
    many requests without a good key an address may send in a minute before they are answered with
    429; who brings a good one is let in from there all the same.
    ``page_key`` is the key that the server's own pages bring; everybody who opens a page can read
    it, so its policy has to be ``blind`` or ``public``.

    >>> Settings(url="sqlite:///contacts.db").port
    8000
    >>> Settings(url="sqlite:///contacts.db", host="0.0.0.0").is_local
    False
    """

    url: str = field(repr=False)
    model: str = "contacts"
    region: str = "US"
    table: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    deadline: float = 2.0
    write_deadline: float = 10.0
    body_deadline: float = 10.0
    suggestions: int = 5
    max_body: int = 64 * 1024
    max_value: int = 1000
    remember: float = 24 * 60 * 60.0
    decide_within: float = 15 * 60.0
    secret: str = field(default="", repr=False)
    cache: str = field(default=NO_CACHE, repr=False)
    cache_ttl: float = TTL
    cache_size: int = SIZE
    cache_stale_for: float = 0.0
    writable: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    keys_every: float = 2.0
    keyless_local: bool = False
    beat: float = 0.1
    limits: str = field(default="", repr=False)
    audit: bool = False
    erasure: bool = False
    export: bool = False
    marks_secret: str = field(default="", repr=False)
    proxies: tuple[str, ...] = ()
    bad_keys_minute: int = 30
    page_key: str = field(default="", repr=False)
    breaker: BreakerSettings | None = field(default_factory=BreakerSettings)
    connections: int = 8
    replica_url: str | None = field(default=None, repr=False)
    slow: float = 0.1
    startup_wait: float = 30.0
    late_every: float = 5.0
    webhook: str | None = field(default=None, repr=False)
    log_level: str = "info"
    log_format: Literal["console", "json"] = "console"
    metrics: bool = True
    metrics_token: str = field(default="", repr=False)
    metrics_port: int | None = None
    metrics_host: str = "127.0.0.1"
    guide_metrics: bool = False
    traces: bool = False
    canary: float = 0.0

    def __post_init__(self) -> None:
        if problems := [*self._out_of_range()]:
            raise SettingsError(problems)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server; else everybody must bring a key."""
        return is_loopback(self.host)

    def _out_of_range(self) -> Iterator[Problem]:
        for name, (is_right, must) in _RANGES.items():
            if not is_right(getattr(self, name)):
                yield Problem(name, f"must be {must}")
        if self.cache != NO_CACHE and (problem := problem_with(self.cache)):
            yield Problem("cache", f"{problem}, or {NO_CACHE}")
        if (self.audit or self.erasure or self.export) and not self.marks_secret:
            yield Problem("marks_secret", "is needed for audit, erasure and export")
        if self.metrics_port is not None and not self.metrics:
            yield Problem("metrics_port", "is of no use where metrics are left out")
        if self.metrics_port == self.port:
            yield Problem("metrics_port", "must be another than port")
        if self.limits and not self.limits.startswith(REDIS):
            yield Problem("limits", "must be like redis://host:6379/0, or empty")
        if self.page_key and ApiKey.read(self.page_key) is None:
            yield Problem("page_key", "must be a key, hwm_..., or empty")
        for place, proxy in enumerate(self.proxies):
            if not _is_network(proxy):
                yield Problem(f"proxies[{place}]", "must be an address or a network, 10.0.0.0/8")
        yield from _mistakes_of(self.breaker)
        if self.remember < self.decide_within:
            yield Problem("remember", "must be no less than decide_within")

    def read_model(self) -> Model:
        """Read the model; raises :class:`ModelError`, or OSError where a file cannot be read."""
        if self.model.endswith(".toml") or os.sep in self.model:
            return Model.load(Path(self.model))
        return preset(self.model, region=self.region)

    def to_json(self) -> str:
        """Write the settings for another process.

        >>> Settings.from_json(Settings(url="sqlite://", port=9000).to_json()).port
        9000
        """
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Read settings from JSON; raises :class:`SettingsError`."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError as exc:
            raise SettingsError([Problem(ENVIRONMENT, str(exc))]) from exc

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings that the parent process left; raises :class:`SettingsError`."""
        text = (os.environ if environment is None else environment).get(ENVIRONMENT)
        if text is None:
            raise SettingsError([Problem(ENVIRONMENT, "is not set; start with have-we-met serve")])
        return cls.from_json(text)

    def to_environment(self) -> None:
        """Leave the settings for the processes that this one starts."""
        os.environ[ENVIRONMENT] = self.to_json()


def _mistakes_of(breaker: BreakerSettings | None) -> Iterator[Problem]:
    """Check again what was read from JSON, which checks types alone."""
    if breaker is None:
        return
    try:
        replace(breaker)
    except ModelError as exc:
        for problem in exc.problems:
            yield Problem(f"breaker.{problem.path}", problem.message)


_Check = tuple[Callable[..., bool], str]
_POSITIVE: _Check = (lambda value: value > 0, "more than 0")
_RANGES: Mapping[str, _Check] = {
    "port": (lambda value: 0 < value < 65536, "between 1 and 65535"),
    "workers": (lambda value: value >= 1, "1 or more"),
    "deadline": _POSITIVE,
    "write_deadline": _POSITIVE,
    "body_deadline": _POSITIVE,
    "suggestions": (lambda value: value >= 1, "1 or more"),
    "max_body": _POSITIVE,
    "max_value": _POSITIVE,
    "remember": _POSITIVE,
    "decide_within": _POSITIVE,
    "host": (bool, "an address"),
    "metrics_host": (bool, "an address"),
    "metrics_port": (
        lambda value: value is None or 0 < value < 65536,
        "between 1 and 65535, or left out",
    ),
    "keys_every": _POSITIVE,
    "beat": _POSITIVE,
    "bad_keys_minute": (lambda value: value >= 1, "1 or more"),
    "cache_ttl": _POSITIVE,
    "cache_size": (lambda value: value >= 1, "1 or more"),
    "cache_stale_for": (lambda value: value >= 0, "0 or more"),
    "marks_secret": (lambda value: not value or len(value) >= 16, "16 characters or more"),
    "secret": (lambda value: not value or len(value) >= 16, "16 characters or more"),
    "metrics_token": (lambda value: not value or len(value) >= 16, "16 characters or more"),
    "log_format": (lambda value: value in ("console", "json"), "console or json"),
    "connections": (lambda value: value >= 1, "1 or more"),
    "slow": (lambda value: value >= 0, "0 or more"),
    "startup_wait": (lambda value: value >= 0, "0 or more"),
    "late_every": (lambda value: value >= 0, "0 or more"),
    "canary": (lambda value: value >= 0, "0 or more"),
    "log_level": (
        lambda value: value in ("critical", "error", "warning", "info", "debug"),
        "critical, error, warning, info or debug",
    ),
}


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address stands for this machine alone.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
