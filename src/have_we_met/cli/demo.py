"""``have-we-met demo``: ten thousand invented people, three questions, and a page to ask more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp
from time import monotonic
from typing import TYPE_CHECKING

import click

from .answers import explanation_text, lookup_data, lookup_text
from .options import json_option
from .output import emit, facts, say
from .where import Where, closing, wait

if TYPE_CHECKING:
    from ..answer import Lookup
    from ..explain import Explanation
    from ..resolver import Resolver

COUNT = 10_000
_TRIED = 1_000
"""Questions among which one of each answer is found; ten are enough as a rule."""


@click.command(
    epilog="""\b
Examples:
  have-we-met demo
  have-we-met demo --policy public
  have-we-met demo --once --json
"""
)
@click.option("--once", is_flag=True, help="Ask the three questions and end; do not serve.")
@click.option("--port", default=8000, show_default=True, help="The port to serve on.")
@click.option(
    "--policy",
    type=click.Choice(["blind", "public"]),
    help="Answer the pages as a form that anybody can open: by a key of this policy.",
)
@json_option
def demo(once: bool, port: int, policy: str | None, as_json: bool) -> None:
    """Meet 10,000 invented people.

    They are written to a new SQLite file, three lookups show the three answers with their reasons,
    and then a page on this machine lets you ask your own. Needs the extra "demo".
    """
    where = Where(f"sqlite:///{Path(mkdtemp(prefix='have-we-met-')) / 'contacts.db'}")
    asked = wait(_ask(where))
    if as_json:
        emit([one.data() for one in asked])
    else:
        click.echo("\n\n".join(one.text() for one in asked))
    say(f'\nAsk your own: have-we-met lookup \'{{"email": "..."}}\' --db {where.db}')
    if not once:
        _serve(where, port, page_key=wait(_page_key(where, policy)) if policy else "")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question and its answer; for one that was not found, the nearest that was compared."""

    raw: dict[str, str | None]
    answer: Lookup
    nearest: Explanation | None = None

    def text(self) -> str:
        """All of it, with the reasons, for a person."""
        said = {name: value for name, value in self.raw.items() if value is not None}
        title = f"=== {self.answer.status.value.replace('_', ' ').upper()} ==="
        parts = [title, facts(said), lookup_text(self.answer, explain=True)]
        if self.nearest is not None:
            parts.append(f"the nearest was\n{explanation_text(self.nearest)}")
        return "\n\n".join(parts)

    def data(self) -> dict[str, object]:
        """All of it as plain values."""
        nearest = self.nearest and self.nearest.data()
        return {"asked": self.raw, **lookup_data(self.answer, explain=True), "nearest": nearest}


async def _ask(where: Where) -> list[_Asked]:
    """Fill a new store and ask it."""
    from ..resolver import Resolver
    from ..synthetic import contact_columns

    began = monotonic()
    async with closing(await where.create({}, lambda done, total: None)) as store:
        for columns in contact_columns(COUNT):
            await store.load_columns(columns)
        say(f"{COUNT:,} people in {where.db}, in {monotonic() - began:.1f} s\n")
        return await _one_of_each(Resolver(store))


async def _one_of_each(resolver: Resolver) -> list[_Asked]:
    """The first question that is answered with found, with review, and with not found."""
    from ..synthetic import queries
    from ..verdict import Status

    wanted = (Status.FOUND, Status.REVIEW, Status.NOT_FOUND)
    first: dict[Status, _Asked] = {}
    for query in queries(_TRIED, contacts=COUNT):
        await resolver.lookup(query.raw)  # so that what is told is not the time of a first lookup
        asked = _Asked(query.raw, await resolver.lookup(query.raw))
        if asked.answer.status is Status.NOT_FOUND:
            asked = replace(asked, nearest=await _nearest(resolver, query.raw))
            if asked.nearest is None or not asked.nearest.score:
                continue  # an answer that has nothing to show
        first.setdefault(asked.answer.status, asked)
        if len(first) == len(wanted):
            break
    return [first[status] for status in wanted if status in first]


async def _nearest(resolver: Resolver, raw: Mapping[str, object]) -> Explanation | None:
    """Of the records that were compared, the one with the highest score."""
    from ..explain import explain
    from ..record import Record

    model = resolver.model
    asked = model.record(raw)
    async with resolver.store.read(None) as unit:
        found = await unit.candidates(model.cut.one(asked.values))
    stored = (Record({}, values, id) for id, values in zip(found.ids, found.values, strict=True))
    matches = [model.compare(asked, record) for record in stored]
    if not matches:
        return None
    return explain(model.scorecard, max(matches, key=lambda match: match.score))


async def _page_key(where: Where, policy: str) -> str:
    """Make a key for the pages; without limits, since nobody but this machine can ask."""
    from ..access import Credential, Limits, create

    asked = Credential.checked(policy=policy, label="the demo's pages", limits=Limits())
    async with closing(await where.open()) as store:
        return (await create(store, asked)).key


def _serve(where: Where, port: int, *, page_key: str) -> None:
    from ..server import Settings, serve

    here = f"http://127.0.0.1:{port}"
    say(f"Serving on {here}/ until Ctrl-C; a registration form is at {here}/register")
    serve(
        Settings(
            url=where.db, port=port, secret=token_hex(), log_level="warning", page_key=page_key
        )
    )
