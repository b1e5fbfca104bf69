"""Answers as data for ``--json``, and as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from .output import facts, table

if TYPE_CHECKING:
    from ..answer import Lookup, WhyNot
    from ..explain import Explanation
    from ..verdict import Match


def lookup_data(answer: Lookup, *, explain: bool) -> dict[str, object]:
    """Everything that a lookup said, as plain values."""
    reasons = answer.explain() if explain else ()
    return {
        "status": answer.status.value,
        "confidence": answer.confidence,
        "complete": answer.complete,
        "degraded": [str(lack) for lack in answer.degraded],
        "message": answer.message,
        "milliseconds": round(answer.duration, 3),
        "contact": answer.contact,
        "suggestions": list(answer.suggestions),
        "matches": [_match(match) for match in answer.matches],
        **_said_by_services(answer),
        **({"explanations": [reason.data() for reason in reasons]} if explain else {}),
    }


def _said_by_services(answer: Lookup) -> dict[str, object]:
    told = {
        "flags": [asdict(flag) for flag in answer.flags],
        "normalised": dict(answer.normalised),
        "facts": {name: dict(facts) for name, facts in answer.facts.items()},
        "filled": {name: asdict(one) for name, one in answer.filled.items()},
    }
    return {name: value for name, value in told.items() if value}


def _match(match: Match) -> dict[str, object]:
    return {
        "id": match.record_id,
        "outcome": match.outcome.value,
        "score": match.score,
        "confidence": match.confidence,
    }


def lookup_text(answer: Lookup, *, explain: bool) -> str:
    """A lookup for a person: the answer, the contacts, and the reasons where they are wanted."""
    parts = [facts(_summary(answer))]
    contacts = [answer.contact] if answer.contact is not None else [*answer.suggestions]
    if contacts:
        parts.append(contacts_text(contacts))
    if explain:
        parts += [*_services_text(answer)]
        parts += [explanation_text(reason) for reason in answer.explain()]
    return "\n\n".join(parts)


def _summary(answer: Lookup) -> dict[str, object]:
    told = {
        "answer": answer.status.value,
        "confidence": answer.confidence,
        "message": answer.message,
        "lacking": "; ".join(map(str, answer.degraded)) or None,
        "flags": "; ".join(map(str, answer.flags)) or None,
        "took": f"{answer.duration:.1f} ms",
    }
    return {name: value for name, value in told.items() if value is not None}


def _services_text(answer: Lookup) -> Iterator[str]:
    """What services made of each field that they had something to say of, a row each."""
    names = dict.fromkeys([*answer.normalised, *answer.facts, *answer.filled])
    if not names:
        return
    rows = [(name, *_said_of(answer, name)) for name in names]
    yield table([("field", "as it should be written", "filled by", "known of it"), *rows])


def _said_of(answer: Lookup, name: str) -> tuple[object, ...]:
    filled, facts = answer.filled.get(name), answer.facts.get(name, {})
    known = ", ".join(f"{fact} {_WORDS.get(value, value)}" for fact, value in facts.items())
    return answer.normalised.get(name), filled and filled.service, known


_WORDS: Mapping[object, str] = {True: "yes", False: "no"}


def contacts_text(contacts: list[Mapping[str, object]]) -> str:
    """Contacts side by side, a row each; columns in which none says anything are left out."""
    names = [name for name in contacts[0] if any(c[name] is not None for c in contacts)]
    return table([names, *([contact[name] for name in names] for contact in contacts)])


def explanation_text(explanation: Explanation, *, redact: bool = False) -> str:
    """The terms of a score, aligned, with what they come to."""
    parts = [table(explanation.rows(redact=redact))]
    if explanation.held_back:
        parts.append(f"held back: {explanation.held_back}")
    if explanation.contradiction:
        parts.append(f"contradiction: {explanation.contradiction}")
    if explanation.record_id is not None:
        parts.insert(0, f"record {explanation.record_id}")
    return "\n".join(parts)


def why_not_data(answer: WhyNot, *, redact: bool) -> dict[str, object]:
    """Everything that a why-not said, as plain values."""
    return {
        "recordId": answer.record_id,
        "sentence": answer.sentence,
        "broughtBy": list(answer.brought_by),
        "overFull": list(answer.over_full),
        "keys": [
            {"key": k.key, "asked": k.asked, "stored": k.stored, "shared": k.shared}
            for k in answer.keys
        ],
        "explanation": answer.explanation.data(redact=redact),
    }


def why_not_text(answer: WhyNot, *, redact: bool) -> str:
    """The sentence, the keys, and the terms of the score."""
    evidence = explanation_text(answer.explanation, redact=redact)
    return "\n\n".join([answer.sentence, table(_keys(answer)), evidence])


def _keys(answer: WhyNot) -> Iterator[tuple[object, ...]]:
    yield ("key", "asked", "stored", "shared", "")
    for key in answer.keys:
        note = "over-full" if key.key in answer.over_full else ""
        yield (key.key, key.asked, key.stored, "yes" if key.shared else "no", note)
