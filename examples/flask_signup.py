"""A sign-up in Flask: the same person signs up once.

Run it with: flask --app flask_signup run (SIGNUP_DB names another database).
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import cache
from typing import Any

from flask import Flask, request

from have_we_met import IdempotencyConflict, InputError, StoreError, preset
from have_we_met.sync import Resolver, open_resolver

URL = os.environ.get("SIGNUP_DB", "sqlite:///signup.db")
FIELDS = ("email", "phone", "first_name", "last_name")
Answer = tuple[dict[str, Any], int]

app = Flask(__name__)
_open = ExitStack()


@cache
def resolver() -> Resolver:
    """One for the process, which any of its threads may use.

    Made at the first request, not when the module is read: a server may fork its workers after
    that, and threads do not come along.
    """
    model = preset("contacts", region="GB")
    return _open.enter_context(open_resolver(URL, model, table="members", create=True))


def close() -> None:
    """Let go of the store, when the process ends."""
    _open.close()
    resolver.cache_clear()


@app.post("/signup")
def sign_up() -> Answer:
    """Give the member who we have met already, or a new one; a doubt is for somebody to settle."""
    form = request.get_json()
    if not isinstance(form, dict):
        return {"wrong": ["send a JSON object"]}, 400
    said = {name: form[name] for name in FIELDS if form.get(name)}
    made = resolver().get_or_create(said, idempotency_key=request.headers.get("Idempotency-Key"))
    if made.record_id is None:
        return {"perhaps": "you may be a member already; please sign in, or call us"}, 409
    return {"id": made.record_id, "is_new": made.created}, 201 if made.created else 200


@app.errorhandler(InputError)
def wrong(error: InputError) -> Answer:
    """Say what is wrong with the form, each mistake with its field."""
    return {"wrong": [str(problem) for problem in error.problems]}, 422


@app.errorhandler(IdempotencyConflict)
def used(error: IdempotencyConflict) -> Answer:
    """The same key came with another form."""
    return {"wrong": [str(error)]}, 422


@app.errorhandler(StoreError)
def busy(error: StoreError) -> Answer:
    """The database did not do it; the form may be sent again under the same key."""
    return {"later": "please try again"}, 503
