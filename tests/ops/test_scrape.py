"""A real Prometheus reads a real server with everything on, and every panel has something to draw.

The server has two processes, PostgreSQL with triggers, Redis, a service that fails, a webhook that
nobody takes, a canary, and its metrics on a port of their own behind a token.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from math import isnan

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from benchmarks.prometheus import Prometheus, reading

from have_we_met import Model, create_store
from have_we_met.server import Settings

from ..server.apps import CONTACTS, LOOKUP, free_port, wait_for
from ..server.processes import serving
from ..servers import Postgres, Redis
from ..services.models import contacts, look_up
from ..services.real_service import real_service
from .test_alerts import RULES, alerts
from .test_dashboard import PANELS

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="prometheus is missing (Debian: prometheus)"
)
TOKEN = "sixteen and more"
SMITHS = [
    {"id": str(n), "email": f"{n}@example.com", "first_name": "John", "last_name": "Smith"}
    for n in range(200)
]
ASKED = (
    {"email": "7@example.com"},
    {"email": "nobody@example.org"},
    {"firstName": "John", "lastName": "Smith", "email": "john@example.org"},
)


@pytest.fixture(scope="module")
def prometheus(
    postgres: Postgres, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """One that has read such a server while it was asked."""
    folder = tmp_path_factory.mktemp("scrape")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(real_service()) as service,
        postgres.database() as url,
    ):
        model = replace(contacts(look_up(f"{service.url}/broken/{{email}}")), key_limit=4)
        (folder / "model.toml").write_text(model.to_toml(), "utf-8")
        asyncio.run(filled(url, model))
        settings = Settings(
            url=url,
            model=str(folder / "model.toml"),
            port=free_port(),
            workers=2,
            metrics_port=free_port(),
            metrics_token=TOKEN,
            canary=0.2,
            cache=f"memory+{redis_server.url}",
            late_every=0.2,
            webhook="http://127.0.0.1:9/nobody",
            log_level="warning",
        )
        secret = {"HAVE_WE_MET_WEBHOOK_SECRET": "whsec_" + "QUFB" * 8}
        with (
            serving(settings, folder / "said", **secret) as address,
            reading(
                folder,
                settings.metrics_port,
                rules=(RULES / "alerts.yml").read_text(),
                authorization={"credentials": TOKEN},
            ) as prometheus,
        ):
            asked(address, prometheus)
            yield prometheus


async def filled(url: str, model: Model) -> None:
    """A table that triggers watch."""
    store = await create_store(url, model, triggers=True)
    await store.load(SMITHS)
    await store.close()


def asked(address: str, prometheus: Prometheus) -> None:
    """Ask of everything, until Prometheus has read of it twice."""

    def is_read() -> bool:
        for body in ASKED:
            httpx.post(address + LOOKUP, json=body, timeout=60)
        httpx.post(address + CONTACTS, json=ASKED[2], timeout=60)
        httpx.post(address + CONTACTS, content=b"{", timeout=60)
        return all(prometheus.value(one) > 0 for one in HAPPENED)

    wait_for(is_read, seconds=120)


HAPPENED = (
    "sum(increase(have_we_met_lookups_total[1m]))",
    'sum(increase(have_we_met_breaker_changes_total{state="open"}[1m]))',
)
INTERVALS = {"$__rate_interval": "1m", "$entity": "contacts"}


def expressions() -> Iterator[tuple[str, str]]:
    """Every panel's, as Grafana would ask it."""
    for panel in PANELS:
        for target in panel["targets"]:
            expression = target["expr"]
            for name, value in INTERVALS.items():
                expression = expression.replace(name, value)
            yield f"{panel['title']} {target['refId']}", expression


@pytest.mark.parametrize(("name", "expression"), list(expressions()), ids=lambda text: text[:30])
def test_every_panel_has_something_to_draw(
    prometheus: Prometheus, name: str, expression: str
) -> None:
    """By the judgement of Prometheus itself."""
    assert "$" not in expression
    assert prometheus.query(expression)

    wait_for(lambda: bool(numbers(prometheus, since_the_start(expression))), seconds=60)


def since_the_start(expression: str) -> str:
    """A canary on a busy machine asks too seldom for a rate: its share of all that it asked."""
    return re.sub(r"rate\((have_we_met_canary[^[]*)\[1h\]\)", r"\1", expression)


def test_every_rule_is_well(prometheus: Prometheus) -> None:
    """Prometheus evaluates each of them, and has nothing to complain of."""
    rules = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]

    assert {rule["name"] for rule in rules} == {rule["alert"] for rule in alerts()}
    assert {(rule["health"], rule.get("lastError", "")) for rule in rules} == {("ok", "")}


def test_both_processes_are_one_target(prometheus: Prometheus) -> None:
    """It is up, with its token; what is not asked with one is refused."""
    (target,) = prometheus.get("targets")["activeTargets"]

    assert (target["health"], target["lastError"]) == ("up", "")
    assert httpx.get(target["scrapeUrl"]).status_code == 401


def numbers(prometheus: Prometheus, expression: str) -> list[float]:
    """What there is to draw: 0 / 0 is nothing."""
    found = (float(one["value"][1]) for one in prometheus.query(expression))
    return [number for number in found if not isnan(number)]
