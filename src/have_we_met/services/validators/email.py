"""E-mail addresses: their syntax, their provider, and whether their domain takes mail."""

from __future__ import annotations

import dataclasses
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import ConfigDict, Field, field_validator
from pydantic.dataclasses import dataclass as options

from ...model.values import FrozenMap
from ...normalise.email import is_free_mail, parse_email
from ...normalise.reference import load
from .base import Checked, PureValidator, accepted, refused
from .email_reasons import DISPOSABLE, TOO_LONG, reason_of
from .mail_route import DEAD_ENDS, mail_route, nameserver, resolver_of

if TYPE_CHECKING:
    from email_validator import ValidatedEmail


@options(frozen=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True))
class EmailValidator(PureValidator):
    """One bare e-mail address, as RFC 5321 and its successors for other scripts allow.

    Refused are what is no address, a domain that is no full name (``ada@localhost``) or is reserved
    (``.test``), quoted names, addresses in brackets, display names. ``international`` allows
    letters beyond ASCII before the @ (RFC 6531, SMTPUTF8), which not every mail server takes;
    behind it they are always allowed. The value keeps the name before the @ as it was typed.

    ``refuse_disposable`` refuses providers of inboxes for minutes, and names below theirs: those of
    a short list that we keep, of ``disposable_domains``, and of ``disposable_file`` (a domain a
    line).

    ``mx`` asks DNS whether the domain takes mail: it needs an MX record whose server has an address
    (RFC 5321), or an address of its own, and no null MX (RFC 7505). ``nameservers`` are asked
    (``192.0.2.53`` or ``192.0.2.53:5353``), else the system's; in Python, ``resolver`` may be any
    ``dns.asyncresolver.Resolver``. Where none answers within ``timeout`` seconds,
    :class:`~have_we_met.errors.ServiceUnavailable` is raised: that says nothing of the address.

    Facts: ``disposable``, ``free_mail``, ``role`` (``info@`` and the like), ``smtputf8``, and with
    ``mx`` the ``route``: ``mx`` or ``address``.

    >>> email = EmailValidator(refuse_disposable=True)
    >>> email.check(" Ada@BÜCHER.example ").value
    'Ada@bücher.example'
    >>> email.check("ada@mailinator.com").reason
    'Its domain gives out addresses to throw away.'
    """

    international: bool = True
    refuse_disposable: bool = False
    disposable_domains: tuple[str, ...] = ()
    disposable_file: str | None = None
    mx: bool = False
    nameservers: tuple[str, ...] = ()
    timeout: Annotated[float, Field(gt=0)] = 0.4
    resolver: Any = dataclasses.field(default=None, repr=False)

    @field_validator("nameservers")
    @classmethod
    def _addresses(cls, nameservers: tuple[str, ...]) -> tuple[str, ...]:
        for text in nameservers:
            nameserver(text)
        return nameservers

    @field_validator("disposable_file")
    @classmethod
    def _readable(cls, path: str | None) -> str | None:
        if path is not None:
            _listed(path)
        return path

    def __post_init__(self) -> None:
        # Imported here and not above, since most processes validate nothing; and now, so that the
        # first address need not wait for it.
        for module in ("email_validator", *(("dns.asyncresolver",) if self.mx else ())):
            import_module(module)

    @property
    def pure(self) -> bool:
        """Whether it asks nobody: so it does, unless ``mx`` asks DNS."""
        return not self.mx

    async def __call__(self, value: object, /) -> Checked:
        """What is to be said of one raw value."""
        checked = self.check(value)
        if not self.mx or not checked.valid or checked.value is None:
            return checked
        resolver = self.resolver or resolver_of(self.nameservers, self.timeout)
        route = await mail_route(_ascii_domain(checked.value), resolver, self.timeout)
        if route in DEAD_ENDS:
            return refused(DEAD_ENDS[route])
        return dataclasses.replace(checked, facts=FrozenMap({**checked.facts, "route": route}))

    def check_text(self, text: str) -> Checked:
        """What is to be said of a text that is stripped and not empty, without DNS."""
        from email_validator import EmailNotValidError, validate_email

        try:
            email = validate_email(
                text, allow_smtputf8=self.international, check_deliverability=False
            )
        except EmailNotValidError as exc:
            return refused(reason_of(exc))
        if len(email.local_part.encode()) > _LONGEST:
            return refused(TOO_LONG)
        disposable = self._is_disposable(email.ascii_domain)
        if disposable and self.refuse_disposable:
            return refused(DISPOSABLE)
        return accepted(email.normalized, {"disposable": disposable, **_facts(email)})

    def _is_disposable(self, domain: str) -> bool:
        labels = domain.split(".")
        above = {".".join(labels[at:]) for at in range(len(labels))}
        listed = _listed(self.disposable_file) if self.disposable_file else ()
        lists = (_known_disposable(), self.disposable_domains, listed)
        return any(not above.isdisjoint(domains) for domains in lists)


_LONGEST: Final = 64  # octets before the @ (RFC 5321, 4.5.3.1.1; RFC 6531, 3.1)


def _ascii_domain(email: str) -> str:
    from email_validator import validate_email

    return validate_email(email, check_deliverability=False).ascii_domain


def _facts(email: ValidatedEmail) -> dict[str, str | bool]:
    parsed = parse_email(email.normalized)
    name = parsed.local.replace(".", "").replace("-", "") if parsed else ""
    return {
        "free_mail": is_free_mail(email.ascii_domain),
        "role": name in load("mailbox_roles")["roles"],
        "smtputf8": email.smtputf8,
    }


@cache
def _known_disposable() -> frozenset[str]:
    return frozenset(load("disposable_mail")["domains"])


@cache
def _listed(path: str) -> frozenset[str]:
    """The domains of a file, one a line; what is behind a # is a comment."""
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"'{path}' is no file of domains that can be read") from None
    return frozenset(line.partition("#")[0].strip().lower() for line in lines) - {""}
