"""What a model compiles to for the kernel: a scorecard, and a policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..compare.names import clearly_different_given_names
from ..decide import Contradicts, Policy, Values
from ..score import Scorecard, Term
from .parts import Comparison, Contradiction

if TYPE_CHECKING:
    from .model import Model


def scorecard(model: Model) -> Scorecard:
    """Compile a model's comparisons and scale."""
    terms = zip(model.comparisons, model.measures, strict=True)
    return Scorecard(
        terms=tuple(
            Term(
                field=comparison.field,
                position=model.position(comparison.field),
                measure=measure,
                weight=comparison.most,
                threshold=comparison.threshold,
                levels=_levels(comparison),
            )
            for comparison, measure in terms
        ),
        prior=model.prior_bits if model.scale == "bits" else None,
    )


def _levels(comparison: Comparison) -> tuple[tuple[float, float, str], ...]:
    return tuple(
        (level.at_least, level.worth, level.label or "")
        for level in sorted(comparison.levels, key=lambda level: -level.at_least)
    )


def policy(model: Model) -> Policy:
    """Compile a model's thresholds and contradictions."""
    return Policy(
        no_match=model.thresholds.no_match,
        definite_match=model.thresholds.definite_match,
        minimum_evidence=model.minimum_evidence,
        contradictions=tuple(
            _RULES[rule.rule](rule, model.field_names) for rule in model.contradictions
        ),
        in_bits=model.scale == "bits",
    )


def _different_given_names(rule: Contradiction, names: Sequence[str]) -> Contradicts:
    given = names.index(rule.given)
    family = names.index(rule.family) if rule.family else None
    below = rule.below

    def contradicts(asked: Values, stored: Values) -> str | None:
        left, right = asked[given], stored[given]
        if left is None or right is None or left == right:
            return None
        families = (None, None) if family is None else (asked[family], stored[family])
        differ = clearly_different_given_names(
            left, right, family_a=families[0], family_b=families[1], below=below
        )
        return "the given names clearly differ" if differ else None

    return contradicts


_RULES: Mapping[str, Callable[[Contradiction, Sequence[str]], Contradicts]] = {
    "different_given_names": _different_given_names
}
