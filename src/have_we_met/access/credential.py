"""A credential: what one key is good for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from ..errors import InputError, Problem
from ..suggest import did_you_mean
from .limits import BY_POLICY, Limits

POLICIES = tuple(BY_POLICY)
"""What may be revealed, from least to most; a server says what each means."""
OPERATIONS = ("lookup", "create", "decide", "metrics", "forget", "export")
_USUAL = ("lookup", "create", "decide")
_FROM: Mapping[str, str] = {"decide": "public", "forget": "desk", "export": "backoffice"}
"""The first policy under which an operation may be done, where that is not any: to decide says that
there is somebody, to erase names them by their id, and what is exported is all that is known."""


def is_within(operation: str, policy: str) -> bool:
    """Tell whether an operation says no more than a policy reveals.

    >>> is_within("export", "desk"), is_within("export", "backoffice"), is_within("lookup", "blind")
    (False, True, True)
    """
    return POLICIES.index(policy) >= POLICIES.index(_FROM.get(operation, POLICIES[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Who may do what with the records of one table (``entity``).

    ``policy`` says what is revealed, ``operations`` what may be done, ``origins`` which web pages
    may ask from a browser. ``fields`` are those that a ``desk`` sees, all of the model's where it
    is empty. ``revoked_at`` is when it stopped being good, ``expires_at`` when it will.
    """

    id: str = ""
    entity: str = ""
    policy: str
    operations: tuple[str, ...]
    origins: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    limits: Limits
    label: str = ""
    created_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    mark: str = field(default="", repr=False)
    old_mark: str | None = field(default=None, repr=False)
    old_until: datetime | None = None

    @classmethod
    def checked(
        cls,
        *,
        policy: str,
        operations: Iterable[str] = (),
        origins: Iterable[str] = (),
        fields: Iterable[str] = (),
        limits: Limits | None = None,
        label: str = "",
        expires_at: datetime | None = None,
    ) -> Credential:
        """Make one without a key; raises :class:`InputError` with all that is wrong.

        >>> Credential.checked(policy="pubic", origins=["*"])
        Traceback (most recent call last):
        ...
        have_we_met.errors.InputError: policy: there is no such policy (did you mean 'public'?)
        origins[0]: must be like https://shop.example, without a path; * is none
        """
        usual = tuple(one for one in _USUAL if policy not in POLICIES or is_within(one, policy))
        made = cls(
            policy=policy,
            operations=tuple(dict.fromkeys(operations)) or usual,
            origins=tuple(dict.fromkeys(one.lower().rstrip("/") for one in origins)),
            fields=tuple(dict.fromkeys(fields)),
            limits=limits or BY_POLICY.get(policy, Limits()),
            label=label,
            expires_at=expires_at,
        )
        if problems := [*made._problems()]:
            raise InputError(problems)
        return made

    def _problems(self) -> Iterator[Problem]:
        if self.policy not in POLICIES:
            yield Problem("policy", f"there is no such policy{did_you_mean(self.policy, POLICIES)}")
        for place, operation in enumerate(self.operations):
            if operation not in OPERATIONS:
                hint = did_you_mean(operation, OPERATIONS)
                yield Problem(f"operations[{place}]", f"there is no such operation{hint}")
            elif self.policy in POLICIES and not is_within(operation, self.policy):
                least = f"says more than {self.policy} reveals; it needs {_FROM[operation]} or more"
                yield Problem(f"operations[{place}]", least)
        for place, origin in enumerate(self.origins):
            if not _is_origin(origin):
                must = "must be like https://shop.example, without a path; * is none"
                yield Problem(f"origins[{place}]", must)
        if self.fields and self.policy != "desk":
            yield Problem("fields", "are listed for the policy desk alone")
        yield from self.limits.problems()

    def is_good(self, now: datetime) -> bool:
        """Tell whether a key of it is good for anything at a moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def allows(self, operation: str) -> bool:
        """Tell whether its keys are good for an operation: listed, and within its policy."""
        return operation in self.operations and is_within(operation, self.policy)

    def marks(self, now: datetime) -> tuple[str | None, ...]:
        """The marks of its keys that are good at a moment; the earlier one for a while."""
        still = self.old_until is not None and now < self.old_until
        return (self.mark, self.old_mark if still else None)


def _is_origin(origin: str) -> bool:
    """Tell whether this is an origin (RFC 6454) of a page on the web.

    >>> [_is_origin(one) for one in ("https://a.example", "http://localhost:5173", "null", "a.b")]
    [True, True, False, False]
    """
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    spelt = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    return (
        parts.scheme in ("https", "http") and bool(host) and "*" not in origin and spelt == origin
    )
