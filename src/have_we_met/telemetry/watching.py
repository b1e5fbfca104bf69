"""Watching lookups: whoever wants to know of each answer is told of it once it is there."""

from __future__ import annotations

from collections.abc import Callable

from ..answer import Lookup
from ..asking import Ask, Question, Step

Watcher = Callable[[Lookup], None]
"""Is told of an answer; never waits, and never raises."""


def watched(*watchers: Watcher) -> Step:
    """Make a step that tells watchers of every answer. Stand it first, to see what callers see."""

    def step(rest: Ask) -> Ask:
        async def ask(question: Question) -> Lookup:
            lookup = await rest(question)
            for watcher in watchers:
                watcher(lookup)
            return lookup

        return ask

    return step
