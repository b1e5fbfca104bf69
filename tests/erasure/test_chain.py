"""The chain of the audit: whatever becomes of its entries afterwards is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from have_we_met.store.audit_chain import Act, Action, Chain, Entry, Fault, Head, sealed
from have_we_met.store.marks import Marks

from .scenes import MARKS, NOON, OTHER_SECRET

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)
ids = st.one_of(st.integers(0, 9), texts, st.tuples(texts, st.integers(0, 9)))
acts = st.builds(
    Act,
    st.sampled_from([a for a in Action if a is not Action.CHECKPOINT]),
    st.integers(0, 99).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    texts,
    texts,
    st.lists(ids, max_size=2).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    st.dictionaries(texts, st.integers(), max_size=2),
)
chains = st.lists(acts, min_size=1, max_size=8).map(lambda some: linked(some))


def linked(some: Sequence[Act], marks: Marks = MARKS) -> list[Entry]:
    """Link acts into a chain."""
    entries: list[Entry] = []
    head = Head(0, "")
    for act in some:
        entries.append(sealed(marks, head, act))
        head = Head(entries[-1].number, entries[-1].seal)
    return entries


def head_of(entries: Sequence[Entry]) -> Head:
    return Head(entries[-1].number, entries[-1].seal)


def faults(entries: Sequence[Entry], head: Head, known: Head | None = None) -> list[Fault]:
    """Everything that a check says."""
    chain = Chain(MARKS, known)
    return [*(fault for entry in entries for fault in chain.hear(entry)), *chain.end(head)]


@settings(deadline=None)
@given(chains)
def test_as_it_was_written(entries: list[Entry]) -> None:
    """What nobody touched has no fault, and every earlier end of it is known in it."""
    assert faults(entries, head_of(entries)) == []
    for entry in entries:
        assert faults(entries, head_of(entries), Head(entry.number, entry.seal)) == []


@settings(deadline=None)
@given(chains, st.data())
def test_changed(entries: list[Entry], data: st.DataObject) -> None:
    """Any part of any entry, changed to anything else, is seen."""
    at = data.draw(st.integers(0, len(entries) - 1))
    part = data.draw(
        st.sampled_from([name for name in Entry.__dataclass_fields__ if name != "number"])
    )
    other = data.draw(texts.filter(lambda text: text != getattr(entries[at], part)))
    changed = [*entries[:at], replace(entries[at], **{part: other}), *entries[at + 1 :]]

    assert faults(changed, head_of(entries))


@settings(deadline=None)
@given(chains, st.data())
def test_removed(entries: list[Entry], data: st.DataObject) -> None:
    """So is any stretch that is missing, at the beginning, in the middle, at the end, or all."""
    start = data.draw(st.integers(0, len(entries) - 1))
    end = data.draw(st.integers(start + 1, len(entries)))

    assert faults([*entries[:start], *entries[end:]], head_of(entries))


@settings(deadline=None)
@given(chains, st.data())
def test_removed_with_the_head(entries: list[Entry], data: st.DataObject) -> None:
    """Who also sets the chain's end back is found out by whoever kept a later one elsewhere."""
    left = data.draw(st.integers(0, len(entries) - 1))
    head = head_of(entries[:left]) if left else Head(0, "")

    assert faults(entries[:left], head, head_of(entries))


@settings(deadline=None)
@given(chains.filter(lambda entries: len(entries) > 1), st.data())
def test_reordered(entries: list[Entry], data: st.DataObject) -> None:
    """Two entries that changed their places, with or without their numbers, are seen."""
    one = data.draw(st.integers(0, len(entries) - 2))
    two = data.draw(st.integers(one + 1, len(entries) - 1))
    swapped = [*entries]
    swapped[one], swapped[two] = entries[two], entries[one]
    assert faults(swapped, head_of(entries))

    renumbered = [replace(entry, number=at + 1) for at, entry in enumerate(swapped)]
    assert faults(renumbered, head_of(entries))


@settings(deadline=None)
@given(chains, st.data())
def test_sealed_anew_without_the_secret(entries: list[Entry], data: st.DataObject) -> None:
    """Who makes a whole chain of his own, each seal in its place, needs the secret."""
    at = data.draw(st.integers(0, len(entries) - 1))
    act = data.draw(acts)
    forged = [*entries[:at]]
    head = head_of(forged) if forged else Head(0, "")
    forged.append(sealed(Marks(OTHER_SECRET), head, act))

    assert faults(forged, head_of(forged))


def test_a_checkpoint_stands_for_what_is_gone() -> None:
    """What was pruned is no fault where a checkpoint says up to where, and is one otherwise."""
    act = Act(Action.READ, NOON, "desk", "backoffice")
    entries = linked([act, act, act])
    stands = {"through": 2, "seal": entries[1].seal}
    checkpoint = replace(act, action=Action.CHECKPOINT, facts=stands)
    pruned = linked([act, act, act, checkpoint])[2:]

    assert faults(pruned, head_of(pruned)) == []
    assert faults(pruned[1:], head_of(pruned)) != []
    assert faults(entries[2:], head_of(entries)) != []


def test_spliced() -> None:
    """The end of another chain under the same secret, as of an older copy, is no end of it."""

    def written(by: str) -> list[Entry]:
        return linked([Act(Action.READ, NOON, actor, "desk") for actor in ("a", by, "c")])

    entries, others = written("b"), written("x")
    spliced = [*entries[:2], *others[2:]]

    assert faults(spliced, head_of(spliced)) == [Fault(3, "does not follow the entry before it")]


def test_cut_off_and_gone_on() -> None:
    """Who cuts off the end and lets others go on from there is seen by who kept the earlier end."""
    acts = [Act(Action.READ, NOON, actor, "desk") for actor in "abc"]
    known = head_of(linked(acts))
    gone_on = linked([*acts[:2], *(replace(acts[0], actor=actor) for actor in "xyz")])

    assert faults(gone_on, head_of(gone_on)) == []
    found = faults(gone_on, head_of(gone_on), known)
    assert found == [Fault(3, "is not the entry that is known")]
