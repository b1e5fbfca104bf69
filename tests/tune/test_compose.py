"""Which of several narrower keys are named."""

from __future__ import annotations

from have_we_met.keys import Key
from have_we_met.tune import Composition, best


def one(name: str, largest: int, mean: float, filed: float = 1.0, lost: int = 0) -> Composition:
    return Composition(Key.parse(name), largest, mean, filed, lost)


def names(*tried: Composition) -> list[str]:
    found = best(tried, mean=50.0, largest=1_000, pairs=100, limit=64, most=9)
    return [str(composition.key) for composition in found]


def test_the_order() -> None:
    """What loses much comes last, before it what is over-full again, and first what loses least."""
    tried = (
        one("much", 2, 0.1, lost=60),
        one("unfiled", 2, 0.2, filed=0.4),
        one("large", 200, 9.0),
        one("little", 20, 2.0, lost=5),
        one("nothing", 30, 3.0),
        one("fewer", 30, 1.0),
    )

    assert names(*tried) == ["fewer", "nothing", "little", "large", "much", "unfiled"]


def test_what_is_not_narrower() -> None:
    """What is hardly narrower, or files nothing at all, is not named."""
    assert names(one("wide", 900, 1.0), one("many", 10, 45.0), one("none", 0, 0.0, 0.0)) == []
