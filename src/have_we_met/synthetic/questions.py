"""Questions about invented contacts as columns: who asks, and what else is true of them.

Some are asked by people in the table who come back changed, some by people who are not in it,
among whom the hard ones: the spouse, the namesake, the colleague. Question ``n`` has its own
indices behind those of the contacts, so it does not depend on the questions after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator, Philox

from . import phones
from .companies import NOBODY, SHARES, companies
from .corrupt import Life, Raw
from .draw import Bits, Flags, Index, cumulative, key
from .mail import Mailboxes, Numbers, numbering
from .names import SEXES
from .people import FIELDS, People, World, contact_id, spans
from .queries import Query, arriving, returning

# What a new person has in common with somebody in the table, and how common that is.
NEW: dict[str, float] = {
    "new": 0.68,
    "new_household": 0.16,  # surname and phone
    "new_shared_mailbox": 0.03,  # surname, phone and e-mail, as spouses do
    "new_namesake": 0.06,  # first and last name
    "new_colleague": 0.07,  # employer: the mail's domain, and the company if they say it
}
_KINDS = tuple(NEW)
_SHARES = cumulative(np.array(list(NEW.values())))

_ROOM = 3  # indices kept for each question: a new person, and two addresses to move to
_SPAN = 4096
_LOOKED_AT = 8  # contacts looked at to find one with a phone and a job


@dataclass(frozen=True, slots=True)
class Questions:
    """All questions about the first ``contacts`` people of a world, as columns."""

    world: World
    contacts: int
    known: float

    def ask(self, start: int, count: int) -> Iterator[Query]:
        """The questions from ``start`` on; question ``n`` is the same in every stretch."""
        numbers = numbering(*self._codes(start + count))
        for span in spans(count, _SPAN):
            yield from self._asked(start + span, numbers)

    def _asked(self, number: Index, numbers: Numbers) -> Iterator[Query]:
        """Some questions, returning and new people in their order."""
        known = self.world.dice.chance("known", number, self.known)
        back = self._returning(number[known], numbers)
        new = self._new(number[~known], numbers)
        for is_known in known.tolist():
            yield next(back if is_known else new)

    def _returning(self, number: Index, numbers: Numbers) -> Iterator[Query]:
        people = self.world.people(self._asked_about(number))
        rows = _raws(self.world.columns(people, numbers))
        lives = self._lives(number, people, numbers)
        ids = map(contact_id, people.index.tolist())
        for n, raw, life, truth in zip(number.tolist(), rows, lives, ids, strict=True):
            yield returning(raw, life, truth, self._generator("returning", n))

    def _new(self, number: Index, numbers: Numbers) -> Iterator[Query]:
        kinds, people = self._new_people(number)
        rows = _raws(self.world.columns(people, numbers))
        for n, raw, kind in zip(number.tolist(), rows, kinds.tolist(), strict=True):
            yield arriving(raw, _KINDS[kind], self._generator("new", n))

    def _generator(self, what: str, number: int) -> Generator:
        """A generator of its own for each question."""
        return Generator(Philox(key=[key(self.world.dice.seed, what), number]))

    def _asked_about(self, number: Index) -> Index:
        return self.world.dice.below("asked about", number, self.contacts)

    def _new_people(self, number: Index) -> tuple[Index, People]:
        """The kind of each new person (a row of ``NEW``), and the people."""
        world, slot = self.world, self._slot(number)
        kind = world.dice.pick("new kind", number, _SHARES)
        near, kind = self._related(number, kind)
        at_home = _is(kind, "new_household") | _is(kind, "new_shared_mailbox")
        namesake, colleague = _is(kind, "new_namesake"), _is(kind, "new_colleague")
        people = world.people(slot, home=np.where(at_home, near.home, slot))
        return kind, replace(
            people,
            shares_mailbox=_is(kind, "new_shared_mailbox"),
            language=np.where(namesake, near.language, people.language),
            first=np.where(namesake, near.first, people.first),
            last=np.where(namesake, near.last, people.last),
            second=np.where(namesake, near.second, people.second),
            employer=np.where(colleague, near.employer, people.employer),
            office=np.where(colleague, near.employer, people.office),
        )

    def _related(self, number: Index, kind: Index) -> tuple[People, Index]:
        """A contact for each new person to be related to, and the kind that this allows.

        A household needs a phone, a colleague a job, a shared mailbox one that is not at work: the
        first of a few contacts with all of it.
        """
        seen = number[:, None] * _LOOKED_AT + np.arange(_LOOKED_AT)
        contact = self.world.dice.below("related", seen.ravel(), self.contacts)
        people = self.world.people(contact)
        fits = people.has_phone & (people.employer != NOBODY)
        sharing = np.repeat(_is(kind, "new_shared_mailbox"), _LOOKED_AT)
        fits &= ~sharing | (self.world.offices(people.home) == NOBODY)
        first = np.argmax(fits.reshape(seen.shape), axis=1) + np.arange(len(number)) * _LOOKED_AT
        return self.world.people(contact[first]), np.where(fits[first], kind, 0)

    def _lives(self, number: Index, people: People, numbers: Numbers) -> Iterator[Life]:
        """What else is true of these people."""
        slot, world = self._slot(number), self.world
        employer = self._next_employer(number)
        moved, work = self._moves(number, people)
        style = world.dice.pick("phone format", slot + 1, phones.FORMAT_SHARES)
        group = people.language * len(SEXES) + world.dice.below("sex", people.index, len(SEXES))
        married = world.names.last.pick(group, world.dice.roll("married name", slot))
        columns = (
            moved.write(numbers[slot + 1]),
            phones.written(phones.numbers(world.dice, slot + 1), style),
            world.names.last.text[married].tolist(),
            companies().legal[employer].tolist(),
            work.write(numbers[slot + 2]),
            world.names.first.full.text[people.first].tolist(),
            world.names.last.full.text[people.last].tolist(),
        )
        return (Life(*row) for row in zip(*columns, strict=True))

    def _moves(self, number: Index, people: People) -> tuple[Mailboxes, Mailboxes]:
        """A private mailbox and one at the next employer, for each person."""
        private = np.full(len(number), NOBODY)
        slot = self._slot(number)
        return (
            self.world.mailboxes(replace(people, index=slot + 1, office=private)),
            self.world.mailboxes(
                replace(people, index=slot + 2, office=self._next_employer(number))
            ),
        )

    def _next_employer(self, number: Index) -> Index:
        return self.world.dice.pick("next employer", number, SHARES)

    def _slot(self, number: Index) -> Index:
        """The first of the indices that belong to a question, behind those of all contacts."""
        return self.contacts + _ROOM * number

    def _codes(self, count: int) -> tuple[Bits, Flags]:
        """What ``numbering`` asks about all contacts, and then about the questions' people."""
        code, wants = self.world.codes(self.contacts)
        codes, wanted = [code], [wants]
        for number in spans(count, _SPAN):
            new = self.world.mailboxes(self._new_people(number)[1])
            known = self.world.people(self._asked_about(number))
            boxes = (new, *self._moves(number, known))
            codes.append(np.stack([box.code for box in boxes], axis=1).ravel())
            wanted.append(np.stack([box.wants_number for box in boxes], axis=1).ravel())
        return np.concatenate(codes), np.concatenate(wanted)


def _is(kind: Index, name: str) -> Flags:
    return np.equal(kind, _KINDS.index(name))


def _raws(columns: dict[str, list[str | None]]) -> Iterator[Raw]:
    """Records without their ids, row by row."""
    fields = FIELDS[1:]
    rows = zip(*(columns[field] for field in fields), strict=True)
    return (dict(zip(fields, row, strict=True)) for row in rows)
