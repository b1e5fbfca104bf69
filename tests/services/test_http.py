"""Look-ups over HTTP, asked of a real service that behaves in every way a service can."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from have_we_met import Service, ServiceUnavailable
from have_we_met.services import Asked, Reply
from have_we_met.services.client import OutOfOrder, RequestRefused
from have_we_met.services.http import HttpAsk
from tests.services.models import look_up
from tests.services.real_service import RealService, real_service, until

ADA = "ada@example.org"


@pytest.fixture
async def service() -> AsyncIterator[RealService]:
    async with real_service() as service:
        yield service


async def asked(
    url: str, value: str = ADA, secrets: dict[str, str] | None = None, **request: Any
) -> Reply:
    """Ask one service about an e-mail address."""
    found = look_up(url, request=request).request
    assert found is not None
    ask = HttpAsk(found, secrets or {})
    try:
        return await ask(Asked(values={"email": value, "phone": None}, raw={"email": f" {value} "}))
    finally:
        await ask.close()


class TestAnswers:
    async def test_json_is_what_it_knows(self, service: RealService) -> None:
        assert await asked(f"{service.url}/ok/{{email}}") == Reply(values=service.person)

    @pytest.mark.parametrize("kind", ["unknown", "empty"])
    async def test_nobody_is_known(self, service: RealService, kind: str) -> None:
        assert await asked(f"{service.url}/{kind}/{{email}}") == Reply(found=False)

    async def test_which_statuses_say_so_can_be_set(self, service: RealService) -> None:
        assert not (await asked(f"{service.url}/refuses/{{email}}", not_found=[404, 422])).found
        with pytest.raises(ServiceUnavailable, match="answered with status 404"):
            await asked(f"{service.url}/unknown/{{email}}", not_found=[])

    @pytest.mark.parametrize(
        ("kind", "error", "said"),
        [
            ("broken", ServiceUnavailable, "answered with status 500"),
            ("busy", ServiceUnavailable, "answered with status 429"),
            ("refuses", RequestRefused, "answered with status 422"),
            ("locked", OutOfOrder, "answered with status 401"),
            ("leads", OutOfOrder, "answered with status 302"),
            ("garbage", OutOfOrder, "answered with what is not JSON"),
            ("deep", OutOfOrder, "answered with what is not JSON"),
            ("zipped", OutOfOrder, "answered with what is not JSON"),
            ("huge", OutOfOrder, "answered with more than 65536 bytes"),
            ("drops", ServiceUnavailable, "broke the connection off, or did not speak HTTP"),
            ("mumbles", ServiceUnavailable, "broke the connection off, or did not speak HTTP"),
        ],
    )
    async def test_a_failure_is_clean(
        self, service: RealService, kind: str, error: type[Exception], said: str
    ) -> None:
        """It is told in words that repeat nothing of the request or the answer."""
        with pytest.raises(ServiceUnavailable) as caught:
            await asked(f"{service.url}/{kind}/{{email}}")

        assert (type(caught.value), str(caught.value)) == (error, said)
        assert caught.value.__cause__ is None
        await until(lambda: service.open == 0)

    async def test_a_redirect_is_not_followed(self, service: RealService) -> None:
        """It would lead what is asked to somebody whom the model does not name."""
        with pytest.raises(ServiceUnavailable):
            await asked(f"{service.url}/leads/{{email}}")

        assert [path.split("/")[1] for path, _, _ in service.asked] == ["leads"]

    async def test_nobody_there(self) -> None:
        with pytest.raises(ServiceUnavailable, match="cannot be reached"):
            await asked("http://127.0.0.1:1/{email}")

    @pytest.mark.parametrize("kind", ["slow", "endless"])
    async def test_to_cancel_hangs_up(self, service: RealService, kind: str) -> None:
        """Nothing goes on behind our back: the service sees the connection end."""
        task = asyncio.create_task(asked(f"{service.url}/{kind}/{{email}}"))
        await until(lambda: service.asked)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        await until(lambda: service.open == 0)

    async def test_certificates_are_checked(self, tmp_path: Path) -> None:
        """Who cannot show that it is the host that was named gets nothing to read."""
        context = _own_certificate(tmp_path)
        service = RealService()
        server = await asyncio.start_server(service.answer, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]

        with pytest.raises(ServiceUnavailable, match="cannot be reached"):
            await asked(f"https://localhost:{port}/ok/{{email}}")

        server.close()
        assert service.asked == []


def _own_certificate(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody else has signed."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1"
    options = ["-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *options], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class TestRequests:
    async def test_all_that_means_something_in_a_url_is_escaped(self, service: RealService) -> None:
        await asked(f"{service.url}/ok/{{email}}?mail={{email.raw}}", value="a/b?c=d&e#f@é.example")

        path = "a%2Fb%3Fc%3Dd%26e%23f%40%C3%A9.example"
        assert service.asked[0][0] == f"/ok/{path}?mail={path}"

    @pytest.mark.parametrize("value", [".", ".."])
    async def test_no_value_is_another_path(self, service: RealService, value: str) -> None:
        with pytest.raises(RequestRefused, match="cannot be asked about such a value"):
            await asked(f"{service.url}/ok/{{email}}/orders", value=value)

        assert service.asked == []

    async def test_secrets_are_filled_in(self, service: RealService) -> None:
        await asked(
            f"{service.url}/ok/{{email}}",
            headers={"Authorization": "Bearer {token}"},
            secrets={"token": "s3cret"},
        )

        assert service.asked[0][1]["authorization"] == "bearer s3cret"  # lower-cased by the test

    async def test_no_value_is_another_header(self, service: RealService) -> None:
        with pytest.raises(RequestRefused):
            await asked(f"{service.url}/ok/", value="a\r\nX-Evil: 1", headers={"X-Mail": "{email}"})

        assert service.asked == []

    async def test_a_body_is_sent_as_json(self, service: RealService) -> None:
        body = {"who": {"mail": "{email}", "call": "{phone}"}, "fields": ["company"], "max": 1}
        await asked(f"{service.url}/ok", method="POST", body=body)

        _, headers, sent = service.asked[0]
        assert headers["content-type"] == "application/json"
        assert json.loads(sent) == {
            "who": {"mail": ADA, "call": None},
            "fields": ["company"],
            "max": 1,
        }

    async def test_nothing_of_it_is_logged(
        self, service: RealService, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An address names people; nobody's log shall have it, at any level."""
        caplog.set_level(logging.DEBUG)
        await asked(
            f"{service.url}/ok/{{email}}",
            headers={"X-Key": "{token}"},
            secrets={"token": "s3cret"},
        )

        assert "ada" not in caplog.text.lower()
        assert "s3cret" not in caplog.text


def test_a_request_says_what_it_needs() -> None:
    """Fields are told from secrets, and each is named once."""
    service: Service = look_up(
        "https://a.example/{email}?k={key}",
        request={
            "headers": {"X-Phone": "{phone.raw}"},
            "method": "POST",
            "body": {"mail": "{email}", "names": ["{first_name}"]},
            "secrets": {"key": "A_KEY"},
        },
    )
    assert service.request is not None

    assert service.reads == ("email", "phone", "first_name")
    assert service.request.must == ("email", "phone.raw")
