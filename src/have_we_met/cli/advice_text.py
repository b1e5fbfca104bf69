"""What ``have-we-met advise`` writes, as JSON and in words; of records only hashes and sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .output import facts, table

if TYPE_CHECKING:
    from ..tune import Composition
    from .advising import Advice, KeyAdvice

Rows = Iterator[tuple[object, ...]]


def advice_data(advice: Advice) -> dict[str, object]:
    """Give the advice as JSON has it."""
    return {
        "model": advice.model.name,
        "records": advice.records,
        "sample": advice.sample,
        "pairs": advice.pairs,
        "keyLimit": advice.model.key_limit,
        "indexes": [
            {
                "table": one.table,
                "columns": list(one.columns),
                "used": one.used,
                "state": one.state,
                "mend": one.mend or None,
            }
            for one in advice.indexes
        ],
        "keys": [_key_data(advice, one) for one in advice.keys],
        "idle": [str(key) for key in advice.idle],
    }


def _key_data(advice: Advice, one: KeyAdvice) -> dict[str, object]:
    return {
        "key": str(one.key),
        "exact": one.exact,
        "records": one.records,
        "hashes": one.hashes,
        "overFull": one.over_full,
        "crowded": one.crowded,
        "largest": [{"hash": bucket.hash, "records": bucket.size} for bucket in one.largest],
        "largestSeen": _largest(one),
        "candidates": {"mean": one.weight.mean, "p99": one.weight.p99},
        "pairs": one.weight.pairs,
        "only": one.weight.only,
        "recall": _share(one.weight.pairs, advice.pairs),
        "better": [
            {
                "key": str(better.key),
                "largest": better.largest,
                "mean": better.mean,
                "filed": better.filed,
                "lost": better.lost,
                "recallLost": _share(better.lost, advice.pairs),
            }
            for better in one.better
        ],
    }


def advice_text(advice: Advice) -> str:
    """Give the advice as tables."""
    summary = {
        "model": advice.model.name,
        "records": advice.records,
        "looked up": advice.sample,
        "matches": advice.pairs,
        "key limit": advice.model.key_limit,
    }
    parts = [facts(summary), table(_indexes(advice)), table(_buckets(advice))]
    parts.append(table(_weights(advice)))
    if any(one.largest for one in advice.keys):
        parts.append(table(_largest_buckets(advice)))
    if any(one.better for one in advice.keys):
        parts.append(table(_better(advice)))
    return "\n\n".join([*parts, *_sentences(advice)])


def _indexes(advice: Advice) -> Rows:
    yield ("index on", "columns", "used for", "state")
    for one in advice.indexes:
        state = f"{one.state}: {one.mend}" if one.mend else one.state
        yield (one.table, ", ".join(one.columns), one.used, state)


def _buckets(advice: Advice) -> Rows:
    about = "" if advice.sample == advice.records else "about "
    yield ("key", f"{about}records", f"{about}hashes", "largest", "over-full", "of records")
    for one in advice.keys:
        numbers = (one.records, one.hashes, _largest(one), one.over_full)
        yield (str(one.key), *(f"{number:,}" for number in numbers), _percent(one.crowded))


def _weights(advice: Advice) -> Rows:
    yield ("key", "candidates", "p99", "matches", "of all", "only this key")
    for one in advice.keys:
        weight = one.weight
        share = _percent(_share(weight.pairs, advice.pairs))
        yield (str(one.key), f"{weight.mean:.1f}", weight.p99, weight.pairs, share, weight.only)


def _largest_buckets(advice: Advice) -> Rows:
    yield ("over-full key", "hash", "records")
    for one in advice.keys:
        for bucket in one.largest:
            yield (str(one.key), bucket.hash, f"{bucket.size:,}")


def _better(advice: Advice) -> Rows:
    yield ("instead of", "try", "largest", "candidates", "still filed", "matches lost")
    for one in advice.keys:
        for better in one.better:
            yield (str(one.key), *_composition(advice, better))


def _composition(advice: Advice, one: Composition) -> tuple[object, ...]:
    lost = f"{one.lost} ({_percent(_share(one.lost, advice.pairs))})" if one.lost else "0"
    return (f'"{one.key}"', f"{one.largest:,}", f"{one.mean:.1f}", _percent(one.filed), lost)


def _sentences(advice: Advice) -> Iterator[str]:
    if not advice.pairs:
        yield "None of the records looked up matches another, so what keys bring is not known."
    for key in advice.idle:
        yield f"On this sample {key} brings no match that another key does not bring."
    for one in advice.keys:
        if one.over_full and not one.better:
            yield _why_none(one)


def _why_none(one: KeyAdvice) -> str:
    if one.exact:
        return f"{one.key} is exact and over-full: a value that many share belongs to nobody."
    return f"{one.key} is over-full, and no field of the model makes it narrower."


def _largest(one: KeyAdvice) -> int:
    return max([one.weight.largest, *(bucket.size for bucket in one.largest)])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
