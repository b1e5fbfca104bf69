"""Credentials: what one may say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from have_we_met import InputError
from have_we_met.access import POLICIES, Credential, Limits
from have_we_met.access.limits import BY_POLICY

NOON = datetime(2001, 2, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"policy": "everything"}, "policy"),
        ({"policy": "public", "operations": ["read"]}, "operations[0]"),
        ({"policy": "blind", "operations": ["lookup", "decide"]}, "operations[1]"),
        *(
            ({"policy": policy, "operations": [operation]}, "operations[0]")
            for operation, policies in (
                ("forget", ("blind", "public", "assisted")),
                ("export", ("blind", "public", "assisted", "desk")),
            )
            for policy in policies
        ),
        ({"policy": "public", "fields": ["email"]}, "fields"),
        ({"policy": "public", "limits": Limits(at_once=0)}, "limits.at_once"),
        *(
            ({"policy": "public", "origins": [origin]}, "origins[0]")
            for origin in (
                "*",
                "null",
                "shop.example",
                "https://*.shop.example",
                "https://shop.example/path",
                "https://me@shop.example",
                "ftp://shop.example",
                "https://shop.example:port",
                "https://shop.example:443443",
            )
        ),
    ],
)
def test_what_cannot_be(given: dict, path: str) -> None:
    """A credential that cannot be is refused, with what is wrong."""
    with pytest.raises(InputError) as caught:
        Credential.checked(**given)

    assert [problem.path for problem in caught.value.problems] == [path]


def test_origins_are_written_as_browsers_do() -> None:
    """An origin is compared as a text, so it is kept as a browser spells it."""
    made = Credential.checked(
        policy="public", origins=["https://Shop.Example/", "http://[::1]:5173"]
    )
    assert made.origins == ("https://shop.example", "http://[::1]:5173")


@pytest.mark.parametrize("policy", POLICIES)
def test_each_policy_has_limits(policy: str) -> None:
    """What was given no limits has those of its policy."""
    assert Credential.checked(policy=policy).limits == BY_POLICY[policy]


def test_the_blind_decide_nothing() -> None:
    """What says nothing leads nowhere."""
    assert Credential.checked(policy="blind").operations == ("lookup", "create")


def test_it_expires() -> None:
    """A credential is good until its moment, and no longer."""
    made = Credential.checked(policy="desk", expires_at=NOON)

    assert made.is_good(NOON - timedelta(microseconds=1))
    assert not made.is_good(NOON)
