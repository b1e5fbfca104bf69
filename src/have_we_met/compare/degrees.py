"""Words for degrees of similarity, shared by the measures that have no kinds of their own."""

from __future__ import annotations

EXACT = ("exact", "is the same")
DIFFERENT = ("different", "differs")

DEGREES: tuple[tuple[float, str, str], ...] = (
    (0.92, "very_similar", "is almost the same"),
    (0.80, "similar", "is similar"),
    (0.0, *DIFFERENT),
)
"""(at least, level, reason), best first. On Jaro-Winkler 0.92 is about one slip of the keyboard in
a name of seven letters, 0.80 about two."""

DEGREE_NAMES: tuple[str, ...] = ("exact", *(level for _, level, _ in DEGREES))


def describe_degree(left: str, right: str, similarity: float) -> tuple[str, str]:
    """Name a degree of similarity: exact, very similar (0.92), similar (0.80), different.

    >>> describe_degree("martha", "marhta", 0.9611)
    ('very_similar', 'is almost the same')
    """
    if left == right:
        return EXACT
    return next(
        ((level, reason) for at_least, level, reason in DEGREES if similarity >= at_least),
        DIFFERENT,
    )
