"""The compiled function below rapidfuzz's public one is used only where it is found and agrees."""

from __future__ import annotations

import numpy as np
import pytest
from rapidfuzz import process

from have_we_met.compare import JaroWinkler, Levenshtein, TokenSet, batch


def _missing():
    raise ImportError


def _other_signature():
    def cdist(queries, choices):
        return None

    return cdist


def _other_numbers():
    return lambda *args, **options: np.ones((2, 4))


def _other_type():
    return lambda *args, **options: process.cdist(*args, **options, dtype=np.float32)


@pytest.mark.parametrize("find", [_missing, _other_signature, _other_numbers, _other_type])
def test_public_function_instead(find):
    """Whatever is wrong with the inner function, the public one takes its place."""
    assert batch.quickest(find) is batch._PUBLIC


@pytest.mark.parametrize("measure", [JaroWinkler(), JaroWinkler(prefix_weight=0.2), Levenshtein()])
def test_same_numbers(measure, monkeypatch):
    """Both functions give the same numbers."""
    others = ["marhta", "maria", None, "", "nguyen", "martha"]
    quick = measure.one_to_many("martha", others)
    monkeypatch.setattr(batch, "_CDIST", batch._PUBLIC)

    assert quick.tobytes() == measure.one_to_many("martha", others).tobytes()


def test_divided_ratio():
    """A ratio of 100 is exactly 1."""
    assert TokenSet().one_to_many("acme", ["acme"])[0] == 1.0
