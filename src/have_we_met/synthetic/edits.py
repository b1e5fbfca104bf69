"""What hands, ears and scanners do to a text: one change at one place.

An edit gives the changed text, or ``None`` where it finds nothing to change. It draws with
``random()`` alone, whose stream numpy keeps from release to release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from numpy.random import Generator

Edit = Callable[[str, Generator], str | None]
T = TypeVar("T")

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
FIRST_LETTER = 0.1  # of mistakes are in the first letter, which people watch

# Letters that a scanner takes for others (case matters).
OCR: tuple[tuple[str, str], ...] = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("vv", "w"), ("w", "vv"), ("li", "h"),
    ("h", "b"), ("e", "c"), ("c", "e"), ("l", "1"), ("i", "l"), ("I", "l"), ("O", "0"), ("o", "0"),
    ("0", "O"), ("1", "l"), ("S", "5"), ("5", "S"), ("B", "8"), ("8", "B"), ("Z", "2"), ("u", "v"),
    ("v", "u"), ("g", "q"), ("t", "f"), ("n", "ri"), ("D", "O"), ("G", "C"),
)  # fmt: skip

# Spellings that sound alike, both ways where both are heard.
SOUNDS: tuple[tuple[str, str], ...] = (
    ("ph", "f"), ("ck", "k"), ("ks", "x"), ("x", "ks"), ("sch", "sh"), ("sh", "sch"), ("th", "t"),
    ("ee", "ea"), ("ea", "ee"), ("ei", "ie"), ("ie", "ei"), ("ai", "ay"), ("ay", "ai"), ("y", "i"),
    ("ou", "u"), ("oo", "u"), ("ll", "l"), ("nn", "n"), ("mm", "m"), ("tt", "t"), ("ss", "s"),
    ("rr", "r"), ("z", "s"), ("v", "w"), ("w", "v"), ("kn", "n"), ("dt", "t"), ("gh", "g"),
    ("ca", "ka"), ("co", "ko"), ("cu", "ku"), ("ka", "ca"), ("ko", "co"), ("ge", "je"),
    ("qu", "kw"), ("cz", "ch"), ("ch", "tch"), ("oe", "o"), ("ae", "e"), ("en", "an"), ("er", "ar"),
    ("el", "le"), ("son", "sen"), ("sen", "son"), ("son", "sson"), ("ia", "ya"), ("j", "y"),
    ("gu", "g"),
)  # fmt: skip


def choose(options: Sequence[T], rng: Generator) -> T:
    """One of the options, each as likely.

    >>> from numpy.random import default_rng
    >>> choose(("only",), default_rng(0))
    'only'
    """
    return options[int(rng.random() * len(options))]


def keyboard(text: str, rng: Generator) -> str | None:
    """A key beside the right one, on an American keyboard.

    >>> from numpy.random import default_rng
    >>> keyboard("Smith", default_rng(1))
    'Smitg'
    """
    return _at_one_place(text, rng, lambda c: NEIGHBOURS.get(c.lower()) is not None, _slip)


def transposition(text: str, rng: Generator) -> str | None:
    """Two letters, after the first, the wrong way round.

    >>> from numpy.random import default_rng
    >>> transposition("Ann", default_rng(0)), transposition("Bea", default_rng(0))
    (None, 'Bae')
    """
    pairs = [n for n in range(1, len(text) - 1) if _swappable(text[n], text[n + 1])]
    if not pairs:
        return None
    n = choose(pairs, rng)
    return text[:n] + text[n + 1] + text[n] + text[n + 2 :]


def omission(text: str, rng: Generator) -> str | None:
    """A letter left out of three or more.

    >>> from numpy.random import default_rng
    >>> omission("Smith", default_rng(0)), omission("Bo", default_rng(0))
    ('Smth', None)
    """
    if len(text) < 3:
        return None
    return _at_one_place(text, rng, str.isalnum, lambda letter, rng: "")


def doubling(text: str, rng: Generator) -> str | None:
    """A letter struck twice.

    >>> from numpy.random import default_rng
    >>> doubling("Smith", default_rng(0))
    'Smiith'
    """
    return _at_one_place(text, rng, str.isalnum, lambda letter, rng: letter + letter.lower())


def ocr(text: str, rng: Generator) -> str | None:
    """Letters that a scanner takes for others.

    >>> from numpy.random import default_rng
    >>> ocr("Ann", default_rng(0))
    'Anri'
    """
    return _replaced(text, rng, OCR)


def respelling(text: str, rng: Generator) -> str | None:
    """Written as heard.

    >>> from numpy.random import default_rng
    >>> respelling("Sofia", default_rng(0)), respelling("Philip", default_rng(0))
    ('Sofya', 'Filip')
    """
    places = list(_places(text.lower(), SOUNDS)) if text.isascii() else []
    if not places:
        return None
    n, old, new = choose(places, rng)
    written = new.capitalize() if text[n].isupper() else new
    return text[:n] + written + text[n + len(old) :]


EDITS: Mapping[str, Edit] = {
    "keyboard": keyboard,
    "transposition": transposition,
    "omission": omission,
    "doubling": doubling,
    "ocr": ocr,
    "respelling": respelling,
}


def _neighbours() -> dict[str, str]:
    """Each key's neighbours: left and right, and the two keys above and below."""
    keys = {(r, c): key for r, row in enumerate(_ROWS) for c, key in enumerate(row)}
    around = ((0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0))
    return {
        key: "".join(
            keys[r + dr, c + dc]
            for dr, dc in around
            if (r + dr, c + dc) in keys and keys[r + dr, c + dc].isalpha() == key.isalpha()
        )
        for (r, c), key in keys.items()
    }


NEIGHBOURS = _neighbours()


def _slip(letter: str, rng: Generator) -> str:
    wrong = choose(NEIGHBOURS[letter.lower()], rng)
    return wrong.upper() if letter.isupper() else wrong


def _at_one_place(
    text: str,
    rng: Generator,
    fits: Callable[[str], bool],
    change: Callable[[str, Generator], str],
) -> str | None:
    """The text with one letter changed; rarely the first."""
    places = [n for n, letter in enumerate(text) if fits(letter)]
    if len(places) > 1 and places[0] == 0:
        places = places[:1] if rng.random() < FIRST_LETTER else places[1:]
    if not places:
        return None
    n = choose(places, rng)
    return text[:n] + change(text[n], rng) + text[n + 1 :]


def _swappable(one: str, two: str) -> bool:
    return one.isalnum() and two.isalnum() and one.lower() != two.lower()


def _places(text: str, table: Sequence[tuple[str, str]]) -> Iterator[tuple[int, str, str]]:
    """Every place where a row of the table applies."""
    for old, new in table:
        start = text.find(old)
        while start >= 0:
            yield start, old, new
            start = text.find(old, start + 1)


def _replaced(text: str, rng: Generator, table: Sequence[tuple[str, str]]) -> str | None:
    places = list(_places(text, table))
    if not places:
        return None
    n, old, new = choose(places, rng)
    return text[:n] + new + text[n + len(old) :]
