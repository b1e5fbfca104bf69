"""Asking a server with a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import httpx

from have_we_met.access import Credential, Limits, create
from have_we_met.store import unguarded

from .apps import RIGHTS, Client, make_app, running

FREE = Limits()
"""No limits."""


class Asker:
    """A client that brings a key."""

    def __init__(self, client: Client, policy: str, **more: object) -> None:
        self.client = client
        credential = Credential.checked(policy=policy, **{"limits": FREE, **more})
        store = unguarded(client.desk.resolver.store)
        issued = client.run(partial(create, store, credential))
        client.run(client.desk.callers.read, store)
        self.id, self.key = issued.credential.id, issued.key

    def post(
        self, path: str, contact: object = None, headers: object = None, **more: object
    ) -> httpx.Response:
        """Send a contact, or any bytes, with the key."""
        return self.client.post(path, contact, headers=self.headers(headers), **more)

    def headers(self, more: object = None) -> dict[str, str]:
        """The key's header and others."""
        return {"Authorization": f"Bearer {self.key}", **(more or {})}  # type: ignore[dict-item]


_SETTINGS = ("proxies", "keyless_local", "limits_in", "hosts", "bad_keys_minute", *RIGHTS)
"""What is said of the server and not of the key."""


@contextmanager
def asking(policy: str, beat: float = 0.001, **more: object) -> Iterator[Asker]:
    """Ask a server of its own under a policy, with a beat that costs a test nothing."""
    settings = {name: more.pop(name) for name in _SETTINGS if name in more}
    if "limits_in" in settings:
        settings["limits"] = settings.pop("limits_in")
    with running(make_app(beat=beat, **settings)) as client:
        yield Asker(client, policy, **more)
