"""What of a value a key is cut from: its domain, its sound, its first letters.

A transform takes one normalised value (folded to ASCII) and gives the texts it is filed under. No
text means "nothing to say": a free-mail domain, the sound of a number. Several texts mean that the
value is filed several times: a name with two pronunciations, a nickname of two names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pkgutil import resolve_name

import jellyfish
from doublemetaphone import doublemetaphone

from ..compare.nysiis import nysiis as nysiis_code
from ..normalise.email import is_free_mail
from ..normalise.nicknames import formal
from ..normalise.reference import load

Texts = tuple[str, ...]
Cut = Callable[[str], Texts]
"""A transform of one value, ready to be called: distinct texts, none where it says nothing."""

TEXT_TYPES = frozenset({"name", "string", "address"})
ALL_TYPES = TEXT_TYPES | {"email", "phone", "date", "number", "identifier"}


@dataclass(frozen=True, slots=True)
class Transform:
    """One row of the table of transforms.

    ``make`` gives the cut, for a number of characters where ``counted``. ``says`` holds the types
    of fields about which the transform can say something.
    """

    make: Callable[[int], Cut]
    says: frozenset[str] = ALL_TYPES
    counted: bool = False


def identity(value: str) -> Texts:
    """File under the value itself.

    >>> identity("ada")
    ('ada',)
    """
    return (value,)


def domain(email: str) -> Texts:
    """File an address under its domain; a free-mail domain says nothing about a person.

    >>> domain("ada@analytical.example"), domain("ada@gmail.com")
    (('analytical.example',), ())
    """
    host = email.rpartition("@")[2] if "@" in email else ""
    return (host,) if host and not is_free_mail(host) else ()


def local(email: str) -> Texts:
    """File an address under its name without dots and dashes; a desk such as ``info`` says nothing.

    >>> local("ada.lovelace@analytical.example"), local("info@analytical.example")
    (('adalovelace',), ())
    """
    name = email.rpartition("@")[0]
    for separator in "._-'":  # four replacements cost a third of one translation
        name = name.replace(separator, "")
    return (name,) if name and name not in _desks() else ()


@cache
def _desks() -> frozenset[str]:
    return frozenset(load("mailbox_roles")["roles"])


def tokens(value: str) -> Texts:
    """File under each word.

    >>> tokens("analytical engines")
    ('analytical', 'engines')
    """
    return _distinct(value.split())


def year(value: str) -> Texts:
    """File a date, whole or partial, under its year.

    >>> year("1815-12-10"), year("1815")
    (('1815',), ('1815',))
    """
    digits = value[:4]
    return (digits,) if len(digits) == 4 and digits.isdecimal() else ()


@lru_cache(maxsize=16_384)  # few given names make up most records: 0.1 us instead of 0.7
def formal_name(value: str) -> Texts:
    """File a given name under the formal names that it may stand for.

    A name of several words is filed under each; an initial stands for itself only when alone.

    >>> set(formal_name("bob")) & set(formal_name("robert"))
    {'robert'}
    """
    words = value.split()
    if len(words) == 1:
        return tuple(sorted(formal(value)))
    return _distinct(name for word in words if len(word) > 1 for name in sorted(formal(word)))


_WORD = re.compile("[a-z]+")


@cache
def _particles() -> frozenset[str]:
    """Words inside a surname that are no surname by themselves, such as ``van`` and ``de``."""
    return frozenset(chain.from_iterable(load("titles")["particles"].values()))


def _spoken(sound: Cut) -> Cut:
    """File a name under its sound: the whole, and each word of a double name.

    The Soundex rules of the US National Archives file a name with a prefix both with and without
    it; the same helps the two halves of a double surname.
    """

    def cut(value: str) -> Texts:
        if value.isalpha() and value.isascii():
            return sound(value)
        words, particles = _WORD.findall(value.lower()), _particles()
        spoken = ["".join(words), *(word for word in words if word not in particles)]
        return _distinct(text for word in spoken for text in sound(word))

    return cut


def _one(code: Callable[[str], str]) -> Cut:
    def sound(word: str) -> Texts:
        text = code(word)
        return (text,) if text else ()

    return sound


def _two(word: str) -> Texts:
    first, second = doublemetaphone(word)
    if first == second or not second:
        return (first,) if first else ()
    return (first, second)


def _distinct(texts: Iterable[str]) -> Texts:
    return tuple(dict.fromkeys(filter(None, texts)))


soundex = _spoken(_one(jellyfish.soundex))
"""American Soundex (R. C. Russell, US patent 1,261,167, 1918)."""

metaphone = _spoken(_one(jellyfish.metaphone))
"""Metaphone (L. Philips, "Hanging on the Metaphone", Computer Language 7(12), 1990)."""

double_metaphone = _spoken(_two)
"""Double Metaphone, one or two sounds (L. Philips, C/C++ Users Journal 18(6), 2000)."""

nysiis = _spoken(_one(nysiis_code))
"""NYSIIS (R. L. Taft, "Name Search Techniques", New York State, 1970)."""


@lru_cache(maxsize=16_384)
def called(value: str) -> Texts:
    """File a name under the sounds of the formal names that it may stand for.

    One key for what people are called and how it is spelt; a surname stands for itself.

    >>> set(called("bob")) & set(called("rupert"))
    set()
    >>> set(called("bob")) & set(called("robert"))
    {'RBRT'}
    """
    return _distinct(sound for name in formal_name(value) for sound in metaphone(name))


def _first(count: int) -> Cut:
    return lambda value: (value[:count],) if value else ()


def _last(count: int) -> Cut:
    return lambda value: (value[-count:],) if value else ()


def _plain(cut: Cut) -> Callable[[int], Cut]:
    return lambda _: cut


TRANSFORMS: Mapping[str, Transform] = {
    "identity": Transform(_plain(identity)),
    "domain": Transform(_plain(domain), frozenset({"email"})),
    "local": Transform(_plain(local), frozenset({"email"})),
    "soundex": Transform(_plain(soundex), TEXT_TYPES),
    "metaphone": Transform(_plain(metaphone), TEXT_TYPES),
    "double_metaphone": Transform(_plain(double_metaphone), TEXT_TYPES),
    "nysiis": Transform(_plain(nysiis), TEXT_TYPES),
    "formal": Transform(_plain(formal_name), frozenset({"name"})),
    "called": Transform(_plain(called), frozenset({"name"})),
    "letter": Transform(lambda _: _first(1)),
    "first": Transform(_first, counted=True),
    "last": Transform(_last, counted=True),
    "tokens": Transform(_plain(tokens)),
    "year": Transform(_plain(year), frozenset({"date"})),
}
"""Every transform by the name under which an expression writes it."""


def import_path(function: object) -> str:
    """Say how a function is imported: ``package.module:function``.

    >>> import_path(year)
    'have_we_met.keys.transforms:year'
    """
    module = getattr(function, "__module__", None) or type(function).__module__
    return f"{module}:{getattr(function, '__qualname__', type(function).__qualname__)}"


def as_path(thing: object) -> object:
    """Write a function or class as its import path, if that leads back to it.

    >>> as_path(year)
    'have_we_met.keys.transforms:year'
    """
    if isinstance(thing, str):
        return thing
    path = import_path(thing)
    try:
        return path if import_object(path) is thing else thing
    except ValueError:
        return thing


def import_object(path: str) -> object:
    """Import what an import path names. This runs the module: read models from people you trust.

    Raises ValueError, a sentence, where the path leads nowhere.

    >>> import_object("have_we_met.keys.transforms:year") is year
    True
    """
    try:
        return resolve_name(path)
    except (ImportError, AttributeError, ValueError) as exc:
        raise ValueError(f"cannot import '{path}': {exc}") from exc


def custom(path: str) -> Cut:
    """Make a cut of a function of yours: one text in; one text, several, or ``None`` out."""
    function = import_object(path)
    if not callable(function):
        raise ValueError(f"'{path}' is not a function")

    def cut(value: str) -> Texts:
        said = function(value)
        if said is None:
            return ()
        return _distinct((said,) if isinstance(said, str) else sorted(said))

    return cut
