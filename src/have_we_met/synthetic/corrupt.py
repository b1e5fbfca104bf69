"""How people who return differ from what they said the first time, as a table.

A corruption takes a raw record, what else is true of the person, and a generator; it gives the
fields that change, or ``None`` where it does not apply. It never touches another field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from anyascii import anyascii
from numpy.random import Generator

from ..normalise.reference import load
from . import companies, phones
from .edits import EDITS, Edit, choose, doubling, keyboard, omission, transposition
from .names import latin_letters

Raw = dict[str, str | None]
Changes = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Life:
    """What else is true of a person: what they have when they come back changed."""

    email: str
    phone: str
    last_name: str
    company: str
    work_email: str
    latin_first: str
    latin_last: str


Change = Callable[[Raw, Life, Generator], Changes | None]


@dataclass(frozen=True, slots=True)
class Corruption:
    """One thing that happens between two visits.

    ``touches`` are the fields that it may change, ``loses`` the identifiers among them that are
    no longer those on record (a number written differently is not lost), ``weight`` how often it
    happens beside the others.
    """

    change: Change
    touches: frozenset[str]
    weight: float
    loses: frozenset[str] = frozenset()


# Scripts from Hebrew and Arabic to Thai and Lao leave vowels to the reader: no table of letters
# gives what the owner of the name writes in Latin.
_UNWRITTEN_VOWELS = re.compile("[\u0590-\u0eff]")


def corrupted(raw: Raw, name: str, life: Life, rng: Generator) -> Raw | None:
    """A record after one of the ``CORRUPTIONS``; ``None`` where that would change nothing.

    >>> from numpy.random import default_rng
    >>> life = Life("w@gmail.com", "", "", "", "", "will", "may")
    >>> corrupted({"first_name": "Will", "last_name": "May"}, "swapped_names", life, default_rng(0))
    {'first_name': 'May', 'last_name': 'Will'}
    """
    changes = CORRUPTIONS[name].change(raw, life, rng)
    after = raw | dict(changes or {})
    return None if after == raw else after


# Names


def _edited(field: str, edit: Edit) -> Change:
    def change(raw: Raw, life: Life, rng: Generator) -> Changes | None:
        text = raw.get(field)
        edited = edit(text, rng) if text else None
        return {field: edited} if edited else None

    return change


def _nickname(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    name = raw.get("first_name") or ""
    others = _also_called().get(latin_letters(name), ()) if _in_latin_script(name) else ()
    return {"first_name": choose(others, rng).title()} if others else None


def _initial(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    name = raw.get("first_name") or ""
    if len(name) < 2 or not _in_latin_script(name):
        return None
    return {"first_name": name[0] + choose(("", "."), rng)}


def _romanised(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    """In ASCII letters, where their owner would write what a table of letters gives."""
    latin = {"first_name": life.latin_first, "last_name": life.latin_last}
    names = {field: raw.get(field) for field in latin}
    if any(map(_UNWRITTEN_VOWELS.search, filter(None, names.values()))):
        return None
    return {f: _in_ascii(n, latin[f]) for f, n in names.items() if n and not n.isascii()}


def _name_case(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    case = choose((str.upper, str.lower), rng)
    return {f: case(n) for f in ("first_name", "last_name") if (n := raw.get(f))}


def _swapped_names(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    first, last = raw.get("first_name"), raw.get("last_name")
    return {"first_name": last, "last_name": first} if first and last else None


def _married_name(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    before = raw.get("last_name")
    if not before:
        return None
    joined = rng.random() < 0.25
    return {"last_name": f"{before}-{life.last_name}" if joined else life.last_name}


# E-mail and phone


def _mistyped_email(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    local, host = _parts(raw)
    edit = choose((keyboard, transposition, omission, doubling), rng)
    edited = edit(local, rng)
    return {"email": f"{edited}@{host}"} if edited else None


def _mistyped_domain(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    local, host = _parts(raw)
    name, _, ending = host.partition(".")
    if ending == "com" and rng.random() < 0.4:
        return {"email": f"{local}@{name}.{choose(('con', 'cmo', 'co', 'om'), rng)}"}
    edited = choose((transposition, omission, doubling), rng)(name, rng)
    return {"email": f"{local}@{edited}.{ending}"} if edited else None


def _email_case(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    email = raw.get("email")
    write = choose((str.upper, str.capitalize, "{} ".format, " {}".format), rng)
    return {"email": write(email)} if email else None


def _email_tag(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    local, host = _parts(raw)
    tag = choose(("news", "shop", "work", "spam", "events"), rng)
    return {"email": f"{local}+{tag}@{host}"} if local and "+" not in local else None


def _email_dots(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    """Gmail delivers to the same box with and without dots."""
    local, host = _parts(raw)
    if host != "gmail.com" or len(local) < 3:
        return None
    plain = local.replace(".", "")
    place = 1 + int(rng.random() * (len(plain) - 1))
    dotted = f"{plain[:place]}.{plain[place:]}"
    return {"email": f"{plain if '.' in local else dotted}@{host}"}


def _phone_format(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    phone = raw.get("phone")
    if not phone:
        return None
    number = int("".join(filter(str.isdigit, phone))[-10:])
    style = int(rng.random() * len(phones.FORMATS))
    return {"phone": phones.written(np.array([number]), np.array([style]))[0]}


def _mistyped_phone(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    """A wrong digit or two changed round, behind the area code."""
    phone = raw.get("phone")
    if not phone:
        return None
    digits = [n for n, c in enumerate(phone) if c.isdigit()][-7:]
    edited, place = list(phone), digits[int(rng.random() * 6)]
    after = digits[digits.index(place) + 1]
    if rng.random() < 0.5 and phone[place] != phone[after]:
        edited[place], edited[after] = phone[after], phone[place]
    else:
        edited[place] = choose([d for d in "0123456789" if d != phone[place]], rng)
    return {"phone": "".join(edited)}


# Life


def _moved_email(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    return {"email": life.email}


def _new_job(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    return {"email": life.work_email, "company": life.company}


def _new_phone(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    return {"phone": life.phone}


def _company_form(raw: Raw, life: Life, rng: Generator) -> Changes | None:
    """With a legal form or without, or shouted."""
    company = raw.get("company")
    if not company:
        return None
    name, form = " ".join(company.split()[:2]), choose(companies.FORMS, rng)
    return {"company": choose((name, f"{name} {form}".strip(), company.upper()), rng)}


def _missing(field: str) -> Change:
    return lambda raw, life, rng: {field: None}


_EDIT_WEIGHTS = {
    "keyboard": 3.0,
    "transposition": 2.5,
    "omission": 2.5,
    "doubling": 1.5,
    "ocr": 0.7,
    "respelling": 3.0,
}
_NAME_SHARES = {"first_name": 0.4, "last_name": 0.6}

_FIRST, _LAST = frozenset({"first_name"}), frozenset({"last_name"})
_EMAIL, _PHONE, _COMPANY = frozenset({"email"}), frozenset({"phone"}), frozenset({"company"})

CORRUPTIONS: Mapping[str, Corruption] = {
    **{
        f"{name}_{field}": Corruption(
            _edited(field, edit), frozenset({field}), _EDIT_WEIGHTS[name] * share
        )
        for name, edit in EDITS.items()
        for field, share in _NAME_SHARES.items()
    },
    "nickname": Corruption(_nickname, _FIRST, 14.0),
    "initial": Corruption(_initial, _FIRST, 2.5),
    "romanised": Corruption(_romanised, _FIRST | _LAST, 12.0),
    "name_case": Corruption(_name_case, _FIRST | _LAST, 5.0),
    "swapped_names": Corruption(_swapped_names, _FIRST | _LAST, 2.5),
    "married_name": Corruption(_married_name, _LAST, 3.5),
    "missing_first_name": Corruption(_missing("first_name"), _FIRST, 2.0),
    "missing_last_name": Corruption(_missing("last_name"), _LAST, 2.0),
    "missing_company": Corruption(_missing("company"), _COMPANY, 9.0),
    "missing_phone": Corruption(_missing("phone"), _PHONE, 9.0, _PHONE),
    "missing_email": Corruption(_missing("email"), _EMAIL, 4.0, _EMAIL),
    "moved_email": Corruption(_moved_email, _EMAIL, 9.0, _EMAIL),
    "new_job": Corruption(_new_job, _EMAIL | _COMPANY, 6.0, _EMAIL),
    "new_phone": Corruption(_new_phone, _PHONE, 6.0, _PHONE),
    "mistyped_email": Corruption(_mistyped_email, _EMAIL, 4.0, _EMAIL),
    "mistyped_domain": Corruption(_mistyped_domain, _EMAIL, 2.0, _EMAIL),
    "mistyped_phone": Corruption(_mistyped_phone, _PHONE, 3.0, _PHONE),
    "email_case": Corruption(_email_case, _EMAIL, 5.0),
    "email_tag": Corruption(_email_tag, _EMAIL, 3.0),
    "email_dots": Corruption(_email_dots, _EMAIL, 2.0),
    "phone_format": Corruption(_phone_format, _PHONE, 9.0),
    "company_form": Corruption(_company_form, _COMPANY, 4.0),
}


def _parts(raw: Raw) -> tuple[str, str]:
    """Local part and host of the address; both empty where there is none."""
    local, _, host = (raw.get("email") or "").rpartition("@")
    return local, host


def _in_latin_script(name: str) -> bool:
    return any(letter.isascii() and letter.isalpha() for letter in name)


def _in_ascii(name: str, latin: str) -> str:
    """A name in ASCII letters: without its accents, or as its owner spells it in Latin."""
    if not _in_latin_script(name):
        return latin.capitalize()
    return anyascii(name)


@cache
def _also_called() -> Mapping[str, tuple[str, ...]]:
    """From each name to its short forms, and from each short form to what it may stand for.

    These are the very forms that normalising knows, so a rate of nicknames recognised, measured on
    these people, is the best that can be hoped for.
    """
    tables: dict[str, Any] = load("nicknames")["short_forms"]
    pairs = {(head, name) for table in tables.values() for head in table for name in table[head]}
    other: dict[str, set[str]] = {}
    for head, name in pairs:
        other.setdefault(latin_letters(head), set()).add(name)
        other.setdefault(latin_letters(name), set()).add(head)
    return {name: tuple(sorted(others)) for name, others in other.items()}
