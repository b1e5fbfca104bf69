"""What somebody may have meant by a name that there is not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word, or list the known ones if they are few.

    >>> did_you_mean("emial", ["email", "phone"])
    " (did you mean 'email'?)"
    >>> did_you_mean("birthday", ["email", "phone"])
    ' (there are email, phone)'
    """
    words = list(known)
    near = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if near:
        return f" (did you mean '{near[0]}'?)"
    return f" (there are {', '.join(words)})" if words else ""
