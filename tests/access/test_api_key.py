"""Keys: what is handed out, and what is stored in its stead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from have_we_met.access import ApiKey


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Whatever somebody brings is a key or none, and of no credential that we made."""
    key = ApiKey.read(text)

    assert key is None or key.text == text
    assert key is None or not key.is_of(ApiKey.new().mark, None)


def test_no_two_are_alike() -> None:
    """Every key has an id and a secret of its own, of 256 bits."""
    keys = [ApiKey.new() for _ in range(100)]

    assert len({key.id for key in keys}) == len({key.secret for key in keys}) == 100
    assert {len(key.secret) for key in keys} == {43}


def test_a_key_keeps_its_secret() -> None:
    """Neither ``repr`` nor the mark says it; the same secret under another id has another mark."""
    key = ApiKey.new()

    assert key.secret not in repr(key)
    assert key.secret not in key.mark
    assert ApiKey("another", key.secret).mark != key.mark
