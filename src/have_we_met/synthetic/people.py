"""Invented people as columns: who they are, who they live with, and what a contact says of them.

Person ``i`` is a function of (seed, i): the same in a table of a hundred and of a million, and in
every chunk. A few people live with somebody earlier (a home): they have that person's surname and
phone, and some of them that person's mailbox, as spouses do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from . import phones
from .companies import NOBODY, SHARES, companies
from .draw import Bits, Dice, Flags, Index
from .mail import Mailboxes, Numbers, mailboxes, numbering
from .names import SEXES, Names

FIELDS = ("id", "email", "phone", "first_name", "last_name", "company")

# Shares of all people.
MEMBER = 0.15  # lives with somebody earlier, if that one has a home of their own
SHARED_MAILBOX = 0.35  # of those: has no mailbox but the private one at home
PHONE = 0.86  # homes with a phone
EMPLOYED = 0.72
WORK_MAIL = 0.50  # of the employed: uses the address at work
COMPANY = 0.85  # of the employed: says where
LEGAL_NAME = 0.70  # of those: writes the company's legal form
NEARBY = 400  # how far before them the others at home are found

_SPAN = 1 << 17  # people numbered at a time
NO_NAME = -1


@dataclass(frozen=True, slots=True)
class People:
    """A column of people: rows of the name tables, ranks of companies, indices of homes."""

    index: Index
    home: Index
    language: Index
    first: Index
    last: Index
    second: Index  # the second surname, or NO_NAME
    employer: Index
    office: Index  # the employer whose mailbox is used; NOBODY for a private one
    shares_mailbox: Flags  # has no mailbox but the one at home
    has_phone: Flags


@dataclass(frozen=True, slots=True)
class World:
    """All people under one seed and one set of names."""

    dice: Dice
    names: Names

    def homes(self, index: Index) -> Index:
        """The person each lives with; people who live alone are their own home."""
        before = index - 1 - self.dice.below("home", index, NEARBY)
        member = self.dice.chance("member", index, MEMBER)
        host = ~self.dice.chance("member", before, MEMBER)
        return np.where(member & host & (before >= 0), before, index)

    def people(self, index: Index, home: Index | None = None) -> People:
        """The people of some indices, at home where they are, or where they are put."""
        dice, names = self.dice, self.names
        home = self.homes(index) if home is None else home
        language = dice.pick("language", home, names.shares)
        group = language * len(SEXES) + self._sex(index)
        second = names.last.pick(group, dice.roll("second surname", home))
        two = dice.roll("two surnames", home) < names.two_surnames[language]
        shares = dice.chance("shared mailbox", index, SHARED_MAILBOX)
        return People(
            index=index,
            home=home,
            language=language,
            first=self._first_names(index, home, language),
            last=names.last.pick(group, dice.roll("last name", home)),
            second=np.where(two, second, NO_NAME),
            employer=self._employers(index),
            office=self.offices(index),
            shares_mailbox=shares & (home != index) & (self.offices(home) == NOBODY),
            has_phone=dice.chance("phone", home, PHONE),
        )

    def offices(self, index: Index) -> Index:
        """The employers whose mailbox people use; NOBODY where it is a private one."""
        at_work = self.dice.chance("work mail", index, WORK_MAIL)
        return np.where(at_work, self._employers(index), NOBODY)

    def _employers(self, index: Index) -> Index:
        works = self.dice.chance("employed", index, EMPLOYED)
        return np.where(works, self.dice.pick("employer", index, SHARES), NOBODY)

    def _sex(self, index: Index) -> Index:
        return self.dice.below("sex", index, len(SEXES))

    def _first_names(self, index: Index, home: Index, language: Index) -> Index:
        """First names; nobody is called what the one they live with is called."""
        words = self.names.first
        group = language * len(SEXES) + self._sex(index)
        mine = words.pick(group, self.dice.roll("first name", index))
        host = language * len(SEXES) + self._sex(home)
        theirs = words.pick(host, self.dice.roll("first name", home))
        clash = (home != index) & (words.full.codes.number[mine] == words.full.codes.number[theirs])
        other = np.where(mine == words.last_row[group], mine - 1, mine + 1)
        return np.where(clash, other, mine)

    def mailboxes(self, people: People) -> Mailboxes:
        """Everybody's own mailbox, used or not."""
        return mailboxes(
            self.dice,
            self.names,
            people.index,
            first=people.first,
            last=people.last,
            language=people.language,
            employer=people.office,
        )

    def codes(self, count: int) -> tuple[Bits, Flags]:
        """What ``numbering`` asks about the first ``count`` people."""
        code, wants = np.empty(count, np.uint64), np.empty(count, np.bool_)
        for span in spans(count, _SPAN):
            boxes = self.mailboxes(self.people(span))
            code[span], wants[span] = boxes.code, boxes.wants_number
        return code, wants

    def emails(self, people: People, numbers: Numbers) -> list[str]:
        """The address each gives: their own, or the one at home.

        ``numbers`` holds the number of each person by index.
        """
        written = self.mailboxes(people).write(numbers[people.index])
        sharing = np.flatnonzero(people.shares_mailbox)
        hosts = self.people(people.home[sharing])
        shared = self.mailboxes(hosts).write(numbers[hosts.index])
        for row, address in zip(sharing.tolist(), shared, strict=True):
            written[row] = address
        return written

    def last_names(self, people: People) -> list[str]:
        """Surnames as written: one, or two where the language has two."""
        text = self.names.last.text
        pairs = zip(people.last.tolist(), people.second.tolist(), strict=True)
        return [text[a] if b == NO_NAME else f"{text[a]} {text[b]}" for a, b in pairs]

    def phones(self, people: People) -> list[str | None]:
        """Phone numbers in various formats; None where there is none."""
        style = self.dice.pick("phone format", people.index, phones.FORMAT_SHARES)
        written = phones.written(phones.numbers(self.dice, people.home), style)
        return [w if has else None for w, has in zip(written, people.has_phone, strict=True)]

    def companies(self, people: People) -> list[str | None]:
        """Where they say they work; None for those who do not work or do not say."""
        says = self.dice.chance("company", people.index, COMPANY) & (people.employer != NOBODY)
        legal = self.dice.chance("legal name", people.index, LEGAL_NAME)
        known = companies()
        rank = people.employer
        written = np.where(legal, known.legal[rank], known.plain[rank])
        return [name if said else None for name, said in zip(written, says, strict=True)]

    def columns(self, people: People, numbers: Numbers) -> dict[str, list[str | None]]:
        """The fields of contacts, each a list as long as ``people``."""
        return {
            "id": [contact_id(n) for n in people.index.tolist()],
            "email": [*self.emails(people, numbers)],
            "phone": self.phones(people),
            "first_name": self.names.first.text[people.first].tolist(),
            "last_name": [*self.last_names(people)],
            "company": self.companies(people),
        }

    def contacts(self, count: int, chunk: int) -> Iterator[dict[str, list[str | None]]]:
        """The first ``count`` people in chunks of columns."""
        numbers = numbering(*self.codes(count))
        for span in spans(count, chunk):
            yield self.columns(self.people(span), numbers)


def contact_id(index: int) -> str:
    """The id of a person's record.

    >>> contact_id(41)
    'c0000041'
    """
    return f"c{index:07d}"


def spans(count: int, size: int) -> Iterator[Index]:
    """The indices below ``count``, in columns of at most ``size``.

    >>> [span.tolist() for span in spans(5, 2)]
    [[0, 1], [2, 3], [4]]
    """
    for start in range(0, count, size):
        yield np.arange(start, min(start + size, count), dtype=np.int64)
