"""The name tables of Faker: its weighted lists, read as data.

Nothing is drawn through Faker, which takes some 130 microseconds a name; only the lists of its
person providers are read. Lists that carry weights (census figures, in the main languages) keep
them. The others get Zipf weights: in the list's own order where it runs from common to rare, else
in an order that depends on the name alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any

from ..errors import require
from .draw import zipf
from .names import Lists, Names


@dataclass(frozen=True, slots=True)
class Language:
    """Where a language's names are found, and what share of the people has them, in percent."""

    name: str
    share: float
    ranked: bool = False  # the surname list runs from common to rare
    shift: float = 5.0  # the larger, the flatter
    two_surnames: float = 0.0
    in_step: bool = False  # men's and women's surnames are row for row the same families


LANGUAGES = (
    Language("en_US", 60.0),
    Language("es_MX", 7.0, two_surnames=0.35),
    Language("en_GB", 4.0),
    Language("pt_BR", 2.5, two_surnames=0.35),
    Language("de_DE", 2.5),
    Language("en_IN", 2.2),
    Language("zh_CN", 2.2),
    Language("fr_FR", 2.0, ranked=True),
    Language("it_IT", 1.5),
    Language("ru_RU", 1.5, ranked=True, in_step=True),
    Language("ar_AA", 1.5),
    Language("ko_KR", 1.2),
    Language("vi_VN", 1.2, ranked=True, shift=1.0),
    Language("pl_PL", 1.2),
    Language("hi_IN", 1.2),
    Language("es_ES", 1.0, two_surnames=0.6),
    Language("nl_NL", 1.0),
    Language("ja_JP", 0.8, ranked=True),
    Language("tr_TR", 0.8, ranked=True),
    Language("sv_SE", 0.7),
    Language("el_GR", 0.6),
    Language("en_NG", 0.6),
    Language("he_IL", 0.5),
    Language("id_ID", 0.5),
    Language("en_KE", 0.4),
    Language("fa_IR", 0.4),
    Language("zh_TW", 0.4),
    Language("yo_NG", 0.3),
    Language("ta_IN", 0.3),
    Language("th_TH", 0.3),
    Language("hy_AM", 0.2),
    Language("ka_GE", 0.1),
)

# Faker's American lists end at 1 000 surnames, which half of all Americans do not have. The rest
# of the country is drawn from the lists of the places that people came from.
RARE_SURNAMES = ("en", "en_GB", "en_IE", "de_DE", "it_IT", "nl_NL", "es_MX", "en_IN", "de_AT")
RARE_SHARE = {"first": 0.12, "last": 0.40}
RARE_SHIFT = 200.0


@cache
def faker_names() -> Names:
    """The name tables of the installed Faker, built once.

    Raises ``MissingExtra`` where Faker is not installed.
    """
    return Names.of([_read(language) for language in LANGUAGES])


def _provider(locale: str) -> Any:
    """Faker's class of person data for one locale: plain lists, nothing is called."""
    return require(f"faker.providers.person.{locale}", extra="demo").Provider


def _read(language: Language) -> Lists:
    reader = _READERS.get(language.name, _plain)
    return reader(language, _provider(language.name))


def _plain(language: Language, data: Any) -> Lists:
    """The usual layout: first names of men and of women, and surnames."""
    last = ("last_names_male", "last_names_female") if language.in_step else ("last_names",) * 2
    return _lists(
        language,
        male=_weighed(data.first_names_male, language.shift),
        female=_weighed(data.first_names_female, language.shift),
        last=tuple(_weighed(getattr(data, a), language.shift, language.ranked) for a in last),
    )


def _american(language: Language, data: Any) -> Lists:
    """The census lists, and behind them a long tail."""
    rare = _provider("en")
    surnames = [name for locale in RARE_SURNAMES for name in _provider(locale).last_names]
    last = _with_tail(data.last_names, [n for n in surnames if n.isascii()], RARE_SHARE["last"])
    return _lists(
        language,
        male=_with_tail(data.first_names_male, rare.first_names_male, RARE_SHARE["first"]),
        female=_with_tail(data.first_names_female, rare.first_names_female, RARE_SHARE["first"]),
        last=(last, last),
    )


def _japanese(language: Language, data: Any) -> Lists:
    """Triples of kanji, kana and Latin letters."""
    triples = (*data.first_name_male_pairs, *data.first_name_female_pairs, *data.last_name_pairs)
    last = _weighed([t[0] for t in data.last_name_pairs], language.shift, language.ranked)
    return _lists(
        language,
        male=_weighed([t[0] for t in data.first_name_male_pairs], language.shift),
        female=_weighed([t[0] for t in data.first_name_female_pairs], language.shift),
        last=(last, last),
        latin={kanji: latin.lower() for kanji, _, latin in triples},
    )


def _polish(language: Language, data: Any) -> Lists:
    """Surnames without a form for each sex."""
    last = _weighed(data.unisex_last_names, language.shift)
    return _lists(
        language,
        male=_weighed(data.first_names_male, language.shift),
        female=_weighed(data.first_names_female, language.shift),
        last=(last, last),
    )


_READERS = {"en_US": _american, "ja_JP": _japanese, "pl_PL": _polish}


def _lists(
    language: Language,
    *,
    male: Mapping[str, float],
    female: Mapping[str, float],
    last: tuple[Mapping[str, float], ...],
    latin: Mapping[str, str] | None = None,
) -> Lists:
    last_male, last_female = last
    return Lists(
        language=language.name,
        share=language.share,
        male=male,
        female=female,
        last_male=last_male,
        last_female=last_female,
        two_surnames=language.two_surnames,
        latin=latin or {},
    )


def _weighed(names: Iterable[str], shift: float, ranked: bool = False) -> dict[str, float]:
    """Names with their own weights, or with Zipf's."""
    if isinstance(names, Mapping):
        return {str(name): float(weight) for name, weight in names.items() if weight > 0}
    distinct = list(dict.fromkeys(names))
    order = distinct if ranked else sorted(distinct, key=_scattered)
    return dict(zip(order, zipf(len(order), shift).tolist(), strict=True))


def _scattered(name: str) -> bytes:
    """A place in an order that has nothing to do with the alphabet."""
    return blake2b(name.encode(), digest_size=8).digest()


def _with_tail(head: Mapping[str, float], tail: Iterable[str], share: float) -> dict[str, float]:
    """Weighted names, and a share of the people spread over the names not among them."""
    rare = _weighed([name for name in tail if name not in head], RARE_SHIFT)
    heads, rares = sum(head.values()), sum(rare.values())
    common = {name: (1.0 - share) * weight / heads for name, weight in head.items()}
    return common | {name: share * weight / rares for name, weight in rare.items()}
