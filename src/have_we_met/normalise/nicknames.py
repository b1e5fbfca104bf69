"""Short forms and spellings of given names: what else a person of that name is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from .reference import load


def related(a: str, b: str) -> bool:
    """Whether two folded given names may be one: equal, or standing for one formal name.

    Symmetric, and not transitive: Alex may be Alexander or Alexandra, who are two.

    >>> related("bob", "robert"), related("bob", "rob"), related("sasha", "aleksandr")
    (True, True, True)
    >>> related("robert", "bill"), related("alexander", "alexandra")
    (False, False)
    """
    return not formal(a).isdisjoint(formal(b))


def formal(name: str) -> frozenset[str]:
    """The formal names that a folded given name may stand for, itself among them.

    >>> sorted(formal("liz"))
    ['elizabeth', 'liz']
    >>> sorted(formal("sasha"))
    ['aleksandr', 'aleksandra', 'alexander', 'alexandra', 'sasha']
    """
    return _formal_names().get(name) or frozenset((name,))


@cache
def _formal_names() -> Mapping[str, frozenset[str]]:
    """From each short form or spelling to all that it may stand for."""
    table = load("nicknames")
    long_forms = _turned_round(table["short_forms"].values())
    usual_spellings = _turned_round(table["spellings"].values())
    return {
        name: _with_heads(_with_heads({name}, long_forms), usual_spellings)
        for name in long_forms.keys() | usual_spellings.keys()
    }


def _turned_round(tables: Iterable[Mapping[str, Iterable[str]]]) -> Mapping[str, set[str]]:
    heads: defaultdict[str, set[str]] = defaultdict(set)
    for table in tables:
        for head, names in table.items():
            for name in names:
                heads[name].add(head)
    return heads


def _with_heads(names: Iterable[str], heads: Mapping[str, set[str]]) -> frozenset[str]:
    return frozenset(names).union(*(heads.get(name, ()) for name in names))
