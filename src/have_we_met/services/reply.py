"""What a service is asked, and what it says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from ..answer import Lookup
from ..model.template import RAW
from ..model.values import FrozenMap

NOTHING: Mapping[str, object] = FrozenMap()


def is_blank(value: object) -> bool:
    """Whether nothing was said; what cannot be understood was said all the same."""
    return value is None or (isinstance(value, str) and not value.strip())


@dataclass(frozen=True, slots=True)
class Asked:
    """What a service is told of a record: the fields that it needs, and no others.

    ``values`` are normalised texts, ``None`` where nothing was said; ``raw`` is what was typed.
    ``options`` are those of the service. ``lookup`` is the answer that a service hears which is
    consulted after matching.
    """

    values: Mapping[str, str | None] = field(repr=False)
    raw: Mapping[str, object] = field(repr=False)
    options: Mapping[str, object] = NOTHING
    lookup: Lookup | None = field(default=None, repr=False)

    def texts(self) -> dict[str, str]:
        """Give what a template may be filled in with; what is blank is empty."""
        values = {name: value or "" for name, value in self.values.items()}
        typed = (
            (name, "" if is_blank(value) else str(value).strip())
            for name, value in self.raw.items()
        )
        return {**values, **{f"{name}{RAW}": text for name, text in typed}}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service says.

    ``valid`` is false where the record should not be taken as it is, for a ``reason`` that repeats
    nothing of it. ``found`` is false where a look-up knows nobody. ``values`` is what it knows, a
    document from which ``gives`` picks; ``normalised`` is the value of its field as it should be
    written, and ``facts`` what is known of that value besides, texts and truths by name; ``flags``
    are words of its own for the answer.

    >>> Reply(valid=False, reason="is on the list of blocked domains").found
    True
    """

    valid: bool = True
    reason: str = ""
    found: bool = True
    values: object = field(default=NOTHING, repr=False)
    normalised: str | None = field(default=None, repr=False)
    flags: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default=NOTHING, repr=False)


Ask = Callable[[Asked], Awaitable[Reply]]
"""Asks a service once. Raises :class:`~have_we_met.ServiceUnavailable` where it does not answer in
a way that says anything; any other error counts as that too."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A service gave no answer, for a ``reason`` in words that repeat nothing of the record."""

    reason: str
