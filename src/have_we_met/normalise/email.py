"""E-mail addresses: from the many ways of writing one to one text a mailbox.

``EmailNormaliser`` gives ``local@domain``, lower-case and ASCII. What it takes away (the tag behind
a plus sign, on request the dots of Gmail) are habits of mail providers, so each is an option.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final
from urllib.parse import unquote

import idna
from anyascii import anyascii
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as options

from .reference import load
from .text import clean, compose

_PLAIN_LOCAL: Final = re.compile(r"[a-z0-9_.-][a-z0-9._'-]{0,63}")
_PLAIN_DOMAIN: Final = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
_GMAIL: Final = frozenset({"gmail.com", "googlemail.com"})


@options(frozen=True, config=ConfigDict(extra="forbid"))
class EmailNormaliser:
    """One text a mailbox: ``local@domain``, lower-case, ASCII.

    Text that is no address (or holds several) is ``None``: it identifies nobody, and the raw value
    stays in the record. ``plus_tags`` cuts the tag behind a plus sign, ``gmail_dots`` drops the
    dots of a Gmail name, which Gmail ignores and no other provider does, ``alias_domains`` writes
    the domains of one mailbox in one way (googlemail.com is gmail.com).

    Accents of Latin letters go, since far more people type them out of habit than own a mailbox
    beside its accented twin. Other scripts have no such twin in ASCII: they are kept without loss,
    as punycode.

    >>> email = EmailNormaliser()
    >>> email("  Ada.Lovelace+news@GoogleMail.com ")
    'ada.lovelace@gmail.com'
    >>> email("Zoë O’Brien <zoë.o’brien@bücher.example>")
    "zoe.o'brien@xn--bcher-kva.example"
    >>> email("none") is None
    True
    """

    plus_tags: bool = True
    gmail_dots: bool = False
    alias_domains: bool = True

    def __call__(self, value: object, /) -> str | None:
        """The canonical address of one raw value."""
        if type(value) is str:
            local, _, domain = value.strip().lower().partition("@")
            if _PLAIN_LOCAL.fullmatch(local) and _is_plain(domain):
                return self._joined(local, domain)
        return self.full(value)

    def full(self, value: object, /) -> str | None:
        """The road for unusual values; equal to the short one where that applies."""
        text = clean(value)
        email = parse_email(text) if text else None
        return self._written(email) if email else None

    def _written(self, email: EmailAddress) -> str:
        tag = None if self.plus_tags else email.tag
        return self._joined(email.local, email.domain, "" if tag is None else f"+{tag}")

    def _joined(self, local: str, domain: str, tag: str = "") -> str:
        if self.gmail_dots and domain in _GMAIL:
            local = local.replace(".", "") or local
        if self.alias_domains:
            domain = _aliases().get(domain, domain)
        return f"{ascii_local(local + tag)}@{domain}"


@lru_cache(maxsize=16_384)  # few domains hold most mailboxes
def _is_plain(domain: str) -> bool:
    return _PLAIN_DOMAIN.fullmatch(domain) is not None


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """One address in parts.

    ``local`` is lower-case and without its tag, ``domain`` lower-case ASCII (``xn--`` for a name in
    another script), ``tag`` what stood behind the first plus sign.
    """

    local: str
    domain: str
    tag: str | None = None


def parse_email(text: str) -> EmailAddress | None:
    """The parts of the one address in a text; ``None`` where there is none, or more than one.

    Read are bare addresses, ``Ada <ada@example.com>``, ``mailto:`` links and quoted local parts.
    Accepted is all that mail servers accept: apostrophes, underscores, letters of every script,
    and dots in odd places, which some Japanese carriers gave out.

    >>> parse_email("Ada Lovelace <Ada+Machines@Example.COM>")
    EmailAddress(local='ada', domain='example.com', tag='machines')
    >>> parse_email("o’brien@bücher.example").domain
    'xn--bcher-kva.example'
    >>> parse_email("ada at example") is None
    True
    """
    local, _, host = _bare(text).rpartition("@")
    name, domain = _local(local), _domain(host)
    if not name or not domain:
        return None
    head, plus, tag = name.partition("+")
    # "+15551234567@sms.example" has no name before the plus sign: that is no tag.
    return EmailAddress(head, domain, tag) if plus and head else EmailAddress(name, domain)


def local_part(email: str) -> str | None:
    """What stands before the @ of a canonical address.

    >>> local_part("ada@example.com")
    'ada'
    """
    return email.rpartition("@")[0] or None


def domain(email: str) -> str | None:
    """What stands behind the @ of a canonical address.

    >>> domain("ada@example.com")
    'example.com'
    """
    _, at, host = email.rpartition("@")
    return host if at and host else None


def is_free_mail(domain: str) -> bool:
    """Whether anybody gets an address at this domain, so that sharing it means nothing.

    >>> is_free_mail("yahoo.co.uk"), is_free_mail("example.com")
    (True, False)
    """
    family, _, rest = domain.partition(".")
    if family in _families() and _COUNTRY.fullmatch(rest):
        return True
    return domain in _free_domains()


_COUNTRY: Final = re.compile(r"(?:com?|ne|net|org)(?:\.[a-z]{2})?|[a-z]{2}")


@cache
def _free_domains() -> frozenset[str]:
    return frozenset(load("free_mail")["domains"])


@cache
def _families() -> frozenset[str]:
    return frozenset(load("free_mail")["families"])


@cache
def _aliases() -> dict[str, str]:
    return dict(load("free_mail")["aliases"])


_LONGEST: Final = 1000  # with a display name; an address itself has at most 254 characters
_TYPED: Final = str.maketrans("‘’‛`´‐‑‒–—＠", "'''''-----@")  # what phones and word processors make
_ENCLOSED: Final = re.compile(r"[^<>]*<([^<>]+)>[\s.,;]*")
_AROUND: Final = " \t\r\n\v\f,;:()[]{}<>"


def _bare(text: str) -> str:
    """The address without what people and programs put around it."""
    text = compose(text.translate(_TYPED)).strip() if len(text) <= _LONGEST else ""
    if enclosed := _ENCLOSED.fullmatch(text):
        text = enclosed[1].strip()
    if text[:7].lower() == "mailto:":
        text = unquote(text[7:].partition("?")[0])
    text = text.strip(_AROUND)
    if text[:1] == text[-1:] and text[:1] in {"'", '"'}:
        text = text[1:-1].strip(_AROUND)
    return text.rstrip(_AROUND + ".")


_QUOTED: Final = re.compile(r'"([^"\\@\s]+)"')
_NOT_LOCAL: Final = re.compile(r'[\s"\\@()<>\[\]{}:;,\x00-\x1f\x7f]')


def _local(text: str) -> str | None:
    """The local part in lower case, or ``None`` where no mailbox has such a name."""
    text = text.strip()
    if quoted := _QUOTED.fullmatch(text):
        text = quoted[1]
    text = text.lower()
    return None if not text or len(text) > 64 or _NOT_LOCAL.search(text) else text


_DOMAIN: Final = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+"
    r"(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])"
)


def _domain(text: str) -> str | None:
    """The domain in lower-case ASCII, or ``None`` where no mail could go there."""
    text = text.strip().lower()
    if not text.isascii():
        text = _to_ascii(text) if len(text) <= 253 else ""
    return text if _DOMAIN.fullmatch(text) else None


def _to_ascii(domain: str) -> str:
    """A domain of any script as ``xn--`` labels (RFC 5891 with the mappings of UTS 46)."""
    try:
        return idna.encode(domain, uts46=True).decode()
    except UnicodeError:  # IDNAError is one
        pass
    try:  # names that the standard forbids and its forerunner (RFC 3490) allowed, such as emoji
        return domain.encode("idna").decode().lower()
    except UnicodeError:
        return ""


_ASCII_LOCAL: Final = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+")


def ascii_local(local: str) -> str:
    """A local part in ASCII: accents go, other scripts become punycode (RFC 3492).

    >>> ascii_local("josé"), ascii_local("李小龙")
    ('jose', 'xn--yetp5xju9b')
    """
    if local.isascii():
        return local
    folded = anyascii(local).lower() if all(map(_is_latin, local)) else ""
    if _ASCII_LOCAL.fullmatch(folded):
        return folded
    return "+".join(map(_punycode, local.split("+")))


def _is_latin(character: str) -> bool:
    if character.isascii() or unicodedata.combining(character):
        return True
    return unicodedata.name(character, "").startswith("LATIN")


def _punycode(text: str) -> str:
    return text if text.isascii() else "xn--" + text.encode("punycode").decode()
