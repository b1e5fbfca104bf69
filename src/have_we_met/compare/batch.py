"""The batch functions of rapidfuzz, and the measures made of them.

A lookup compares one value with some twenty others, several times within tens of microseconds. At
that size rapidfuzz's public ``cdist`` spends most of its 4 microseconds on finding out which dtype
we mean. The compiled function below it takes 2.3 for the same numbers. It is not public, so it is
used only where it is found and gives what the public one gives; otherwise the public one is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from importlib import import_module
from typing import Any, ClassVar

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from .base import NAN, FloatArray, mark_missing

Texts = Sequence[str | None]
Cdist = Callable[..., Any]
"""(queries, choices, scorer=, ...) to a matrix of float64, or a memory view of one."""

_PUBLIC: Cdist = partial(process.cdist, dtype=np.float64)
_PROBE = (("martha", "ada"), ("marhta", "", None, "dwayne"))


def _compiled() -> Cdist:
    inner = import_module("rapidfuzz.process_cpp_impl")
    return partial(inner.cdist, dtype=inner.FLOAT64)


def quickest(find: Callable[[], Cdist] = _compiled) -> Cdist:
    """The compiled function where it works as we know it, else the public one."""
    try:
        found = find()
        options = {"scorer": JaroWinkler.similarity, "score_multiplier": 0.5}
        matrix = np.asarray(found(*_PROBE, **options))
        expected = _PUBLIC(*_PROBE, **options)
        same = np.array_equal(matrix, expected)
    except (ImportError, AttributeError, TypeError, ValueError):
        return _PUBLIC
    return found if same else _PUBLIC


_CDIST = quickest()


class BatchMeasure:
    """A measure that is one of rapidfuzz's scorers."""

    scorer: ClassVar[Callable[..., float]]
    multiplier: ClassVar[float] = 1.0
    """What the scorer's range times this is [0, 1]."""

    @property
    def scorer_options(self) -> Mapping[str, object] | None:
        """The scorer's own options, where they differ from its defaults."""
        return None

    @cached_property
    def _arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {"scorer": type(self).scorer}
        if self.multiplier != 1.0:
            arguments["score_multiplier"] = self.multiplier
        if self.scorer_options:
            arguments["scorer_kwargs"] = dict(self.scorer_options)
        return arguments

    def __getstate__(self) -> dict[str, Any]:
        # Compiled scorers cannot be pickled; they are found again by the class.
        compiled = "_arguments", "similarity"
        return {name: value for name, value in vars(self).items() if name not in compiled}

    @cached_property
    def similarity(self) -> Callable[[str, str], float]:
        """Compares two values; symmetric, in [0, 1]."""
        return self.scored()

    def scored(self) -> Callable[[str, str], float]:
        """Give what compares two values: the scorer itself, where that is all."""
        scorer, options, multiplier = type(self).scorer, self.scorer_options, self.multiplier
        if options is None and multiplier == 1.0:
            return scorer
        with_options = partial(scorer, **(options or {}))
        return lambda left, right: with_options(left, right) * multiplier

    def one_to_many(self, value: str, others: Texts) -> FloatArray:
        """Compare one value with n others: shape (n,), NaN where the other is missing."""
        result: FloatArray = np.asarray(_CDIST((value,), others, **self._arguments))[0]
        # rapidfuzz takes None and gives 0 for it. A loop, since a mask costs more at this size.
        if None in others:
            for row, other in enumerate(others):
                if other is None:
                    result[row] = NAN
        return result

    def pairs(self, left: Texts, right: Texts) -> FloatArray:
        """Compare n values with n values, row by row: shape (n,), NaN where one is missing."""
        result: FloatArray = process.cpdist(left, right, dtype=np.float64, **self._arguments)
        return mark_missing(result, left, right)
