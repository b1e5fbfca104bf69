"""What somebody could still score whom only an over-full key would have brought.

A lookup does not see who is under an over-full key: nobody of them, or nobody beyond the limit
where it is an exact key. They matter only where one of them could be a match at all. What is known
of them: they are under none of the keys that were read to their ends. So where an identifier's
exact key was, none of them agrees in that identifier, and a comparison that asks for no less gives
them nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from ..compare import Exact
from ..decide import Policy
from ..score import Scorecard, Term, probability

Values = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Reach:
    """The most that an unseen record could score, and whether that would be a match.

    ``exact`` holds the position of the field of each exact key, in the order of the model's
    ``all_keys``. The bound is from above: it may call a match possible that is not, and never the
    other way round.
    """

    card: Scorecard
    policy: Policy
    exact: tuple[int, ...]

    def could_match(self, values: Values, over_full: Set[int]) -> bool:
        """Whether a record that was not seen could match one of these normalised values.

        ``over_full`` names the keys that were not read to their ends, by their places.

        >>> from have_we_met import preset
        >>> model = preset("contacts")
        >>> [str(key) for key in model.all_keys][:3]
        ['email', 'phone', 'local(email)']
        >>> asked = model.record({"email": "lee@harbor.example", "company": "Harbor"}).values
        >>> model.reach.could_match(asked, {2}), model.reach.could_match(asked, {0, 2})
        (False, True)
        """
        read = {field for place, field in enumerate(self.exact) if place not in over_full}
        most = sum(self._most(values, read))
        if self.card.prior is None:
            # What is missing on the other side does not count, so the share may be all of it.
            return most >= self.policy.no_match
        return probability(most + self.card.prior) >= self.policy.no_match

    def _most(self, values: Values, read: Set[int]) -> Iterator[float]:
        for term in self.card.terms:
            if values[term.position] is not None:
                differs = term.position in read and isinstance(term.measure, Exact)
                yield _if_different(term) if differs else term.weight


def _if_different(term: Term) -> float:
    """The most that a term adds where the values are not equal, or one of them is missing."""
    heard = (bits for at_least, bits, _ in term.levels if at_least <= 0)
    return max(0.0, next(heard, 0.0))
