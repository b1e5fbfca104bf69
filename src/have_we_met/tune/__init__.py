"""Weighing keys on a sample of stored records: what they cost, what they bring, what is better."""

from __future__ import annotations

from .compose import Composition, Trial, best, parts_for, trials
from .weigh import KeyWeight, Looked, Under, Weighing, looked

__all__ = [
    "Composition",
    "KeyWeight",
    "Looked",
    "Trial",
    "Under",
    "Weighing",
    "best",
    "looked",
    "parts_for",
    "trials",
]
