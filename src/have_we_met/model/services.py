"""The services of a model: who is consulted about a record before or after it is looked up.

Settings alone: frozen values. What they say is done in :mod:`have_we_met.services`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from pydantic.dataclasses import dataclass

from ..resilience import BreakerSettings, RetrySettings
from ..words import speaks
from .template import RAW, placeholders, texts
from .values import FROZEN, FrozenMap, Many, Named, Number, Options, Text, Truth, Whole

Then = Literal["continue", "flag", "reject"]
"""What is done about a service's answer: nothing, say so in the answer, or refuse the record."""


@speaks
@dataclass(frozen=True, kw_only=True, config=FROZEN)
class Request:
    """One HTTP request of a look-up, and how its answer, which is JSON, is read.

    ``{email}`` in the URL, a header or a text of the body stands for what the record says in that
    field, as it is normalised; ``{email.raw}`` for what was typed. ``secrets`` name environment
    variables, such as ``{"token": "REGISTER_TOKEN"}`` for ``{token}``; a model never holds a secret
    itself. ``not_found`` are the statuses that say that nobody is known; 2xx is an answer, and any
    other status a failure. ``health`` is a URL to ask whether the service is there, which is told
    nothing about anybody. An answer of more than ``max_bytes`` bytes is a failure.
    ``connections`` is how many requests are under way at most.

    >>> request = Request(
    ...     url="https://register.example/people/{email}?key={key}", secrets={"key": "REGISTER_KEY"}
    ... )
    >>> request.needs
    ('email',)
    """

    url: Text
    method: Literal["GET", "POST", "PUT"] = "GET"
    headers: Options = FrozenMap()
    body: Options | None = None
    secrets: Options = FrozenMap()
    not_found: Many[Whole] = (404,)
    health: Text | None = None
    max_bytes: Whole = 64 * 1024
    connections: Whole = 50

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The fields that are filled in, each once."""
        every = self._filled_in([text for _, text in self.templates])
        return tuple(dict.fromkeys(name.removesuffix(RAW) for name in every))

    @cached_property
    def must(self) -> tuple[str, ...]:
        """What is filled in besides the body, without which nothing can be asked."""
        return self._filled_in([text for path, text in self.templates if path != "body"])

    def _filled_in(self, templates: Iterable[str]) -> tuple[str, ...]:
        every = (name for text in templates for name in placeholders(text))
        return tuple(name for name in every if name not in self.secrets)

    @property
    def templates(self) -> tuple[tuple[str, str], ...]:
        """Every text in which something may be filled in, each with the setting that it is in."""
        headers = ((f"headers.{name}", text) for name, text in self.headers.items())
        body = (("body", text) for text in texts(self.body))
        return (("url", self.url), *((path, str(text)) for path, text in headers), *body)


@speaks
@dataclass(frozen=True, kw_only=True, config=FROZEN)
class Cache:
    """How long answers of a service are kept in memory, in seconds, and how many at most.

    Those who ask the same at the same moment then make one call of it.
    """

    seconds: Number = 300.0
    entries: Whole = 10_000


@speaks
@dataclass(frozen=True, kw_only=True, config=FROZEN)
class Service:
    """Somebody who is consulted about a record, and what is done about the answer.

    ``kind`` is ``validate`` (is the value of ``field`` valid? ``using`` names a validator),
    ``lookup`` (what else is known? by ``request`` over HTTP, or ``using`` the import path of an
    async function) or ``custom`` (``using`` the import path of an async function). ``options`` are
    those of the validator or function, which is told the fields that it ``needs``. ``gives`` maps
    fields to places in the answer, as JSON pointers (RFC 6901); only fields in which the record
    says nothing are filled.

    ``required`` says that nothing said is as good as invalid, or not found. Services are heard in
    the order of ``priority``, the lowest first, and asked side by side unless one needs what
    another gives. ``timeout`` is for one attempt, in seconds.

    >>> Service(name="email", kind="validate", field="email", using="email").timeout
    0.5
    """

    name: Text
    kind: Literal["validate", "lookup", "custom"]
    using: Named | None = None
    field: Text | None = None
    needs: Many[Text] = ()
    request: Request | None = None
    gives: Options = FrozenMap()
    options: Options = FrozenMap()
    when: Literal["before", "after"] = "before"
    on_invalid: Then = "flag"
    on_not_found: Then = "continue"
    on_failure: Then = "continue"
    required: Truth = False
    priority: Whole = 100
    timeout: Number = 0.5
    retry: RetrySettings = RetrySettings()
    breaker: BreakerSettings = BreakerSettings()
    cache: Cache | None = None

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The fields that it is told."""
        told = self.request.needs if self.request else self.needs
        return tuple(dict.fromkeys([*([self.field] if self.field else []), *told]))

    @property
    def about(self) -> str:
        """The field that its flags and refusals name; empty where it is told none."""
        return next(iter(self.reads), "")
