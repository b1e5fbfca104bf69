"""One service, ready to be asked: with its patience, its retries, its breaker and its cache."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic

from ..errors import BreakerOpen, ServiceUnavailable
from ..model import Service
from ..resilience import Breaker, retried
from .cache import Replies
from .reply import Ask, Asked, Failure, Reply


class RequestRefused(ServiceUnavailable):
    """The service does not take this very question: it is well, and asking again does not help."""


class OutOfOrder(ServiceUnavailable):
    """The service answers in no way that says anything, and would not a moment later either."""


class TooSlow(ServiceUnavailable):
    """The service was asked and did not answer within its time."""


OUTCOMES = (
    *("ok", "invalid", "not_found", "kept", "shared"),
    *("refused", "late", "left_alone", "failed"),
)
"""What becomes of a question: an answer of one kind or another, one kept from before, what somebody
else heard who asked the same at that moment, or none."""


@dataclass(frozen=True, slots=True)
class Client:
    """Asks one service. ``at_once`` answers without waiting, where the service asks nobody.

    ``counts`` says how often a question had each of :data:`OUTCOMES`.
    """

    service: Service
    ask: Ask
    breaker: Breaker
    replies: Replies | None = None
    at_once: Callable[[Asked], Reply] | None = None
    counts: Counter[str] = field(default_factory=Counter, repr=False, compare=False)

    async def hear(self, asked: Asked, until: float) -> Reply | Failure:
        """Ask, as often as the service may be asked before ``until``; never raises.

        Where answers are kept, those who ask the same at the same moment make one question of it.
        What an error says is passed on where it is ours. Others may quote the record: of them no
        more than the class is told.
        """
        if self.at_once is not None:
            return self.hear_at_once(asked)
        try:
            if self.replies is None:
                return await self._asked(asked, until)
            return await self._known_or_asked(self.replies, asked, until)
        except TimeoutError:
            return self._failed(TooSlow("was not heard before the services' time was up"))

    def hear_at_once(self, asked: Asked) -> Reply | Failure:
        """Ask a service that asks nobody."""
        assert self.at_once is not None
        mark = self.replies.mark(asked) if self.replies else b""
        if self.replies and (known := self._known(self.replies, mark)) is not None:
            return known
        try:
            reply = self._said(self.at_once(asked))
        except Exception as error:  # noqa: BLE001  # a service never stands in the caller's way
            return self._failed(error)
        if self.replies:
            self.replies.keep(mark, reply)
        return reply

    async def _known_or_asked(
        self, replies: Replies, asked: Asked, until: float
    ) -> Reply | Failure:
        mark = replies.mark(asked)
        if (known := self._known(replies, mark)) is not None:
            return known

        async def work() -> Reply | Failure:
            said = await self._asked(asked, until)
            if isinstance(said, Reply):
                replies.keep(mark, said)
            return said

        said, shared = await replies.flights.share(mark, work, until)
        if shared:
            self.counts["shared"] += 1
        return said

    async def _asked(self, asked: Asked, until: float) -> Reply | Failure:
        """Ask; raises :class:`TimeoutError` where ``until`` passes meanwhile."""
        # Outside the breaker: that the time of all services is up says nothing of this one.
        async with asyncio.timeout(until - monotonic()):
            try:
                return self._said(await self._retried(asked, until))
            except Exception as error:  # noqa: BLE001  # as above
                return self._failed(error)

    def _known(self, replies: Replies, mark: bytes) -> Reply | None:
        known = replies.get(mark)
        if known is not None:
            self.counts["kept"] += 1
        return known

    def _failed(self, error: Exception) -> Failure:
        self.counts[_NO_ANSWERS.get(type(error), "failed")] += 1
        is_ours = isinstance(error, BreakerOpen | ServiceUnavailable)
        return Failure(str(error) if is_ours else f"failed with {type(error).__name__}")

    def _said(self, reply: Reply) -> Reply:
        self.counts[_answer(reply)] += 1
        return reply

    async def close(self) -> None:
        """Let go of what asking needs, if it needs anything."""
        if close := getattr(self.ask, "close", None):
            await close()

    async def _retried(self, asked: Asked, until: float) -> Reply:
        settings = self.service.retry
        return await retried(
            lambda: self._once(asked), settings, worth=_helps_to_repeat, until=until
        )

    async def _once(self, asked: Asked) -> Reply:
        timeout = self.service.timeout
        with self.breaker.attempt():
            try:
                async with asyncio.timeout(timeout):
                    return await self.ask(asked)
            except TimeoutError:
                message = f"did not answer within {timeout * 1000:.0f} ms"
                raise TooSlow(message) from None


_NO_ANSWERS: Mapping[type[Exception], str] = {
    RequestRefused: "refused",
    TooSlow: "late",
    BreakerOpen: "left_alone",
}


def _answer(reply: Reply) -> str:
    if not reply.found:
        return "not_found"
    return "ok" if reply.valid else "invalid"


def is_to_blame(error: Exception) -> bool:
    """Whether an error is one for which a service is left alone after a while."""
    return not isinstance(error, RequestRefused)


def _helps_to_repeat(error: Exception) -> bool:
    return not isinstance(error, BreakerOpen | RequestRefused | OutOfOrder)
