"""The model: fields, keys, comparisons and thresholds, as one frozen value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields as settings_of
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

from pydantic.dataclasses import dataclass

from ..compare import Measure
from ..decide import Policy, Values, found, named
from ..errors import ModelError, Problem
from ..keys import CutKeys, Key, Part, compile_keys
from ..normalise import Normaliser, normalise_column
from ..record import Record, RecordId
from ..score import FEW, Scorecard, Scored, Scores, score_few, score_one
from ..verdict import Match, Outcome
from ..words import speaks
from . import fingerprint, kernel, toml
from .advice import advise
from .check import check
from .draft import Draft
from .make import measure_of, normaliser_of
from .mistakes import every_mistake
from .parts import IDENTIFIERS, Comparison, Contradiction, Field, Thresholds
from .reach import Reach
from .services import Service
from .values import FROZEN, Expression, Many, Number, Text, Whole


@partial(speaks, explain=every_mistake)
@dataclass(frozen=True, kw_only=True, config=FROZEN)
class Model:
    """How people are told apart: what to look at, where to look, and what agreement is worth.

    A frozen value: two models with equal settings are equal, and one that is made is right. Raises
    :class:`ModelError` with every mistake at once.

    ``keys`` are expressions such as ``"domain(email)"``; every email, phone and identifier field
    has an exact key besides. ``scale`` says what comparisons count: ``points`` of hand-set weights,
    or ``bits`` of log2 likelihood ratios, where thresholds are probabilities and ``prior`` is the
    probability that two candidates are one person before anything is compared.
    ``minimum_evidence`` is the weight that must be comparable before a match is definite. One of
    the fields in ``require_any`` must be given to ask at all. A key under which more than
    ``key_limit`` records are stored is over-full: it brings nobody, and is reported as such.

    ``services`` are consulted about each record; all of them together have ``services_deadline``
    seconds.

    >>> model = Model(
    ...     name="guests",
    ...     fields=[Field("email", "email"), Field("city", "string")],
    ...     keys=["city"],
    ...     comparisons=[Comparison("email", weight=3), Comparison("city", weight=1)],
    ...     thresholds=Thresholds(1, 3),
    ... )
    >>> [str(key) for key in model.all_keys]
    ['email', 'city']
    >>> model.record({"email": "Ada@Example.com"}).values
    ('ada@example.com', None)
    """

    name: Text
    fields: Many[Field]
    keys: Many[Expression] = ()
    comparisons: Many[Comparison]
    thresholds: Thresholds
    scale: Literal["points", "bits"] = "points"
    minimum_evidence: Number = 0.0
    contradictions: Many[Contradiction] = ()
    require_any: Many[Text] = ()
    key_limit: Whole = 64
    prior: Number = 0.0001
    table: Text = "contacts"
    services: Many[Service] = ()
    services_deadline: Number = 1.0

    def __post_init__(self) -> None:
        given = {item.name: getattr(self, item.name) for item in settings_of(self)}
        names = frozenset(field.name for field in self.fields)
        if problems := check(Draft(**given, names=names)):
            raise ModelError(problems)

    # --- what it consists of -------------------------------------------------------------------

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """The fields' names, in the order in which a record's values stand."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Both spellings of each field, to the field's name."""
        names = {field.alias: field.name for field in self.fields}
        return names | {field.name: field.name for field in self.fields}

    def position(self, field: str) -> int:
        """Where a field's value stands in a record; raises ValueError for one that there is not."""
        return self.field_names.index(field)

    @cached_property
    def exact_keys(self) -> tuple[Key, ...]:
        """The exact key of each identifier: the whole value."""
        fields = [field.name for field in self.fields if field.type in IDENTIFIERS]
        return tuple(Key((Part(name),)) for name in fields)

    @cached_property
    def all_keys(self) -> tuple[Key, ...]:
        """The exact keys, then the keys of the model; none twice."""
        exact = self.exact_keys
        declared = [key for key in self.keys if isinstance(key, Key)]
        return tuple(dict.fromkeys([*exact, *declared]))

    @cached_property
    def cut(self) -> CutKeys:
        """All keys, compiled."""
        return compile_keys(self.all_keys, self.field_names)

    @cached_property
    def normalisers(self) -> tuple[Normaliser, ...]:
        """One normaliser a field."""
        return tuple(map(normaliser_of, self.fields))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """One measure a comparison."""
        return tuple(map(measure_of, self.comparisons))

    @cached_property
    def total_weight(self) -> float:
        """The score of a pair that agrees in everything; without the prior on the bits scale."""
        return sum(comparison.most for comparison in self.comparisons)

    @property
    def prior_bits(self) -> float:
        """The prior as log2 odds."""
        return math.log2(self.prior / (1 - self.prior))

    # --- records -------------------------------------------------------------------------------

    @cached_property
    def _readers(self) -> tuple[tuple[str, Normaliser], ...]:
        # Their calls, which are found once here and not for each value.
        calls = [normalise.__call__ for normalise in self.normalisers]
        return tuple(zip(self.field_names, calls, strict=True))

    def by_name(self, raw: Mapping[str, object]) -> dict[str, object]:
        """Write aliases as the fields' names; what is no field stays as it is.

        Where both spellings are given, the name counts.
        """
        names = self.aliases
        result = {names.get(given, given): value for given, value in raw.items()}
        if len(result) < len(raw):
            result |= {name: raw[name] for name in self.field_names if name in raw}
        return result

    def record(self, raw: Mapping[str, object], id: RecordId | None = None) -> Record:
        """Normalise one record, given by the fields' names or aliases; never raises.

        Its ``raw`` is keyed by the fields' names. What is no field stays there and is not compared.
        """
        named = self.by_name(raw)
        get = named.get
        values = tuple([normalise(get(name)) for name, normalise in self._readers])
        return Record(named, values, id)

    def columns(
        self, columns: Mapping[str, Sequence[object]], count: int
    ) -> list[Sequence[str | None]]:
        """Normalise ``count`` records, given as columns under the fields' names or aliases.

        Gives one column a field, in the order of the fields; a column that is not given is all
        missing.
        """
        given = self.by_name(columns)
        return [
            normalise_column(normalise, given[name]) if name in given else [None] * count  # type: ignore[arg-type]  # by_name keeps the columns
            for name, normalise in self._readers
        ]

    # --- comparing -----------------------------------------------------------------------------

    @cached_property
    def scorecard(self) -> Scorecard:
        """The comparisons, compiled for the kernel."""
        return kernel.scorecard(self)

    @cached_property
    def policy(self) -> Policy:
        """The thresholds and contradictions, compiled."""
        return kernel.policy(self)

    @cached_property
    def reach(self) -> Reach:
        """What somebody could score whom only an over-full key would have brought."""
        exact = tuple(self.position(key.fields[0]) for key in self.exact_keys)
        return Reach(self.scorecard, self.policy, exact)

    def score(self, record: Record, others: Sequence[Values]) -> Scores | list[Scored]:
        """Score one record against others, given by their normalised values."""
        if len(others) <= FEW:
            return score_few(self.scorecard, record.values, others)
        return score_one(self.scorecard, record.values, list(zip(*others, strict=True)))

    def compare(self, left: Record, right: Record) -> Match:
        """Compare two records, whatever the outcome."""
        scores, pair = self.score(left, [right.values]), (left.values, [right.values], [right.id])
        (match,) = named(found(self.policy, scores, *pair, at_least=Outcome.NO_MATCH), *pair)
        return match

    def match(self, record: Record, records: Sequence[Record]) -> list[Match]:
        """Find a record among others without any store: potential matches and better, best first.

        Every one is compared, so this is for some ten thousand at most.

        >>> from have_we_met import preset
        >>> model = preset("contacts")
        >>> known = [model.record({"email": "ada@example.org", "first_name": "Ada"}, id=1)]
        >>> asked = model.record({"email": "ADA@example.org"})
        >>> [match.outcome.value for match in model.match(asked, known)]
        ['definite-match']
        """
        values = [other.values for other in records]
        ids = [other.id for other in records]
        pairs = (record.values, values, ids)
        return named(found(self.policy, self.score(record, values), *pairs), *pairs)

    # --- as text -------------------------------------------------------------------------------

    @classmethod
    def from_toml(cls, text: str) -> Model:
        """Read a model from TOML; raises :class:`ModelError` with every mistake at once."""
        return cls(**toml.read(text))

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """Read a model from a TOML file; raises :class:`ModelError`, or OSError for the file."""
        return cls(**toml.read(Path(path).read_bytes()))

    def to_toml(self) -> str:
        """Write the model as TOML, which reads back as an equal model."""
        return toml.write(self)

    @cached_property
    def fingerprint(self) -> str:
        """12 hexadecimal digits that change with any setting."""
        return fingerprint.of_model(self)

    @cached_property
    def index_fingerprint(self) -> str:
        """12 hexadecimal digits that change where stored values and keys must be cut anew."""
        return fingerprint.of_index(self)

    def warnings(self) -> tuple[Problem, ...]:
        """List what works and hardly is what you want, such as thresholds out of reach."""
        return tuple(advise(self))

    def __getstate__(self) -> dict[str, Any]:
        """Only the settings travel to another process; what is compiled from them does not."""
        return {item.name: getattr(self, item.name) for item in settings_of(self)}
