"""Created, erased, imported, synced in any order: nobody who was erased is back unnoticed."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from have_we_met import PersonErased, Resolver, Status, create_store

from .scenes import MODEL, OPTIONS, checked

PEOPLE = [{"id": f"p{n}", "email": f"person{n}@example.org"} for n in range(2)]
steps = st.lists(
    st.tuples(st.sampled_from(["sign up", "erase", "import"]), st.integers(0, 1)), max_size=12
)


@settings(deadline=None, max_examples=40)
@given(steps)
def test_nobody_is_back_unnoticed(some: list[tuple[str, int]]) -> None:
    """A file brings in exactly those who are there, or were never erased."""
    asyncio.run(_walk(some))


async def _walk(some: list[tuple[str, int]]) -> None:
    store: Any = await create_store("sqlite://", MODEL, options=OPTIONS)
    resolver = Resolver(store)
    there, erased = set[int](), set[int]()
    for what, who in some:
        person = PEOPLE[who]
        if what == "sign up" and who not in there:
            assert (await resolver.get_or_create(person)).created
            there.add(who)
        elif what == "erase" and who in there:
            await resolver.forget(str(person["id"]))
            there.discard(who)
            erased.add(who)
        elif what == "import":
            try:
                await store.load([person])
                refused = False
            except PersonErased:
                refused = True
            assert refused is (who in erased and who not in there)
            if not refused:
                there.add(who)
        for at, one in enumerate(PEOPLE):
            found = (await resolver.lookup(one)).status
            assert (found is Status.FOUND) is (at in there)
    assert (await checked(store)).faults == ()
    await resolver.close()
