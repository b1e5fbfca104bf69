"""Every error as an HTTP answer."""

from __future__ import annotations

import logging

import httpx
import pytest

from have_we_met import (
    BreakerOpen,
    DeadlineExceeded,
    IdempotencyConflict,
    InputError,
    Problem,
    RecordChanged,
    RecordExists,
    RecordNotFound,
    RecordRejected,
    ServiceUnavailable,
    StillReferenced,
    StoreBusy,
    StoreError,
    StoreOutOfDate,
    TableNotFound,
)
from have_we_met.server.problems import (
    KINDS,
    AlreadyDecided,
    BodyTooLarge,
    BodyTooSlow,
    ExpiredToken,
    MalformedBody,
    NoKey,
    NotAllowed,
    NotForEverybody,
    NotSuggested,
    OtherContact,
    TooMany,
    UnknownHost,
    UnknownToken,
    WrongMediaType,
    kind_of,
    render,
)

from .apps import CONTACTS, LOOKUP, Client

SECRET = "john@example.com"

ROWS = [
    (MalformedBody("at 3"), 400),
    (NoKey(SECRET), 401),
    (NotForEverybody(SECRET), 401),
    (NotAllowed("not this"), 403),
    (UnknownToken(SECRET), 403),
    (RecordNotFound(SECRET), 404),
    (BodyTooSlow("too slow"), 408),
    (RecordExists(SECRET), 409),
    (StillReferenced(SECRET), 409),
    (RecordChanged(SECRET), 409),
    (AlreadyDecided(SECRET), 409),
    (ExpiredToken(SECRET), 410),
    (BodyTooLarge("too large"), 413),
    (WrongMediaType("send JSON"), 415),
    (UnknownHost("not me"), 421),
    (InputError([Problem("first_name", "must be text")]), 422),
    (RecordRejected([Problem("email", "is on the list")]), 422),
    (OtherContact(SECRET), 422),
    (NotSuggested(SECRET), 422),
    (IdempotencyConflict(SECRET), 422),
    (TooMany(12.3), 429),
    (StoreBusy(SECRET), 503),
    (StoreError(SECRET), 503),
    (StoreOutOfDate(SECRET), 503),
    (TableNotFound(SECRET), 503),
    (BreakerOpen("store", 12.3), 503),
    (ServiceUnavailable(SECRET), 503),
    (DeadlineExceeded(SECRET), 504),
    (Exception(SECRET), 500),
    (KeyError(SECRET), 500),
]


class Failing:
    """A resolver that raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def get_or_create(self, raw: object, **options: object) -> object:
        """Raise."""
        raise self.error


def fail(client: Client, error: Exception) -> httpx.Response:
    """Send a sign-up that ends in an error."""
    resolver, client.desk.open = client.desk.open, Failing(error)
    try:
        return client.post(CONTACTS, {"email": SECRET})
    finally:
        client.desk.open = resolver


@pytest.mark.parametrize(("error", "status"), ROWS, ids=lambda value: type(value).__name__)
def test_row(
    shared_client: Client, error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """An error is answered as problem+json with its status, and quotes nobody."""
    caplog.set_level(logging.DEBUG)
    response = fail(shared_client, error)

    answer = response.json()
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert answer["status"] == status
    assert answer["type"] == "about:blank"
    assert answer["title"] == kind_of(error).title
    assert SECRET not in response.text
    assert SECRET not in caplog.text
    assert (type(error).__name__ in caplog.text) == (status >= 500)


def test_every_row_is_tested() -> None:
    """There is a row above for each row of the table."""
    assert {type(error) for error, _ in ROWS} >= set(KINDS)


@pytest.mark.parametrize(("left", "told"), [(12.3, "13"), (0.0, "1")])
def test_a_breaker_says_when_to_come_back(shared_client: Client, left: float, told: str) -> None:
    """A store that is left alone says for how long."""
    response = fail(shared_client, BreakerOpen("store", left))

    assert (response.status_code, response.headers["Retry-After"]) == (503, told)


def test_busy_says_when_to_come_back(shared_client: Client) -> None:
    """Where trying again helps, the answer says when."""
    response = fail(shared_client, StoreBusy())

    assert response.headers["Retry-After"] == "1"


def test_mistakes_are_named_as_on_the_wire() -> None:
    """A mistake names its field by the alias."""
    error = InputError([Problem("first_name", "must be text"), Problem("x", "is odd")])

    body = render(error, {"first_name": "firstName"}).body

    assert b'"errors":[{"field":"firstName","detail":"must be text"},{"field":"x"' in body
    assert b"There are 2 mistakes." in body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", LOOKUP, 405),
        ("PUT", CONTACTS, 405),
        ("OPTIONS", LOOKUP, 405),
        ("POST", f"{LOOKUP}/", 404),
        ("GET", "/docs", 404),
        ("GET", "/redoc", 404),
        ("POST", "/healthz", 405),
        ("GET", "/pages/../app.py", 404),
    ],
)
def test_the_frameworks_refusals(
    shared_client: Client, method: str, path: str, status: int
) -> None:
    """What there is no route for is answered as problem+json too."""
    response = shared_client.request(method, path)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert ("allow" in response.headers) == (status == 405)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": ""},
        {"content-type": "text/json"},
        {"content-type": "application/jsonp"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_another_media_type(shared_client: Client, headers: dict[str, str]) -> None:
    """Only JSON is read, so that no page of another origin can post here unasked."""
    response = shared_client.post(LOOKUP, content=b"{}", headers=headers)

    assert response.status_code == 415


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "Application/JSON; charset=utf-8", "application/vnd.api+json ; v=1"],
)
def test_spellings_of_json(shared_client: Client, media_type: str) -> None:
    """JSON is read under all its names."""
    headers = {"content-type": media_type}
    response = shared_client.post(LOOKUP, content=b"{}", headers=headers)

    assert response.status_code == 200


def test_no_media_type_at_all(shared_client: Client) -> None:
    """A body that does not say what it is is not read: a page of another origin can send one."""
    response = shared_client.request("POST", LOOKUP, content=b"{}")

    assert response.status_code == 415
