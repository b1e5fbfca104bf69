"""Every error this package raises on purpose.

The tree::

    HaveWeMetError
    ├── ProblemsError            several mistakes at once, each with its path
    │   ├── ModelError           a model that cannot work
    │   └── InputError           a record that cannot be asked about or stored
    │       ├── RecordRejected   a record that a service says not to take
    │       └── PersonErased     records of people who were erased
    ├── StoreError               the database said no
    │   ├── TableNotFound        the caller's table is not there
    │   ├── RecordNotFound       no record under that id
    │   ├── RecordExists         there is a record under that id already
    │   ├── RecordChanged        a record does not say any more what was shown of it
    │   ├── StillReferenced      other tables hold on to a record that is to go
    │   ├── StoreOutOfDate       side tables cut by another model or version
    │   └── StoreBusy            another writer held the store for too long
    │       └── StoreConflict    another unit was in the way; trying again helps
    ├── CredentialNotFound       no key of that id that is not revoked
    ├── IdempotencyConflict      a key that another request has used
    ├── ServiceUnavailable       somebody outside gave no answer that says anything
    ├── DeadlineExceeded         the answer did not come in time
    ├── BreakerOpen              not asked, since it failed too often of late
    └── MissingExtra             an optional dependency is not installed

Messages are sentences to the person who can help. They name fields, tables, files and limits; they
never quote a value of a record, since those are people's data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


class HaveWeMetError(Exception):
    """The root of the tree: catch this to catch everything that we raise on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake and where it is: ``comparisons[2].field: no field 'emial'``."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class ProblemsError(HaveWeMetError):
    """Mistakes found in one input, all of them at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class ModelError(ProblemsError):
    """A model that cannot work: each problem says where and what to change."""


class InputError(ProblemsError):
    """A record that cannot be asked about or stored: each problem names the field."""


class RecordRejected(InputError):
    """A service says not to take this record: each problem names the field; nothing was written."""


class PersonErased(InputError):
    """Records of people who were erased: ``places`` says which of a batch; nothing was written."""

    REASON = "is of a person who was erased; only they themselves may come back, by signing up"

    def __init__(self, places: Iterable[int]) -> None:
        self.places = tuple(sorted(places))
        super().__init__(Problem(f"contacts[{place}]", self.REASON) for place in self.places)


class StoreError(HaveWeMetError):
    """The database could not do what was asked."""


class TableNotFound(StoreError):
    """The table is not in this database."""


class RecordNotFound(StoreError):
    """There is no record with this id."""


class RecordExists(StoreError):
    """There is a record with this id already."""


class RecordChanged(StoreError):
    """The record says something else than was shown, or its id is somebody else's; nothing was
    written.
    """


class StillReferenced(StoreError):
    """Rows of other tables refer to this record and forbid that it goes; nothing was erased."""


class StoreOutOfDate(StoreError):
    """The side tables were cut by another model or another version of this library."""


class StoreUnreachable(StoreError):
    """The database cannot be reached: it is down, starting, or somewhere else."""


class StoreBusy(StoreError):
    """Another writer held the database for longer than the caller could wait."""


class StoreConflict(StoreBusy):
    """Another unit was in the way of this one; nothing of it was written, and it may be retried."""


class CredentialNotFound(HaveWeMetError):
    """There is no key with this id, or it is revoked."""


class IdempotencyConflict(HaveWeMetError):
    """The idempotency key was used before, for another request; nothing was written."""


class ServiceUnavailable(HaveWeMetError):
    """A service outside did not answer, or not in a way that says anything."""


class DeadlineExceeded(HaveWeMetError):
    """The answer did not come within the deadline."""


class BreakerOpen(HaveWeMetError):
    """The other party was not asked, since it failed too often of late.

    ``name`` says who; ``retry_after`` is for how many seconds more nobody will be asked.
    """

    def __init__(self, name: str, retry_after: float) -> None:
        self.name = name
        self.retry_after = retry_after
        super().__init__(
            f"{name} was not asked, since it failed too often of late;"
            f" try again in {retry_after:.0f} s"
        )


class MissingExtra(HaveWeMetError):
    """An optional dependency is needed at this point and not installed."""


def require(module: str, *, extra: str) -> ModuleType:
    """Import an optional dependency, or say which extra brings it.

    >>> require("json", extra="server").__name__
    'json'
    """
    try:
        return import_module(module)
    except ImportError as exc:
        raise MissingExtra(
            f"{module} is not installed; run: pip install 'have-we-met[{extra}]'"
        ) from exc
