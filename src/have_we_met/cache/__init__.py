"""Answers that are kept, and given again for as long as nothing was written that could change them.

:func:`open_cache` gives a :class:`Cache` for :class:`have_we_met.Resolver`. Whether an answer still
holds is known from the store's own stamps, which change in the transaction of each write; so where
answers are kept, in memory or in Redis, decides what they cost and never whether they are true.
"""

from __future__ import annotations

from .cache import Cache
from .opening import open_cache

__all__ = ["Cache", "open_cache"]
