"""What is sent and how it is signed, held against another implementation of the specification."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook as Standard
from standardwebhooks.webhooks import WebhookVerificationError

from have_we_met import Lack
from have_we_met.errors import ProblemsError
from have_we_met.late import Doubt, Finding, Near, Note, State, Verdict, Webhook
from have_we_met.late.webhook import event_of

from .scenes import NOON

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()
OTHER = "whsec_" + base64.b64encode(b"another of twenty-four..").decode()
URL = "https://hooks.example.com/met"
ANSWERED = Note(
    7,
    "e" * 32,
    ("rome", 7),
    Doubt("1f0c", (Lack("key", "phone", "holds more than 64 records"),)),
    NOON,
    State.ANSWERED,
    finding=Finding(Verdict.DUPLICATE, (Near("ada", 0.93),), "435b2522c602", NOON),
)


def test_what_is_sent() -> None:
    """Ids, numbers and moments, in the words of the specification and of our JSON."""
    assert json.loads(event_of("contacts", ANSWERED)) == {
        "type": "late_verdict.duplicate",
        "timestamp": "2001-02-03T12:00:00.000000+00:00",
        "data": {
            "table": "contacts",
            "recordId": ["rome", 7],
            "lookupId": "1f0c",
            "lacked": [{"kind": "key", "name": "phone"}],
            "notedAt": "2001-02-03T12:00:00.000000+00:00",
            "verdict": "duplicate",
            "matches": [{"recordId": "ada", "confidence": 0.93}],
            "model": "435b2522c602",
        },
    }


@given(st.binary(min_size=24, max_size=64), st.text("0123456789abcdef", min_size=1), st.binary())
def test_others_can_verify_it(secret: bytes, event: str, body: bytes) -> None:
    """Another implementation takes every signature of ours, and no body that was changed."""
    spelt = base64.b64encode(secret).decode()
    now = int(datetime.now(UTC).timestamp())
    text = body.hex().encode()
    headers = Webhook(URL, ("whsec_" + spelt,)).headers(event, now, text)

    assert headers["webhook-signature"] == Standard(spelt).sign(
        event, datetime.fromtimestamp(now, UTC), text.decode()
    )
    _verify(spelt, b'"' + text + b'"', event, now)
    with pytest.raises(WebhookVerificationError):
        Standard(spelt).verify(text + b"0", headers)


def _verify(secret: str, body: bytes, event: str, now: int) -> Any:
    headers = Webhook(URL, (secret,)).headers(event, now, body)
    return Standard(secret).verify(body, headers)


def test_an_old_one_is_not_taken() -> None:
    """The moment of sending is signed: what was overheard cannot be sent again later."""
    with pytest.raises(WebhookVerificationError, match="too old"):
        _verify(SECRET, b"{}", "e", int(NOON.timestamp()))


def test_one_secret_takes_anothers_place() -> None:
    """While a secret is replaced, receivers may know either of the two."""
    now = int(datetime.now(UTC).timestamp())
    headers = Webhook(URL, (OTHER, SECRET)).headers("e", now, b"{}")

    for known in (OTHER, SECRET):
        Standard(known).verify(b"{}", headers)


def test_nothing_of_it_is_shown() -> None:
    """Neither the secret nor the address, which may hold another, is in the repr."""
    assert repr(Webhook(URL, (SECRET,))) == "Webhook(seconds=15.0)"


def test_from_the_environment() -> None:
    """Where to send may be said or set; the secret is only ever set."""
    here = {"HAVE_WE_MET_WEBHOOK": URL, "HAVE_WE_MET_WEBHOOK_SECRET": f"{SECRET} {OTHER}"}

    assert Webhook.from_environment(environment=here) == Webhook(URL, (SECRET, OTHER))
    assert Webhook.from_environment("http://[::1]:9/", here) == Webhook(
        "http://[::1]:9/", (SECRET, OTHER)
    )
    assert Webhook.from_environment(environment={}) is None


WRONG = [
    ("ftp://example.com", (SECRET,), "HAVE_WE_MET_WEBHOOK: must be an address"),
    ("https://[", (SECRET,), "HAVE_WE_MET_WEBHOOK: must be an address"),
    ("https://", (SECRET,), "HAVE_WE_MET_WEBHOOK: must be an address"),
    (URL, (), "HAVE_WE_MET_WEBHOOK_SECRET: must be set"),
    (URL, ("whsec_c2hvcnQ=",), "24 to 64 random bytes"),
    (URL, ("whsec_no base64 at all",), "24 to 64 random bytes"),
    (URL, (SECRET, "ünlesbar"), "24 to 64 random bytes"),
]


@pytest.mark.parametrize(("url", "secrets", "message"), WRONG)
def test_what_cannot_be(url: str, secrets: tuple[str, ...], message: str) -> None:
    """Whatever is wrong is said, without quoting it."""
    with pytest.raises(ProblemsError, match=message) as caught:
        Webhook(url, secrets)

    assert all(secret not in str(caught.value) for secret in secrets)
